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
    TableOfExport { name: "feed", row: "a document of the queue and where it stands (F09)" },
    TableOfExport { name: "feed_removed", row: "a document that a user took out of the DMP (F12)" },
];

/// The tables that stay where they are.
pub const KEPT_OUT_OF_EXPORT: &[KeptOutOfExport] = &[];

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
