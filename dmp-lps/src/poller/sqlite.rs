//! Marks in SQLite.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{Criterion, DmpMark, LastRun, ListOwner, PollStore};
use crate::context::{PatientKey, ProfessionalKey};
use crate::store::{Database, StoreError, instant, optional_instant};

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS dmp_list_run (
    owner TEXT NOT NULL, criterion TEXT NOT NULL, tried_at TEXT NOT NULL, answered_at TEXT,
    PRIMARY KEY (owner, criterion)
);
CREATE TABLE IF NOT EXISTS dmp_mark (
    owner TEXT NOT NULL, patient TEXT NOT NULL, medecin_traitant INTEGER NOT NULL, last_document_at TEXT,
    listed_at TEXT NOT NULL,
    PRIMARY KEY (owner, patient)
);
";

/// A structure is told apart from a professional by this.
const STRUCTURE: &str = "structure ";

impl PollStore for Database {
    async fn last_run(&self, owner: ListOwner, criterion: Criterion) -> Result<Option<LastRun>, StoreError> {
        self.read(move |base| {
            let query = "SELECT tried_at, answered_at FROM dmp_list_run WHERE owner = ?1 AND criterion = ?2";
            let run =
                |row: &Row<'_>| Ok(LastRun { tried_at: instant(row, 0)?, answered_at: optional_instant(row, 1)? });
            Ok(base.query_row(query, [kept_owner(&owner).as_str(), kept_criterion(criterion)], run).optional()?)
        })
        .await
    }

    async fn tried(&self, owner: ListOwner, criterion: Criterion, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute(
                "INSERT INTO dmp_list_run (owner, criterion, tried_at) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (owner, criterion) DO UPDATE SET tried_at = ?3",
                params![kept_owner(&owner), kept_criterion(criterion), at.to_string()],
            )?;
            Ok(())
        })
        .await
    }

    async fn answered(
        &self,
        owner: ListOwner,
        criterion: Criterion,
        at: Timestamp,
        marks: Vec<DmpMark>,
    ) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute(
                "UPDATE dmp_list_run SET answered_at = ?3 WHERE owner = ?1 AND criterion = ?2",
                params![kept_owner(&owner), kept_criterion(criterion), at.to_string()],
            )?;
            for mark in marks {
                base.execute(
                    "INSERT OR REPLACE INTO dmp_mark (owner, patient, medecin_traitant, last_document_at, listed_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![
                        kept_owner(&mark.owner),
                        mark.patient.as_str(),
                        mark.medecin_traitant,
                        mark.last_document_at.map(|at| at.to_string()),
                        mark.listed_at.to_string(),
                    ],
                )?;
            }
            Ok(())
        })
        .await
    }

    async fn marks(&self, owner: ListOwner) -> Result<Vec<DmpMark>, StoreError> {
        self.read(move |base| {
            let query = "SELECT owner, patient, medecin_traitant, last_document_at, listed_at FROM dmp_mark \
                         WHERE owner = ?1 ORDER BY listed_at DESC, patient";
            let mut statement = base.prepare_cached(query)?;
            let rows = statement.query_map([kept_owner(&owner)], mark)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn unmark(&self, patient: PatientKey) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute("DELETE FROM dmp_mark WHERE patient = ?1", [patient.as_str()])?;
            Ok(())
        })
        .await
    }
}

fn mark(row: &Row<'_>) -> rusqlite::Result<DmpMark> {
    let owner: String = row.get(0)?;
    Ok(DmpMark {
        owner: match owner.strip_prefix(STRUCTURE) {
            Some(structure) => ListOwner::Structure(structure.to_owned()),
            None => ListOwner::Professional(ProfessionalKey::stored(owner)),
        },
        patient: PatientKey::stored(row.get(1)?),
        medecin_traitant: row.get(2)?,
        last_document_at: optional_instant(row, 3)?,
        listed_at: instant(row, 4)?,
    })
}

fn kept_owner(owner: &ListOwner) -> String {
    match owner {
        ListOwner::Professional(professional) => professional.as_str().to_owned(),
        ListOwner::Structure(structure) => format!("{STRUCTURE}{structure}"),
    }
}

fn kept_criterion(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Authorisations => "authorisations",
        Criterion::Documents => "documents",
    }
}
