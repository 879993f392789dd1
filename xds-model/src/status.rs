//! Availability status of an entry or a submission set.

use serde::{Serialize, Serializer};

/// `@status` of a registry object. Values that are not known are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AvailabilityStatus {
    /// Current version ("version à jour").
    Approved,
    /// Old document version or old metadata version ("version obsolète").
    Deprecated,
    /// Archived and current.
    Archived,
    /// Deleted ("dépubliée"). Terminal.
    Deleted,
    /// Any other value, verbatim.
    Other(String),
}

impl AvailabilityStatus {
    const KNOWN: [(&'static str, Self, &'static str); 4] = [
        ("urn:oasis:names:tc:ebxml-regrep:StatusType:Approved", Self::Approved, "Approved"),
        ("urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated", Self::Deprecated, "Deprecated"),
        ("urn:asip:ci-sis:2010:StatusType:Archived", Self::Archived, "Archived"),
        ("urn:asip:ci-sis:2010:StatusType:Deleted", Self::Deleted, "Deleted"),
    ];

    /// Reads the URN on the wire. Total: an unknown value becomes [`AvailabilityStatus::Other`].
    pub fn from_urn(urn: &str) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|(known, _, _)| *known == urn)
            .map_or_else(|| Self::Other(urn.to_owned()), |(_, status, _)| status)
    }

    /// The URN on the wire, such as `urn:oasis:names:tc:ebxml-regrep:StatusType:Approved`.
    pub fn as_urn(&self) -> &str {
        match self {
            Self::Approved => Self::KNOWN[0].0,
            Self::Deprecated => Self::KNOWN[1].0,
            Self::Archived => Self::KNOWN[2].0,
            Self::Deleted => Self::KNOWN[3].0,
            Self::Other(urn) => urn,
        }
    }

    /// The last word of the URN (`Approved`), or the whole value when it is not known.
    pub fn short_name(&self) -> &str {
        match self {
            Self::Approved => Self::KNOWN[0].2,
            Self::Deprecated => Self::KNOWN[1].2,
            Self::Archived => Self::KNOWN[2].2,
            Self::Deleted => Self::KNOWN[3].2,
            Self::Other(urn) => urn,
        }
    }
}

impl Serialize for AvailabilityStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.short_name())
    }
}
