//! The INSi profile of a name: what the téléservice accepts and answers (identities §2.4).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::identity::error::{IdentityError, IdentityKind, IdentityProblem};

/// Longest name, in characters: the longest that a datamatrix INS carries (probable for every other use).
pub const MAX_NAME_LENGTH: usize = 100;

const ALPHABET: &str = "A to Z, space, apostrophe or hyphen; normalise() writes a name this way";

/// `A-Z`, space, apostrophe, hyphen (simple or double); no space or hyphen first; no doubled space or apostrophe; no
/// space next to an apostrophe.
pub(super) fn check(kind: IdentityKind, name: &str) -> Result<(), IdentityError> {
    let found = name.chars().count();
    if !(1..=MAX_NAME_LENGTH).contains(&found) {
        return Err(IdentityProblem::Length { found, expected: "1 to 100 characters" }.of(kind));
    }
    let mut before = [None, None];
    for (index, character) in name.chars().enumerate() {
        let refused = match (before, character) {
            ([_, None], ' ' | '-') => Some("no space or hyphen at the start"),
            ([_, Some(' ')], ' ') => Some("no second space"),
            ([_, Some('\'')], '\'') => Some("no second apostrophe"),
            ([_, Some(' ')], '\'') | ([_, Some('\'')], ' ') => Some("no space next to an apostrophe"),
            ([Some('-'), Some('-')], '-') => Some("no third hyphen"),
            (_, 'A'..='Z' | ' ' | '\'' | '-') => None,
            _ => Some(ALPHABET),
        };
        if let Some(expected) = refused {
            return Err(IdentityProblem::Character { position: index + 1, expected }.of(kind));
        }
        before = [before[1], Some(character)];
    }
    Ok(())
}

/// The nearest text of the profile; empty when nothing of the text can stand in a name.
///
/// Upper case, accents dropped, ligatures opened, typographic apostrophes and dashes made plain; anything else is a
/// space (probable).
pub(super) fn normalise(text: &str) -> String {
    let mut name = String::new();
    let decomposed = text.chars().map(plain_sign).nfkd().filter(|&character| !is_combining_mark(character));
    for character in decomposed.flat_map(char::to_uppercase) {
        match open_ligature(character) {
            Some(letters) => name.push_str(letters),
            None => push(&mut name, character),
        }
    }
    name.truncate(name.trim_end().len());
    name
}

/// Before the decomposition, which would make a space of an acute accent used as an apostrophe.
fn plain_sign(character: char) -> char {
    match character {
        '’' | '‘' | '‛' | 'ʼ' | '′' | '´' | '`' | '＇' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '－' => '-',
        other => other,
    }
}

/// Letters that no decomposition separates.
fn open_ligature(character: char) -> Option<&'static str> {
    Some(match character {
        'Æ' => "AE",
        'Œ' => "OE",
        'Ø' => "O",
        'Ł' => "L",
        'Đ' | 'Ð' => "D",
        'Ħ' => "H",
        'Þ' => "TH",
        'ẞ' => "SS",
        _ => return None,
    })
}

/// Appends a character where the profile lets it stand.
fn push(name: &mut String, character: char) {
    match character {
        'A'..='Z' => name.push(character),
        '-' if name.is_empty() || name.ends_with("--") => {}
        '-' => name.push('-'),
        '\'' if name.ends_with('\'') => {}
        '\'' => {
            name.truncate(name.trim_end_matches(' ').len());
            name.push('\'');
        }
        _ if name.is_empty() || name.ends_with([' ', '\'']) => {}
        _ => name.push(' '),
    }
}
