//! The review of each requirement by the commission.

/// The requirements that the commission reviews, in their order.
pub const REVIEWED: [&str; 28] = [
    "EXI 01", "EXI 02", "EXI 03", "EXI 04", "EXI 05", "EXI 06", "EXI 07", "EXI 08", "EXI 09", "EXI 10", "EXI 11",
    "EXI 12", "EXI 13", "EXI 14", "EXI 15", "EXI 16", "RECO 01", "EXI 17", "EXI 18", "EXI 19", "EXI 20", "EXI 21",
    "EXI 22", "EXI 23", "EXI 24", "EXI 25", "EXI 26", "EXI 27",
];

/// Those whose modalities have to be told in any case: traceability, access control and its review, awareness,
/// identification with two factors.
pub(super) const MODALITIES_WANTED: [&str; 4] = ["EXI 16", "EXI 18", "EXI 19", "EXI 21"];

/// What the commission found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewStatus {
    /// Met.
    Met,
    /// Met in part.
    Partly,
    /// Not met: a reservation has to say what will be done.
    NotMet,
    /// Does not concern the establishment, such as AIR where it is not used.
    NotApplicable,
}

impl ReviewStatus {
    pub(super) fn french(self) -> &'static str {
        match self {
            Self::Met => "Respectée",
            Self::Partly => "Respectée en partie",
            Self::NotMet => "Non respectée",
            Self::NotApplicable => "Sans objet",
        }
    }
}

/// The review of one requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub(super) id: String,
    pub(super) status: ReviewStatus,
    pub(super) modalities: String,
    pub(super) evidence: String,
}

impl Review {
    /// What the commission found of a requirement (`EXI 05`), and how it is met.
    #[must_use]
    pub fn of(id: impl Into<String>, status: ReviewStatus, modalities: impl Into<String>) -> Self {
        Self { id: id.into(), status, modalities: modalities.into(), evidence: String::new() }
    }

    /// The proofs that were seen: a document, a date, a person.
    #[must_use]
    pub fn proved_by(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = evidence.into();
        self
    }
}
