//! Names of a patient: of birth under the INSi profile, in use as the person writes them (identities §2.4).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::name_profile::{self, MAX_NAME_LENGTH};
use super::trait_text;
use crate::identity::error::{IdentityError, IdentityKind, IdentityProblem};

trait_text! {
    /// Nom de naissance, in the INSi profile; `EXEMPLE`, `D'EXEMPLE--MODELE`.
    BirthName, |text| in_profile(IdentityKind::BirthName, text)
}

trait_text! {
    /// Nom utilisé or prénom utilisé, as the person writes it: accents and lower case allowed, no control character.
    UsedName, as_written
}

impl BirthName {
    /// The nearest name of the INSi profile: upper case, no accent, no ligature, no typographic sign.
    ///
    /// For what a user types. Traits given by INSi are never altered: [`Self::parse`] reads them.
    pub fn normalise(text: &str) -> Result<Self, IdentityError> {
        Self::parse(&name_profile::normalise(text))
    }
}

impl UsedName {
    /// Like [`Self::parse`], `None` for an empty text and for `NON RENSEIGNE`.
    pub fn read(text: &str) -> Result<Option<Self>, IdentityError> {
        if is_absent(text) { Ok(None) } else { Self::parse(text).map(Some) }
    }
}

/// Prénoms de naissance: the whole list, and the first of them, which may be of several words.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "GivenNamesText", into = "GivenNamesText")]
pub struct GivenNames {
    all: String,
    first: String,
}

impl GivenNames {
    /// Parses the list, names separated by one space; the first name is the first word (probable).
    pub fn parse(all: &str) -> Result<Self, IdentityError> {
        let all = in_profile(KIND, all)?;
        let first = all.split(' ').next().unwrap_or_default().to_owned();
        Ok(Self { all, first })
    }

    /// Parses the list and its first name, which must be its head: `MARIE ANNE` in `MARIE ANNE JEANNE`.
    pub fn with_first(all: &str, first: &str) -> Result<Self, IdentityError> {
        let (all, first) = (in_profile(KIND, all)?, in_profile(KIND, first)?);
        match all.strip_prefix(&first) {
            Some(rest) if rest.is_empty() || rest.starts_with(' ') => Ok(Self { all, first }),
            _ => Err(IdentityProblem::Value { expected: "the first given name at the head of the list" }.of(KIND)),
        }
    }

    /// The nearest list of the INSi profile; see [`BirthName::normalise`]. A comma separates as a space does.
    pub fn normalise(all: &str) -> Result<Self, IdentityError> {
        Self::parse(&name_profile::normalise(all))
    }

    /// The whole list, separated by spaces.
    #[must_use]
    pub fn all(&self) -> &str {
        &self.all
    }

    /// The first given name.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.first
    }
}

const KIND: IdentityKind = IdentityKind::GivenNames;

/// Prints nothing of the names.
impl fmt::Debug for GivenNames {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GivenNames(…)")
    }
}

#[derive(Serialize, Deserialize)]
struct GivenNamesText {
    all: String,
    first: String,
}

impl TryFrom<GivenNamesText> for GivenNames {
    type Error = IdentityError;

    fn try_from(text: GivenNamesText) -> Result<Self, IdentityError> {
        Self::with_first(&text.all, &text.first)
    }
}

impl From<GivenNames> for GivenNamesText {
    fn from(names: GivenNames) -> Self {
        Self { all: names.all, first: names.first }
    }
}

/// Whether a name received from the DMP stands for no name: `NON RENSEIGNE` or `NON_RENSEIGNE` in any case, or
/// nothing \[EX_0.2-1020\].
#[must_use]
pub fn is_absent(name: &str) -> bool {
    let name = name.trim();
    ["", "NON RENSEIGNE", "NON_RENSEIGNE"].iter().any(|absent| name.eq_ignore_ascii_case(absent))
}

fn in_profile(kind: IdentityKind, text: &str) -> Result<String, IdentityError> {
    let name = present(kind, text)?;
    name_profile::check(kind, name)?;
    Ok(name.to_owned())
}

fn as_written(text: &str) -> Result<String, IdentityError> {
    const KIND: IdentityKind = IdentityKind::UsedName;
    let name = present(KIND, text)?;
    let found = name.chars().count();
    if found > MAX_NAME_LENGTH {
        return Err(IdentityProblem::Length { found, expected: "1 to 100 characters" }.of(KIND));
    }
    match name.chars().position(char::is_control) {
        Some(index) => {
            Err(IdentityProblem::Character { position: index + 1, expected: "no control character" }.of(KIND))
        }
        None => Ok(name.to_owned()),
    }
}

fn present(kind: IdentityKind, text: &str) -> Result<&str, IdentityError> {
    let expected = "a name; an empty text and NON RENSEIGNE stand for no name";
    if is_absent(text) { Err(IdentityProblem::Value { expected }.of(kind)) } else { Ok(text.trim()) }
}
