//! Why an attribute could not be derived.

use dmp_vocabulary::OidError;

use crate::timestamp::TimestampError;

/// An attribute of the entry that the header does not give. The text never holds a value of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{attribute}: {problem} ({rule} at {xpath})")]
pub struct MappingError {
    /// XDS attribute, e.g. `creationTime`.
    pub attribute: &'static str,
    /// Where it should come from, with positions. `/ClinicalDocument` is the document inside, whatever the shape.
    pub xpath: String,
    /// Rule of the CDA checks, e.g. `CDA-HDR-017`.
    pub rule: &'static str,
    /// What is wrong.
    pub problem: MappingProblem,
}

/// What is wrong with a value of the header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingProblem {
    /// Absent, null or without the part that matters.
    #[error("missing or null in the document")]
    Missing,
    /// An identifier with an extension where the DMP takes a complete OID.
    #[error("an extension is forbidden: the DMP takes a complete OID in @root alone")]
    ExtensionForbidden,
    /// An identifier whose root is no OID.
    #[error("not an OID: {0}")]
    NotAnOid(OidError),
    /// A text that is too long; it is never cut silently.
    #[error("{found} characters, at most {allowed}: shorten it in the document")]
    TooLong {
        /// Characters found.
        found: usize,
        /// The bound.
        allowed: usize,
    },
    /// A code outside the value set of the DMP.
    #[error("code not in {0}")]
    NotInValueSet(&'static str),
    /// A document type that an LPS may not create.
    #[error("a type that an LPS may not create [EX_2.1-1010]")]
    NotCreatableByLps,
    /// A document type whose class is not known.
    #[error("no class is known for this type")]
    NoClass,
    /// A confidentiality that is none of N, R, V.
    #[error("expected N, R or V")]
    UnknownConfidentiality,
    /// A note de vaccination that is not N.
    #[error("a note de vaccination takes only N")]
    OnlyNormal,
    /// An INS that is not 15 characters long.
    #[error("an INS has 15 characters: 13 and a key of 2")]
    InsLength,
    /// A kind of INS that this world does not take.
    #[error("a kind of INS that is not accepted here: .8 in production, .10 or .11 in test, .9 (NIA) never by the DMP")]
    InsKind,
    /// A date that cannot be used.
    #[error("{0}")]
    Time(TimestampError),
}

impl MappingError {
    pub(super) fn new(
        attribute: &'static str,
        xpath: impl Into<String>,
        rule: &'static str,
        problem: MappingProblem,
    ) -> Self {
        Self { attribute, xpath: format!("/ClinicalDocument/{}", xpath.into()), rule, problem }
    }

    pub(super) fn missing(attribute: &'static str, xpath: impl Into<String>, rule: &'static str) -> Self {
        Self::new(attribute, xpath, rule, MappingProblem::Missing)
    }
}
