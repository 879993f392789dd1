//! The sessions that a configuration opens, one for each way to authenticate.

use dmp_client::{
    AirNonPsSession, AirSession, AuthenticationIdentity, Card, CpeSession, DeclaredActivity, DirectSession,
    IndirectSession, PrimaryAuthentication, Role, SecondFactor, Sender, SigningIdentity, roles,
};

use crate::config::CardConfig;
use crate::exit::Failure;
use crate::wiring::{Wired, credential};

impl Wired {
    pub(crate) fn air(&self) -> Result<AirSession, Failure> {
        let (class, at) = self.login()?;
        Ok(self.client().air_simplifie(self.professional()?, SecondFactor::passed_at(at, class))?)
    }

    pub(crate) fn plain_air(&self) -> Result<AirSession, Failure> {
        let (class, at) = self.login()?;
        Ok(self.client().air(self.professional()?, PrimaryAuthentication::passed_at(at, class))?)
    }

    pub(crate) fn air_non_ps(&self) -> Result<AirNonPsSession, Failure> {
        let (class, at) = self.login()?;
        Ok(self.client().air_non_ps(self.professional()?, PrimaryAuthentication::passed_at(at, class))?)
    }

    pub(crate) fn indirect(&self) -> Result<IndirectSession, Failure> {
        let (class, at) = self.login()?;
        Ok(self.client().indirect(Sender::professional(&self.professional()?, class, at))?)
    }

    /// A CPS; a CPF or the card of a remplaçant when the section has `until`.
    pub(crate) fn direct(&self) -> Result<DirectSession, Failure> {
        let (given, card) = (self.card_section()?, self.card()?);
        let (establishment, roles) = (self.establishment()?, self.card_roles(given));
        let cards = self.client().cards();
        let Some(until) = &given.until else { return Ok(cards.direct(card, establishment, roles)?) };
        let until = until.to_string().parse().map_err(|error| {
            Failure::input(format!("configuration [card] until: {error}; expected a day such as 2026-12-31"))
        })?;
        Ok(cards.direct_until(card, DeclaredActivity::new(establishment, roles, until))?)
    }

    pub(crate) fn cpe(&self) -> Result<CpeSession, Failure> {
        let (given, card) = (self.card_section()?, self.card()?);
        let roles = self.card_roles(given);
        Ok(self.client().cards().cpe(card, self.establishment()?, given.service.as_deref(), roles)?)
    }

    fn card_roles(&self, given: &CardConfig) -> Vec<Role> {
        let professional = &self.config.professional;
        let (profession, specialty) = (professional.profession.as_str(), professional.specialty.as_deref());
        match (&given.role, given.in_training) {
            (Some(role), _) if role.bytes().all(|byte| byte.is_ascii_digit()) => roles::employee(role),
            (Some(role), _) => roles::not_professional(role),
            (None, true) => roles::in_training(profession, specialty),
            (None, false) => roles::of_directory(profession, specialty),
        }
    }

    fn card_section(&self) -> Result<&CardConfig, Failure> {
        self.config.card.as_ref().ok_or_else(|| {
            Failure::input(
                "configuration: fill in [card]: authentication and signing, the two pairs of the card, or pkcs11, the \
                 driver of its maker",
            )
        })
    }

    /// The card of the configuration: files, or a token behind its driver.
    pub(crate) fn card(&self) -> Result<Card, Failure> {
        let given = self.card_section()?;
        let Some(authentication) = &given.authentication else { return self.token(given) };
        let identity = credential(
            &self.config,
            ("[card] authentication", authentication, given.authentication_key.as_deref()),
            &given.secret(),
            AuthenticationIdentity::from_pkcs12_bytes,
            AuthenticationIdentity::from_pem,
        )?;
        let signing = given.signing.as_ref().map(|signing| {
            credential(
                &self.config,
                ("[card] signing", signing, given.signing_key.as_deref()),
                &given.secret(),
                SigningIdentity::from_pkcs12_bytes,
                SigningIdentity::from_pem,
            )
        });
        Card::new(identity, signing.transpose()?)
            .map_err(|error| Failure::input(format!("configuration [card]: {error}")))
    }

    #[cfg(feature = "pkcs11")]
    fn token(&self, given: &CardConfig) -> Result<Card, Failure> {
        use dmp_client::credentials::pkcs11::Token;

        let refused = |error: &dyn std::fmt::Display| Failure::input(format!("configuration [card] pkcs11: {error}"));
        let driver = given.pkcs11.as_ref().ok_or_else(|| refused(&"no driver, and no authentication either"))?;
        let pin = crate::wiring::password(&self.config, &given.secret())?;
        let token =
            Token::open(self.config.path(driver), given.token.as_deref(), &pin).map_err(|error| refused(&error))?;
        token.card().map_err(|error| refused(&error))
    }

    #[cfg(not(feature = "pkcs11"))]
    fn token(&self, given: &CardConfig) -> Result<Card, Failure> {
        let found = if given.pkcs11.is_some() { "a driver" } else { "neither files nor a driver" };
        Err(Failure::input(format!(
            "configuration [card]: {found}; give authentication and signing, or build dmp with --features pkcs11 to use \
             a driver"
        )))
    }
}
