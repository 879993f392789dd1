//! A key that stays on a card, as the TLS library wants it.

use std::sync::Arc;

use dmp_protocol::signature::Signer;
use rustls::sign::SigningKey;
use rustls::{SignatureAlgorithm, SignatureScheme};

/// The authentication key behind a [`Signer`]: RSA PKCS#1 v1.5 with SHA-256, which TLS 1.2 takes and TLS 1.3 does not.
#[derive(Debug)]
pub(super) struct TokenKey(pub(super) Arc<dyn Signer>);

const SCHEME: SignatureScheme = SignatureScheme::RSA_PKCS1_SHA256;

impl SigningKey for TokenKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        offered.contains(&SCHEME).then(|| Box::new(Handshake(Arc::clone(&self.0))) as _)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

/// One signature of one handshake.
#[derive(Debug)]
struct Handshake(Arc<dyn Signer>);

impl rustls::sign::Signer for Handshake {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        self.0.sign_sha256_rsa(message).map_err(|error| rustls::Error::General(error.to_string()))
    }

    fn scheme(&self) -> SignatureScheme {
        SCHEME
    }
}
