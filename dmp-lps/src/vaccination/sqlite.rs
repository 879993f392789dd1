//! Vaccinations in SQLite.

use cda::build::VaccinationId;
use rusqlite::{Row, params};

use super::{KnownVaccination, VaccinationStore};
use crate::context::PatientKey;
use crate::store::{Database, StoreError, kept};

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS vaccination (
    note TEXT NOT NULL PRIMARY KEY, patient TEXT NOT NULL, id TEXT NOT NULL, day TEXT NOT NULL, product TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS vaccination_patient ON vaccination (patient, day);
";

impl VaccinationStore for Database {
    async fn keep(&self, known: KnownVaccination, replaced: Option<String>) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute("DELETE FROM vaccination WHERE note = ?1", [replaced])?;
            base.execute(
                "INSERT OR REPLACE INTO vaccination (note, patient, id, day, product) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![known.note, known.patient.as_str(), known.id.as_str(), known.day.to_string(), known.product,],
            )?;
            Ok(())
        })
        .await
    }

    async fn forget(&self, note: String) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute("DELETE FROM vaccination WHERE note = ?1", [note])?;
            Ok(())
        })
        .await
    }

    async fn of_patient(&self, patient: PatientKey) -> Result<Vec<KnownVaccination>, StoreError> {
        self.read(move |base| {
            let query = "SELECT patient, note, id, day, product FROM vaccination WHERE patient = ?1 ORDER BY day, note";
            let mut statement = base.prepare_cached(query)?;
            let rows = statement.query_map([patient.as_str()], known)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn known(row: &Row<'_>) -> rusqlite::Result<KnownVaccination> {
    let text = |index: usize| row.get::<_, String>(index);
    Ok(KnownVaccination {
        patient: PatientKey::stored(text(0)?),
        note: text(1)?,
        id: kept(2, VaccinationId::parse(&text(2)?))?,
        day: kept(3, text(3)?.parse().ok())?,
        product: text(4)?,
    })
}
