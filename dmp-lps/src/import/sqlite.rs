//! Imported documents in SQLite.

use dmp_client::DocumentState;
use rusqlite::{Row, named_params};

use super::decision::Decision;
use super::document::{DocumentKind, ImportWarning, ImportedDocument, Placement, Provenance};
use super::folder::DocumentGroup;
use super::identity::IdentityDoubt;
use super::local::{LocalDocument, LocalDocumentId};
use super::own::add_fed;
use super::store::ImportStore;
use crate::context::{InternalUserId, PatientKey};
use crate::correction::CorrectionStore;
use crate::outbox::{FeedFilter, FeedStore};
use crate::store::{Database, StoreError, instant, kept, named, natural, whole, word_of};

/// A provenance is written once: a trigger refuses a change of it, whoever opens the file.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS imported_document (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, patient TEXT NOT NULL, unique_id TEXT NOT NULL, logical_id TEXT, set_id TEXT,
    version_number INTEGER, hash TEXT NOT NULL, imported_at TEXT NOT NULL, imported_by TEXT NOT NULL,
    author TEXT NOT NULL, repository TEXT NOT NULL, kind TEXT NOT NULL, decision TEXT NOT NULL, related TEXT,
    superseded_by TEXT, filed_on TEXT NOT NULL, filed_as TEXT NOT NULL, filed_by_unit TEXT NOT NULL,
    advice TEXT NOT NULL, warnings TEXT NOT NULL, document TEXT NOT NULL, pdf_copy TEXT,
    UNIQUE (patient, unique_id)
);
CREATE TRIGGER IF NOT EXISTS provenance_is_written_once
    BEFORE UPDATE OF unique_id, set_id, version_number, hash, imported_at, imported_by, author, repository
    ON imported_document BEGIN SELECT RAISE(ABORT, 'the provenance of a document does not change'); END;
CREATE TABLE IF NOT EXISTS local_document (
    id TEXT PRIMARY KEY, patient TEXT NOT NULL, unique_id TEXT NOT NULL, logical_id TEXT, set_id TEXT,
    version_number INTEGER, hash TEXT, produced_here INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS local_document_of ON local_document (patient);
";

const KINDS: &[(DocumentKind, &str)] = &[(DocumentKind::Cda, "cda"), (DocumentKind::Other, "other")];

const STATES: &[(DocumentState, &str)] = &[
    (DocumentState::MaskedFromProfessionals, "masked"),
    (DocumentState::InvisibleToPatient, "invisible_patient"),
    (DocumentState::InvisibleToRepresentatives, "invisible_representatives"),
    (DocumentState::Archived, "archived"),
    (DocumentState::Obsolete, "obsolete"),
];

const WARNINGS: &[(ImportWarning, &str)] = &[
    (ImportWarning::Identity(IdentityDoubt::FormerIns), "former_ins"),
    (ImportWarning::Identity(IdentityDoubt::InsC), "ins_c"),
    (ImportWarning::SameVersion, "same_version"),
    (ImportWarning::Substitute, "substitute"),
    (ImportWarning::NoHeader, "no_header"),
];

const COLUMNS: &str = "id, patient, unique_id, logical_id, set_id, version_number, hash, imported_at, imported_by, \
                       author, repository, kind, decision, related, superseded_by, filed_on, filed_as, filed_by_unit, \
                       advice, warnings, document, pdf_copy";

impl Database {
    /// Declares a document of the local record that was not imported: produced here, or received otherwise. Declared
    /// again, it is written anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn declare_local(&self, patient: PatientKey, document: LocalDocument) -> Result<(), StoreError> {
        self.write(move |base| {
            base.execute(
                "INSERT OR REPLACE INTO local_document (id, patient, unique_id, logical_id, set_id, version_number, \
                 hash, produced_here) VALUES (:id, :patient, :unique, :logical, :set, :version, :hash, :own)",
                named_params! {
                    ":id": document.id.as_str(),
                    ":patient": patient.as_str(),
                    ":unique": document.unique_id,
                    ":logical": document.logical_id,
                    ":set": document.set_id,
                    ":version": document.version_number.map(whole),
                    ":hash": document.sha1,
                    ":own": document.produced_here,
                },
            )?;
            Ok(())
        })
        .await
    }

    async fn declared_and_imported(&self, patient: PatientKey) -> Result<Vec<LocalDocument>, StoreError> {
        self.read(move |base| {
            let mut statement = base.prepare(
                "SELECT id, unique_id, logical_id, set_id, version_number, hash, produced_here FROM local_document \
                 WHERE patient = ?1 UNION ALL SELECT id, unique_id, logical_id, set_id, version_number, hash, 0 \
                 FROM imported_document WHERE patient = ?1",
            )?;
            let rows = statement.query_map([patient.as_str()], local)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}

impl ImportStore for Database {
    /// Declared and imported documents, and those that the queue fed.
    async fn locals(&self, patient: PatientKey) -> Result<Vec<LocalDocument>, StoreError> {
        let items = self.list(FeedFilter::of(&patient)).await?;
        let publications = self.publications(patient.clone()).await?;
        let mut locals = self.declared_and_imported(patient).await?;
        add_fed(&mut locals, &items, &publications);
        Ok(locals)
    }

    async fn keep(&self, document: ImportedDocument) -> Result<(), StoreError> {
        self.write(move |base| {
            insert(base, &document)?;
            if let Decision::NewVersion { of } = &document.decision {
                base.execute(
                    "UPDATE imported_document SET superseded_by = ?1 WHERE id = ?2",
                    [document.id.as_str(), of.as_str()],
                )?;
            }
            Ok(())
        })
        .await
    }

    async fn imported(&self, patient: Option<PatientKey>) -> Result<Vec<ImportedDocument>, StoreError> {
        self.read(move |base| {
            let query =
                format!("SELECT {COLUMNS} FROM imported_document WHERE ?1 IS NULL OR patient = ?1 ORDER BY seq");
            let mut statement = base.prepare(&query)?;
            let rows = statement.query_map([patient.as_ref().map(PatientKey::as_str)], imported)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn insert(base: &rusqlite::Connection, document: &ImportedDocument) -> Result<(), StoreError> {
    let (decision, related) = decision_words(&document.decision);
    let (provenance, placement) = (&document.provenance, &document.placement);
    base.execute(
        &format!(
            "INSERT INTO imported_document ({COLUMNS}) VALUES (:id, :patient, :unique, :logical, :set, :version, :hash, \
             :at, :by, :author, :repository, :kind, :decision, :related, :superseded, :on, :as, :unit, :advice, \
             :warnings, :document, :pdf)"
        ),
        named_params! {
            ":id": document.id.as_str(),
            ":patient": document.patient.as_str(),
            ":unique": provenance.unique_id,
            ":logical": document.logical_id,
            ":set": provenance.set_id,
            ":version": provenance.version_number.map(whole),
            ":hash": provenance.hash,
            ":at": provenance.imported_at.to_string(),
            ":by": provenance.imported_by.as_str(),
            ":author": provenance.author,
            ":repository": provenance.repository,
            ":kind": word_of(KINDS, document.kind),
            ":decision": decision,
            ":related": related.map(LocalDocumentId::as_str),
            ":superseded": document.superseded_by.as_ref().map(LocalDocumentId::as_str),
            ":on": placement.date.to_string(),
            ":as": placement.kind,
            ":unit": placement.unit,
            ":advice": words(STATES, &document.advice),
            ":warnings": words(WARNINGS, &document.warnings),
            ":document": document.files.document.to_string_lossy(),
            ":pdf": document.files.pdf_copy.as_ref().map(|path| path.to_string_lossy()),
        },
    )?;
    Ok(())
}

/// Decisions that import nothing are never kept.
fn decision_words(decision: &Decision) -> (&'static str, Option<&LocalDocumentId>) {
    match decision {
        Decision::New => ("new", None),
        Decision::NewVersion { of } => ("new_version", Some(of)),
        Decision::Conflict { with } => ("conflict", Some(with)),
        Decision::History { newer } => ("history", Some(newer)),
        Decision::SkipDuplicate { .. } | Decision::SkipOlder { .. } | Decision::OwnDocument { .. } => ("skipped", None),
    }
}

fn decision(word: &str, related: Option<String>) -> Option<Decision> {
    let related = related.map(LocalDocumentId::new);
    Some(match (word, related) {
        ("new", None) => Decision::New,
        ("new_version", Some(of)) => Decision::NewVersion { of },
        ("conflict", Some(with)) => Decision::Conflict { with },
        ("history", Some(newer)) => Decision::History { newer },
        _ => return None,
    })
}

/// Values as words separated by spaces.
fn words<T: Copy + PartialEq>(known: &[(T, &'static str)], values: &[T]) -> String {
    values.iter().map(|value| word_of(known, *value)).collect::<Vec<_>>().join(" ")
}

fn values<T: Copy>(row: &Row<'_>, column: usize, known: &[(T, &'static str)]) -> rusqlite::Result<Vec<T>> {
    let text: String = row.get(column)?;
    text.split_whitespace().map(|word| kept(column, named(known, word))).collect()
}

fn optional_natural(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    row.get::<_, Option<i64>>(column)?.map(|_| natural(row, column)).transpose()
}

fn local(row: &Row<'_>) -> rusqlite::Result<LocalDocument> {
    Ok(LocalDocument {
        id: LocalDocumentId::new(row.get::<_, String>(0)?),
        unique_id: row.get(1)?,
        logical_id: row.get(2)?,
        set_id: row.get(3)?,
        version_number: optional_natural(row, 4)?,
        sha1: row.get(5)?,
        produced_here: row.get(6)?,
    })
}

fn imported(row: &Row<'_>) -> rusqlite::Result<ImportedDocument> {
    let text = |column: usize| row.get::<_, String>(column);
    let files = DocumentGroup {
        document: text(20)?.into(),
        pdf_copy: row.get::<_, Option<String>>(21)?.map(std::path::PathBuf::from),
    };
    Ok(ImportedDocument {
        id: LocalDocumentId::new(text(0)?),
        patient: PatientKey::stored(text(1)?),
        logical_id: row.get(3)?,
        decision: kept(12, decision(&text(12)?, row.get(13)?))?,
        superseded_by: row.get::<_, Option<String>>(14)?.map(LocalDocumentId::new),
        kind: kept(11, named(KINDS, &text(11)?))?,
        placement: Placement { date: kept(15, text(15)?.parse().ok())?, kind: text(16)?, unit: text(17)? },
        provenance: Provenance {
            imported_at: instant(row, 7)?,
            imported_by: kept(8, InternalUserId::new(text(8)?))?,
            unique_id: text(2)?,
            set_id: row.get(4)?,
            version_number: optional_natural(row, 5)?,
            author: text(9)?,
            repository: text(10)?,
            hash: text(6)?,
        },
        advice: values(row, 18, STATES)?,
        warnings: values(row, 19, WARNINGS)?,
        files,
    })
}
