//! Choices of a server where the texts are silent: how a mock behaves.

use jiff::SignedDuration;

use super::choices::{
    AuthorRead, BlockedAuthor, DeletedDocuments, EmergencyScope, MaskedEmergency, MatrixDenied, MatrixUnknown,
    OnBreach, RightsCarrier, VisibilityCalendar,
};

/// What a server alone decides; part of [`Switches`](super::Switches).
///
/// The conflicts and silences of access-rules.md §17, each with its default. C-05, C-12 and C-13 only concern a client;
/// C-10, C-11, C-14, C-17 and C-21 have no option; C-23 is a file (the reading matrix); C-25 is the strictness of V46.
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
    /// Whether there are minors (`fonctions-gestion-mineurs` of the parameter file). Default on.
    pub gestion_mineurs: bool,
    /// Years below which a patient is a minor (MIN-01, `age-majorite`). Default 18.
    pub age_majorite: u16,
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
    /// Masked documents in an emergency (C-01). Default: by the holder's consent.
    pub masked_emergency_policy: MaskedEmergency,
    /// What a blocked author keeps (C-02). Default: his own documents.
    pub blocked_author: BlockedAuthor,
    /// When INVISIBLE_PATIENT ends by itself (C-03). Default: Segur, notice after 1 month, visible after 3.
    pub visibility_calendar: VisibilityCalendar,
    /// Whether a blocked professional may feed (C-04). Default off.
    pub blocked_feed: bool,
    /// Deleted documents (C-08). Default: hidden.
    pub deleted_documents: DeletedDocuments,
    /// Reading by non-PS whose column the matrix has (C-09). Default off.
    pub non_ps_consultation: bool,
    /// Non-PS in AIR (C-15). Default on.
    pub air_allow_non_ps: bool,
    /// When an author without authorisation reads his documents (C-16). Default: when he is blocked.
    pub author_read_without_grant: AuthorRead,
    /// What the oppositions to emergency accesses stop (C-18). Default: all but TD0.2, references and deletion.
    pub emergency_opposition_scope: EmergencyScope,
    /// How a functional refusal travels (C-19). Default: a fault.
    pub rights_carrier: RightsCarrier,
    /// Life of an authorisation in calendar months, Europe/Paris (C-22). Default 6.
    pub grant_months: u8,
    /// A document that the matrix denies, in a search (C-24). Default: left out.
    pub matrix_denied_search: MatrixDenied,
    /// Unknown cells of the reading matrix. Default: readable, with a warning.
    pub matrix_unknown: MatrixUnknown,
    /// Whether the authorisation of a structure covers its members. Default on.
    pub structure_grant_covers_members: bool,
    /// Whether the authorisation of the médecin traitant expires. Default off.
    pub mt_grant_expires: bool,
    /// Whether an authorisation given by the holder expires. Default off.
    pub holder_grant_expires: bool,
    /// Whether archiving needs an authorisation. Default off.
    pub archive_needs_grant: bool,
    /// Whether a blocked professional passes in an emergency (EMG-04). Default off.
    pub blocked_emergency: bool,
    /// Bris de glace by somebody who is authorised (EMG-05). Default: warn.
    pub bdg_with_valid_grant: OnBreach,
    /// Whether a médecin administrateur has the rights of the médecin traitant. Default off: he reads masked documents.
    pub administrator_as_mt: bool,
    /// Connexion secrète for somebody who is not a minor (V46). Default: refuse.
    pub secret_on_adult: OnBreach,
    /// INVISIBLE_REPRESENTANTS_LEGAUX on the document of an adult (MIN-06). Default: warn.
    pub rl_code_on_adult: OnBreach,
    /// Whether the record of a deceased patient may be fed (PAT-04). Default off.
    pub deceased_feed: bool,
    /// Primary authentication methods accepted in plain AIR (V73); empty: any. Default empty: the list is not public.
    pub air_methods: Vec<String>,
    /// TD3.1 metadata searches per minute of one person in one structure, ten times as many per hour (LIM-01).
    /// Default: no limit.
    pub search_threshold: Option<u32>,
    /// Whether TD0.3 may declare a médecin traitant (AUT-08). Default off.
    pub mt_role_by_lps: bool,
    /// Answers of TD0.5 as the schemas ask, instead of the form of the server. Default off.
    pub answers_schema_valid: bool,
    /// Whether the software that asks is declared compatible with the sharing of imaging: it receives an imaging
    /// reference (KOS) as it was submitted, else a text with a warning. Default on.
    pub imaging_compatible: bool,
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
            gestion_mineurs: true,
            age_majorite: 18,
            cumul_invisible_patient_masque_ps: false,
            irreversible_visibility: true,
            expose_signature_entries: false,
            time_to_inclusive: false,
            hr_periode_max_mois: 24,
            explicit_denied_retrieve: false,
            masked_emergency_policy: MaskedEmergency::default(),
            blocked_author: BlockedAuthor::default(),
            visibility_calendar: VisibilityCalendar::default(),
            blocked_feed: false,
            deleted_documents: DeletedDocuments::default(),
            non_ps_consultation: false,
            air_allow_non_ps: true,
            author_read_without_grant: AuthorRead::default(),
            emergency_opposition_scope: EmergencyScope::default(),
            rights_carrier: RightsCarrier::default(),
            grant_months: 6,
            matrix_denied_search: MatrixDenied::default(),
            matrix_unknown: MatrixUnknown::default(),
            structure_grant_covers_members: true,
            mt_grant_expires: false,
            holder_grant_expires: false,
            archive_needs_grant: false,
            blocked_emergency: false,
            bdg_with_valid_grant: OnBreach::Warn,
            administrator_as_mt: false,
            secret_on_adult: OnBreach::Refuse,
            rl_code_on_adult: OnBreach::Warn,
            deceased_feed: false,
            air_methods: Vec::new(),
            search_threshold: None,
            mt_role_by_lps: false,
            answers_schema_valid: false,
            imaging_compatible: true,
            verdict_header: true,
        }
    }
}
