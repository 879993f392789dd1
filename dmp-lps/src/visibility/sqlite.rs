//! The worklist in SQLite.

use rusqlite::{OptionalExtension, Row, named_params, params};

use super::due::Due;
use super::entry::{EntryState, Responsible, Targets, WorklistEntry};
use super::store::WorklistStore;
use crate::context::{PatientKey, ProfessionalKey, ServiceId};
use crate::store::{Database, StoreError, instant, kept, named, word_of};

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS worklist (
    unique_id TEXT NOT NULL PRIMARY KEY, patient TEXT NOT NULL, title TEXT NOT NULL, type_code TEXT NOT NULL,
    author TEXT, service TEXT, deposited_at TEXT NOT NULL,
    -- What changes.
    to_patient INTEGER NOT NULL, to_representatives INTEGER NOT NULL, responsible TEXT, responsible_service TEXT,
    state TEXT NOT NULL, told TEXT NOT NULL, open INTEGER NOT NULL, revision INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS worklist_patient ON worklist (patient, open);
";

const COLUMNS: &str = "unique_id, patient, title, type_code, author, service, deposited_at, to_patient, \
                       to_representatives, responsible, responsible_service, state, told, revision";

impl WorklistStore for Database {
    async fn add(&self, entry: WorklistEntry) -> Result<bool, StoreError> {
        self.write(move |base| {
            let query = "INSERT OR IGNORE INTO worklist VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
                         ?14, ?15)";
            let (person, service) = responsible_as_kept(&entry.responsible);
            let added = base.execute(
                query,
                params![
                    entry.unique_id,
                    entry.patient.as_str(),
                    entry.title,
                    entry.type_code,
                    entry.author.as_ref().map(ProfessionalKey::as_str),
                    entry.service.as_ref().map(ServiceId::as_str),
                    entry.deposited_at.to_string(),
                    entry.targets.patient,
                    entry.targets.representatives,
                    person,
                    service,
                    word_of(&EntryState::ALL, entry.state),
                    told_as_kept(&entry.told),
                    entry.state.is_open(),
                    entry.revision.cast_signed(),
                ],
            )?;
            Ok(added > 0)
        })
        .await
    }

    async fn entry(&self, unique_id: String) -> Result<Option<WorklistEntry>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM worklist WHERE unique_id = ?1");
        self.read(move |base| Ok(base.query_row(&query, [unique_id], entry).optional()?)).await
    }

    async fn entries(&self, patient: Option<PatientKey>, closed: bool) -> Result<Vec<WorklistEntry>, StoreError> {
        self.read(move |base| {
            let query = format!(
                "SELECT {COLUMNS} FROM worklist WHERE (?1 IS NULL OR patient = ?1) AND (?2 OR open = 1) \
                 ORDER BY deposited_at, unique_id"
            );
            let mut statement = base.prepare_cached(&query)?;
            let rows = statement.query_map(params![patient.as_ref().map(PatientKey::as_str), closed], entry)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn put(&self, unique_id: String, entry: WorklistEntry) -> Result<bool, StoreError> {
        self.write(move |base| {
            if entry.unique_id != unique_id {
                // A search has listed the new version already: the entry of the first deposit goes on.
                base.execute("DELETE FROM worklist WHERE unique_id = ?1", [&entry.unique_id])?;
            }
            let query = "UPDATE worklist SET unique_id = :new, to_patient = :patient, to_representatives = \
                         :representatives, responsible = :person, responsible_service = :service, state = :state, told = \
                         :told, open = :open, revision = revision + 1 WHERE unique_id = :old AND revision = :revision";
            let (person, service) = responsible_as_kept(&entry.responsible);
            let changed = base.execute(
                query,
                named_params! {
                    ":new": entry.unique_id,
                    ":patient": entry.targets.patient,
                    ":representatives": entry.targets.representatives,
                    ":person": person,
                    ":service": service,
                    ":state": word_of(&EntryState::ALL, entry.state),
                    ":told": told_as_kept(&entry.told),
                    ":open": entry.state.is_open(),
                    ":old": unique_id,
                    ":revision": entry.revision.cast_signed(),
                },
            )?;
            Ok(changed > 0)
        })
        .await
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<WorklistEntry> {
    let text = |index: usize| row.get::<_, String>(index);
    let service =
        |index: usize| -> rusqlite::Result<_> { Ok(row.get::<_, Option<String>>(index)?.and_then(ServiceId::new)) };
    let person =
        |index: usize| -> rusqlite::Result<_> { Ok(row.get::<_, Option<String>>(index)?.map(ProfessionalKey::stored)) };
    let responsible = match (person(9)?, service(10)?) {
        (Some(person), _) => Responsible::Professional(person),
        (None, Some(service)) => Responsible::Service(service),
        (None, None) => Responsible::Unassigned,
    };
    Ok(WorklistEntry {
        unique_id: text(0)?,
        patient: PatientKey::stored(text(1)?),
        title: text(2)?,
        type_code: text(3)?,
        author: person(4)?,
        service: service(5)?,
        deposited_at: instant(row, 6)?,
        targets: Targets { patient: row.get(7)?, representatives: row.get(8)? },
        responsible,
        state: kept(11, named(&EntryState::ALL, &text(11)?))?,
        told: text(12)?.split_whitespace().map(|told| kept(12, named(&Due::ALL, told))).collect::<Result<_, _>>()?,
        revision: row.get::<_, i64>(13)?.cast_unsigned(),
    })
}

fn responsible_as_kept(responsible: &Responsible) -> (Option<&str>, Option<&str>) {
    match responsible {
        Responsible::Professional(person) => (Some(person.as_str()), None),
        Responsible::Service(service) => (None, Some(service.as_str())),
        Responsible::Unassigned => (None, None),
    }
}

fn told_as_kept(told: &[Due]) -> String {
    told.iter().map(|due| word_of(&Due::ALL, *due)).collect::<Vec<_>>().join(" ")
}
