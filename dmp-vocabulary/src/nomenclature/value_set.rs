//! Value sets: concepts by code and code system.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::error::NomenclatureError;
use super::tsv::Table;
use crate::Oid;

/// A coded concept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Concept {
    /// Code.
    pub code: String,
    /// French label; may be empty when none is published.
    pub display: String,
    /// Code system as written in the `codingScheme` slot: a bare OID, or `URN`, `ASTM`; empty for statuses, which have
    /// no code system on the wire.
    pub system: String,
}

/// How far a table can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reliability {
    /// Machine copy of the published file.
    Exact,
    /// Typed from the published page: check again by machine before a certification.
    Typed,
    /// Exact, of an old edition.
    Old,
}

/// A value set (*jeu de valeurs*) or a code system used as one.
#[derive(Debug)]
pub struct ValueSet {
    name: String,
    oid: Option<Oid>,
    version: Option<String>,
    reliability: Option<Reliability>,
    concepts: Vec<Concept>,
    by_code: HashMap<String, Vec<usize>>,
}

/// What the catalogue says of a set.
pub(super) struct Edition {
    pub(super) oid: Option<Oid>,
    pub(super) version: Option<String>,
    pub(super) reliability: Option<Reliability>,
}

impl ValueSet {
    pub(super) fn read(name: &str, file: &str, text: &str, edition: Edition) -> Result<Self, NomenclatureError> {
        let table = Table::new(file, text);
        let (code, display, system) = (table.column("code")?, table.column("display")?, table.column("system")?);
        let mut concepts: Vec<Concept> = Vec::new();
        let mut by_code: HashMap<String, Vec<usize>> = HashMap::new();
        for row in table.rows() {
            let row = row?;
            let concept = Concept {
                code: row.required(code)?.to_owned(),
                display: row.get(display).to_owned(),
                system: row.get(system).to_owned(),
            };
            let same_code = by_code.entry(concept.code.clone()).or_default();
            if same_code.iter().any(|&index| concepts.get(index).is_some_and(|known| known.system == concept.system)) {
                return Err(row.duplicate(&[&concept.code, &concept.system]));
            }
            same_code.push(concepts.len());
            concepts.push(concept);
        }
        let Edition { oid, version, reliability } = edition;
        Ok(Self { name: name.to_owned(), oid, version, reliability, concepts, by_code })
    }

    /// Whole name, such as `JDV_J66_TypeCode_DMP`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// OID of the set, when published.
    #[must_use]
    pub fn oid(&self) -> Option<&Oid> {
        self.oid.as_ref()
    }

    /// Version of the embedded edition (a date `AAAAMMJJ`, or a year); `None` for a file loaded from a folder.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Reliability of the embedded edition; `None` for a file loaded from a folder.
    #[must_use]
    pub fn reliability(&self) -> Option<Reliability> {
        self.reliability
    }

    /// A concept by code and code system.
    #[must_use]
    pub fn get(&self, code: &str, system: &str) -> Option<&Concept> {
        let indexes = self.by_code.get(code)?;
        indexes.iter().filter_map(|&index| self.concepts.get(index)).find(|concept| concept.system == system)
    }

    /// The first concept of a code, for the sets where a code is enough (classes).
    pub(super) fn by_code(&self, code: &str) -> Option<&Concept> {
        self.concepts.get(*self.by_code.get(code)?.first()?)
    }

    /// Whether the set holds a concept.
    #[must_use]
    pub fn contains(&self, code: &str, system: &str) -> bool {
        self.get(code, system).is_some()
    }

    /// Every concept, in the order of the file.
    #[must_use]
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// `JDV_J66` names `JDV_J66_TypeCode_DMP`: the whole name, or its first two parts.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let short = self.name.match_indices('_').nth(1).and_then(|(end, _)| self.name.get(..end));
        self.name == name || short == Some(name)
    }
}
