//! Why a document is not fed (F10), and how that is said to a user.

use dmp_client::DmpError;
use dmp_protocol::error::Language;
use serde::{Deserialize, Serialize};

/// Why a document is not fed, in the order in which reasons are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Reason {
    /// The INS is not qualified, or a NIA (EXI 06).
    InsNotQualified,
    /// The patient has died.
    Deceased,
    /// The patient opposed, or the professional outside the team has no consent (EXI 02).
    Opposed,
    /// These bytes are in the DMP of this patient already, or on the way there.
    AlreadyFed,
    /// A replacement that says what the published version says.
    Unchanged,
    /// Nothing to read in it.
    Empty,
    /// A user withdrew it from the DMP.
    RemovedByUser,
    /// A type that a software of professionals may not create (`EX_2.1-1010`).
    TypeForbidden,
    /// A code outside the value sets of the DMP.
    TypeUnknown,
    /// No title, or too long a one.
    Title,
    /// Hidden in a way that is refused (`EX_2.1-1050`, EXI 07).
    Visibility,
    /// The document is not as the DMP wants it.
    CdaInvalid,
    /// The sender is no author of it (`EX_2.1-1140`).
    AuthorMismatch,
    /// No DMP.
    NoDmp,
    /// The DMP is closed.
    DmpClosed,
    /// A vaccination note that breaks a rule of its own.
    #[serde(rename = "VAC_RULE")]
    VaccinationRule,
    /// The one who sends may not feed: an employee without that right.
    Mode,
}

/// Code, English, French.
type Line = (Reason, &'static str, &'static str, &'static str);

const LINES: [Line; 17] = [
    (Reason::InsNotQualified, "INS_NOT_QUALIFIED", "the INS is not qualified", "l'INS n'est pas qualifiée"),
    (Reason::Deceased, "DECEASED", "the patient has died", "le patient est décédé"),
    (Reason::Opposed, "OPPOSED", "the patient is opposed to feeding", "le patient s'oppose à l'alimentation"),
    (Reason::AlreadyFed, "ALREADY_FED", "the document is in the DMP already", "le document est déjà dans le DMP"),
    (
        Reason::Unchanged,
        "UNCHANGED",
        "nothing changed since the version in the DMP",
        "rien n'a changé depuis la version du DMP",
    ),
    (Reason::Empty, "EMPTY", "there is nothing to read in the document", "le document est vide"),
    (
        Reason::RemovedByUser,
        "REMOVED_BY_USER",
        "a user withdrew the document from the DMP",
        "un utilisateur a retiré le document du DMP",
    ),
    (
        Reason::TypeForbidden,
        "TYPE_FORBIDDEN",
        "a software of professionals may not create this type",
        "un logiciel de professionnels ne peut pas créer ce type",
    ),
    (Reason::TypeUnknown, "TYPE_UNKNOWN", "the DMP does not know a code of it", "un code est inconnu du DMP"),
    (
        Reason::Title,
        "TITLE",
        "the title is empty or longer than 128 characters",
        "le titre est vide ou dépasse 128 caractères",
    ),
    (
        Reason::Visibility,
        "VISIBILITY",
        "it is hidden in a way that the DMP refuses",
        "la visibilité choisie est refusée par le DMP",
    ),
    (Reason::CdaInvalid, "CDA_INVALID", "the document is not as the DMP wants it", "le document n'est pas conforme"),
    (
        Reason::AuthorMismatch,
        "AUTHOR_MISMATCH",
        "the sender is no author of the document",
        "l'émetteur n'est pas auteur du document",
    ),
    (Reason::NoDmp, "NO_DMP", "the patient has no DMP", "le patient n'a pas de DMP"),
    (Reason::DmpClosed, "DMP_CLOSED", "the DMP is closed", "le DMP est fermé"),
    (
        Reason::VaccinationRule,
        "VAC_RULE",
        "a rule of vaccination notes is broken",
        "une règle des notes de vaccination n'est pas respectée",
    ),
    (Reason::Mode, "MODE", "the sender has no right to feed", "l'émetteur n'a pas le droit d'alimenter"),
];

impl Reason {
    /// Every reason, in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        LINES.iter().map(|line| line.0)
    }

    fn line(self) -> Option<&'static Line> {
        LINES.iter().find(|line| line.0 == self)
    }

    /// `INS_NOT_QUALIFIED`…
    #[must_use]
    pub fn code(self) -> &'static str {
        self.line().map_or("", |line| line.1)
    }

    /// What it means, for a user.
    #[must_use]
    pub fn meaning(self, language: Language) -> &'static str {
        self.line().map_or("", |line| match language {
            Language::English => line.2,
            Language::French => line.3,
        })
    }

    /// Whether the document may be resumed when the reason disappears; some never do.
    #[must_use]
    pub fn may_disappear(self) -> bool {
        !matches!(self, Self::AlreadyFed | Self::TypeForbidden)
    }

    /// Whether the queue sees by itself that the reason is gone: it is known without the document and the DMP.
    pub(crate) fn is_about_the_patient(self) -> bool {
        matches!(self, Self::InsNotQualified | Self::Deceased | Self::Opposed)
    }

    /// The reason behind a refusal before the network, or by the DMP; `None` when it is not about the document.
    pub(super) fn of_refusal(error: &DmpError) -> Option<Self> {
        // The functional rights of the one who sends.
        if error.code().is_some_and(|code| code.as_str() == "DMPAccessDeniedByRightsService") {
            return Some(Self::Mode);
        }
        Self::of_rule(error.rule()?)
    }

    /// The reason behind a broken rule.
    pub(super) fn of_rule(rule: &str) -> Option<Self> {
        Some(match rule {
            "EXI 02" => Self::Opposed,
            "EX_2.1-1010" | "X10" => Self::TypeForbidden,
            "X09" => Self::TypeUnknown,
            "EX_2.1-1050" | "X20" | "X21" => Self::Visibility,
            "EX_2.1-1140" | "X12" => Self::AuthorMismatch,
            "X03" | "X04" | "X05" | "X13" | "X14" | "X15" => Self::CdaInvalid,
            "X19" | "X23" => Self::VaccinationRule,
            "0.2-080" | "platform" => Self::InsNotQualified,
            // The rule also refuses a replacement by the same bytes, which the ledger has caught as ALREADY_FED.
            "EX_GEN-1060" => Self::Empty,
            "EX_0.2" => Self::NoDmp,
            "EX_AIR-010" => Self::Mode,
            _ => return None,
        })
    }
}
