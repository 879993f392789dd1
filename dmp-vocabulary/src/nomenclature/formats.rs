//! Formats: which formatCode a document takes, by model or by media type (cda §9).

use std::collections::HashMap;

use super::error::NomenclatureError;
use super::tsv::{Column, Row, Table};
use super::value_set::{Concept, ValueSet};

pub(super) const FILE: &str = "template_format.tsv";

/// A format and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// The formatCode.
    pub concept: Concept,
    /// Whether the DMP accepts it: membership of JDV_J60 in the same edition.
    pub in_dmp_value_set: bool,
    /// Where the assignment comes from.
    pub status: FormatStatus,
}

/// Where the assignment of a format comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormatStatus {
    /// A published line.
    Official,
    /// No published line; the code exists in the set of the DMP.
    Probable,
}

#[derive(Debug)]
pub(super) struct FormatTable {
    by_template: HashMap<String, Format>,
    by_media_type: HashMap<String, Format>,
    fallback: Format,
}

struct Columns {
    code: Column,
    system: Column,
    label: Column,
    status: Column,
}

impl FormatTable {
    pub(super) fn read(text: &str, dmp_formats: &ValueSet) -> Result<Self, NomenclatureError> {
        let table = Table::new(FILE, text);
        let (kind, key) = (table.column("kind")?, table.column("key")?);
        let columns = Columns {
            code: table.column("format_code")?,
            system: table.column("scheme_oid")?,
            label: table.column("label_fr")?,
            status: table.column("status")?,
        };
        let (mut by_template, mut by_media_type, mut fallback) = (HashMap::new(), HashMap::new(), None);
        for row in table.rows() {
            let row = row?;
            let format = format(&row, &columns, dmp_formats)?;
            let name = row.required(key)?;
            let replaced = match row.get(kind) {
                "template" => by_template.insert(name.to_owned(), format),
                "media_type" => by_media_type.insert(name.to_ascii_lowercase(), format),
                "fallback" => fallback.replace(format),
                _ => return Err(row.refuse(kind, "template, media_type or fallback")),
            };
            if replaced.is_some() {
                return Err(row.duplicate(&[row.get(kind), name]));
            }
        }
        match fallback {
            Some(fallback) => Ok(Self { by_template, by_media_type, fallback }),
            None => Err(NomenclatureError::MissingRow { file: FILE.to_owned(), what: "of kind fallback" }),
        }
    }

    pub(super) fn of_template(&self, template_oid: &str) -> Option<&Format> {
        self.by_template.get(template_oid)
    }

    pub(super) fn of_media_type(&self, media_type: &str) -> Option<&Format> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        self.by_media_type.get(&essence.to_ascii_lowercase())
    }

    pub(super) fn fallback(&self) -> &Format {
        &self.fallback
    }
}

fn format(row: &Row<'_>, columns: &Columns, dmp_formats: &ValueSet) -> Result<Format, NomenclatureError> {
    let concept = Concept {
        code: row.required(columns.code)?.to_owned(),
        display: row.get(columns.label).to_owned(),
        system: row.required(columns.system)?.to_owned(),
    };
    let status = match row.get(columns.status) {
        "official" => FormatStatus::Official,
        "probable" => FormatStatus::Probable,
        _ => return Err(row.refuse(columns.status, "official or probable")),
    };
    let in_dmp_value_set = dmp_formats.contains(&concept.code, &concept.system);
    Ok(Format { concept, in_dmp_value_set, status })
}
