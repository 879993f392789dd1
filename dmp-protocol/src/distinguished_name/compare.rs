//! Comparison of names as sequences of sets, after normalisation.

use unicode_normalization::UnicodeNormalization;

use super::{DistinguishedName, RelativeName};
use crate::switches::Switches;

/// What may differ between two names that are still the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Comparison {
    /// The claimed name may be written country first.
    pub accept_reversed: bool,
    /// `?` in the claimed name stands for one character outside ASCII.
    pub question_mark: bool,
}

impl From<&Switches> for Comparison {
    fn from(switches: &Switches) -> Self {
        Self { accept_reversed: switches.dn_accept_reversed, question_mark: switches.dn_question_mark }
    }
}

pub(super) fn matches(real: &DistinguishedName, claimed: &DistinguishedName, comparison: Comparison) -> bool {
    if real.relative_names.len() != claimed.relative_names.len() {
        return false;
    }
    let same = |(real, claimed): (&RelativeName, &RelativeName)| same_level(real, claimed, comparison.question_mark);
    real.relative_names.iter().zip(&claimed.relative_names).all(same)
        || comparison.accept_reversed && real.relative_names.iter().zip(claimed.relative_names.iter().rev()).all(same)
}

/// Both hold the same (type, value) pairs, order and repetition aside.
fn same_level(real: &RelativeName, claimed: &RelativeName, question_mark: bool) -> bool {
    let real = normalised(real);
    let claimed = normalised(claimed);
    let equal = |(real_oid, real_value): &(&str, String), (oid, value): &(&str, String)| {
        real_oid == oid && same_text(real_value, value, question_mark)
    };
    real.iter().all(|attribute| claimed.iter().any(|other| equal(attribute, other)))
        && claimed.iter().all(|attribute| real.iter().any(|other| equal(other, attribute)))
}

fn normalised(level: &RelativeName) -> Vec<(&str, String)> {
    level.attributes.iter().map(|attribute| (attribute.oid.as_str(), normalise(&attribute.value))).collect()
}

fn same_text(real: &str, claimed: &str, question_mark: bool) -> bool {
    real == claimed
        || question_mark
            && real.chars().count() == claimed.chars().count()
            && real
                .chars()
                .zip(claimed.chars())
                .all(|(real, claimed)| real == claimed || claimed == '?' && !real.is_ascii())
}

/// NFC, case folded, trimmed, inner spaces collapsed.
fn normalise(text: &str) -> String {
    let folded: String = text.nfc().flat_map(char::to_lowercase).nfc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}
