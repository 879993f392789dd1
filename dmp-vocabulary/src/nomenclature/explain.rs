//! What the tables say, for people: the list of the value sets, and everything known of a code (`dmp code`).

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Concept, DocumentCreator, Nomenclatures, Reliability, RetiredType, ValueSet};

/// One line of the list of value sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueSetSummary<'tables> {
    /// Whole name.
    pub name: &'tables str,
    /// OID, when published.
    pub oid: Option<&'tables str>,
    /// Version (a date `AAAAMMJJ`, or a year); `None` for a file loaded from a folder.
    pub version: Option<&'tables str>,
    /// How far the table can be trusted; `None` for a file loaded from a folder.
    pub reliability: Option<Reliability>,
    /// Number of concepts.
    pub rows: usize,
}

/// Everything known of a code in one code system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeMeaning<'tables> {
    /// Code.
    pub code: &'tables str,
    /// Code system, as in [`Concept::system`].
    pub system: &'tables str,
    /// Label, from the first set that has one; empty when none is published.
    pub display: &'tables str,
    /// Whole names of the value sets that hold it, those of the DMP first; empty for a retired code.
    pub value_sets: Vec<&'tables str>,
    /// For a document type.
    pub document_type: Option<TypeFacts<'tables>>,
    /// For a type that old entries still carry: readable, never submitted.
    pub retired: Option<&'tables RetiredType>,
}

/// What is known of a document type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeFacts<'tables> {
    /// Its class.
    pub class: Option<&'tables Concept>,
    /// Whether an LPS may submit it \[EX_2.1-1010\]; `None` for a type that the DMP does not list.
    pub creatable_by_lps: Option<bool>,
    /// Who creates it; `None` for a type that the DMP does not list.
    pub creator: Option<DocumentCreator>,
}

impl Nomenclatures {
    /// The list of the value sets, those of the DMP first.
    pub fn summaries(&self) -> impl Iterator<Item = ValueSetSummary<'_>> {
        self.value_sets().map(|set| ValueSetSummary {
            name: set.name(),
            oid: set.oid().map(crate::Oid::as_str),
            version: set.version(),
            reliability: set.reliability(),
            rows: set.concepts().len(),
        })
    }

    /// Everything known of a code, in each code system that has it; empty for a code that no table knows.
    #[must_use]
    pub fn explain(&self, code: &str) -> Vec<CodeMeaning<'_>> {
        let mut meanings = self.meanings(self.value_sets.iter().flat_map(|set| {
            let same_code = set.concepts().iter().filter(move |concept| concept.code == code);
            same_code.map(move |concept| (set, concept))
        }));
        for retired in self.types.retired_as(code) {
            if !meanings.iter().any(|meaning| meaning.system == retired.system) {
                meanings.push(self.meaning(&retired.code, &retired.system, ""));
            }
        }
        meanings
    }

    /// The concepts whose code or label holds every word of `words`, whatever the case and the accents; in the order of
    /// the sets. Empty for no word.
    #[must_use]
    pub fn search(&self, words: &str) -> Vec<CodeMeaning<'_>> {
        let words = folded(words);
        let words: Vec<&str> = words.split_whitespace().collect();
        if words.is_empty() {
            return Vec::new();
        }
        let holds_all = |concept: &Concept| {
            let text = folded(&format!("{} {}", concept.code, concept.display));
            words.iter().all(|word| text.contains(word))
        };
        self.meanings(self.value_sets.iter().flat_map(|set| {
            let found = set.concepts().iter().filter(|concept| holds_all(concept));
            found.map(move |concept| (set, concept))
        }))
    }

    /// Gathers the same code and code system met in several sets.
    fn meanings<'tables>(
        &'tables self,
        found: impl Iterator<Item = (&'tables ValueSet, &'tables Concept)>,
    ) -> Vec<CodeMeaning<'tables>> {
        let mut meanings: Vec<CodeMeaning<'tables>> = Vec::new();
        let mut known: HashMap<(&str, &str), usize> = HashMap::new();
        for (set, Concept { code, display, system }) in found {
            let index = *known.entry((code, system)).or_insert_with(|| {
                meanings.push(self.meaning(code, system, display));
                meanings.len() - 1
            });
            if let Some(meaning) = meanings.get_mut(index) {
                meaning.value_sets.push(set.name());
                if meaning.display.is_empty() {
                    meaning.display = display;
                }
            }
        }
        meanings
    }

    fn meaning<'tables>(
        &'tables self,
        code: &'tables str,
        system: &'tables str,
        display: &'tables str,
    ) -> CodeMeaning<'tables> {
        let class = self.class_of_type(code, system);
        let listed = self.document_type(code, system);
        let facts = TypeFacts {
            class,
            creatable_by_lps: listed.map(|listed| listed.creatable_by_lps),
            creator: listed.map(|listed| listed.creator),
        };
        CodeMeaning {
            code,
            system,
            display,
            value_sets: Vec::new(),
            document_type: (class.is_some() || listed.is_some()).then_some(facts),
            retired: self.retired_type(code, system),
        }
    }
}

/// Lower case, without accents: for searching, never for comparing codes.
fn folded(text: &str) -> String {
    text.nfkd().filter(|&character| !is_combining_mark(character)).flat_map(char::to_lowercase).collect()
}

impl fmt::Display for Reliability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Exact => "exact",
            Self::Typed => "typed",
            Self::Old => "old",
        })
    }
}

/// Fields separated by tabs, `-` for what is not known.
impl fmt::Display for ValueSetSummary<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, rows, .. } = self;
        let (oid, version) = (self.oid.unwrap_or("-"), self.version.unwrap_or("-"));
        write!(formatter, "{name}\t{oid}\t{version}\t")?;
        match self.reliability {
            Some(reliability) => write!(formatter, "{reliability}")?,
            None => formatter.write_str("-")?,
        }
        write!(formatter, "\t{rows}")
    }
}

impl fmt::Display for DocumentCreator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Professional => "a professional",
            Self::Holder => "the holder of the DMP",
            Self::AssuranceMaladie => "the Assurance Maladie",
            Self::VaccinationService => "the vaccination service",
        })
    }
}

impl fmt::Display for CodeMeaning<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, system, display, value_sets, .. } = self;
        write!(formatter, "{code}\t{system}\t{display}")?;
        if !value_sets.is_empty() {
            write!(formatter, "\n  in {}", value_sets.join(", "))?;
        }
        if let Some(facts) = &self.document_type {
            write!(formatter, "{facts}")?;
        }
        match self.retired.map(|retired| (&retired.successor, retired.successor_is_probable)) {
            None => Ok(()),
            Some((None, _)) => formatter.write_str("\n  retired: readable, never submitted"),
            Some((Some((code, system)), probable)) => {
                let mark = if probable { " (probable)" } else { "" };
                write!(formatter, "\n  retired: readable, never submitted; successor {code} {system}{mark}")
            }
        }
    }
}

/// Each fact on its own line.
impl fmt::Display for TypeFacts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Concept { code, display, system }) = self.class {
            write!(formatter, "\n  class {code} {system} {display}")?;
        }
        if let Some(creator) = self.creator {
            write!(formatter, "\n  created by {creator}")?;
        }
        match self.creatable_by_lps {
            Some(true) => formatter.write_str("\n  an LPS may submit it [EX_2.1-1010]"),
            Some(false) => formatter.write_str("\n  an LPS may not submit it [EX_2.1-1010]"),
            None => formatter.write_str("\n  not a type of the DMP"),
        }
    }
}
