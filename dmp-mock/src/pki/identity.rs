//! A certificate with its key and chain, in the forms that programs read.

use std::fmt;

use base64::Engine as _;
use p12_keystore::{Certificate as P12Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::{PkiError, ThrowawayKey};

/// Password of every PKCS#12 file that the mock writes.
pub const PKCS12_PASSWORD: &str = "dmp-mock";

/// Iterations of the PKCS#12 key derivation: the password is public, so the files only have to be readable.
const PKCS12_ITERATIONS: u32 = 2048;

/// A leaf certificate, its throwaway key, and the authorities above it.
#[derive(Clone)]
pub struct Identity {
    pub(super) certificate: CertificateDer<'static>,
    /// Issuing authority first, root last.
    pub(super) authorities: Vec<CertificateDer<'static>>,
    pub(super) key: ThrowawayKey,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Identity {
    /// The leaf certificate, DER.
    #[must_use]
    pub fn certificate_der(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Issuing authority first, root last, DER.
    #[must_use]
    pub fn authorities_der(&self) -> &[CertificateDer<'static>] {
        &self.authorities
    }

    /// Leaf then issuing authority, as a TLS peer presents them (no root).
    #[must_use]
    pub fn tls_chain(&self) -> Vec<CertificateDer<'static>> {
        let intermediates = self.authorities.split_last().map_or(&[][..], |(_root, rest)| rest);
        std::iter::once(&self.certificate).chain(intermediates).cloned().collect()
    }

    /// Leaf then issuing authority, PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        self.tls_chain().iter().map(|certificate| certificate_pem(certificate)).collect()
    }

    /// The private key, PEM PKCS#8.
    #[must_use]
    pub fn key_pem(&self) -> &'static str {
        self.key.pem()
    }

    /// The private key, DER PKCS#8.
    ///
    /// # Errors
    /// [`PkiError::Key`] when the key shipped with the crate cannot be read.
    pub fn key_der(&self) -> Result<PrivateKeyDer<'static>, PkiError> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(self.key.pem().as_bytes()).map_err(|_| PkiError::Key)?;
        Ok(PrivateKeyDer::Pkcs8(key))
    }

    /// Key, leaf and authorities as PKCS#12, password [`PKCS12_PASSWORD`] (PBES2, AES-256).
    ///
    /// # Errors
    /// [`PkiError::Pkcs12`] when the container cannot be written.
    pub fn pkcs12(&self) -> Result<Vec<u8>, PkiError> {
        let key = PrivateKey::from_der(self.key_der()?.secret_der())?;
        let chain = std::iter::once(&self.certificate)
            .chain(&self.authorities)
            .map(|certificate| P12Certificate::from_der(certificate))
            .collect::<Result<Vec<_>, _>>()?;
        let mut store = KeyStore::new();
        let entry = PrivateKeyChain::new(vec![1_u8], key, chain);
        store.add_entry("dmp-mock", KeyStoreEntry::PrivateKeyChain(entry));
        let writer = store.writer(PKCS12_PASSWORD);
        Ok(writer.encryption_iterations(PKCS12_ITERATIONS).mac_iterations(PKCS12_ITERATIONS).write()?)
    }
}

/// One certificate as PEM, lines of 64 characters.
pub(super) fn certificate_pem(certificate: &CertificateDer<'_>) -> String {
    let base64 = base64::engine::general_purpose::STANDARD.encode(certificate);
    let mut pem = String::with_capacity(base64.len() + base64.len() / 64 + 64);
    pem.push_str("-----BEGIN CERTIFICATE-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = tail;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}
