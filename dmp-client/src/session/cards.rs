//! What the holders of cards do: DIRECTE.

use std::fmt;
use std::sync::Arc;

use dmp_protocol::vihf::{AuthenticationClass, Role};
use jiff::Timestamp;

use super::actor::{Establishment, Login, Professional};
use super::cpe::CpeSession;
use super::direct::DirectSession;
use super::employee::{DeclaredActivity, Employee, require_current};
use super::opening::Session;
use super::shared::{Acting, Shared};
use crate::credentials::Card;
use crate::{DmpError, failure};

/// Opens sessions by card. It needs no key pair of a structure:
/// [`build_for_cards`](super::DmpClientBuilder::build_for_cards) makes one of a software that has none, and
/// [`DmpClient::cards`](super::DmpClient::cards) one beside the other modes.
///
/// The connections of a session are the card's own.
#[derive(Clone)]
pub struct CardClient {
    shared: Arc<Shared>,
}

impl fmt::Debug for CardClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardClient").field("base", &self.shared.base.as_str()).finish_non_exhaustive()
    }
}

impl CardClient {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The holder of a CPS feeds and consults, in an establishment, with the profession first in `roles`.
    ///
    /// # Errors
    /// What the DMP would refuse in every assertion (V35: the holder of a CPE opens [`Self::cpe`]), or TLS refuses the
    /// keys.
    pub fn direct(
        &self,
        card: Card,
        establishment: Establishment,
        roles: impl IntoIterator<Item = Role>,
    ) -> Result<DirectSession, DmpError> {
        let professional = Professional::of_card(&card, roles, establishment);
        self.open(card, |login| Acting::Direct { professional, login, until: None })
    }

    /// The holder of a CPF or of the card of a remplaçant feeds and consults, until the last day of an activity that
    /// the card does not tell.
    ///
    /// # Errors
    /// As [`Self::direct`]; `EX_GEN-1370` once the activity has ended, here and at each request.
    pub fn direct_until(&self, card: Card, activity: DeclaredActivity) -> Result<DirectSession, DmpError> {
        let DeclaredActivity { establishment, roles, until } = activity;
        require_current(Some(until), Timestamp::now())?;
        let professional = Professional::of_card(&card, roles, establishment);
        self.open(card, |login| Acting::Direct { professional, login, until: Some(until) })
    }

    /// The holder of a CPE feeds for the structure (TD2.2), in a service. The first role says what the person does:
    /// [`roles::employee`](super::roles::employee), [`roles::not_professional`](super::roles::not_professional).
    ///
    /// # Errors
    /// As [`Self::direct`]; V35 for a card that is no CPE of this structure.
    pub fn cpe(
        &self,
        card: Card,
        establishment: Establishment,
        service: Option<&str>,
        roles: impl IntoIterator<Item = Role>,
    ) -> Result<CpeSession, DmpError> {
        let employee = Employee::of_card(&card, service, roles, establishment);
        self.open(card, |login| Acting::Cpe { employee, login })
    }

    fn open<A>(&self, card: Card, acting: impl FnOnce(Login) -> Acting) -> Result<Session<A>, DmpError> {
        let login = Login { class: AuthenticationClass::SmartcardPki, at: Timestamp::now() };
        let shared = self.shared.with_card(card).map_err(|error| failure::card(&error))?;
        let acting = shared.checked(acting(login))?;
        Ok(Session::new(Arc::new(shared), acting))
    }
}
