//! The register in SQLite.

use rusqlite::{OptionalExtension, Row, named_params, params};

use super::{
    Channel, ExpressConsent, Holders, LedgerKey, NoticeEvidence, NoticeMode, Provenance, Scope, Stance, StanceLedger,
    StanceRecord,
};
use crate::context::{CareTeamId, EpisodeId, InternalUserId, PatientKey, ProfessionalKey};
use crate::store::{Database, StoreError, instant, kept, optional_instant};

/// Lines are only added: triggers refuse anything else, whoever opens the file. The team of an authorisation is empty for a
/// professional outside.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS stance (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    patient TEXT NOT NULL, episode TEXT NOT NULL, team TEXT NOT NULL, scope TEXT NOT NULL, stance TEXT NOT NULL,
    notice_mode TEXT, notice_channel TEXT, notice_by TEXT, notice_at TEXT, notice_text TEXT, contact_at TEXT,
    recorded_by TEXT NOT NULL, recorded_at TEXT NOT NULL, provenance TEXT NOT NULL, collected_at TEXT
);
CREATE INDEX IF NOT EXISTS stance_key ON stance (patient, episode, team, scope, seq);
CREATE TRIGGER IF NOT EXISTS stance_append_only BEFORE UPDATE ON stance
    BEGIN SELECT RAISE(ABORT, 'the register of stances is append-only'); END;
CREATE TABLE IF NOT EXISTS express_consent (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    patient TEXT NOT NULL, professional TEXT NOT NULL, collected_by TEXT NOT NULL, collected_at TEXT NOT NULL,
    text_version TEXT NOT NULL, given INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS express_consent_key ON express_consent (patient, professional, seq);
CREATE TABLE IF NOT EXISTS authorisation (
    patient TEXT NOT NULL, professional TEXT NOT NULL, team TEXT NOT NULL, to_withdraw INTEGER NOT NULL,
    PRIMARY KEY (patient, professional, team)
);
";

const COLUMNS: &str = "patient, episode, team, scope, stance, notice_mode, notice_channel, notice_by, notice_at, \
                       notice_text, contact_at, recorded_by, recorded_at, provenance, collected_at";

impl StanceLedger for Database {
    async fn append(&self, record: StanceRecord) -> Result<(), StoreError> {
        self.write(move |base| {
            let notice = record.notice.as_ref();
            base.execute(
                "INSERT INTO stance (patient, episode, team, scope, stance, notice_mode, notice_channel, notice_by, \
                 notice_at, notice_text, contact_at, recorded_by, recorded_at, provenance, collected_at) VALUES (:patient, \
                 :episode, :team, :scope, :stance, :mode, :channel, :by, :at, :text, :contact, :user, :now, \
                 :provenance, :collected)",
                named_params! {
                    ":patient": record.key.patient.as_str(),
                    ":episode": record.key.episode.as_str(),
                    ":team": record.key.team.as_str(),
                    ":scope": record.key.scope.as_kept(),
                    ":stance": record.stance.as_kept(),
                    ":mode": notice.map(|notice| notice.mode.as_kept()),
                    ":channel": notice.map(|notice| notice.channel.as_kept()),
                    ":by": notice.map(|notice| notice.given_by.as_str()),
                    ":at": notice.map(|notice| notice.given_at.to_string()),
                    ":text": notice.map(|notice| notice.text_version.as_str()),
                    ":contact": notice.and_then(|notice| notice.contact_resumed_at).map(|at| at.to_string()),
                    ":user": record.recorded_by.as_str(),
                    ":now": record.recorded_at.to_string(),
                    ":provenance": record.provenance.as_kept(),
                    ":collected": record.collected_at.map(|at| at.to_string()),
                },
            )?;
            Ok(())
        })
        .await
    }

    async fn last(&self, key: LedgerKey) -> Result<Option<StanceRecord>, StoreError> {
        self.read(move |base| {
            let query = format!(
                "SELECT {COLUMNS} FROM stance WHERE patient = ?1 AND episode = ?2 AND team = ?3 AND scope = ?4 \
                 ORDER BY seq DESC LIMIT 1"
            );
            let key = [key.patient.as_str(), key.episode.as_str(), key.team.as_str(), key.scope.as_kept()];
            Ok(base.query_row(&query, key, record).optional()?)
        })
        .await
    }

    async fn history(&self, patient: PatientKey) -> Result<Vec<StanceRecord>, StoreError> {
        self.read(move |base| {
            let query = format!("SELECT {COLUMNS} FROM stance WHERE patient = ?1 ORDER BY seq");
            let mut statement = base.prepare(&query)?;
            let rows = statement.query_map([patient.as_str()], record)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn append_consent(&self, consent: ExpressConsent) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute(
                "INSERT INTO express_consent (patient, professional, collected_by, collected_at, text_version, given) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    consent.patient.as_str(),
                    consent.professional.as_str(),
                    consent.collected_by.as_str(),
                    consent.collected_at.to_string(),
                    consent.text_version,
                    consent.given,
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn last_consent(
        &self,
        patient: PatientKey,
        professional: ProfessionalKey,
    ) -> Result<Option<ExpressConsent>, StoreError> {
        self.read(move |base| {
            let query = "SELECT collected_by, collected_at, text_version, given FROM express_consent \
                         WHERE patient = ?1 AND professional = ?2 ORDER BY seq DESC LIMIT 1";
            let read = |row: &Row<'_>| {
                Ok(ExpressConsent {
                    patient: patient.clone(),
                    professional: professional.clone(),
                    collected_by: kept(0, InternalUserId::new(row.get::<_, String>(0)?))?,
                    collected_at: instant(row, 1)?,
                    text_version: row.get(2)?,
                    given: row.get(3)?,
                })
            };
            Ok(base.query_row(query, [patient.as_str(), professional.as_str()], read).optional()?)
        })
        .await
    }

    async fn obtained(
        &self,
        patient: PatientKey,
        professional: ProfessionalKey,
        team: Option<CareTeamId>,
    ) -> Result<(), StoreError> {
        self.write(move |base| {
            let team = team.as_ref().map_or("", CareTeamId::as_str);
            base.execute(
                "INSERT OR IGNORE INTO authorisation (patient, professional, team, to_withdraw) VALUES (?1, ?2, ?3, 0)",
                [patient.as_str(), professional.as_str(), team],
            )?;
            Ok(())
        })
        .await
    }

    async fn to_withdraw(&self, patient: PatientKey, of: Holders) -> Result<Vec<ProfessionalKey>, StoreError> {
        self.write(move |base| {
            // An express consent taken back names its professional, in a team or not.
            let (column, whose) = match &of {
                Holders::Team(team) => ("team", team.as_str()),
                Holders::Professional(professional) => ("professional", professional.as_str()),
            };
            let update = format!("UPDATE authorisation SET to_withdraw = 1 WHERE patient = ?1 AND {column} = ?2");
            base.execute(&update, [patient.as_str(), whose])?;
            let query = format!(
                "SELECT DISTINCT professional FROM authorisation WHERE patient = ?1 AND {column} = ?2 \
                 ORDER BY professional"
            );
            let mut statement = base.prepare(&query)?;
            let rows = statement.query_map([patient.as_str(), whose], |row| row.get(0).map(ProfessionalKey::stored))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn to_keep(&self, patient: PatientKey, of: Holders) -> Result<(), StoreError> {
        self.write(move |base| {
            // A consent for somebody outside does not undo the opposition that their team was told.
            let (condition, whose) = match &of {
                Holders::Team(team) => ("team = ?2", team.as_str()),
                Holders::Professional(professional) => ("team = '' AND professional = ?2", professional.as_str()),
            };
            let update = format!("UPDATE authorisation SET to_withdraw = 0 WHERE patient = ?1 AND {condition}");
            base.execute(&update, [patient.as_str(), whose])?;
            Ok(())
        })
        .await
    }

    async fn pending(&self, professional: ProfessionalKey) -> Result<Vec<PatientKey>, StoreError> {
        self.read(move |base| {
            let mut statement = base.prepare(
                "SELECT DISTINCT patient FROM authorisation WHERE professional = ?1 AND to_withdraw = 1 ORDER BY patient",
            )?;
            let rows = statement.query_map([professional.as_str()], |row| row.get(0).map(PatientKey::stored))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn withdrawn(&self, patient: PatientKey, professional: ProfessionalKey) -> Result<(), StoreError> {
        self.write(move |base| {
            let key = [patient.as_str(), professional.as_str()];
            base.execute("DELETE FROM authorisation WHERE patient = ?1 AND professional = ?2", key)?;
            Ok(())
        })
        .await
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<StanceRecord> {
    let text = |index: usize| row.get::<_, String>(index);
    Ok(StanceRecord {
        key: LedgerKey {
            patient: PatientKey::stored(text(0)?),
            episode: kept(1, EpisodeId::new(text(1)?))?,
            team: kept(2, CareTeamId::new(text(2)?))?,
            scope: kept(3, Scope::from_kept(&text(3)?))?,
        },
        stance: kept(4, Stance::from_kept(&text(4)?))?,
        notice: notice(row)?,
        recorded_by: kept(11, InternalUserId::new(text(11)?))?,
        recorded_at: instant(row, 12)?,
        provenance: kept(13, Provenance::from_kept(&text(13)?))?,
        collected_at: optional_instant(row, 14)?,
    })
}

fn notice(row: &Row<'_>) -> rusqlite::Result<Option<NoticeEvidence>> {
    let Some(mode) = row.get::<_, Option<String>>(5)? else { return Ok(None) };
    let text = |index: usize| row.get::<_, String>(index);
    Ok(Some(NoticeEvidence {
        mode: kept(5, NoticeMode::from_kept(&mode))?,
        channel: kept(6, Channel::from_kept(&text(6)?))?,
        given_by: kept(7, InternalUserId::new(text(7)?))?,
        given_at: instant(row, 8)?,
        text_version: text(9)?,
        contact_resumed_at: optional_instant(row, 10)?,
    }))
}
