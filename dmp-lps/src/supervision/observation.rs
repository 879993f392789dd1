//! What supervision keeps of a trace.

use std::fmt;

use jiff::Timestamp;

use crate::context::{EpisodeId, InternalUserId, PatientKey, ProfessionalKey};

/// What was done, as far as the criteria look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// The documents of a record were listed.
    Listed,
    /// Documents were read.
    Read,
    /// Something else of the record was read: administrative data, authorisations, a page of the Web-PS.
    Consulted,
    /// Anything else.
    Other,
}

impl Deed {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Listed, "listed"), (Self::Read, "read"), (Self::Consulted, "consulted"), (Self::Other, "other")];

    pub(super) fn as_kept(self) -> &'static str {
        Self::ALL.iter().find(|(deed, _)| *deed == self).map_or("", |(_, kept)| kept)
    }

    pub(super) fn from_kept(kept: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == kept).map(|(deed, _)| *deed)
    }
}

/// How it ended, as far as the criteria look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Done, or perhaps done.
    Done,
    /// Refused for want of a right: here, or by the DMP.
    Refused,
    /// The DMP slows down.
    Throttled,
    /// Failed otherwise.
    Failed,
}

impl Ending {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Done, "done"), (Self::Refused, "refused"), (Self::Throttled, "throttled"), (Self::Failed, "failed")];

    pub(super) fn as_kept(self) -> &'static str {
        Self::ALL.iter().find(|(ending, _)| *ending == self).map_or("", |(_, kept)| kept)
    }

    pub(super) fn from_kept(kept: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == kept).map(|(ending, _)| *ending)
    }
}

/// One trace, reduced to what the criteria need. `Debug` shows neither patient nor professional.
#[derive(Clone, PartialEq, Eq)]
pub struct Observation {
    /// Number of the trace.
    pub seq: u64,
    /// When, UTC.
    pub at: Timestamp,
    /// Who.
    pub actor: InternalUserId,
    /// The same, by RPPS or ADELI.
    pub professional: Option<ProfessionalKey>,
    /// Struct_IdNat.
    pub structure: Option<String>,
    /// Workstation or session.
    pub workstation: Option<String>,
    /// The patient.
    pub patient: Option<PatientKey>,
    /// The care.
    pub episode: Option<EpisodeId>,
    /// What.
    pub deed: Deed,
    /// How it ended.
    pub ending: Ending,
    /// In bris de glace.
    pub bris_de_glace: bool,
    /// How many documents a search listed.
    pub listed: u32,
    /// uniqueId of the documents that were read.
    pub read: Vec<String>,
}

impl Observation {
    /// Whether a record was consulted.
    #[must_use]
    pub fn is_consultation(&self) -> bool {
        self.ending == Ending::Done && self.deed != Deed::Other && self.patient.is_some()
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, at, deed, ending, bris_de_glace, .. } = self;
        f.debug_struct("Observation")
            .field("seq", seq)
            .field("at", at)
            .field("deed", deed)
            .field("ending", ending)
            .field("bris_de_glace", bris_de_glace)
            .finish_non_exhaustive()
    }
}
