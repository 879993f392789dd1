//! What stands before every transaction, in one order: rights of the software, identity of the patient, minors (F20),
//! information and opposition (F01), two factors (F02), blocks of the supervision (F15), rules of the access. The first
//! refusal stops; nothing is sent.
//!
//! A session that wears [`Guards`] is guarded whichever function or direct call makes a transaction. Put the trace before
//! them, so that each refusal is traced (F14).
//!
//! ```no_run
//! # async fn program(session: dmp_client::AirSession, ctx: dmp_lps::AccessContext,
//! #     gate: dmp_lps::consent::ConsentGate<dmp_lps::Database>, trace: std::sync::Arc<dyn dmp_client::watch::Watch>,
//! #     patient: dmp_client::QualifiedPatient) -> Result<(), dmp_client::DmpError> {
//! use dmp_client::{Consent, Search};
//! use dmp_lps::SoftwareKind;
//! use dmp_lps::guard::{AccessRules, ConsentGuard, Guards, Intent};
//!
//! let guards = Guards::new().with(ConsentGuard::new(gate)).with(AccessRules::new(SoftwareKind::Care));
//! let session = session.watched(trace).watched(guards.of(ctx, Intent::ByMode));
//! // `Consent::given()` is what this line says; the guard asks the register again, at each transaction.
//! session.record(patient, Consent::given())?.find(Search::approved()).await?;
//! # Ok(())
//! # }
//! ```

mod consent;
mod identity;
mod minor;
mod rights;
mod rules;
mod two_factor;

use std::sync::Arc;

use dmp_client::watch::{Attempt, Step, Watch};
use dmp_client::{DmpError, ErrorKind, QualifiedPatient};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::vihf::AuthenticationMode;

pub(crate) use consent::judged_as;
pub use consent::{ConsentGuard, Intent, scope_of};
pub use identity::IdentityGuard;
pub use minor::MinorGuard;
pub use rights::{LocalRights, RightsGuard};
pub use rules::AccessRules;
pub use two_factor::TwoFactorGuard;

use crate::context::{AccessContext, PatientKey};

/// The examples of the page are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/gates.md")]
struct Page;

/// The order of the guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// What the establishment lets the user do (EXI 18).
    LocalRights,
    /// Whether the INS is qualified now.
    PatientIdentity,
    /// F20.
    Minor,
    /// F01.
    Consent,
    /// F02, in AIR.
    TwoFactor,
    /// Blocks such as that of the supervision (F15).
    Block,
    /// Rules of the access mode.
    Rules,
}

/// One transaction, before it begins.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks; purpose and connexion secrète are those of the transaction.
    pub ctx: &'a AccessContext,
    /// About whom; `None` in TD0.4, TD0.5, on pages about nobody and for a patient found by traits.
    pub patient: Option<&'a PatientKey>,
    /// What is asked.
    pub attempt: &'a Attempt,
    /// What it is for.
    pub intent: Intent,
}

/// One guard.
pub trait Guard: Send + Sync + 'static {
    /// Where it stands.
    fn place(&self) -> Place;

    /// Whether the transaction may go on.
    ///
    /// # Errors
    /// The refusal ([`DmpError::local`]); nothing is sent.
    fn check<'a>(&'a self, asked: Asked<'a>) -> Step<'a, Result<(), DmpError>>;
}

/// The guards of a software, in their order. Cheap to clone.
#[derive(Clone, Default)]
pub struct Guards {
    guards: Vec<Arc<dyn Guard>>,
}

impl std::fmt::Debug for Guards {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.guards.iter().map(|guard| guard.place())).finish()
    }
}

impl Guards {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, where it stands in the order; among those of one place, the first added is asked first.
    #[must_use]
    pub fn with(mut self, guard: impl Guard) -> Self {
        self.guards.push(Arc::new(guard));
        self.guards.sort_by_key(|guard| guard.place());
        self
    }

    /// What a session of this user wears. The intent says what its TD0.2 are for.
    #[must_use]
    pub fn of(&self, ctx: AccessContext, intent: Intent) -> Arc<dyn Watch> {
        Arc::new(Worn { guards: self.guards.clone(), ctx, intent })
    }
}

/// The guards before one session.
struct Worn {
    guards: Vec<Arc<dyn Guard>>,
    ctx: AccessContext,
    intent: Intent,
}

impl Worn {
    async fn check(&self, attempt: &Attempt) -> Result<(), DmpError> {
        self.same_people(attempt)?;
        let ctx =
            AccessContext { purpose: attempt.access.purpose(), secret: attempt.connexion_secrete, ..self.ctx.clone() };
        let patient = attempt.patient.clone().map(|ins| PatientKey::from(&QualifiedPatient::declared(ins)));
        let asked = Asked { ctx: &ctx, patient: patient.as_ref(), attempt, intent: self.intent };
        for guard in &self.guards {
            guard.check(asked).await?;
        }
        Ok(())
    }

    /// What is decided about one person must not open the session of another.
    fn same_people(&self, attempt: &Attempt) -> Result<(), DmpError> {
        let personal = !matches!(attempt.mode, AuthenticationMode::Indirecte | AuthenticationMode::DirecteCpe);
        let found = if personal && self.ctx.professional.as_ref() != Some(&attempt.professional) {
            "the session of another professional than that of the context"
        } else if self.ctx.structure != attempt.structure {
            "the session of another structure than that of the context"
        } else {
            return Ok(());
        };
        let refusal = LocalRefusal::new("CONTEXT")
            .kind(ErrorKind::Authorisation)
            .meaning(
                "the guards were made for somebody else than the one who acts",
                "les contrôles ont été préparés pour une autre personne que celle qui agit",
            )
            .found(found)
            .remedy("make the guards anew from who acts", "préparer les contrôles à partir de la personne qui agit");
        Err(DmpError::local(refusal))
    }
}

impl Watch for Worn {
    fn before<'a>(&'a self, attempt: &'a Attempt) -> Step<'a, Result<(), DmpError>> {
        Box::pin(async move {
            self.check(attempt).await.map_err(|error| match attempt.transaction {
                Some(transaction) => error.with_transaction(transaction),
                None => error.with_page_td(attempt.td()),
            })
        })
    }
}
