//! F10: what speaks against feeding a document. All reasons are told, not only the first.

use std::future::Future;

use dmp_client::DmpError;

use super::{FeedItem, FeedStore};
use crate::consent::{Asker, ConsentGate, GateRefusal, Scope, StanceLedger};
use crate::context::PatientKey;
use crate::store::StoreError;

/// Why a document is not fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// A user took it out of the DMP (F12 rule 9): it is not fed again.
    RemovedByUser,
    /// Nothing to read in it.
    Empty,
    /// A type that a software of professionals may not create (`EX_2.1-1010`).
    TypeForbidden,
    /// A code outside the value sets of the DMP.
    TypeUnknown,
    /// No title, or too long a one; or another value that the DMP does not take.
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
    VaccinationRule,
}

impl Reason {
    /// Every reason with its code.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::InsNotQualified, "INS_NOT_QUALIFIED"),
        (Self::Deceased, "DECEASED"),
        (Self::Opposed, "OPPOSED"),
        (Self::AlreadyFed, "ALREADY_FED"),
        (Self::RemovedByUser, "REMOVED_BY_USER"),
        (Self::Empty, "EMPTY"),
        (Self::TypeForbidden, "TYPE_FORBIDDEN"),
        (Self::TypeUnknown, "TYPE_UNKNOWN"),
        (Self::Title, "TITLE"),
        (Self::Visibility, "VISIBILITY"),
        (Self::CdaInvalid, "CDA_INVALID"),
        (Self::AuthorMismatch, "AUTHOR_MISMATCH"),
        (Self::NoDmp, "NO_DMP"),
        (Self::DmpClosed, "DMP_CLOSED"),
        (Self::VaccinationRule, "VAC_RULE"),
    ];

    /// `INS_NOT_QUALIFIED`…
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("", |(_, code)| code)
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == code).map(|(reason, _)| *reason)
    }

    /// Whether the document may be resumed when the reason disappears; some never do.
    #[must_use]
    pub fn may_disappear(self) -> bool {
        !matches!(self, Self::AlreadyFed | Self::TypeForbidden)
    }

    /// The reason behind a refusal before the network; `None` when the refusal is not about the document.
    pub(super) fn of_refusal(error: &DmpError) -> Option<Self> {
        Some(match error.rule()? {
            "EXI 02" => Self::Opposed,
            "EX_2.1-1010" | "X10" => Self::TypeForbidden,
            "X09" => Self::TypeUnknown,
            "X03" | "X04" => Self::Title,
            "EX_2.1-1050" | "X20" | "X21" => Self::Visibility,
            "EX_2.1-1140" | "X12" => Self::AuthorMismatch,
            "X05" | "X13" | "X14" | "X15" => Self::CdaInvalid,
            "X19" | "X23" => Self::VaccinationRule,
            "0.2-080" | "platform" => Self::InsNotQualified,
            // The rule also refuses a replacement by the same bytes, which the ledger has caught as ALREADY_FED.
            "EX_GEN-1060" => Self::Empty,
            "EX_0.2" => Self::NoDmp,
            _ => return None,
        })
    }
}

/// What the software knows of a patient at the moment of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatientFacts {
    /// The INS is qualified *now*.
    pub qualified: bool,
    /// The patient is known to have died.
    pub deceased: bool,
}

/// The register of patients of the software.
pub trait PatientRegister: Send + Sync + 'static {
    /// What is known of a patient now.
    fn facts(&self, patient: &PatientKey) -> impl Future<Output = PatientFacts> + Send;
}

impl<F: Fn(&PatientKey) -> PatientFacts + Send + Sync + 'static> PatientRegister for F {
    async fn facts(&self, patient: &PatientKey) -> PatientFacts {
        self(patient)
    }
}

/// What can be known of a document without the DMP.
pub(super) async fn reasons<S: FeedStore, L: StanceLedger, P: PatientRegister>(
    item: &FeedItem,
    store: &S,
    gate: &ConsentGate<L>,
    register: &P,
) -> Result<Vec<Reason>, StoreError> {
    let mut reasons = Vec::new();
    let facts = register.facts(&item.patient).await;
    if !facts.qualified || item.patient.is_nia() {
        reasons.push(Reason::InsNotQualified);
    }
    if facts.deceased {
        reasons.push(Reason::Deceased);
    }
    let decision = gate.decide(Scope::Feeding, &Asker::from(item), &item.patient).await?;
    if matches!(decision.refusal(), Some(GateRefusal::Opposed | GateRefusal::NoExpressConsent)) {
        reasons.push(Reason::Opposed);
    }
    let fed = store.fed(item.patient.clone(), item.hash.clone()).await?;
    if fed.is_some_and(|other| other != item.id) {
        reasons.push(Reason::AlreadyFed);
    }
    if store.is_removed(item.patient.clone(), item.unique_id.clone(), item.hash.clone()).await? {
        reasons.push(Reason::RemovedByUser);
    }
    Ok(reasons)
}
