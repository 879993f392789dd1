//! Server sentences that say more than their code (errors.md §4).

use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::catalogue::{Bilingual, rows};
use super::kind::ErrorKind;

/// A sentence that was recognised by a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refinement {
    /// The fragment as the catalogue writes it; `|` between alternatives, `&` between parts.
    pub fragment: &'static str,
    /// The code that usually goes with it.
    pub code: Option<&'static str>,
    only_with: Option<&'static str>,
    /// Kind of the failure when the code says nothing better.
    pub kind: ErrorKind,
    /// What it means.
    pub meaning: Bilingual,
    /// What to do.
    pub remedy: Bilingual,
    /// Alternatives of parts, folded.
    needles: Vec<Vec<String>>,
}

impl Refinement {
    /// The first sentence of the catalogue that `text` holds, case and accents ignored.
    #[must_use]
    pub fn find(text: &str, code: Option<&str>) -> Option<&'static Self> {
        let text = fold(text);
        refinements().iter().find(|refinement| {
            refinement.only_with.is_none_or(|only| code == Some(only))
                && refinement.needles.iter().any(|parts| parts.iter().all(|part| text.contains(part)))
        })
    }
}

fn refinements() -> &'static [Refinement] {
    static REFINEMENTS: OnceLock<Vec<Refinement>> = OnceLock::new();
    REFINEMENTS.get_or_init(|| rows(include_str!("../../data/errors/fragments.tsv")).filter_map(refinement).collect())
}

fn refinement([fragment, code, only, kind, m_en, m_fr, r_en, r_fr]: [&'static str; 8]) -> Option<Refinement> {
    let filled = |text: &'static str| (!text.is_empty()).then_some(text);
    Some(Refinement {
        fragment,
        code: filled(code),
        only_with: filled(only),
        kind: ErrorKind::from_name(kind)?,
        meaning: Bilingual { english: m_en, french: m_fr },
        remedy: Bilingual { english: r_en, french: r_fr },
        needles: fragment.split('|').map(|parts| parts.split('&').map(fold).collect()).collect(),
    })
}

/// Lower case, without accents, typographic apostrophes made plain, runs of white space made one space.
fn fold(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if c == '\u{2019}' { '\'' } else { c })
        .flat_map(char::to_lowercase)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(refinements().len(), include_str!("../../data/errors/fragments.tsv").lines().count() - 1);
    }

    #[test]
    fn case_accents_and_apostrophes_are_ignored() {
        for (text, code, expected) in [
            ("PS ET STRUCTURE NON LIES", None, Some("PS et Structure non liés")),
            (
                "… l’authentification de la  Personne Morale a échoué",
                None,
                Some("authentification de la personne morale"),
            ),
            ("Le champ sourcePatientInfo PID5 est OBLIGATOIRE", None, Some("sourcePatientInfo PID5&obligatoire")),
            ("sourcePatientInfo PID5", None, None),
            ("code hors du jeu de valeurs", None, Some("ne fait pas partie du domaine d'affinité|du jeu de valeurs")),
            ("limite atteinte", Some("XDSRegistryError"), Some("nombre maximum|nombre maximal|limite")),
            ("limite atteinte", Some("DMPClosed"), None),
            ("", None, None),
        ] {
            assert_eq!(Refinement::find(text, code).map(|r| r.fragment), expected, "{text}");
        }
    }
}
