//! Birth place: a code of the *code officiel géographique* (identities §2.4).

use super::trait_text;
use crate::identity::error::{IdentityError, IdentityKind, IdentityProblem};
use crate::identity::shape::{self, Class, tidy};

trait_text! {
    /// COG code of a birth place, 5 characters: commune in force at the date of birth, or `99` and a country.
    ///
    /// The shape only is checked: today's list of communes does not know those of the past.
    BirthPlace, examine
}

/// Written for an unknown place (probable).
const UNKNOWN: &str = "99999";

impl BirthPlace {
    /// The unknown place, `99999` (probable).
    #[must_use]
    pub fn unknown() -> Self {
        Self(UNKNOWN.to_owned())
    }

    /// Whether this is the unknown place.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.0 == UNKNOWN
    }

    /// The three digits of the country, for a birth abroad; `None` in France and for the unknown place.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        if self.is_unknown() { None } else { self.0.strip_prefix(ABROAD) }
    }
}

const KIND: IdentityKind = IdentityKind::BirthPlace;
const ABROAD: &str = "99";

/// `01001`-`95999`, `2A…`, `2B…`, `97xxx`, `98xxx`, `99xxx`.
fn examine(text: &str) -> Result<String, IdentityError> {
    const EXPECTED: &str = "a département: 01 to 95, 2A, 2B, 97, 98, or 99 for a birth abroad";
    let code = tidy(text, Some(0));
    shape::length(KIND, &code, 5, "5 characters: département and commune, or 99 and the country")?;
    let refusal = |position, expected| Err(IdentityProblem::Character { position, expected }.of(KIND));
    let Some((department, rest)) = code.split_at_checked(2) else { return refusal(1, EXPECTED) };
    let is_known = matches!(department, "2A" | "2B" | "97" | "98" | ABROAD)
        || (department.bytes().all(|byte| byte.is_ascii_digit()) && ("01"..="95").contains(&department));
    if !is_known {
        return refusal(1, EXPECTED);
    }
    shape::all(KIND, rest, 2, Class::Digit)?;
    if rest == "000" && !matches!(department, "97" | "98" | ABROAD) {
        return refusal(3, "a commune, from 001");
    }
    Ok(code)
}
