//! Traits of a patient: the five strict ones, and the names in use (identities §2.4).
//!
//! Traits given by INSi are never altered: `parse` refuses what the profile does not allow and changes nothing but
//! white space around. `normalise` is for what a user types.

mod birth_place;
mod name;
mod name_profile;
mod sex;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use birth_place::BirthPlace;
pub use name::{BirthName, GivenNames, UsedName, is_absent};
pub use name_profile::MAX_NAME_LENGTH;
pub use sex::Sex;

use super::BirthDate;

/// Declares a trait kept as its text: the type, `parse`, `as_str`, a silent `Debug`, serde. `$examine` checks a text
/// and answers what is kept of it.
macro_rules! trait_text {
    ($(#[$doc:meta])* $name:ident, $examine:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Parses the text. Surrounding white space is dropped.
            pub fn parse(text: &str) -> Result<Self, $crate::identity::IdentityError> {
                let examine: fn(&str) -> Result<String, $crate::identity::IdentityError> = $examine;
                examine(text).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn from_wire(text: &str) -> Result<Self, $crate::identity::IdentityError> {
                Self::parse(text)
            }
        }

        $crate::identity::number::silent_string!($name);
    };
}
use trait_text;

/// The five strict traits (*traits stricts*), which with the INS make the identity.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StrictTraits {
    /// Nom de naissance.
    pub birth_name: BirthName,
    /// Prénoms de naissance.
    pub given_names: GivenNames,
    /// Date de naissance, incomplete ones included.
    pub birth_date: BirthDate,
    /// Sexe.
    pub sex: Sex,
    /// Lieu de naissance.
    pub birth_place: BirthPlace,
}

/// One of the strict traits: to say which, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrictTrait {
    /// Nom de naissance.
    BirthName,
    /// Prénoms de naissance: the list, or its first name.
    GivenNames,
    /// Date de naissance.
    BirthDate,
    /// Sexe.
    Sex,
    /// Lieu de naissance.
    BirthPlace,
}

impl StrictTraits {
    /// The traits that are not exactly the same; empty lets an automatic process take both for one person
    /// (SC.MSS/UX.07), together with an equal INS.
    ///
    /// An absent month or day equals `00`: two ways to write the same unknown.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<StrictTrait> {
        let same = [
            (StrictTrait::BirthName, self.birth_name == other.birth_name),
            (StrictTrait::GivenNames, self.given_names == other.given_names),
            (StrictTrait::BirthDate, self.birth_date.to_insi() == other.birth_date.to_insi()),
            (StrictTrait::Sex, self.sex == other.sex),
            (StrictTrait::BirthPlace, self.birth_place == other.birth_place),
        ];
        same.into_iter().filter(|&(_, is_same)| !is_same).map(|(differing, _)| differing).collect()
    }
}

/// Prints nothing of the traits.
impl fmt::Debug for StrictTraits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StrictTraits(…)")
    }
}
