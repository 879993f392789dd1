//! One edition of the value sets: what users pick from, and what codes are called.

use std::fmt;

use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};
use jiff::Timestamp;
use xds_model::CodedValue;

/// Types that only others create, whatever a newer table says of them (`EX_2.1-1010`): the patient's own, reimbursements, the
/// vaccination history.
const PATIENT_TYPES: &str = "DOCPAT";
const FORBIDDEN_TYPES: [&str; 2] = ["REMB", "11369-6"];
const FORBIDDEN_CLASSES: [&str; 2] = ["90", "60"];

/// The tables of one moment.
pub struct Edition {
    number: u64,
    digest: String,
    loaded_at: Timestamp,
    tables: Nomenclatures,
}

/// A code as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coded {
    /// A concept of the edition.
    Known(Concept),
    /// A code that no set of the edition has: kept, shown with the label that came with it, never refused.
    Other {
        /// Code.
        code: String,
        /// Code system.
        system: String,
        /// The label that came with it; may be absent.
        label: Option<String>,
    },
}

impl Edition {
    pub(super) fn new(number: u64, digest: String, loaded_at: Timestamp, tables: Nomenclatures) -> Self {
        Self { number, digest, loaded_at, tables }
    }

    /// Counts from 1 in this process.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// SHA-256 of the files of the folder: the same on every machine that has the same files.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// When it was put in force, UTC.
    #[must_use]
    pub fn loaded_at(&self) -> Timestamp {
        self.loaded_at
    }

    /// The tables.
    #[must_use]
    pub fn tables(&self) -> &Nomenclatures {
        &self.tables
    }

    /// Name and version of each set; a set of the folder has no version but [`Self::digest`].
    pub fn versions(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.tables.value_sets().map(|set| (set.name(), set.version()))
    }

    /// The types of document that a user may pick (JDV_J66): those that a software may create, and that are still submitted.
    pub fn document_types(&self) -> impl Iterator<Item = &Concept> {
        self.picker("JDV_J66").filter(|concept| self.may_create(concept))
    }

    /// What a user may pick from another set, in the order of its file; nothing from a set that the edition has not.
    pub fn picker(&self, set: &str) -> impl Iterator<Item = &Concept> {
        self.tables.value_set(set).into_iter().flat_map(|set| set.concepts())
    }

    /// A code as it is shown.
    #[must_use]
    pub fn coded(&self, value: &CodedValue) -> Coded {
        match self.tables.concept(&value.code, &value.system) {
            Some(concept) => Coded::Known(concept.clone()),
            None => Coded::Other {
                code: value.code.clone(),
                system: value.system.clone(),
                label: value.display.clone().filter(|label| !label.trim().is_empty()),
            },
        }
    }

    fn may_create(&self, concept: &Concept) -> bool {
        let Concept { code, system, .. } = concept;
        let class = self.tables.class_of_type(code, system).map(|class| class.code.as_str());
        let forbidden = FORBIDDEN_TYPES.contains(&code.as_str())
            || code.starts_with(PATIENT_TYPES)
            || class.is_some_and(|class| FORBIDDEN_CLASSES.contains(&class))
            || self.tables.creatable_by_lps(code, system) == Some(false);
        !forbidden && self.tables.retired_type(code, system).is_none()
    }
}

impl Coded {
    /// What a screen shows: the label, else the code.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Known(concept) => &concept.display,
            Self::Other { label: Some(label), .. } => label,
            Self::Other { code, .. } => code,
        }
    }

    /// Whether a set of the edition has it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }
}

impl fmt::Debug for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edition").field("number", &self.number).field("digest", &self.digest).finish_non_exhaustive()
    }
}
