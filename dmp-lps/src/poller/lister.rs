//! Who asks, and for whom.

use std::future::Future;

use dmp_client::mode::{ActsForStructure, Consults, Indirect};
use dmp_client::{AuthorisedList, DmpError, ListedDmp, Session};
use dmp_vocabulary::identity::{ProfessionalId, StructureId};
use jiff::Timestamp;

use super::{Criterion, ListOwner};
use crate::context::ProfessionalKey;

/// Asks TD0.4 for somebody.
pub trait DmpLister: Send + Sync {
    /// What may be asked: a structure lists by authorisation only.
    type Asks: Into<Criterion> + Copy + Send;

    /// Whose authorisations are listed.
    fn owner(&self) -> &ListOwner;

    /// TD0.4.
    fn list(
        &self,
        asked: Self::Asks,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<ListedDmp>, DmpError>> + Send;
}

/// A professional asks for their own records.
#[derive(Debug)]
pub struct OwnDmps<'s, A> {
    session: &'s Session<A>,
    owner: ListOwner,
}

/// An employee (CPE, or AIR without being a professionnel de santé) asks for a professional of the same structure
/// (`psOwnerId`).
#[derive(Debug)]
pub struct DmpsOfProfessional<'s, A> {
    session: &'s Session<A>,
    professional: ProfessionalId,
    owner: ListOwner,
}

/// A structure asks for itself, by authorisation: nothing else is open to it.
#[derive(Debug)]
pub struct StructureDmps<'s> {
    session: &'s Session<Indirect>,
    owner: ListOwner,
}

/// The only question of a structure: `LASTAUTORIZATION`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByAuthorisation;

impl From<ByAuthorisation> for Criterion {
    fn from(_: ByAuthorisation) -> Self {
        Self::Authorisations
    }
}

impl<'s, A> OwnDmps<'s, A> {
    /// The professional of this session.
    #[must_use]
    pub fn of(session: &'s Session<A>, professional: &ProfessionalId) -> Self {
        Self { session, owner: ListOwner::Professional(ProfessionalKey::from(professional)) }
    }
}

impl<'s, A> DmpsOfProfessional<'s, A> {
    /// A professional of the structure of this session.
    #[must_use]
    pub fn of(session: &'s Session<A>, professional: &ProfessionalId) -> Self {
        let owner = ListOwner::Professional(ProfessionalKey::from(professional));
        Self { session, professional: professional.clone(), owner }
    }
}

impl<'s> StructureDmps<'s> {
    /// The structure of this session.
    #[must_use]
    pub fn of(session: &'s Session<Indirect>, structure: &StructureId) -> Self {
        Self { session, owner: ListOwner::Structure(structure.as_str().to_owned()) }
    }
}

impl<A: Consults> DmpLister for OwnDmps<'_, A> {
    type Asks = Criterion;

    fn owner(&self) -> &ListOwner {
        &self.owner
    }

    async fn list(&self, asked: Criterion, since: Timestamp) -> Result<Vec<ListedDmp>, DmpError> {
        self.session.authorised(request(asked, since)).await
    }
}

impl<A: ActsForStructure> DmpLister for DmpsOfProfessional<'_, A> {
    type Asks = Criterion;

    fn owner(&self) -> &ListOwner {
        &self.owner
    }

    async fn list(&self, asked: Criterion, since: Timestamp) -> Result<Vec<ListedDmp>, DmpError> {
        self.session.authorised_of(&self.professional, request(asked, since)).await
    }
}

impl DmpLister for StructureDmps<'_> {
    type Asks = ByAuthorisation;

    fn owner(&self) -> &ListOwner {
        &self.owner
    }

    async fn list(&self, _: ByAuthorisation, since: Timestamp) -> Result<Vec<ListedDmp>, DmpError> {
        self.session.authorised_since(since).await
    }
}

fn request(asked: Criterion, since: Timestamp) -> AuthorisedList {
    match asked {
        Criterion::Authorisations => AuthorisedList::authorised_since(since),
        Criterion::Documents => AuthorisedList::documents_since(since),
    }
}
