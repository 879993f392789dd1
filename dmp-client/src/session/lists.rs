//! TD0.4, the DMP on which somebody is authorised; TD1.6, those who are authorised on a DMP.

use std::fmt;

use dmp_protocol::patient::WireTime;
use dmp_protocol::rights::{
    AuthorizationMode, AuthorizedActor, ListAuthorizations, ListAuthorizationsResponse, ListCriterion, ListedDmp,
    PatientList, PatientListResponse,
};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::Access;
use dmp_vocabulary::identity::ProfessionalId;
use jiff::Timestamp;

use super::answer::Answered;
use super::caller::Voice;
use super::mode::{BrisDeGlace, Centre15, Consults, Indirect};
use super::opening::Session;
use super::record::Record;
use super::watching::About;
use crate::watch::Act;
use crate::{DmpError, failure};

/// What to list by TD0.4.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorisedList {
    request: PatientList,
}

impl AuthorisedList {
    /// Every DMP on which the one who asks is authorised.
    #[must_use]
    pub fn all() -> Self {
        Self { request: PatientList::default() }
    }

    /// Those authorised at that time or later.
    #[must_use]
    pub fn authorised_since(since: Timestamp) -> Self {
        Self::recent(ListCriterion::LastAuthorization, since)
    }

    /// Those to which a document was added at that time or later.
    #[must_use]
    pub fn documents_since(since: Timestamp) -> Self {
        Self::recent(ListCriterion::LastDocument, since)
    }

    /// For a professional of the same structure (`psOwnerId`).
    pub(super) fn of(mut self, professional: &ProfessionalId) -> Self {
        self.request.owner = Some(professional.as_str().to_owned());
        self
    }

    fn recent(by: ListCriterion, since: Timestamp) -> Self {
        Self { request: PatientList { since: Some(WireTime::at(since)), by: Some(by), owner: None } }
    }
}

impl fmt::Debug for AuthorisedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorisedList").field("by", &self.request.by).field("since", &self.request.since).finish()
    }
}

impl<A: Consults> Session<A> {
    /// TD0.4: the DMP on which this professional is authorised. Poll it every few days at most, keep what concerns
    /// known patients and forget the others (`REC_0.4-1010`).
    ///
    /// # Errors
    /// [`DmpError`]; an empty list is an answer.
    pub async fn authorised(&self, list: AuthorisedList) -> Result<Vec<ListedDmp>, DmpError> {
        self.list(list, Access::Normal).await
    }
}

impl<A: Consults> Session<A, Centre15> {
    /// TD0.4 in régulation médicale: the same list.
    ///
    /// # Errors
    /// [`DmpError`]; an empty list is an answer.
    pub async fn authorised(&self, list: AuthorisedList) -> Result<Vec<ListedDmp>, DmpError> {
        self.list(list, Access::Centre15).await
    }
}

impl<A: Consults> Record<A, BrisDeGlace> {
    /// TD0.4 in bris de glace: the same list, of all the DMP of this professional.
    ///
    /// # Errors
    /// [`DmpError`]; an empty list is an answer.
    pub async fn authorised(&self, list: AuthorisedList) -> Result<Vec<ListedDmp>, DmpError> {
        let voice = Voice { patient: None, connexion_secrete: false, ..self.caller.voice() };
        patient_list(&voice, list).await
    }
}

impl Session<Indirect> {
    /// TD0.4: the DMP on which the structure was authorised since then; a structure may ask nothing else.
    ///
    /// # Errors
    /// [`DmpError`]; an empty list is an answer.
    pub async fn authorised_since(&self, since: Timestamp) -> Result<Vec<ListedDmp>, DmpError> {
        self.list(AuthorisedList::authorised_since(since), Access::Normal).await
    }
}

impl<A, X> Session<A, X> {
    pub(super) async fn list(&self, list: AuthorisedList, access: Access) -> Result<Vec<ListedDmp>, DmpError> {
        patient_list(&self.voice(access), list).await
    }

    /// What this session says when it concerns no patient: no resource-id.
    pub(super) fn voice(&self, access: Access) -> Voice {
        let (shared, acting) = (self.shared.clone(), self.acting.clone());
        Voice { shared, acting, patient: None, found_by_traits: false, access, connexion_secrete: false, toward: None }
    }
}

async fn patient_list(voice: &Voice, list: AuthorisedList) -> Result<Vec<ListedDmp>, DmpError> {
    let about = About::new(Act::ListAuthorised, Transaction::ListAuthorised);
    let read = |answered: &Answered| {
        let response =
            PatientListResponse::read(answered.body()).map_err(|error| failure::unreadable(&answered.origin, error))?;
        failure::status(&answered.origin, &response.output)?;
        Ok(response.dmps)
    };
    voice.call(about, move |w| list.request.write(w), read).await
}

impl<A: Consults> Record<A> {
    /// TD1.6: the professionals and structures that are authorised on this DMP, or blocked by the patient.
    ///
    /// # Errors
    /// [`DmpError`]: also when this professional is not authorised.
    pub async fn authorisations(&self, mode: AuthorizationMode) -> Result<Vec<AuthorizedActor>, DmpError> {
        self.require_consultation()?;
        self.known.require_open(Transaction::ListAuthorisations)?;
        let request = ListAuthorizations { mode };
        let about = About::new(Act::ListAuthorisations, Transaction::ListAuthorisations);
        let read = |answered: &Answered| {
            let response = ListAuthorizationsResponse::read(answered.body())
                .map_err(|error| failure::unreadable(&answered.origin, error))?;
            failure::status(&answered.origin, &response.output)?;
            Ok(response.actors)
        };
        self.caller.call(about, move |w| request.write(w), read).await
    }
}
