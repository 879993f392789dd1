//! Why a dossier is not made.

/// Everything that stands against a dossier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("F17: the dossier is not complete: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct DossierRefused(pub Vec<Refusal>);

/// One thing that stands against it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A requirement that nobody reviewed.
    #[error("{0} is not reviewed")]
    NotReviewed(&'static str),
    /// A review of something that is no requirement of the référentiel.
    #[error("`{0}` is no requirement to review: EXI 01 to EXI 27, RECO 01")]
    UnknownRequirement(String),
    /// A requirement whose modalities have to be told.
    #[error("{0} wants its modalities in words")]
    NoModalities(&'static str),
    /// A requirement that is not met, and no reservation about it.
    #[error("{0} is not met, and no reservation of the procès-verbal says what will be done")]
    NoReservation(&'static str),
    /// A reservation about something that is no requirement.
    #[error("a reservation names `{0}`, which is no requirement")]
    UnknownReservation(String),
    /// A structure of the certificates that is not among the establishments of the procès-verbal.
    #[error("the certificates carry the FINESS {0}, which the procès-verbal does not list")]
    FinessNotListed(String),
    /// EXI 26 is met, and a point of the contract is not.
    #[error("EXI 26 is reviewed as met, and the contract lacks `{0}`")]
    Contract(&'static str),
    /// A key that names no point of a checklist.
    #[error("`{0}` is no point of the checklists")]
    UnknownPoint(String),
    /// A part that is empty.
    #[error("the dossier has no {0}")]
    Missing(&'static str),
    /// A homologation that lasts no time, or too long.
    #[error("a homologation of {found} months: 1 to {longest} months (probable)")]
    Months {
        /// What was asked.
        found: u8,
        /// The longest.
        longest: u8,
    },
}
