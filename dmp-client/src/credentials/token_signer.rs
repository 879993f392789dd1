//! One key of a token, as the rest of the SDK sees it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use dmp_protocol::certificate::Certificate;
use dmp_protocol::signature::{SignError, Signer};

use super::pkcs11::named;

/// DER of DigestInfo before a SHA-256, with the NULL parameters that some servers insist on.
const DIGEST_INFO_SHA256: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// A private key that stays on its token.
pub(super) struct TokenSigner {
    session: Arc<Mutex<Session>>,
    key: ObjectHandle,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

impl TokenSigner {
    pub(super) fn new(
        session: Arc<Mutex<Session>>,
        key: ObjectHandle,
        certificate: Certificate,
        chain: Vec<Certificate>,
    ) -> Self {
        Self { session, key, certificate, chain }
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSigner").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Signer for TokenSigner {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The digest is made here and wrapped as every server reads it; a token that only hashes itself is asked so.
    fn sign_sha256_rsa(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let digest = digest::digest(&digest::SHA256, message);
        let wrapped = [&DIGEST_INFO_SHA256, digest.as_ref()].concat();
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = match session.sign(&Mechanism::RsaPkcs, self.key, &wrapped) {
            Err(Error::Pkcs11(RvError::MechanismInvalid | RvError::KeyFunctionNotPermitted, _)) => {
                session.sign(&Mechanism::Sha256RsaPkcs, self.key, message)
            }
            signed => signed,
        };
        signed.map_err(|error| SignError { reason: reason(&error) })
    }
}

fn reason(error: &Error) -> String {
    match error {
        Error::Pkcs11(
            RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::SessionHandleInvalid
            | RvError::ObjectHandleInvalid
            | RvError::KeyHandleInvalid,
            _,
        ) => "the card was taken out: insert it, open the token and the session again".to_owned(),
        Error::Pkcs11(RvError::UserNotLoggedIn, _) => {
            "the token asks for its PIN again: open the token and the session again".to_owned()
        }
        other => format!("the token answered {}", named(other)),
    }
}
