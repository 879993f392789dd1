//! Acts, alerts and blocks in SQLite.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::store::{Raised, SupervisionStore, Verdict};
use super::{Alert, AlertId, AlertState, Block, Deed, Ending, Observation, Response, RuleId};
use crate::clock::day;
use crate::context::{EpisodeId, InternalUserId, PatientKey, ProfessionalKey};
use crate::store::{Database, StoreError, instant, kept, natural, whole};

/// `at_second` orders: the text of an instant does not, with its fractions.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS supervised_act (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL, at_second INTEGER NOT NULL, day TEXT NOT NULL,
    actor TEXT NOT NULL, professional TEXT, structure TEXT, workstation TEXT,
    patient TEXT, episode TEXT, deed TEXT NOT NULL, ending TEXT NOT NULL, consults INTEGER NOT NULL,
    bris_de_glace INTEGER NOT NULL, listed INTEGER NOT NULL, read TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS supervised_act_actor ON supervised_act (actor, at_second);
CREATE INDEX IF NOT EXISTS supervised_act_professional ON supervised_act (professional, at_second);
CREATE INDEX IF NOT EXISTS supervised_act_at ON supervised_act (at_second);
CREATE TABLE IF NOT EXISTS supervised_until (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS supervision_alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rule TEXT NOT NULL, actor TEXT NOT NULL, response TEXT NOT NULL, from_at TEXT NOT NULL, raised_at TEXT NOT NULL,
    raised_second INTEGER NOT NULL, until_at TEXT NOT NULL, until_second INTEGER NOT NULL, evidence TEXT NOT NULL,
    state TEXT NOT NULL, moved_by TEXT, moved_at TEXT
);
CREATE INDEX IF NOT EXISTS supervision_alert_actor ON supervision_alert (actor, rule, until_second);
CREATE TABLE IF NOT EXISTS supervision_block (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    actor TEXT NOT NULL, professional TEXT, alert INTEGER NOT NULL, since TEXT NOT NULL, since_second INTEGER NOT NULL,
    lifted_by TEXT, lifted_at TEXT
);
";

const ACT: &str = "seq, at, actor, professional, structure, workstation, patient, episode, deed, ending, \
                   bris_de_glace, listed, read";
const ALERT: &str = "id, rule, actor, response, from_at, raised_at, until_at, evidence, state, moved_by, moved_at";
const BLOCK: &str = "actor, professional, alert, since, lifted_by, lifted_at";

impl SupervisionStore for Database {
    async fn last_fed(&self) -> Result<u64, StoreError> {
        self.read(last_fed).await
    }

    async fn of_user(&self, actor: InternalUserId, from: Timestamp) -> Result<Vec<Observation>, StoreError> {
        self.read(move |base| acts(base, "actor", actor.as_str(), from)).await
    }

    async fn of_professional(
        &self,
        professional: ProfessionalKey,
        from: Timestamp,
    ) -> Result<Vec<Observation>, StoreError> {
        self.read(move |base| acts(base, "professional", professional.as_str(), from)).await
    }

    async fn records_by_day(&self, actor: InternalUserId, from: Date, to: Date) -> Result<Vec<u32>, StoreError> {
        self.read(move |base| {
            let mut statement = base.prepare(
                "SELECT count(DISTINCT patient) FROM supervised_act WHERE actor = ?1 AND consults AND day >= ?2 \
                 AND day < ?3 GROUP BY day ORDER BY day",
            )?;
            let key = [actor.as_str().to_owned(), from.to_string(), to.to_string()];
            let rows = statement.query_map(key, |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn keep(&self, act: Observation, verdicts: Vec<Verdict>, forget: Timestamp) -> Result<Raised, StoreError> {
        self.write(move |base| {
            if act.seq <= last_fed(base)? {
                return Ok(Raised::default());
            }
            insert(base, &act)?;
            base.execute("INSERT OR REPLACE INTO supervised_until (one, seq) VALUES (1, ?1)", [whole(act.seq)])?;
            base.execute("DELETE FROM supervised_act WHERE at_second < ?1", [forget.as_second()])?;
            let mut raised = Raised::default();
            for verdict in &verdicts {
                let Some(alert) = raise(base, &act, verdict)? else { continue };
                if alert.response == Response::Block && standing(base, &act.actor, act.professional.as_ref())?.is_none()
                {
                    raised.block = Some(block(base, &act, alert.id)?);
                }
                raised.alerts.push(alert);
            }
            Ok(raised)
        })
        .await
    }

    async fn alerts(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Alert>, StoreError> {
        self.read(move |base| {
            let query = format!(
                "SELECT {ALERT} FROM supervision_alert WHERE raised_second >= ?1 AND raised_second < ?2 ORDER BY id"
            );
            let mut statement = base.prepare(&query)?;
            let rows = statement.query_map([from.as_second(), to.as_second()], alert)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn settle(
        &self,
        id: AlertId,
        state: AlertState,
        by: InternalUserId,
        at: Timestamp,
    ) -> Result<Option<Alert>, StoreError> {
        self.write(move |base| {
            base.execute(
                "UPDATE supervision_alert SET state = ?2, moved_by = ?3, moved_at = ?4 WHERE id = ?1",
                params![id.0, state.as_kept(), by.as_str(), at.to_string()],
            )?;
            let query = format!("SELECT {ALERT} FROM supervision_alert WHERE id = ?1");
            Ok(base.query_row(&query, [id.0], alert).optional()?)
        })
        .await
    }

    async fn standing_block(
        &self,
        actor: InternalUserId,
        professional: Option<ProfessionalKey>,
    ) -> Result<Option<Block>, StoreError> {
        self.read(move |base| standing(base, &actor, professional.as_ref())).await
    }

    async fn lift(&self, actor: InternalUserId, by: InternalUserId, at: Timestamp) -> Result<Vec<Block>, StoreError> {
        self.write(move |base| {
            let query = format!(
                "UPDATE supervision_block SET lifted_by = ?2, lifted_at = ?3 WHERE actor = ?1 AND lifted_at IS NULL \
                 RETURNING {BLOCK}"
            );
            let mut statement = base.prepare(&query)?;
            let rows = statement.query_map(params![actor.as_str(), by.as_str(), at.to_string()], kept_block)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn blocks(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Block>, StoreError> {
        self.read(move |base| {
            let query = format!(
                "SELECT {BLOCK} FROM supervision_block WHERE since_second >= ?1 AND since_second < ?2 ORDER BY id"
            );
            let mut statement = base.prepare(&query)?;
            let rows = statement.query_map([from.as_second(), to.as_second()], kept_block)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn last_fed(base: &Connection) -> Result<u64, StoreError> {
    Ok(base.query_row("SELECT coalesce(max(seq), 0) FROM supervised_until", [], |row| natural(row, 0))?)
}

/// `column` is one of two names written above.
fn acts(base: &Connection, column: &str, key: &str, from: Timestamp) -> Result<Vec<Observation>, StoreError> {
    let query = format!("SELECT {ACT} FROM supervised_act WHERE {column} = ?1 AND at_second >= ?2 ORDER BY seq");
    let mut statement = base.prepare(&query)?;
    let rows = statement.query_map(params![key, from.as_second()], act)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn insert(base: &Connection, act: &Observation) -> Result<(), StoreError> {
    base.execute(
        "INSERT INTO supervised_act (seq, at, at_second, day, actor, professional, structure, workstation, patient, \
         episode, deed, ending, consults, bris_de_glace, listed, read) VALUES (:seq, :at, :second, :day, :actor, \
         :professional, :structure, :workstation, :patient, :episode, :deed, :ending, :consults, :glace, :listed, :read)",
        named_params! {
            ":seq": whole(act.seq),
            ":at": act.at.to_string(),
            ":second": act.at.as_second(),
            ":day": day(act.at).to_string(),
            ":actor": act.actor.as_str(),
            ":professional": act.professional.as_ref().map(ProfessionalKey::as_str),
            ":structure": act.structure,
            ":workstation": act.workstation,
            ":patient": act.patient.as_ref().map(PatientKey::as_str),
            ":episode": act.episode.as_ref().map(EpisodeId::as_str),
            ":deed": act.deed.as_kept(),
            ":ending": act.ending.as_kept(),
            ":consults": act.is_consultation(),
            ":glace": act.bris_de_glace,
            ":listed": act.listed,
            ":read": act.read.join(" "),
        },
    )?;
    Ok(())
}

/// A new alert; `None` when one of the same rule and actor still ran, and grew.
fn raise(base: &Connection, act: &Observation, verdict: &Verdict) -> Result<Option<Alert>, StoreError> {
    let running = base
        .query_row(
            "SELECT id, evidence FROM supervision_alert WHERE actor = ?1 AND rule = ?2 AND until_second > ?3 \
             ORDER BY id DESC LIMIT 1",
            params![act.actor.as_str(), verdict.rule.as_str(), act.at.as_second()],
            |row| Ok((row.get::<_, i64>(0)?, numbers(row, 1)?)),
        )
        .optional()?;
    if let Some((id, mut evidence)) = running {
        evidence.extend(verdict.evidence.iter().filter(|seq| !evidence.contains(seq)).copied().collect::<Vec<_>>());
        base.execute("UPDATE supervision_alert SET evidence = ?2 WHERE id = ?1", params![id, written(&evidence)])?;
        return Ok(None);
    }
    base.execute(
        "INSERT INTO supervision_alert (rule, actor, response, from_at, raised_at, raised_second, until_at, until_second, \
         evidence, state) VALUES (:rule, :actor, :response, :from, :raised, :raised_second, :until, :until_second, \
         :evidence, :state)",
        named_params! {
            ":rule": verdict.rule.as_str(),
            ":actor": act.actor.as_str(),
            ":response": verdict.response.as_kept(),
            ":from": verdict.from.to_string(),
            ":raised": act.at.to_string(),
            ":raised_second": act.at.as_second(),
            ":until": verdict.until.to_string(),
            ":until_second": verdict.until.as_second(),
            ":evidence": written(&verdict.evidence),
            ":state": AlertState::New.as_kept(),
        },
    )?;
    let query = format!("SELECT {ALERT} FROM supervision_alert WHERE id = last_insert_rowid()");
    Ok(Some(base.query_row(&query, [], alert)?))
}

fn block(base: &Connection, act: &Observation, alert: AlertId) -> Result<Block, StoreError> {
    let query = format!(
        "INSERT INTO supervision_block (actor, professional, alert, since, since_second) VALUES (?1, ?2, ?3, ?4, ?5) \
         RETURNING {BLOCK}"
    );
    let professional = act.professional.as_ref().map(ProfessionalKey::as_str);
    let row = params![act.actor.as_str(), professional, alert.0, act.at.to_string(), act.at.as_second()];
    Ok(base.query_row(&query, row, kept_block)?)
}

fn standing(
    base: &Connection,
    actor: &InternalUserId,
    professional: Option<&ProfessionalKey>,
) -> Result<Option<Block>, StoreError> {
    let query = format!(
        "SELECT {BLOCK} FROM supervision_block WHERE lifted_at IS NULL AND (actor = ?1 OR professional = ?2) \
         ORDER BY id DESC LIMIT 1"
    );
    let key = params![actor.as_str(), professional.map(ProfessionalKey::as_str)];
    Ok(base.query_row(&query, key, kept_block).optional()?)
}

fn act(row: &Row<'_>) -> rusqlite::Result<Observation> {
    let text = |column: usize| row.get::<_, String>(column);
    Ok(Observation {
        seq: natural(row, 0)?,
        at: instant(row, 1)?,
        actor: kept(2, InternalUserId::new(text(2)?))?,
        professional: row.get::<_, Option<String>>(3)?.map(ProfessionalKey::stored),
        structure: row.get(4)?,
        workstation: row.get(5)?,
        patient: row.get::<_, Option<String>>(6)?.map(PatientKey::stored),
        episode: row.get::<_, Option<String>>(7)?.and_then(EpisodeId::new),
        deed: kept(8, Deed::from_kept(&text(8)?))?,
        ending: kept(9, Ending::from_kept(&text(9)?))?,
        bris_de_glace: row.get(10)?,
        listed: row.get(11)?,
        read: text(12)?.split_whitespace().map(str::to_owned).collect(),
    })
}

fn alert(row: &Row<'_>) -> rusqlite::Result<Alert> {
    let text = |column: usize| row.get::<_, String>(column);
    Ok(Alert {
        id: AlertId(row.get(0)?),
        rule: kept(1, RuleId::from_kept(&text(1)?))?,
        actor: kept(2, InternalUserId::new(text(2)?))?,
        response: kept(3, Response::from_kept(&text(3)?))?,
        from: instant(row, 4)?,
        raised_at: instant(row, 5)?,
        until: instant(row, 6)?,
        evidence: numbers(row, 7)?,
        state: kept(8, AlertState::from_kept(&text(8)?))?,
        moved: by_at(row, 9)?,
    })
}

fn kept_block(row: &Row<'_>) -> rusqlite::Result<Block> {
    Ok(Block {
        actor: kept(0, InternalUserId::new(row.get::<_, String>(0)?))?,
        professional: row.get::<_, Option<String>>(1)?.map(ProfessionalKey::stored),
        alert: AlertId(row.get(2)?),
        since: instant(row, 3)?,
        lifted: by_at(row, 4)?,
    })
}

/// Who and when, in two columns that are filled together.
fn by_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<(InternalUserId, Timestamp)>> {
    match row.get::<_, Option<String>>(column)? {
        None => Ok(None),
        Some(by) => Ok(Some((kept(column, InternalUserId::new(by))?, instant(row, column + 1)?))),
    }
}

fn numbers(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u64>> {
    let text: String = row.get(column)?;
    text.split_whitespace().map(|number| kept(column, number.parse().ok())).collect()
}

fn written(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}
