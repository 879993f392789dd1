//! Document types: their class, who creates them, and those no longer submitted.

use std::collections::HashMap;

use serde::Serialize;

use super::error::NomenclatureError;
use super::tsv::{Column, Row, Table};
use super::value_set::Concept;

pub(super) const TYPES_FILE: &str = "document-types.tsv";
pub(super) const RETIRED_FILE: &str = "retired-type-codes.tsv";
pub(super) const CLASSES_FILE: &str = "ASS_X04_TypeCode_ClassCode_CISIS.tsv";
pub(super) const DMP_TYPES_FILE: &str = "JDV_J66_TypeCode_DMP.tsv";

/// A document type of the DMP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentType {
    /// The typeCode.
    pub concept: Concept,
    /// Whether an LPS may submit it \[EX_2.1-1010\].
    pub creatable_by_lps: bool,
    /// Who creates such documents.
    pub creator: DocumentCreator,
}

/// Who creates the documents of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentCreator {
    /// A professional, through an LPS.
    Professional,
    /// The holder of the DMP (*titulaire*).
    Holder,
    /// The Assurance Maladie.
    AssuranceMaladie,
    /// The vaccination service.
    VaccinationService,
}

/// A type that old entries still carry: always readable, never submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetiredType {
    /// Retired code.
    pub code: String,
    /// Its code system.
    pub system: String,
    /// Code and code system of the type that replaces it in JDV_J66, when one is known.
    pub successor: Option<(String, String)>,
    /// Whether the successor is only deduced from the labels.
    pub successor_is_probable: bool,
}

/// Rows by code then code system.
type ByCode<T> = HashMap<String, HashMap<String, T>>;

#[derive(Debug)]
pub(super) struct TypeTables {
    dmp_classes: ByCode<String>,
    classes: ByCode<String>,
    types: ByCode<DocumentType>,
    retired: ByCode<RetiredType>,
}

impl TypeTables {
    /// `text` gives the text of a file by name.
    pub(super) fn read<'text>(text: impl Fn(&str) -> &'text str) -> Result<Self, NomenclatureError> {
        Ok(Self {
            dmp_classes: read_classes(DMP_TYPES_FILE, text(DMP_TYPES_FILE), "code", "system")?,
            classes: read_classes(CLASSES_FILE, text(CLASSES_FILE), "type_code", "type_system")?,
            types: read_types(text(TYPES_FILE))?,
            retired: read_retired(text(RETIRED_FILE))?,
        })
    }

    pub(super) fn class(&self, code: &str, system: &str) -> Option<&str> {
        find(&self.dmp_classes, code, system).or_else(|| find(&self.classes, code, system)).map(String::as_str)
    }

    pub(super) fn document_type(&self, code: &str, system: &str) -> Option<&DocumentType> {
        find(&self.types, code, system)
    }

    /// The retired types of a code, in the order of their code systems.
    pub(super) fn retired_as(&self, code: &str) -> Vec<&RetiredType> {
        let mut types: Vec<&RetiredType> = self.retired.get(code).into_iter().flat_map(HashMap::values).collect();
        types.sort_by_key(|retired| &retired.system);
        types
    }

    pub(super) fn retired(&self, code: &str, system: &str) -> Option<&RetiredType> {
        find(&self.retired, code, system)
    }
}

fn find<'table, T>(table: &'table ByCode<T>, code: &str, system: &str) -> Option<&'table T> {
    table.get(code)?.get(system)
}

fn read_classes(
    file: &'static str,
    text: &str,
    code: &'static str,
    system: &'static str,
) -> Result<ByCode<String>, NomenclatureError> {
    let table = Table::new(file, text);
    let (code, system, class) = (table.column(code)?, table.column(system)?, table.column("class_code")?);
    keyed(table, code, system, |row| row.required(class).map(str::to_owned))
}

fn read_types(text: &str) -> Result<ByCode<DocumentType>, NomenclatureError> {
    let table = Table::new(TYPES_FILE, text);
    let (code, system) = (table.column("type_code")?, table.column("code_system_oid")?);
    let (label, creatable, creator) =
        (table.column("label_fr")?, table.column("creatable_by_lps")?, table.column("creator")?);
    keyed(table, code, system, |row| {
        Ok(DocumentType {
            concept: Concept {
                code: row.get(code).to_owned(),
                display: row.get(label).to_owned(),
                system: row.get(system).to_owned(),
            },
            creatable_by_lps: match row.get(creatable) {
                "yes" => true,
                "no" => false,
                _ => return Err(row.refuse(creatable, "yes or no")),
            },
            creator: match row.get(creator) {
                "professional" => DocumentCreator::Professional,
                "holder" => DocumentCreator::Holder,
                "assurance_maladie" => DocumentCreator::AssuranceMaladie,
                "vaccination_service" => DocumentCreator::VaccinationService,
                _ => return Err(row.refuse(creator, "professional, holder, assurance_maladie or vaccination_service")),
            },
        })
    })
}

fn read_retired(text: &str) -> Result<ByCode<RetiredType>, NomenclatureError> {
    let table = Table::new(RETIRED_FILE, text);
    let (code, system) = (table.column("code")?, table.column("system")?);
    let (successor, successor_system) = (table.column("successor_code")?, table.column("successor_system")?);
    let note = table.column("note")?;
    keyed(table, code, system, |row| {
        let successor = match row.get(successor) {
            "" => None,
            successor => Some((successor.to_owned(), row.required(successor_system)?.to_owned())),
        };
        Ok(RetiredType {
            code: row.get(code).to_owned(),
            system: row.get(system).to_owned(),
            successor,
            successor_is_probable: row.get(note).starts_with("probable"),
        })
    })
}

/// Reads a table keyed by code and code system, each key once.
fn keyed<'text, T>(
    table: Table<'text>,
    code: Column,
    system: Column,
    read: impl Fn(&Row<'text>) -> Result<T, NomenclatureError>,
) -> Result<ByCode<T>, NomenclatureError> {
    let mut rows: ByCode<T> = HashMap::new();
    for row in table.rows() {
        let row = row?;
        let (code, system) = (row.required(code)?, row.required(system)?);
        let value = read(&row)?;
        if rows.entry(code.to_owned()).or_default().insert(system.to_owned(), value).is_some() {
            return Err(row.duplicate(&[code, system]));
        }
    }
    Ok(rows)
}
