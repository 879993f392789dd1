//! The sealed lines in SQLite.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, params_from_iter};
use uuid::Uuid;

use super::key::Tag;
use super::store::{DaySeal, Mark, SealedLine, Selection, Stored, TraceStore};
use crate::store::{Database, StoreError, kept, natural};

/// Lines are only added: triggers refuse anything but their destruction, and their removal up to the anchor.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS trace_line (
    journal TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, call BLOB, opens INTEGER NOT NULL,
    key INTEGER NOT NULL, tags BLOB NOT NULL, body BLOB, digest BLOB NOT NULL, chain BLOB NOT NULL, destroyed BLOB,
    PRIMARY KEY (journal, seq)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS trace_line_at ON trace_line (journal, at);
CREATE INDEX IF NOT EXISTS trace_line_call ON trace_line (call, journal, opens) WHERE call IS NOT NULL;
CREATE TABLE IF NOT EXISTS trace_tag (
    journal TEXT NOT NULL, tag BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (journal, tag, seq)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS trace_tag_line ON trace_tag (journal, seq);
CREATE TABLE IF NOT EXISTS trace_mark (
    journal TEXT NOT NULL, kind TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, chain BLOB NOT NULL,
    key INTEGER NOT NULL, code BLOB NOT NULL, PRIMARY KEY (journal, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trace_closure (
    journal TEXT NOT NULL, patient BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (journal, patient)
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS trace_line_append_only BEFORE UPDATE ON trace_line
    WHEN NEW.body IS NOT NULL OR NEW.destroyed IS NULL OR NEW.seq <> OLD.seq OR NEW.chain <> OLD.chain
    BEGIN SELECT RAISE(ABORT, 'a trace is only destroyed, never changed'); END;
CREATE TRIGGER IF NOT EXISTS trace_line_kept BEFORE DELETE ON trace_line
    WHEN OLD.seq > COALESCE((SELECT seq FROM trace_mark WHERE journal = OLD.journal AND kind = 'anchor'), 0)
    BEGIN SELECT RAISE(ABORT, 'a trace is removed by its retention only'); END;
";

const COLUMNS: &str = "seq, at, call, opens, key, tags, body, digest, chain, destroyed";
const HEAD: &str = "head";
const ANCHOR: &str = "anchor";
/// Before the day in the kind of a mark that seals one.
const DAY: &str = "day ";

/// One trace in a base. Give each trace a base of its own: separate files have separate rights, copies and purges.
#[derive(Debug, Clone)]
pub struct SqliteTraces {
    base: Database,
    journal: &'static str,
}

impl SqliteTraces {
    /// The local trace.
    #[must_use]
    pub fn access(base: Database) -> Self {
        Self { base, journal: "access" }
    }

    /// The trace of AIR.
    #[must_use]
    pub fn air(base: Database) -> Self {
        Self { base, journal: "air" }
    }
}

impl TraceStore for SqliteTraces {
    fn append(&self, lines: Vec<SealedLine>, head: Mark, seal: Option<DaySeal>) -> Stored<'_, bool> {
        let journal = self.journal;
        Box::pin(self.base.write(move |base| {
            let last: u64 = mark(base, journal, HEAD)?.map_or(0, |head| head.seq);
            if lines.first().is_none_or(|line| line.seq != last + 1) {
                return Ok(false);
            }
            for line in &lines {
                insert(base, journal, line)?;
            }
            put_mark(base, journal, HEAD, &head)?;
            if let Some(seal) = seal {
                put_seal(base, journal, &seal)?;
            }
            Ok(true)
        }))
    }

    fn head(&self) -> Stored<'_, Option<Mark>> {
        let journal = self.journal;
        Box::pin(self.base.read(move |base| mark(base, journal, HEAD)))
    }

    fn anchor(&self) -> Stored<'_, Option<Mark>> {
        let journal = self.journal;
        Box::pin(self.base.read(move |base| mark(base, journal, ANCHOR)))
    }

    fn seal(&self, seal: DaySeal) -> Stored<'_, ()> {
        let journal = self.journal;
        Box::pin(self.base.write(move |base| put_seal(base, journal, &seal)))
    }

    fn seals(&self) -> Stored<'_, Vec<DaySeal>> {
        let journal = self.journal;
        Box::pin(self.base.read(move |base| {
            let query = "SELECT seq, at, chain, key, code, kind FROM trace_mark WHERE journal = ?1 AND kind LIKE ?2 \
                         ORDER BY kind";
            let mut statement = base.prepare_cached(query)?;
            let read = |row: &Row<'_>| {
                let kind: String = row.get(5)?;
                let day: Option<Date> = kind.strip_prefix(DAY).and_then(|day| day.parse().ok());
                Ok(DaySeal { day: kept(5, day)?, mark: read_mark(row)? })
            };
            let seals = statement.query_map(params![journal, format!("{DAY}%")], read)?;
            Ok(seals.collect::<Result<_, _>>()?)
        }))
    }

    fn page(&self, selection: Selection, after: u64, limit: usize) -> Stored<'_, Vec<SealedLine>> {
        let journal = self.journal;
        Box::pin(self.base.read(move |base| page(base, journal, &selection, after, limit)))
    }

    fn first_since(&self, limit: Timestamp) -> Stored<'_, Option<u64>> {
        let journal = self.journal;
        Box::pin(self.base.read(move |base| {
            let query = "SELECT MIN(seq) FROM trace_line WHERE journal = ?1 AND at >= ?2";
            let seq = |row: &Row<'_>| row.get::<_, Option<i64>>(0);
            let first = base.query_row(query, params![journal, limit.as_microsecond()], seq)?;
            Ok(first.and_then(|seq| u64::try_from(seq).ok()))
        }))
    }

    fn forget(&self, anchor: Mark) -> Stored<'_, u64> {
        let journal = self.journal;
        Box::pin(self.base.write(move |base| {
            put_mark(base, journal, ANCHOR, &anchor)?;
            let upto = params![journal, number(anchor.seq)];
            base.execute(
                "DELETE FROM trace_mark WHERE journal = ?1 AND seq <= ?2 AND kind NOT IN ('head', 'anchor')",
                upto,
            )?;
            base.execute("DELETE FROM trace_tag WHERE journal = ?1 AND seq <= ?2", upto)?;
            Ok(base.execute("DELETE FROM trace_line WHERE journal = ?1 AND seq <= ?2", upto)? as u64)
        }))
    }

    fn destroy(&self, lines: Vec<(u64, [u8; 32])>) -> Stored<'_, ()> {
        let journal = self.journal;
        Box::pin(self.base.write(move |base| {
            for (seq, proof) in lines {
                base.execute("DELETE FROM trace_tag WHERE journal = ?1 AND seq = ?2", params![journal, number(seq)])?;
                base.execute(
                    "UPDATE trace_line SET body = NULL, tags = x'', destroyed = ?3 WHERE journal = ?1 AND seq = ?2",
                    params![journal, number(seq), proof],
                )?;
            }
            Ok(())
        }))
    }

    fn closed(&self, patient: Tag, at: Option<Timestamp>) -> Stored<'_, ()> {
        let journal = self.journal;
        Box::pin(self.base.write(move |base| {
            match at {
                Some(at) => base.execute(
                    "INSERT INTO trace_closure VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET at = MIN(at, excluded.at)",
                    params![journal, patient, at.as_microsecond()],
                )?,
                None => base.execute(
                    "DELETE FROM trace_closure WHERE journal = ?1 AND patient = ?2",
                    params![journal, patient],
                )?,
            };
            Ok(())
        }))
    }

    fn closed_until(&self, limit: Timestamp) -> Stored<'_, Vec<Tag>> {
        let journal = self.journal;
        Box::pin(self.base.read(move |base| {
            let query = "SELECT patient FROM trace_closure WHERE journal = ?1 AND at <= ?2";
            let mut statement = base.prepare_cached(query)?;
            let tags = statement.query_map(params![journal, limit.as_microsecond()], |row| row.get(0))?;
            Ok(tags.collect::<Result<_, _>>()?)
        }))
    }
}

fn insert(base: &Transaction<'_>, journal: &str, line: &SealedLine) -> Result<(), StoreError> {
    let mut add =
        base.prepare_cached("INSERT INTO trace_line VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
    add.execute(params![
        journal,
        number(line.seq),
        line.at.as_microsecond(),
        line.call.map(Uuid::into_bytes),
        line.opens,
        line.key,
        line.tags.concat(),
        line.body,
        line.digest,
        line.chain,
        line.destroyed,
    ])?;
    let mut tag = base.prepare_cached("INSERT OR IGNORE INTO trace_tag VALUES (?1, ?2, ?3)")?;
    for one in &line.tags {
        tag.execute(params![journal, one, number(line.seq)])?;
    }
    Ok(())
}

fn page(
    base: &Connection,
    journal: &str,
    selection: &Selection,
    after: u64,
    limit: usize,
) -> Result<Vec<SealedLine>, StoreError> {
    let (query, values) = query_of(journal, selection, after, limit);
    let mut statement = base.prepare_cached(&query)?;
    let lines = statement.query_map(params_from_iter(values), read_line)?;
    Ok(lines.collect::<Result<_, _>>()?)
}

fn query_of(journal: &str, selection: &Selection, after: u64, limit: usize) -> (String, Vec<Value>) {
    let mut query = format!("SELECT {COLUMNS} FROM trace_line AS line WHERE journal = ?1 AND seq > ?2");
    let mut values = vec![Value::Text(journal.to_owned()), Value::Integer(number(after))];
    let mut and = |clause: &str, value: Value| {
        values.push(value);
        query.push_str(&clause.replace("?n", &format!("?{}", values.len())));
    };
    // With a sign the index of times is left aside: lines are read in their order, and no page is sorted.
    if let Some(from) = selection.from {
        and(" AND +at >= ?n", Value::Integer(from.as_microsecond()));
    }
    if let Some(to) = selection.to {
        and(" AND +at <= ?n", Value::Integer(to.as_microsecond()));
    }
    for (index, tag) in selection.tags.iter().enumerate() {
        let clause = match index {
            0 => {
                " AND EXISTS (SELECT 1 FROM trace_tag AS t WHERE t.journal = line.journal AND t.seq = line.seq AND \
                 t.tag IN (?n"
            }
            _ => ", ?n",
        };
        and(clause, Value::Blob(tag.to_vec()));
    }
    if !selection.tags.is_empty() {
        query.push_str("))");
    }
    if selection.ended_once {
        query.push_str(
            " AND NOT (opens AND EXISTS (SELECT 1 FROM trace_line AS other WHERE other.journal = line.journal AND \
             other.call = line.call AND other.opens = 0))",
        );
    }
    if selection.readable {
        query.push_str(" AND body IS NOT NULL");
    }
    query.push_str(&format!(" ORDER BY seq LIMIT {limit}"));
    (query, values)
}

fn read_line(row: &Row<'_>) -> rusqlite::Result<SealedLine> {
    let tags: Vec<u8> = row.get(5)?;
    Ok(SealedLine {
        seq: natural(row, 0)?,
        at: micros(row, 1)?,
        call: row.get::<_, Option<[u8; 16]>>(2)?.map(Uuid::from_bytes),
        opens: row.get(3)?,
        key: row.get(4)?,
        tags: tags.as_chunks::<16>().0.to_vec(),
        // Text or not: what somebody made of it is for the verification to judge.
        body: row.get_ref(6)?.as_bytes_or_null()?.map(<[u8]>::to_vec),
        digest: row.get(7)?,
        chain: row.get(8)?,
        destroyed: row.get(9)?,
    })
}

fn mark(base: &Connection, journal: &str, kind: &str) -> Result<Option<Mark>, StoreError> {
    let query = "SELECT seq, at, chain, key, code FROM trace_mark WHERE journal = ?1 AND kind = ?2";
    Ok(base.prepare_cached(query)?.query_row([journal, kind], read_mark).optional()?)
}

fn read_mark(row: &Row<'_>) -> rusqlite::Result<Mark> {
    Ok(Mark { seq: natural(row, 0)?, at: micros(row, 1)?, chain: row.get(2)?, key: row.get(3)?, code: row.get(4)? })
}

fn put_mark(base: &Transaction<'_>, journal: &str, kind: &str, mark: &Mark) -> Result<(), StoreError> {
    let mut put = base.prepare_cached("INSERT OR REPLACE INTO trace_mark VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    put.execute(params![journal, kind, number(mark.seq), mark.at.as_microsecond(), mark.chain, mark.key, mark.code])?;
    Ok(())
}

fn put_seal(base: &Transaction<'_>, journal: &str, seal: &DaySeal) -> Result<(), StoreError> {
    put_mark(base, journal, &format!("{DAY}{}", seal.day), &seal.mark)
}

/// SQLite counts in signed numbers.
fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn micros(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let micros: i64 = row.get(column)?;
    kept(column, Timestamp::from_microsecond(micros).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_reads_no_more_than_its_lines() {
        let base = Database::in_memory().unwrap();
        let (from, to) = (Some(Timestamp::UNIX_EPOCH), Some(Timestamp::MAX));
        let selection = Selection { tags: vec![Tag::default(); 2], from, to, ended_once: true, readable: true };
        let plan = base.read(move |base| {
            let (query, values) = query_of("access", &selection, 7, 100);
            let mut explained = base.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
            let steps = explained.query_map(params_from_iter(values), |row| row.get::<_, String>(3))?;
            Ok(steps.collect::<Result<Vec<String>, _>>()?.join("\n"))
        });
        let plan = plan.await.unwrap();
        for step in [
            "SEARCH line USING PRIMARY KEY (journal=? AND seq>?)",
            "USING COVERING INDEX trace_tag_line (journal=? AND seq=? AND tag=?)",
            "USING COVERING INDEX trace_line_call (call=? AND journal=? AND opens=?)",
        ] {
            assert!(plan.contains(step), "{plan}");
        }
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
