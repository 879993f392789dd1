//! What is missing: one code for each element.

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;

/// Why nothing is sent in AIR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AirRefusal {
    /// Fewer than two factors (rule 1).
    OneFactor,
    /// Two factors of one nature (rule 1).
    SameKindOfFactor,
    /// A factor that was not passed in this session (rule 1).
    FactorOutsideSession,
    /// The user has logged out (rule 2).
    SessionEnded,
    /// The login is too old (rule 2).
    EvidenceTooOld,
    /// The evidence, or the session, is of somebody else (rule 3).
    OtherProfessional,
    /// No professional behind the request (rule 3).
    NoProfessional,
    /// No RPPS (rule 3).
    NotRpps,
    /// An RPPS that names a function (rule 4).
    GenericRpps,
    /// The professional has not read the text in force (rule 5).
    NotAware,
    /// Nobody can tell whether the professional is aware: the store failed (rule 5).
    AwarenessUnreadable,
    /// The structure is no FINESS (rule 6).
    NoFiness,
    /// A structure that the establishment did not list (rule 6).
    FinessNotListed,
    /// An entité juridique alone (rule 6).
    LegalEntityAlone,
    /// Certificates of another structure (rule 6).
    CertificateOfOtherStructure,
    /// The procès-verbal of the auto-homologation has ended (EXI 27).
    HomologationEnded,
    /// AIR never feeds (rule 8).
    FeedingForbidden,
    /// A transaction that AIR does not have (rule 8).
    NotInAir,
    /// The permit is older than an assertion may be (rule 9).
    PermitTooOld,
    /// Automated calls are not allowed (rule 10).
    AutomationForbidden,
    /// Not the professional responsible for the episode, who alone reads what an automated call brought (rule 10).
    NotResponsible,
}

impl AirRefusal {
    /// Every refusal with its code.
    pub const ALL: [(Self, &'static str); 21] = [
        (Self::OneFactor, "ONE_FACTOR"),
        (Self::SameKindOfFactor, "SAME_KIND_OF_FACTOR"),
        (Self::FactorOutsideSession, "FACTOR_OUTSIDE_SESSION"),
        (Self::SessionEnded, "SESSION_ENDED"),
        (Self::EvidenceTooOld, "EVIDENCE_TOO_OLD"),
        (Self::OtherProfessional, "OTHER_PROFESSIONAL"),
        (Self::NoProfessional, "NO_PROFESSIONAL"),
        (Self::NotRpps, "NOT_RPPS"),
        (Self::GenericRpps, "GENERIC_RPPS"),
        (Self::NotAware, "NOT_AWARE"),
        (Self::AwarenessUnreadable, "AWARENESS_UNREADABLE"),
        (Self::NoFiness, "NO_FINESS"),
        (Self::FinessNotListed, "FINESS_NOT_LISTED"),
        (Self::LegalEntityAlone, "LEGAL_ENTITY_ALONE"),
        (Self::CertificateOfOtherStructure, "CERTIFICATE_OF_OTHER_STRUCTURE"),
        (Self::HomologationEnded, "HOMOLOGATION_ENDED"),
        (Self::FeedingForbidden, "AIR_FEEDING_FORBIDDEN"),
        (Self::NotInAir, "NOT_IN_AIR"),
        (Self::PermitTooOld, "PERMIT_TOO_OLD"),
        (Self::AutomationForbidden, "AIR_AUTOMATION_FORBIDDEN"),
        (Self::NotResponsible, "NOT_RESPONSIBLE"),
    ];

    /// `ONE_FACTOR`…
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(refusal, _)| *refusal == self).map_or("", |(_, code)| code)
    }

    /// The refusal of a request, made here: nothing was sent.
    #[must_use]
    pub fn error(self) -> DmpError {
        let [meaning, meaning_fr, remedy, remedy_fr] = self.texts();
        let refusal = LocalRefusal::new(self.code()).kind(self.kind());
        DmpError::local(refusal.meaning(meaning, meaning_fr).remedy(remedy, remedy_fr))
    }

    fn kind(self) -> ErrorKind {
        match self {
            Self::FeedingForbidden | Self::NotInAir | Self::AutomationForbidden | Self::NotResponsible => {
                ErrorKind::Authorisation
            }
            _ => ErrorKind::Authentication,
        }
    }

    /// Meaning and remedy, in English and in French.
    fn texts(self) -> [&'static str; 4] {
        match self {
            Self::OneFactor => [
                "the professional did not log in with two factors (EXI 21)",
                "le professionnel ne s'est pas identifié par deux facteurs (EXI 21)",
                "ask for a second factor of another kind",
                "demander un second facteur d'une autre nature",
            ],
            Self::SameKindOfFactor => [
                "the two factors are of one kind, which is one factor (EXI 21)",
                "les deux facteurs sont de même nature, ce qui n'en fait qu'un (EXI 21)",
                "ask for a factor of another kind: what one knows, has or is",
                "demander un facteur d'une autre nature : ce que l'on sait, possède ou est",
            ],
            Self::FactorOutsideSession => [
                "a factor was not passed in this session (EXI 21)",
                "un facteur n'a pas été vérifié dans cette session (EXI 21)",
                "ask for both factors again",
                "redemander les deux facteurs",
            ],
            Self::SessionEnded => [
                "the session of the professional has ended",
                "la session du professionnel est terminée",
                "log in again",
                "s'identifier de nouveau",
            ],
            Self::EvidenceTooOld => [
                "the login is older than the setting max_evidence_age, or of the future",
                "l'identification est plus ancienne que le réglage max_evidence_age, ou du futur",
                "log in again",
                "s'identifier de nouveau",
            ],
            Self::OtherProfessional => [
                "the login is not that of the professional who asks (EXI 24)",
                "l'identification n'est pas celle du professionnel qui demande (EXI 24)",
                "send the request under the professional who logged in",
                "émettre la demande au nom du professionnel identifié",
            ],
            Self::NoProfessional => [
                "no professional stands behind the request (EXI 24)",
                "aucun professionnel n'est à l'origine de la demande (EXI 24)",
                "give the RPPS of the professional behind it",
                "indiquer le RPPS du professionnel à l'origine de la demande",
            ],
            Self::NotRpps => [
                "the identifier of the professional is no RPPS (EXI 24)",
                "l'identifiant du professionnel n'est pas un RPPS (EXI 24)",
                "give 8 and the RPPS; 0 and an ADELI number only with the setting allow_adeli",
                "indiquer 8 et le RPPS ; 0 et un numéro ADELI seulement avec le réglage allow_adeli",
            ],
            Self::GenericRpps => [
                "a generic RPPS, which names a function and no person (EXI 24)",
                "un RPPS générique, qui désigne une fonction et non une personne (EXI 24)",
                "give the RPPS of the person behind the request, or responsible for the care",
                "indiquer le RPPS de la personne à l'origine de la demande, ou responsable de la prise en charge",
            ],
            Self::NotAware => [
                "the professional has not accepted the text in force on the use of their RPPS (EXI 25)",
                "le professionnel n'a pas accepté le texte en vigueur sur l'usage de son RPPS (EXI 25)",
                "show the text, and record that it was accepted",
                "présenter le texte et consigner son acceptation",
            ],
            Self::AwarenessUnreadable => [
                "the register of awareness cannot be read, and nothing is presumed (EXI 25)",
                "le registre des professionnels informés est illisible, et rien n'est présumé (EXI 25)",
                "repair the store, then ask again",
                "réparer le stockage, puis redemander",
            ],
            Self::NoFiness => [
                "the structure is not known by a FINESS (EXI 24)",
                "la structure n'est pas désignée par un FINESS (EXI 24)",
                "give 1 and the FINESS of the établissement géographique",
                "indiquer 1 et le FINESS de l'établissement géographique",
            ],
            Self::FinessNotListed => [
                "a structure that is not among those of the establishment (EXI 24)",
                "une structure absente de celles de l'établissement (EXI 24)",
                "list it in the settings once the procès-verbal names it",
                "l'ajouter aux réglages une fois portée au procès-verbal",
            ],
            Self::LegalEntityAlone => [
                "an entité juridique stands where an établissement géographique is asked for (EXI 24)",
                "une entité juridique là où un établissement géographique est attendu (EXI 24)",
                "give the FINESS of the établissement géographique where the act takes place",
                "indiquer le FINESS de l'établissement géographique où l'acte a lieu",
            ],
            Self::CertificateOfOtherStructure => [
                "the certificates are not those of the structure (EXI 22)",
                "les certificats ne sont pas ceux de la structure (EXI 22)",
                "use its certificates, or list their entité juridique in the settings (option EJ/EG)",
                "utiliser ses certificats, ou déclarer leur entité juridique dans les réglages (option EJ/EG)",
            ],
            Self::HomologationEnded => [
                "the procès-verbal of the auto-homologation has ended (EXI 27)",
                "le procès-verbal d'auto-homologation est échu (EXI 27)",
                "renew it, declare it, then put its new end in the settings",
                "le renouveler, le déclarer, puis reporter sa nouvelle échéance dans les réglages",
            ],
            Self::FeedingForbidden => [
                "AIR does not feed (EX_AIR-010)",
                "l'AIR ne permet pas d'alimenter (EX_AIR-010)",
                "feed under the structure (INDIRECTE) or by card (DIRECTE)",
                "alimenter au nom de la structure (INDIRECTE) ou par carte (DIRECTE)",
            ],
            Self::NotInAir => [
                "a transaction that AIR does not have (EX_AIR-010)",
                "une transaction que l'AIR n'offre pas (EX_AIR-010)",
                "use another authentication; TD0.5 is for régulation only",
                "utiliser une autre authentification ; la TD0.5 est réservée à la régulation",
            ],
            Self::PermitTooOld => [
                "the permit of the request is older than 30 s (EX_AIR-040)",
                "l'autorisation de la requête a plus de 30 s (EX_AIR-040)",
                "ask for another one when the request is to be written",
                "en demander une autre au moment d'écrire la requête",
            ],
            Self::AutomationForbidden => [
                "automated calls are not allowed in AIR by this establishment (EX_AIR-085)",
                "les appels automatisés ne sont pas autorisés en AIR par cet établissement (EX_AIR-085)",
                "let the professional ask, or allow them in the settings",
                "laisser le professionnel demander, ou les autoriser dans les réglages",
            ],
            Self::NotResponsible => [
                "not the professional designated responsible for the episode (EXI 24, EX_AIR-085)",
                "ce n'est pas le professionnel désigné responsable de l'épisode (EXI 24, EX_AIR-085)",
                "act under the one who is, and show the results to nobody else",
                "agir au nom de celui-ci, et ne montrer les résultats à personne d'autre",
            ],
        }
    }
}
