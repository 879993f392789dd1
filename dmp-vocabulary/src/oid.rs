//! Object identifiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest OID accepted, in characters \[EX_2.1-1130\]. What we build stays within 64 (CI-SIS, DICOM).
pub const MAX_OID_LENGTH: usize = 128;

/// An object identifier in dotted form, checked: at least two arcs, no leading zero, first arc 0 to 2.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(String);

/// Why a text is not an OID. The text is not repeated: a swapped argument may be an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OidError {
    /// Longer than [`MAX_OID_LENGTH`].
    #[error("OID of {found} characters: at most {MAX_OID_LENGTH} [EX_2.1-1130]")]
    TooLong {
        /// Characters found.
        found: usize,
    },
    /// Fewer than two arcs.
    #[error("OID of one arc: expected arcs separated by dots, such as 1.2.250")]
    TooFewArcs,
    /// An arc that is empty, is not decimal or has a leading zero.
    #[error("OID arc number {position}: expected decimal digits without leading zero")]
    Arc {
        /// Rank of the arc, from 1.
        position: usize,
    },
    /// First arc above 2, or second arc above 39 under 0 and 1.
    #[error("OID root: the first arc is 0, 1 or 2, and under 0 and 1 the second is at most 39")]
    Root,
}

impl Oid {
    /// Parses a dotted OID; surrounding white space is refused (the wire form has none).
    pub fn parse(text: &str) -> Result<Self, OidError> {
        if text.len() > MAX_OID_LENGTH {
            return Err(OidError::TooLong { found: text.chars().count() });
        }
        for (index, arc) in text.split('.').enumerate() {
            if !is_arc(arc) {
                return Err(OidError::Arc { position: index + 1 });
            }
        }
        let (first, rest) = text.split_once('.').ok_or(OidError::TooFewArcs)?;
        let second = rest.split('.').next().unwrap_or_default();
        let second_is_small = second.len() < 2 || (second.len() == 2 && second <= "39");
        match first {
            "0" | "1" if second_is_small => Ok(Self(text.to_owned())),
            "2" => Ok(Self(text.to_owned())),
            _ => Err(OidError::Root),
        }
    }

    /// `2.25.<decimal>`: the OID of a UUID given as its 128-bit number (ITU-T X.667).
    #[must_use]
    pub fn from_uuid(uuid: u128) -> Self {
        Self(format!("2.25.{uuid}"))
    }

    /// The dotted form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_arc(arc: &str) -> bool {
    !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()) && (arc.len() == 1 || !arc.starts_with('0'))
}

impl fmt::Display for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Oid({})", self.0)
    }
}

impl FromStr for Oid {
    type Err = OidError;

    fn from_str(text: &str) -> Result<Self, OidError> {
        Self::parse(text)
    }
}

impl AsRef<str> for Oid {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Oid {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Oid {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Serialize for Oid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Oid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_dotted_oids() {
        let longest = format!("1.2.{}", "9".repeat(MAX_OID_LENGTH - 4));
        for text in ["1.2", "0.39", "2.999", "1.2.250.1.213.1.4.8", "2.25.0", longest.as_str()] {
            assert_eq!(Oid::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_what_is_not_an_oid() {
        let too_long = format!("1.2.{}", "9".repeat(MAX_OID_LENGTH - 3));
        let table = [
            ("", OidError::Arc { position: 1 }),
            ("1", OidError::TooFewArcs),
            ("1.", OidError::Arc { position: 2 }),
            (".1", OidError::Arc { position: 1 }),
            ("1..2", OidError::Arc { position: 2 }),
            ("1.02.3", OidError::Arc { position: 2 }),
            ("1.2^ext", OidError::Arc { position: 2 }),
            (" 1.2", OidError::Arc { position: 1 }),
            ("1.2\n", OidError::Arc { position: 2 }),
            ("1.٢", OidError::Arc { position: 2 }),
            ("urn:oid:1.2", OidError::Arc { position: 1 }),
            ("3.1", OidError::Root),
            ("1.40", OidError::Root),
            ("0.100", OidError::Root),
            (too_long.as_str(), OidError::TooLong { found: MAX_OID_LENGTH + 1 }),
        ];
        for (text, expected) in table {
            assert_eq!(Oid::parse(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn uuid_becomes_a_decimal_arc() {
        assert_eq!(Oid::from_uuid(0).as_str(), "2.25.0");
        assert_eq!(Oid::from_uuid(u128::MAX).as_str(), "2.25.340282366920938463463374607431768211455");
        // The worked example of ITU-T X.667: f81d4fae-7dec-11d0-a765-00a0c91e6bf6.
        let example = 0xf81d_4fae_7dec_11d0_a765_00a0_c91e_6bf6;
        assert_eq!(Oid::from_uuid(example).as_str(), "2.25.329800735698586629295641978511506172918");
        assert!(Oid::parse(Oid::from_uuid(u128::MAX).as_str()).is_ok());
    }

    #[test]
    fn serde_is_a_string_and_checks() {
        let oid: Oid = serde_json::from_str("\"1.2.250\"").unwrap();
        assert_eq!(serde_json::to_string(&oid).unwrap(), "\"1.2.250\"");
        assert!(serde_json::from_str::<Oid>("\"1.2.x\"").is_err());
    }
}
