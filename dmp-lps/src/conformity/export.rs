//! The stores of the SDK, in a documented format: one JSON object a line, UTF-8.
//!
//! The first line is `{"format":"dmp-lps-export","version":1}`; then one line for each row,
//! `{"table":"stance","row":{"seq":1,…}}`, in the order of the tables and of the rows; the last line is
//! `{"end":true,"rows":N}`: an export without it was cut. Names of columns are those of [`TABLES_OF_EXPORT`]'s tables in
//! the base; a number is a number, a text a text, bytes are hexadecimal, nothing is `null`. Columns whose name ends in `_at`
//! are instants: RFC 3339 in a text, milliseconds since 1970 in a number.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value, json};

use crate::store::{Database, StoreError};

/// A table of the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOfExport {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub row: &'static str,
}

/// A table that is not exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptOutOfExport {
    /// Its name.
    pub name: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// The tables, in the order of the export.
pub const TABLES_OF_EXPORT: &[TableOfExport] = &[
    TableOfExport { name: "stance", row: "what a patient said of feeding or consultation, in an episode (F01)" },
    TableOfExport {
        name: "express_consent",
        row: "consent for a professional outside the team, or its withdrawal (F01)",
    },
    TableOfExport {
        name: "authorisation",
        row: "a professional who holds an authorisation, or has to give it back (F01)",
    },
    TableOfExport { name: "ps_awareness", row: "a professional who accepted the text of awareness (F02)" },
    TableOfExport { name: "last_seen", row: "when a reader last acknowledged the new documents of a patient (F04)" },
    TableOfExport { name: "imported_document", row: "a document of the DMP that is kept, with its provenance (F06)" },
    TableOfExport { name: "local_document", row: "a document of the software that imports are compared with (F06)" },
    TableOfExport { name: "worklist", row: "a document that somebody does not see yet (F08)" },
    TableOfExport { name: "feed", row: "a document of the queue and where it stands; `item` is a JSON object (F09)" },
    TableOfExport { name: "feed_removed", row: "a document that a user took out of the DMP (F12)" },
    TableOfExport { name: "publication", row: "what is known of a document in the DMP (F12)" },
    TableOfExport { name: "error_record", row: "a document that was fed by error, and what was done about it (F12)" },
    TableOfExport { name: "rights_request", row: "a patient's request to rectify or delete (F12)" },
    TableOfExport { name: "extraction_drill", row: "a drill of the extraction of traces (F14)" },
    TableOfExport { name: "supervision_alert", row: "an alert of the supervision (F15)" },
    TableOfExport { name: "supervision_block", row: "a user whose consultations are blocked (F15)" },
    TableOfExport { name: "validation_report", row: "what the validators found in a document (F28)" },
    TableOfExport { name: "dmp_list_run", row: "when the list of authorised records was asked for last (F29)" },
    TableOfExport { name: "dmp_mark", row: "a patient of the software whose record is authorised (F29)" },
    TableOfExport { name: "vaccination", row: "the identifier of a vaccination that was fed (F34)" },
];

/// The tables that stay where they are.
pub const KEPT_OUT_OF_EXPORT: &[KeptOutOfExport] = &[
    KeptOutOfExport { name: "trace_line", reason: "encrypted: `Tracer::extract` reads traces, and traces that it did" },
    KeptOutOfExport { name: "trace_tag", reason: "serves the traces, as above" },
    KeptOutOfExport { name: "trace_mark", reason: "serves the traces, as above" },
    KeptOutOfExport { name: "trace_closure", reason: "serves the traces, as above" },
    KeptOutOfExport {
        name: "supervised_act",
        reason: "worked out from the traces, and forgotten after the longest window",
    },
    KeptOutOfExport { name: "supervised_until", reason: "working state: how far the traces were supervised" },
    KeptOutOfExport {
        name: "atna_spool",
        reason: "messages on their way to the audit repository, made from the traces",
    },
    KeptOutOfExport { name: "atna_taken", reason: "working state of that spool" },
    KeptOutOfExport { name: "feed_pace", reason: "working state: when a structure may send again" },
    KeptOutOfExport { name: "feed_pause", reason: "working state: queues that are paused" },
];

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Rows by table.
    pub rows: BTreeMap<&'static str, u64>,
}

/// What stopped an export; what was written before has no last line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Where it was to be written.
    #[error("F31: the export cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// Writes every store of a base, as it is at one moment, row by row, off the async threads. Gives the writer back.
///
/// The export holds health data: numbers of patients, uniqueIds, who did what. Guard it as the base.
///
/// # Errors
/// [`ExportError`].
pub async fn export<W: Write + Send + 'static>(base: &Database, mut into: W) -> Result<(Exported, W), ExportError> {
    base.read(move |base| Ok(rows(base, &mut into).map(|exported| (exported, into)))).await?
}

fn rows(base: &Connection, into: &mut impl Write) -> Result<Exported, ExportError> {
    let snapshot = base.unchecked_transaction().map_err(StoreError::from)?;
    line(into, &json!({"format": "dmp-lps-export", "version": 1}))?;
    let mut counts = BTreeMap::new();
    for table in TABLES_OF_EXPORT {
        let mut statement = snapshot.prepare(&format!("SELECT * FROM {}", table.name)).map_err(StoreError::from)?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        let mut count = 0;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let mut object = Map::new();
            for (index, name) in names.iter().enumerate() {
                object.insert(name.clone(), value(row.get_ref(index).map_err(StoreError::from)?));
            }
            line(into, &json!({"table": table.name, "row": object}))?;
            count += 1;
        }
        counts.insert(table.name, count);
    }
    line(into, &json!({"end": true, "rows": counts.values().sum::<u64>()}))?;
    into.flush()?;
    Ok(Exported { rows: counts })
}

fn line(into: &mut impl Write, object: &Value) -> io::Result<()> {
    writeln!(into, "{object}")
}

fn value(column: ValueRef<'_>) -> Value {
    match column {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
    }
}
