//! Why an identity is not qualified, and what to do.

use std::fmt;

use super::IdentityStatus;
use crate::identity::error::IdentityError;

/// An identity that may neither feed nor read the DMP: everything that stands in the way, not only the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotQualified {
    /// Status found.
    pub status: IdentityStatus,
    /// What stands in the way; at least one.
    pub obstacles: Vec<Obstacle>,
}

/// One thing that stands between an identity and the DMP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// INS and traits do not come from INSi.
    #[error("not obtained from INSi")]
    NotObtainedFromInsi,
    /// No document of high confidence was checked.
    #[error("no document of high confidence checked")]
    NoDocumentChecked,
    /// Attribute douteuse.
    #[error("attribute « douteuse »")]
    Douteuse,
    /// Attribute fictive.
    #[error("attribute « fictive »")]
    Fictive,
    /// A sex that INSi does not know: the traits are not those of its answer.
    #[error("sex other than M or F")]
    SexUnknownToInsi,
    /// No INS.
    #[error("no INS")]
    NoIns,
    /// The INS is a NIA, *numéro identifiant d'attente*.
    #[error("the INS is a NIA (OID 1.2.250.1.213.1.4.9)")]
    WaitingNumber,
    /// The INS is wrong, or of another realm than the session.
    #[error("{0}")]
    Ins(#[source] IdentityError),
}

impl Obstacle {
    /// Requirement or test that says so.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::NotObtainedFromInsi | Self::NoDocumentChecked | Self::NoIns => "EXI 06, EX_GEN-1530",
            Self::Douteuse | Self::Fictive => "identities §2.5",
            Self::SexUnknownToInsi => "identities §2.4",
            Self::WaitingNumber => "test 0.2-080",
            Self::Ins(_) => "EX_GEN-1520",
        }
    }

    /// What to do.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotObtainedFromInsi | Self::NoIns => {
                "ask the téléservice INSi, with the Vitale card or with the traits, and keep its answer unchanged"
            }
            Self::NoDocumentChecked => {
                "compare the traits with an identity card, a passport or another document of high confidence"
            }
            Self::Douteuse => "let the cellule d'identitovigilance settle the doubt, then ask INSi again",
            Self::Fictive => "keep the documents in the local file: an invented person has no DMP",
            Self::SexUnknownToInsi => "take the traits of the INSi answer",
            Self::WaitingNumber => "keep the NIA in the local file, and ask INSi again until it answers a NIR",
            Self::Ins(_) => "take the matricule and the OID of the INSi answer, and the realm of the endpoint",
        }
    }
}

impl fmt::Display for NotQualified {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: only an identité qualifiée feeds or reads the DMP [EXI 06]", self.status)?;
        for obstacle in &self.obstacles {
            write!(formatter, "; {obstacle} [{}]: {}", obstacle.rule(), obstacle.remedy())?;
        }
        Ok(())
    }
}

impl std::error::Error for NotQualified {}
