//! Why the gate says no.

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;

use super::Scope;
use crate::store::StoreError;

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GateRefusal {
    /// The patient was not informed in this episode.
    NotInformed,
    /// The notice was sent, and the patient has not made contact since.
    NoticeNotAcquired,
    /// The patient opposed.
    Opposed,
    /// Somebody under the responsibility of the team does not consult.
    Role,
    /// A professional outside the team has no express consent.
    NoExpressConsent,
}

impl GateRefusal {
    /// `NOT_INFORMED`, `NOTICE_NOT_ACQUIRED`, `OPPOSED`, `ROLE`, `NO_EXPRESS_CONSENT`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotInformed => "NOT_INFORMED",
            Self::NoticeNotAcquired => "NOTICE_NOT_ACQUIRED",
            Self::Opposed => "OPPOSED",
            Self::Role => "ROLE",
            Self::NoExpressConsent => "NO_EXPRESS_CONSENT",
        }
    }

    /// The refusal of a transaction, made here: nothing was sent (EXI 02).
    #[must_use]
    pub fn error(self, scope: Scope) -> DmpError {
        let refusal = LocalRefusal::new(self.code()).kind(ErrorKind::Authorisation).found(match scope {
            Scope::Feeding => "asked: feeding",
            Scope::Consultation => "asked: consultation",
        });
        DmpError::local(match self {
            Self::NotInformed => refusal
                .meaning(
                    "the patient was not informed in this episode (EXI 01)",
                    "le patient n'a pas été informé dans cet épisode (EXI 01)",
                )
                .remedy("inform the patient and record the answer", "informer le patient et consigner sa réponse"),
            Self::NoticeNotAcquired => refusal
                .meaning(
                    "the notice was sent, which is not yet an absence of opposition (référentiel §2.1)",
                    "la notice a été envoyée, ce qui ne vaut pas encore non-opposition (référentiel §2.1)",
                )
                .remedy(
                    "record when the patient makes contact again, or when the episode starts",
                    "consigner la reprise de contact du patient, ou le début de l'épisode",
                ),
            Self::Opposed => {
                refusal.meaning("the patient opposed (EXI 02)", "le patient s'est opposé (EXI 02)").remedy(
                    "respect it; the patient may change their mind at any time",
                    "le respecter ; le patient peut changer d'avis à tout moment",
                )
            }
            Self::Role => refusal
                .meaning(
                    "somebody under the responsibility of a professional feeds, and does not consult",
                    "une personne placée sous la responsabilité d'un professionnel alimente et ne consulte pas",
                )
                .remedy("let a professional of the team consult", "laisser un professionnel de l'équipe consulter"),
            Self::NoExpressConsent => refusal
                .meaning(
                    "a professional outside the équipe de soins needs the patient's express consent",
                    "un professionnel hors de l'équipe de soins a besoin du consentement exprès du patient",
                )
                .remedy(
                    "collect it, or have it collected by a member of the team",
                    "le recueillir, ou le faire recueillir par un membre de l'équipe",
                ),
        })
    }
}

/// What cannot be read or written down is not presumed: nothing is sent.
pub(crate) fn unusable(error: StoreError) -> DmpError {
    let refusal = LocalRefusal::new("F01")
        .meaning("the register of consents cannot be used", "le registre des consentements est inutilisable")
        .found(error.to_string())
        .remedy("repair the store, then ask again", "réparer le stockage, puis redemander");
    DmpError::local(refusal)
}
