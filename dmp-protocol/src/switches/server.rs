//! Choices of a server where the texts are silent: how a mock behaves.

use jiff::SignedDuration;

/// What a server alone decides; part of [`Switches`](super::Switches).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSwitches {
    /// Life of an assertion outside AIR. Default 3600 s.
    pub lifetime: SignedDuration,
    /// Life of an assertion in AIR. Default 30 s.
    pub air_lifetime: SignedDuration,
    /// Tolerance on clocks outside AIR. Default 60 s.
    pub skew: SignedDuration,
    /// Tolerance on clocks in AIR. Default 5 s.
    pub skew_air: SignedDuration,
    /// C3 instead of C6 when the sender is not an author (C-20). Default off.
    pub author_refusal_as_fault: bool,
    /// Whether an author in AIR is also known by the structure (OWN-03). Default off: by the person alone.
    pub air_author_by_structure: bool,
    /// Whether the structure that deposited a document counts as an author of it. Default off.
    pub depositor_is_author: bool,
    /// Unmasking by an author, not only by the médecin traitant (C-07). Default on.
    pub unmask_by_author: bool,
    /// Archiving by any physician, not only by an author (C-06). Default on.
    pub archive_by_any_medecin: bool,
    /// INVISIBLE_PATIENT together with MASQUE_PS (VIS-07). Default off.
    pub cumul_invisible_patient_masque_ps: bool,
    /// What has been visible cannot be hidden again (VIS-08, VIS-09). Default on.
    pub irreversible_visibility: bool,
    /// FindDocuments also returns signature entries. Default off.
    pub expose_signature_entries: bool,
    /// Bounds `…To` of queries include their second. Default off.
    pub time_to_inclusive: bool,
    /// Longest period of a search of reimbursements, in months (LIM-03, `hr-periode-max-mois`). Default 24.
    pub hr_periode_max_mois: u32,
    /// Say why a document may not be read, instead of answering as if it did not exist. Default off.
    pub explicit_denied_retrieve: bool,
    /// `X-Dmp-Mock-Rule` and `X-Dmp-Mock-Filtered` in answers. Default on.
    pub verdict_header: bool,
}

impl Default for ServerSwitches {
    fn default() -> Self {
        ServerSwitches {
            lifetime: SignedDuration::from_secs(3600),
            air_lifetime: SignedDuration::from_secs(30),
            skew: SignedDuration::from_secs(60),
            skew_air: SignedDuration::from_secs(5),
            author_refusal_as_fault: false,
            air_author_by_structure: false,
            depositor_is_author: false,
            unmask_by_author: true,
            archive_by_any_medecin: true,
            cumul_invisible_patient_masque_ps: false,
            irreversible_visibility: true,
            expose_signature_entries: false,
            time_to_inclusive: false,
            hr_periode_max_mois: 24,
            explicit_denied_retrieve: false,
            verdict_header: true,
        }
    }
}
