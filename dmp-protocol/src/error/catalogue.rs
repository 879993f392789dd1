//! The embedded catalogue: codes, signals, fragments and local rules as tab-separated data.

use std::sync::OnceLock;

use super::kind::{Advice, Carrier, ErrorKind, Language};

/// A text in both languages; empty when nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bilingual {
    /// English.
    pub english: &'static str,
    /// French.
    pub french: &'static str,
}

impl Bilingual {
    /// The text in that language.
    #[must_use]
    pub fn get(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::French => self.french,
        }
    }
}

/// A code or a signal, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// `DMPClosed`.
    pub code: &'static str,
    /// Carriers it is met in, `C4 C5 C6`.
    pub carriers: &'static str,
    kind: ErrorKind,
    kind_in_fault: Option<ErrorKind>,
    /// What it means.
    pub meaning: Bilingual,
    /// Usual causes.
    pub cause: Bilingual,
    /// What to do.
    pub remedy: Bilingual,
    /// Whether to try again.
    pub advice: Advice,
}

impl Entry {
    /// The kind of this code in that carrier: `DMPInvalidRequest` as a fault is about the VIHF, elsewhere about the data.
    #[must_use]
    pub fn kind(&self, carrier: Carrier) -> ErrorKind {
        match (carrier, self.kind_in_fault) {
            (Carrier::Fault, Some(kind)) => kind,
            _ => self.kind,
        }
    }
}

/// Codes of errors.md §3, §5 and §6.
pub(super) fn codes() -> &'static [Entry] {
    static CODES: OnceLock<Vec<Entry>> = OnceLock::new();
    CODES.get_or_init(|| entries(include_str!("../../data/errors/codes.tsv")))
}

/// Signals of errors.md §7.
pub(super) fn signals() -> &'static [Entry] {
    static SIGNALS: OnceLock<Vec<Entry>> = OnceLock::new();
    SIGNALS.get_or_init(|| entries(include_str!("../../data/errors/signals.tsv")))
}

fn entries(text: &'static str) -> Vec<Entry> {
    rows(text).filter_map(entry).collect()
}

fn entry([code, carriers, kinds, m_en, m_fr, c_en, c_fr, r_en, r_fr, advice]: [&'static str; 10]) -> Option<Entry> {
    let (kind, in_fault) = match kinds.split_once(" C3=") {
        Some((kind, in_fault)) => (kind, ErrorKind::from_name(in_fault)),
        None => (kinds, None),
    };
    Some(Entry {
        code,
        carriers,
        kind: ErrorKind::from_name(kind)?,
        kind_in_fault: in_fault,
        meaning: Bilingual { english: m_en, french: m_fr },
        cause: Bilingual { english: c_en, french: c_fr },
        remedy: Bilingual { english: r_en, french: r_fr },
        advice: Advice::from_catalogue(advice)?,
    })
}

/// Rows below the header line that have exactly `N` columns: a test checks that all have.
pub(super) fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(codes().len(), include_str!("../../data/errors/codes.tsv").lines().count() - 1);
        assert_eq!(signals().len(), include_str!("../../data/errors/signals.tsv").lines().count() - 1);
    }

    #[test]
    fn every_entry_says_what_it_means_and_what_to_do_in_both_languages() {
        for entry in codes().iter().chain(signals()) {
            for text in [entry.meaning, entry.remedy] {
                assert!(!text.english.is_empty() && !text.french.is_empty(), "{}", entry.code);
            }
            assert_eq!(entry.cause.english.is_empty(), entry.cause.french.is_empty(), "{}", entry.code);
        }
    }

    #[test]
    fn codes_are_unique() {
        let mut seen = std::collections::HashSet::new();
        for entry in codes() {
            assert!(seen.insert(entry.code), "{} twice", entry.code);
        }
    }
}
