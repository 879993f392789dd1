//! Nomenclatures: the value sets (*jeux de valeurs*, JDV) the DMP and the CI-SIS check, as data.
//!
//! They change several times a year: [`Nomenclatures::embedded`] is the edition shipped with the crate,
//! [`Nomenclatures::load`] replaces any of its files from a folder \[EX_GEN-1360\]. A concept is known by its code
//! **and** its code system, never by its label. A code met in an answer and absent from every set is data, not an
//! error: every look-up answers `None` or `false` for it \[REC_GEN-1370\], \[EX_3.1-1050\].

mod document_types;
mod embedded;
mod error;
mod explain;
mod formats;
mod load;
mod tsv;
mod value_set;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use document_types::{DocumentCreator, DocumentType, RetiredType};
pub use error::NomenclatureError;
pub use explain::{CodeMeaning, TypeFacts, ValueSetSummary};
pub use formats::{Format, FormatStatus};
pub use load::MAX_FILE_BYTES;
pub use value_set::{Concept, Reliability, ValueSet};

use document_types::TypeTables;
use formats::FormatTable;

/// Document classes: those of the DMP, then those of the CI-SIS.
const CLASS_SETS: [&str; 2] = ["JDV_J57", "JDV_J06"];

/// Every table of one edition.
#[derive(Debug)]
pub struct Nomenclatures {
    value_sets: Vec<ValueSet>,
    types: TypeTables,
    formats: FormatTable,
    event_code_systems: HashMap<String, String>,
}

impl Nomenclatures {
    /// The edition shipped with the crate, parsed at the first call.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Nomenclatures> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "constant text of the crate, parsed by its tests")]
            Nomenclatures::build(&embedded::texts()).expect("the embedded tables are well formed")
        });
        &EMBEDDED
    }

    /// A value set by its name, with or without its descriptive end: `JDV_J66` or `JDV_J66_TypeCode_DMP`.
    #[must_use]
    pub fn value_set(&self, name: &str) -> Option<&ValueSet> {
        self.value_sets.iter().find(|set| set.is_named(name))
    }

    /// Every value set, those of the DMP first.
    pub fn value_sets(&self) -> impl Iterator<Item = &ValueSet> {
        self.value_sets.iter()
    }

    /// Whether a value set holds a concept; `false` also for a set this edition does not have.
    #[must_use]
    pub fn contains(&self, value_set: &str, code: &str, system: &str) -> bool {
        self.value_set(value_set).is_some_and(|set| set.contains(code, system))
    }

    /// A concept, from the first value set that holds it (those of the DMP first).
    #[must_use]
    pub fn concept(&self, code: &str, system: &str) -> Option<&Concept> {
        self.value_sets.iter().find_map(|set| set.get(code, system))
    }

    /// French label of a concept; never compared, only shown or written.
    #[must_use]
    pub fn display(&self, code: &str, system: &str) -> Option<&str> {
        self.concept(code, system).map(|concept| concept.display.as_str())
    }

    /// Class (*classe*) of a document type: JDV_J66 for the DMP, else ASS_X04, which covers the CI-SIS (cda §9).
    #[must_use]
    pub fn class_of_type(&self, code: &str, system: &str) -> Option<&Concept> {
        let class = self.types.class(code, system)?;
        // The class of the signature type has its own code system (`URN`), hence the look-up by code.
        CLASS_SETS.iter().find_map(|set| self.value_set(set)?.by_code(class))
    }

    /// What the DMP says of a document type: who may create it \[EX_2.1-1010\].
    #[must_use]
    pub fn document_type(&self, code: &str, system: &str) -> Option<&DocumentType> {
        self.types.document_type(code, system)
    }

    /// Whether an LPS may submit a document of this type \[EX_2.1-1010\]; `None` for a type the DMP does not list
    /// (the signature type `E1762` is not listed: it belongs to the XAdES entry of every lot).
    #[must_use]
    pub fn creatable_by_lps(&self, code: &str, system: &str) -> Option<bool> {
        self.document_type(code, system).map(|document_type| document_type.creatable_by_lps)
    }

    /// A type that old entries still carry: readable, never submitted (xds §14).
    #[must_use]
    pub fn retired_type(&self, code: &str, system: &str) -> Option<&RetiredType> {
        self.types.retired(code, system)
    }

    /// Format of a structured document, by one of its `templateId/@root`.
    ///
    /// A document has several: ask from the last to the first and keep the first answer (cda §9).
    #[must_use]
    pub fn format_of_template(&self, template_oid: &str) -> Option<&Format> {
        self.formats.of_template(template_oid)
    }

    /// Format of an unstructured (N1) document, by its `text/@mediaType`; case and parameters do not matter.
    #[must_use]
    pub fn format_of_media_type(&self, media_type: &str) -> Option<&Format> {
        self.formats.of_media_type(media_type)
    }

    /// Format of a document whose model is not known.
    #[must_use]
    pub fn fallback_format(&self) -> &Format {
        self.formats.fallback()
    }

    /// What a code system allowed in `eventCodeList` means; `None` for a system that is not allowed there.
    #[must_use]
    pub fn event_code_system(&self, system: &str) -> Option<&str> {
        self.event_code_systems.get(system).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
