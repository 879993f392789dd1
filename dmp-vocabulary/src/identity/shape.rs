//! Shapes: which character may stand where. Errors give the position, never the character.

use super::error::{IdentityError, IdentityKind, IdentityProblem};

/// What one position accepts.
#[derive(Clone, Copy)]
pub(super) enum Class {
    Digit,
    /// 0-9 or A-F: ADELI numbers.
    HexDigit,
}

impl Class {
    fn accepts(self, byte: u8) -> bool {
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::HexDigit => matches!(byte, b'0'..=b'9' | b'A'..=b'F'),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Digit => "a digit",
            Self::HexDigit => "a digit or a letter A to F",
        }
    }
}

/// Fails unless the text has exactly `length` characters; `expected` is the sentence for the error.
pub(super) fn length(
    kind: IdentityKind,
    text: &str,
    length: usize,
    expected: &'static str,
) -> Result<(), IdentityError> {
    let found = text.chars().count();
    if found == length { Ok(()) } else { Err(IdentityProblem::Length { found, expected }.of(kind)) }
}

/// Fails at the first character outside `class`; `offset` characters were before `text`.
pub(super) fn all(kind: IdentityKind, text: &str, offset: usize, class: Class) -> Result<(), IdentityError> {
    for (index, character) in text.chars().enumerate() {
        if !u8::try_from(character).is_ok_and(|byte| class.accepts(byte)) {
            return Err(IdentityProblem::Character { position: offset + index + 1, expected: class.name() }.of(kind));
        }
    }
    Ok(())
}

/// Trims, and upper-cases the `a` or `b` of Corsica when the two characters from `corsica` are `2a` or `2b`: the only
/// normalisations that are silent (identities §1).
pub(super) fn tidy(text: &str, corsica: Option<usize>) -> String {
    let mut tidied = text.trim().to_owned();
    if let Some(department) = corsica.and_then(|index| tidied.get_mut(index..index + 2))
        && matches!(&*department, "2a" | "2b")
    {
        department.make_ascii_uppercase();
    }
    tidied
}
