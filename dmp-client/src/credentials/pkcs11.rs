//! Keys that stay on a card or in an HSM, through the PKCS#11 driver of its maker (feature `pkcs11`).
//!
//! ```no_run
//! # fn open(pin: secrecy::SecretString) -> Result<dmp_client::Card, dmp_client::credentials::pkcs11::Pkcs11Error> {
//! use dmp_client::credentials::pkcs11::Token;
//!
//! let token = Token::open("/usr/lib/card/libdriver.so", None, &pin)?;
//! let card = token.card()?; // the authentication key for TLS, the signature key for assertions and submissions
//! # Ok(card)
//! # }
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use dmp_protocol::certificate::Certificate;
use jiff::Timestamp;
use secrecy::SecretString;

use super::token_signer::TokenSigner;
use super::{AuthenticationIdentity, Card, CredentialError, SigningIdentity};

/// Why a token, or what is on it, cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// The driver cannot be loaded.
    #[error(
        "the PKCS#11 driver {path} cannot be used: {reason}; give the library (.so, .dll, .dylib) of the card's maker"
    )]
    Driver {
        /// The path given.
        path: String,
        /// What the system or the driver said.
        reason: String,
    },
    /// No token.
    #[error("no card, or no token of that label, in any reader: insert it, and check the reader")]
    NoToken,
    /// More than one.
    #[error("several tokens are there ({labels}): give the label of one")]
    SeveralTokens {
        /// Their labels.
        labels: String,
    },
    /// A wrong PIN.
    #[error("the PIN is not that of the token: each wrong one brings it nearer to being locked")]
    PinIncorrect,
    /// A locked PIN.
    #[error(
        "the PIN is locked, after too many wrong ones: unlock the card with its unlocking code or its maker's tool"
    )]
    PinLocked,
    /// No usable key.
    #[error("the token has no {use_of} certificate with its private key: is it a CPx card, or the right token?")]
    NoKey {
        /// `authentication` or `signature`.
        use_of: &'static str,
    },
    /// What is on it is refused.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// Anything else that the driver says.
    #[error("the token refused: {reason}")]
    Token {
        /// Name of the PKCS#11 error.
        reason: String,
    },
}

impl From<Error> for Pkcs11Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => Self::PinIncorrect,
            Error::Pkcs11(RvError::PinLocked, _) => Self::PinLocked,
            Error::Pkcs11(RvError::TokenNotPresent | RvError::DeviceRemoved | RvError::TokenNotRecognized, _) => {
                Self::NoToken
            }
            other => Self::Token { reason: named(&other) },
        }
    }
}

/// The name of an error, without the paragraph that explains it.
pub(super) fn named(error: &Error) -> String {
    match error {
        Error::Pkcs11(value, _) => format!("{value:?}"),
        other => other.to_string(),
    }
}

/// Drivers are initialised once in a process, and stay: closing one would close it under every token.
static DRIVERS: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// A card or a slot of an HSM whose PIN was given. Its keys never leave it; signatures wait for each other.
#[derive(Clone)]
pub struct Token {
    session: Arc<Mutex<Session>>,
    certificates: Vec<Held>,
}

/// A certificate on the token, with its private key if that is there.
#[derive(Clone)]
struct Held {
    certificate: Certificate,
    key: Option<ObjectHandle>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("certificates", &self.certificates.len()).finish_non_exhaustive()
    }
}

impl Token {
    /// Loads a driver, finds the token (by its label where there are several), and gives it the PIN. Blocks: a card is
    /// slow.
    ///
    /// # Errors
    /// [`Pkcs11Error`]: no driver, no token, a wrong or locked PIN.
    pub fn open(driver: impl AsRef<Path>, label: Option<&str>, pin: &SecretString) -> Result<Self, Pkcs11Error> {
        let context = load(driver.as_ref())?;
        let slot = find(&context, label)?;
        let session = context.open_ro_session(slot)?;
        match session.login(UserType::User, Some(pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(error.into()),
        }
        let certificates = certificates(&session)?;
        Ok(Self { session: Arc::new(Mutex::new(session)), certificates })
    }

    /// The authentication certificate and its key, for TLS.
    ///
    /// # Errors
    /// [`Pkcs11Error::NoKey`], or a certificate that is refused, such as an expired one (`REC_0.X-1050`).
    pub fn authentication(&self) -> Result<AuthenticationIdentity, Pkcs11Error> {
        let signer = self.signer("authentication", |certificate| {
            certificate.check_authentication_profile(None).is_ok() && certificate.check_signature_profile(None).is_err()
        })?;
        Ok(AuthenticationIdentity::from_signer(signer)?)
    }

    /// The signature certificate and its key, for assertions and submissions.
    ///
    /// # Errors
    /// As [`Self::authentication`].
    pub fn signing(&self) -> Result<SigningIdentity, Pkcs11Error> {
        let signer = self.signer("signature", |certificate| certificate.check_signature_profile(None).is_ok())?;
        Ok(SigningIdentity::from_signer(signer)?)
    }

    /// Both pairs of a CPx card.
    ///
    /// # Errors
    /// As [`Self::authentication`]; what [`Card::new`] refuses.
    pub fn card(&self) -> Result<Card, Pkcs11Error> {
        Ok(Card::new(self.authentication()?, Some(self.signing()?))?)
    }

    /// Of the certificates of a use that have their key: one that is valid now, else the one that ended last.
    fn signer(&self, use_of: &'static str, fit: impl Fn(&Certificate) -> bool) -> Result<TokenSigner, Pkcs11Error> {
        let now = Timestamp::now();
        let fits = self.certificates.iter().filter(|held| fit(&held.certificate));
        let keyed = fits.filter_map(|held| Some((&held.certificate, held.key?)));
        let best = keyed.max_by_key(|(certificate, _)| (certificate.is_valid_at(now), certificate.not_after()));
        let (certificate, key) = best.ok_or(Pkcs11Error::NoKey { use_of })?;
        Ok(TokenSigner::new(Arc::clone(&self.session), key, certificate.clone(), self.chain_of(certificate)))
    }

    /// The authorities above a certificate that are on the token, issuer first.
    fn chain_of(&self, certificate: &Certificate) -> Vec<Certificate> {
        let mut chain: Vec<Certificate> = Vec::new();
        let mut last = certificate;
        while last.issuer() != last.subject() && chain.len() < self.certificates.len() {
            let above = self.certificates.iter().map(|held| &held.certificate);
            let issuer = above.filter(|one| one.is_authority()).find(|one| one.subject() == last.issuer());
            let Some(issuer) = issuer else { break };
            chain.push(issuer.clone());
            last = issuer;
        }
        chain
    }
}

fn load(driver: &Path) -> Result<Pkcs11, Pkcs11Error> {
    let refused = |error: Error| Pkcs11Error::Driver { path: driver.display().to_string(), reason: named(&error) };
    let mut drivers = DRIVERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = drivers.get(driver) {
        return Ok(known.clone());
    }
    let context = Pkcs11::new(driver).map_err(refused)?;
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Somebody else in this process uses the driver too.
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(refused(error)),
    }
    drivers.insert(driver.to_owned(), context.clone());
    Ok(context)
}

fn find(context: &Pkcs11, label: Option<&str>) -> Result<Slot, Pkcs11Error> {
    let mut found: Vec<(Slot, String)> = Vec::new();
    for slot in context.get_slots_with_initialized_token()? {
        let name = context.get_token_info(slot)?.label().trim_end().to_owned();
        if label.is_none_or(|wanted| wanted == name) {
            found.push((slot, name));
        }
    }
    match found.as_slice() {
        [] => Err(Pkcs11Error::NoToken),
        [(slot, _)] => Ok(*slot),
        several => {
            let labels: Vec<&str> = several.iter().map(|(_, name)| name.as_str()).collect();
            Err(Pkcs11Error::SeveralTokens { labels: labels.join(", ") })
        }
    }
}

/// Every readable certificate; its key is the one with the same CKA_ID.
fn certificates(session: &Session) -> Result<Vec<Held>, Pkcs11Error> {
    let mut all = Vec::new();
    for handle in session.find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE)])? {
        let (mut der, mut id) = (None, Vec::new());
        for attribute in session.get_attributes(handle, &[AttributeType::Value, AttributeType::Id])? {
            match attribute {
                Attribute::Value(value) => der = Some(value),
                Attribute::Id(value) => id = value,
                _ => {}
            }
        }
        // What is no X.509 certificate is none of ours.
        let Some(certificate) = der.and_then(|der| Certificate::from_der(&der).ok()) else { continue };
        let key = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Id(id)])?;
        all.push(Held { certificate, key: key.into_iter().next() });
    }
    Ok(all)
}
