//! The plain numbers of professionals and structures: shape, then check digit.

use super::check_digit::{luhn, siret};
use super::error::{IdentityError, IdentityKind, IdentityProblem};
use super::policy::Examination;
use super::shape::{self, Class};
use crate::Realm;

/// Declares an identifier kept as its own text: the type, `parse`, `check`, `as_str`, a silent `Debug`, serde.
/// `$corsica` is the index where `2a`, `2b` may stand, if anywhere; `$examine` is the rule of the identifier.
macro_rules! text_identifier {
    ($(#[$doc:meta])* $name:ident, $corsica:expr, $examine:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Parses the number under a policy; a [`crate::Realm`] is enough of one. Surrounding white space is dropped.
            pub fn parse(
                text: &str,
                policy: impl Into<$crate::identity::IdentityPolicy>,
            ) -> Result<$crate::identity::Parsed<Self>, $crate::identity::IdentityError> {
                let value = Self($crate::identity::shape::tidy(text, $corsica));
                let warnings = value.check(policy)?;
                Ok($crate::identity::Parsed { value, warnings })
            }

            /// Checks a value read by serde against the policy of the session; answers the tolerated problems.
            pub fn check(
                &self,
                policy: impl Into<$crate::identity::IdentityPolicy>,
            ) -> Result<Vec<$crate::identity::IdentityError>, $crate::identity::IdentityError> {
                let mut examination = $crate::identity::policy::Examination::new(policy.into());
                $examine(&self.0, &mut examination)?;
                Ok(examination.warnings)
            }

            /// The identifier as it goes on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Serde knows no realm: the shape only.
            fn from_wire(text: &str) -> Result<Self, $crate::identity::IdentityError> {
                Self::parse(text, $crate::identity::IdentityPolicy::shape_only()).map(|parsed| parsed.value)
            }
        }

        $crate::identity::number::silent_string!($name);
    };
}

/// `Debug` without the value, and serde as the wire string, read by the private `from_wire` of the type.
macro_rules! silent_string {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_wire(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use {silent_string, text_identifier};

text_identifier! {
    /// RPPS: national number of a professional, 11 digits, Luhn.
    Rpps, None, rpps
}
text_identifier! {
    /// ADELI: older number of a professional, 9 characters. Being withdrawn.
    Adeli, Some(0), adeli
}
text_identifier! {
    /// ADELI-rang: cabinet of a professional, ADELI + 2-character order. No check digit.
    AdeliRang, Some(0), adeli_rang
}
text_identifier! {
    /// FINESS: number of an establishment, 9 characters, Luhn with A=1, B=2.
    ///
    /// EG (*entité géographique*) and EJ (*entité juridique*) have the same shape: only a directory tells them apart.
    /// Test EJ numbers (`1B…`) fail the check digit as a rule.
    Finess, Some(0), finess
}
text_identifier! {
    /// SIREN: company, 9 digits, Luhn.
    Siren, None, siren
}
text_identifier! {
    /// SIRET: establishment of a company, 14 digits, Luhn; La Poste counts its digits instead.
    Siret, None, siret_number
}
text_identifier! {
    /// RPPS-rang: cabinet of a professional, RPPS + 2-digit order + key, 14 digits, Luhn.
    RppsRang, None, rpps_rang
}

pub(super) fn rpps(text: &str, examination: &mut Examination) -> Result<(), IdentityError> {
    digits(IdentityKind::Rpps, text, 11, "11 digits")?;
    examination.test_range(IdentityKind::Rpps, is_test_rpps(text))?;
    examination.check_digit(IdentityKind::Rpps, luhn(text))
}

pub(super) fn rpps_rang(text: &str, examination: &mut Examination) -> Result<(), IdentityError> {
    digits(IdentityKind::RppsRang, text, 14, "14 digits: RPPS, order of the cabinet on 2, key")?;
    examination.test_range(IdentityKind::RppsRang, is_test_rpps(text))?;
    examination.check_digit(IdentityKind::RppsRang, luhn(text))
}

/// Published test professionals: `997…` and `999…` (identities §5).
fn is_test_rpps(text: &str) -> bool {
    text.starts_with("997") || text.starts_with("999")
}

pub(super) fn adeli(text: &str, examination: &mut Examination) -> Result<(), IdentityError> {
    shape::length(IdentityKind::Adeli, text, 9, "9 characters")?;
    shape::all(IdentityKind::Adeli, text, 0, Class::HexDigit)?;
    examination.check_digit(IdentityKind::Adeli, luhn(text))
}

pub(super) fn adeli_rang(text: &str, _: &mut Examination) -> Result<(), IdentityError> {
    shape::length(IdentityKind::AdeliRang, text, 11, "11 characters: ADELI and the order of the cabinet on 2")?;
    shape::all(IdentityKind::AdeliRang, text, 0, Class::HexDigit)
}

pub(super) fn finess(text: &str, examination: &mut Examination) -> Result<(), IdentityError> {
    const KIND: IdentityKind = IdentityKind::Finess;
    const DEPARTEMENT: &str = "a département: 01 to 95, 2A, 2B, 97 or 98";
    shape::length(KIND, text, 9, "9 characters")?;
    let department = text.get(..2).ok_or(IdentityProblem::Character { position: 1, expected: DEPARTEMENT }.of(KIND))?;
    let number = text.get(2..).unwrap_or_default();
    let is_test = matches!(department, "0B" | "1B");
    let is_department = match examination.policy.realm {
        Realm::Production => is_french_department(department),
        // Test worlds use any two digits.
        Realm::Test => is_corsica(department) || department.bytes().all(|byte| byte.is_ascii_digit()),
    };
    if !is_test && !is_department {
        return Err(IdentityProblem::Character { position: 1, expected: DEPARTEMENT }.of(KIND));
    }
    shape::all(KIND, number, 2, Class::Digit)?;
    examination.test_range(KIND, is_test)?;
    examination.check_digit(KIND, luhn(text))
}

fn is_corsica(department: &str) -> bool {
    matches!(department, "2A" | "2B")
}

fn is_french_department(department: &str) -> bool {
    is_corsica(department)
        || (department.bytes().all(|byte| byte.is_ascii_digit())
            && department.parse().is_ok_and(|number: u8| matches!(number, 1..=95 | 97 | 98)))
}

pub(super) fn siren(text: &str, examination: &mut Examination) -> Result<(), IdentityError> {
    digits(IdentityKind::Siren, text, 9, "9 digits")?;
    examination.check_digit(IdentityKind::Siren, luhn(text))
}

pub(super) fn siret_number(text: &str, examination: &mut Examination) -> Result<(), IdentityError> {
    digits(IdentityKind::Siret, text, 14, "14 digits: SIREN, order of the establishment on 4, key")?;
    examination.check_digit(IdentityKind::Siret, siret(text))
}

fn digits(kind: IdentityKind, text: &str, length: usize, expected: &'static str) -> Result<(), IdentityError> {
    shape::length(kind, text, length, expected)?;
    shape::all(kind, text, 0, Class::Digit)
}

impl Rpps {
    /// The RPPS inside a PS_IdNat that was already checked.
    pub(super) fn trusted(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Finess {
    /// The FINESS inside a Struct_IdNat that was already checked.
    pub(super) fn trusted(text: &str) -> Self {
        Self(text.to_owned())
    }
}
