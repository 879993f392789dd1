//! A private key and its certificates, out of a PKCS#12 file or PEM texts.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::KeyPair as _;
use dmp_protocol::certificate::Certificate;
use p12_keystore::{CertificateBag, Pkcs12Archive};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::CredentialError;

/// PKCS#8 key, and certificates from the holder's up to what the file contains. Wiped when dropped.
pub(super) struct KeyMaterial {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) pkcs8: Zeroizing<Vec<u8>>,
}

impl KeyMaterial {
    /// The first key of a PKCS#12 file, modern or legacy, with the certificate that belongs to it and its issuers.
    pub(super) fn from_pkcs12(bytes: &[u8], password: &SecretString) -> Result<Self, CredentialError> {
        let archive =
            Pkcs12Archive::from_pkcs12(bytes, password.expose_secret()).map_err(|_| CredentialError::Pkcs12)?;
        let bag = archive.keys.first().ok_or(CredentialError::NoKey)?;
        let (pkcs8, public) = checked_key(bag.key.as_der())?;
        let id = bag.local_key_id.as_ref().map(AsRef::as_ref);
        let leaf = archive
            .certs
            .iter()
            .find(|bag| id.is_some() && bag.local_key_id.as_deref() == id)
            .or_else(|| archive.certs.iter().find(|bag| !issues_another(bag, &archive.certs)))
            .ok_or(CredentialError::NoCertificate)?;
        let chain = chain_upwards(leaf, &archive.certs);
        Self { chain, pkcs8 }.matching(&public)
    }

    /// Certificates in PEM, the holder's first, and a key in PEM: PKCS#8 or PKCS#1, not encrypted.
    pub(super) fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CredentialError> {
        let chain =
            CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>().map_err(|_| CredentialError::Pem)?;
        if chain.is_empty() {
            return Err(CredentialError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CredentialError::NoKey)?;
        let (pkcs8, public) = checked_key(key.secret_der())?;
        Self { chain, pkcs8 }.matching(&public)
    }

    /// The holder's certificate.
    pub(super) fn certificate(&self) -> Result<Certificate, CredentialError> {
        let leaf = self.chain.first().ok_or(CredentialError::NoCertificate)?;
        Ok(Certificate::from_der(leaf)?)
    }

    /// The authorities that came with it; one that cannot be read is of no use to a path.
    pub(super) fn authorities(&self) -> Vec<Certificate> {
        self.chain.iter().skip(1).filter_map(|der| Certificate::from_der(der).ok()).collect()
    }

    fn matching(self, public_key: &[u8]) -> Result<Self, CredentialError> {
        match self.certificate()?.rsa_public_key() {
            Some(certified) if certified == public_key => Ok(self),
            Some(_) => Err(CredentialError::KeyMismatch),
            None => Err(CredentialError::NotRsa),
        }
    }
}

/// An RSA key as PKCS#8, from PKCS#8 or PKCS#1, and its public half as PKCS#1.
fn checked_key(der: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), CredentialError> {
    let pair = KeyPair::from_pkcs8(der).or_else(|_| KeyPair::from_der(der)).map_err(|_| CredentialError::NotRsa)?;
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| CredentialError::NotRsa)?;
    Ok((Zeroizing::new(pkcs8.as_ref().to_vec()), pair.public_key().as_ref().to_vec()))
}

fn issues_another(bag: &CertificateBag, all: &[CertificateBag]) -> bool {
    all.iter().any(|other| other.cert.as_der() != bag.cert.as_der() && other.cert.issuer() == bag.cert.subject())
}

fn chain_upwards(leaf: &CertificateBag, all: &[CertificateBag]) -> Vec<CertificateDer<'static>> {
    let mut chain = vec![leaf];
    let mut last = leaf;
    while last.cert.issuer() != last.cert.subject() {
        let issuer = all.iter().find(|bag| bag.cert.subject() == last.cert.issuer());
        match issuer {
            // A loop of certificates ends here.
            Some(issuer) if !chain.iter().any(|seen| std::ptr::eq(*seen, issuer)) => {
                chain.push(issuer);
                last = issuer;
            }
            _ => break,
        }
    }
    chain.into_iter().map(|bag| CertificateDer::from(bag.cert.as_der().to_vec())).collect()
}
