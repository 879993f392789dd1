//! The proof that traces can be extracted, renewed every three years (EXI 16).

use std::future::Future;

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::clock::{Clock, months_later};
use crate::context::InternalUserId;
use crate::store::{Database, StoreError, instant, kept, natural};

/// How long a successful drill proves something, in calendar months.
const PROVES_MONTHS: i32 = 36;
/// How long before the end a new one is asked for, in calendar months.
const WARNS_MONTHS: i32 = 3;

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS extraction_drill (
    at TEXT NOT NULL, by TEXT NOT NULL, scope TEXT NOT NULL, rows INTEGER NOT NULL, success INTEGER NOT NULL
);
";

/// One rehearsal of the extraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractionDrill {
    /// When, UTC.
    pub at: Timestamp,
    /// Who did it.
    pub by: InternalUserId,
    /// What was extracted, in words: no name of a patient or a professional.
    pub scope: String,
    /// How many rows came out.
    pub rows: u64,
    /// Whether the extraction was what was asked for.
    pub success: bool,
}

/// Keeps the drills, longer than the traces.
pub trait DrillStore: Send + Sync + 'static {
    /// Adds one.
    fn add_drill(&self, drill: ExtractionDrill) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All of them, oldest first.
    fn drills(&self) -> impl Future<Output = Result<Vec<ExtractionDrill>, StoreError>> + Send;
}

/// Whether it is time for a drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum DrillDue {
    /// The last success proves enough until then.
    NotBefore(Timestamp),
    /// Do one: the last success ends to prove something then.
    Before(Timestamp),
    /// None has succeeded within three years.
    Now,
}

/// The drills of an establishment.
#[derive(Debug)]
pub struct ExtractionDrills<S, C> {
    store: S,
    clock: C,
}

impl<S: DrillStore, C: Clock> ExtractionDrills<S, C> {
    /// Over a store.
    #[must_use]
    pub fn new(store: S, clock: C) -> Self {
        Self { store, clock }
    }

    /// Writes a drill down, whether it succeeded or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record(&self, drill: ExtractionDrill) -> Result<(), StoreError> {
        self.store.add_drill(drill).await
    }

    /// All of them, oldest first: for the dossier.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all(&self) -> Result<Vec<ExtractionDrill>, StoreError> {
        self.store.drills().await
    }

    /// Whether it is time: from three months before the last success is three years old.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drill_due(&self) -> Result<DrillDue, StoreError> {
        let now = self.clock.now();
        let drills = self.store.drills().await?;
        let last = drills.iter().filter(|drill| drill.success && drill.at <= now).map(|drill| drill.at).max();
        let Some(last) = last else { return Ok(DrillDue::Now) };
        let (ends, warns) = (months_later(last, PROVES_MONTHS), months_later(last, PROVES_MONTHS - WARNS_MONTHS));
        Ok(match now {
            now if now > ends => DrillDue::Now,
            now if now >= warns => DrillDue::Before(ends),
            _ => DrillDue::NotBefore(warns),
        })
    }
}

impl DrillStore for Database {
    async fn add_drill(&self, drill: ExtractionDrill) -> Result<(), StoreError> {
        self.write(move |base| {
            let rows = i64::try_from(drill.rows).unwrap_or(i64::MAX);
            base.execute(
                "INSERT INTO extraction_drill VALUES (?1, ?2, ?3, ?4, ?5)",
                params![drill.at.to_string(), drill.by.as_str(), drill.scope, rows, drill.success],
            )?;
            Ok(())
        })
        .await
    }

    async fn drills(&self) -> Result<Vec<ExtractionDrill>, StoreError> {
        self.read(|base| {
            let mut statement =
                base.prepare("SELECT at, by, scope, rows, success FROM extraction_drill ORDER BY rowid")?;
            let drills = statement.query_map([], read)?;
            Ok(drills.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<ExtractionDrill> {
    Ok(ExtractionDrill {
        at: instant(row, 0)?,
        by: kept(1, InternalUserId::new(row.get::<_, String>(1)?))?,
        scope: row.get(2)?,
        rows: natural(row, 3)?,
        success: row.get(4)?,
    })
}
