//! The throwaway keys shipped with the crate. They are public: see `keys/README.md`.

use std::sync::OnceLock;

use rcgen::{KeyPair, PKCS_RSA_SHA256};

use super::PkiError;

/// One of the RSA-2048 keys shipped with the crate. Public and worthless: never trust them outside a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrowawayKey {
    /// Root authority.
    Root,
    /// Authority of organisations.
    Organisations,
    /// Authority of persons.
    Personnes,
    /// TLS server of the mock.
    Server,
    /// ORG_AUTH_CLI of the establishment (EG).
    EgAuthentication,
    /// ORG_SIGN of the establishment (EG).
    EgSignature,
    /// ORG_AUTH_CLI of the legal entity (EJ).
    EjAuthentication,
    /// ORG_SIGN of the legal entity (EJ).
    EjSignature,
    /// Authentication key of every test card.
    CardAuthentication,
    /// Signature key of every test card.
    CardSignature,
    /// For certificates that a test asks for.
    Spare,
    /// An authority that nobody trusts.
    OtherRoot,
}

const KEYS: usize = 12;

const PEM: [&str; KEYS] = [
    include_str!("../../keys/root.pem"),
    include_str!("../../keys/organisations.pem"),
    include_str!("../../keys/personnes.pem"),
    include_str!("../../keys/server.pem"),
    include_str!("../../keys/eg_auth.pem"),
    include_str!("../../keys/eg_sign.pem"),
    include_str!("../../keys/ej_auth.pem"),
    include_str!("../../keys/ej_sign.pem"),
    include_str!("../../keys/card_auth.pem"),
    include_str!("../../keys/card_sign.pem"),
    include_str!("../../keys/spare.pem"),
    include_str!("../../keys/other_root.pem"),
];

// Parsed at most once per process: several mocks start in one test binary.
static PARSED: [OnceLock<KeyPair>; KEYS] = [const { OnceLock::new() }; KEYS];

/// Parses the keys of the good identities on every core: most of a first start goes into it.
pub(super) fn parse_all() {
    use ThrowawayKey::{
        EgAuthentication, EgSignature, EjAuthentication, EjSignature, Organisations, Personnes, Root, Server,
    };
    let halves =
        [[Root, Organisations, EgAuthentication, EgSignature], [Server, Personnes, EjAuthentication, EjSignature]];
    std::thread::scope(|scope| {
        for keys in halves {
            // Whoever needs a key that cannot be read reports it.
            scope.spawn(move || keys.map(|key| key.pair().is_ok()));
        }
    });
}

impl ThrowawayKey {
    /// The key as PEM PKCS#8, as shipped.
    #[must_use]
    pub fn pem(self) -> &'static str {
        PEM[self as usize]
    }

    /// The key pair, ready to sign.
    ///
    /// # Errors
    /// [`PkiError::Issue`] when the key shipped with the crate cannot be read.
    pub(crate) fn pair(self) -> Result<&'static KeyPair, PkiError> {
        let slot = &PARSED[self as usize];
        if let Some(pair) = slot.get() {
            return Ok(pair);
        }
        let pair = KeyPair::from_pkcs8_pem_and_sign_algo(self.pem(), &PKCS_RSA_SHA256)?;
        Ok(slot.get_or_init(|| pair))
    }
}
