//! A throwaway look-alike of the IGC-Santé test branch (`identities.md` §8), made at start with shipped keys.

mod authority;
mod identity;
mod keys;
mod leaf;
mod person;
pub mod samples;

pub use authority::Authority;
pub use identity::{Identity, PKCS12_PASSWORD};
pub use keys::ThrowawayKey;
pub use leaf::{CLASS_CARD_TEST, CLASS_SOFTWARE_PRODUCTION, CLASS_SOFTWARE_TEST, LeafProfile, LeafRequest};
pub use person::{CardHolder, CardPair};
pub use samples::Sample;

use std::path::Path;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::world::seed;

/// Why the throwaway PKI could not be made or written. Only [`PkiError::Write`] depends on the surroundings.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A certificate or a revocation list could not be issued.
    #[error("the throwaway PKI could not issue a certificate: {0}")]
    Issue(#[from] rcgen::Error),
    /// A key shipped with the crate could not be read.
    #[error("a throwaway key shipped with dmp-mock is unreadable: rebuild the crate from a clean checkout")]
    Key,
    /// A PKCS#12 container could not be written.
    #[error("a PKCS#12 container could not be written: {0}")]
    Pkcs12(#[from] p12_keystore::error::Error),
    /// A certificate to revoke could not be read.
    #[error("the certificate to revoke is not a certificate")]
    NotACertificate,
    /// A file could not be written.
    #[error("could not write {path}: {source}; give --pki-dir a folder that can be written")]
    Write {
        /// The file or folder.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// The tree of authorities and the good identities.
#[derive(Debug)]
pub struct Pki {
    /// Self-signed root: the one trust anchor a client needs.
    pub root: Authority,
    /// Authority of structures and of the server.
    pub organisations: Authority,
    /// Authority of persons (cards).
    pub personnes: Authority,
    /// TLS certificate of the mock.
    pub server: Identity,
    /// ORG_AUTH_CLI of the establishment (EG) `10B0990008`.
    pub org_auth_cli: Identity,
    /// ORG_SIGN of the establishment (EG) `10B0990008`, same DN.
    pub org_sign: Identity,
    /// ORG_AUTH_CLI of the legal entity (EJ) `11B0099001`.
    pub ej_auth_cli: Identity,
    /// ORG_SIGN of the legal entity (EJ) `11B0099001`, same DN.
    pub ej_sign: Identity,
}

impl Pki {
    /// Issues everything with today's dates. `crl_base` is the control port, `http://127.0.0.1:PORT`;
    /// `server_names` are added to `localhost`, `127.0.0.1` and `::1`.
    pub(crate) fn create(crl_base: &str, server_names: &[String], now: Timestamp) -> Result<Self, PkiError> {
        keys::parse_all();
        let crl = |name: &str| format!("{crl_base}/crl/{name}.crl");
        let root = Authority::root("TEST AC RACINE IGC-SANTE ELEMENTAIRE", ThrowawayKey::Root, crl("root"), now)?;
        let organisations = root.intermediate(
            "TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS",
            ThrowawayKey::Organisations,
            crl("organisations"),
            now,
        )?;
        let personnes = root.intermediate(
            "TEST AC IGC-SANTE ELEMENTAIRE PERSONNES",
            ThrowawayKey::Personnes,
            crl("personnes"),
            now,
        )?;

        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        names.extend(server_names.iter().cloned());
        let leaf =
            |profile, structure, key| organisations.issue(&LeafRequest::organisation(profile, structure, key, now));
        Ok(Pki {
            server: organisations.issue(&LeafRequest::server(names, now))?,
            org_auth_cli: leaf(
                LeafProfile::OrganisationAuthentication,
                seed::STRUCTURE_EG,
                ThrowawayKey::EgAuthentication,
            )?,
            org_sign: leaf(LeafProfile::OrganisationSignature, seed::STRUCTURE_EG, ThrowawayKey::EgSignature)?,
            ej_auth_cli: leaf(
                LeafProfile::OrganisationAuthentication,
                seed::STRUCTURE_EJ,
                ThrowawayKey::EjAuthentication,
            )?,
            ej_sign: leaf(LeafProfile::OrganisationSignature, seed::STRUCTURE_EJ, ThrowawayKey::EjSignature)?,
            root,
            organisations,
            personnes,
        })
    }

    /// An authority that the mock does not trust, for refusals; made when asked for.
    ///
    /// # Errors
    /// [`PkiError::Issue`] when it cannot be made.
    pub fn foreign_root(&self) -> Result<Authority, PkiError> {
        let crl_url = "http://127.0.0.1:9/crl/foreign.crl".to_owned();
        Authority::root("FOREIGN ROOT", ThrowawayKey::OtherRoot, crl_url, Timestamp::now())
    }

    /// The pair of a test card, issued when asked for.
    ///
    /// # Errors
    /// [`PkiError::Issue`] when it cannot be made.
    pub fn card(&self, holder: &CardHolder) -> Result<CardPair, PkiError> {
        self.personnes.issue_card(holder, Timestamp::now())
    }

    /// What the mock trusts: root and both authorities, so that a peer may present its leaf alone.
    pub(crate) fn trust_anchors(&self) -> Vec<CertificateDer<'static>> {
        [&self.root, &self.organisations, &self.personnes].map(|authority| authority.certificate_der().clone()).into()
    }

    /// The revocation lists of root and authorities, DER.
    pub(crate) fn crls(&self, now: Timestamp) -> Result<Vec<CertificateRevocationListDer<'static>>, PkiError> {
        [&self.root, &self.organisations, &self.personnes].into_iter().map(|authority| authority.crl(now)).collect()
    }

    /// The authority that publishes `/crl/NAME.crl` on the control port.
    pub(crate) fn crl_authority(&self, name: &str) -> Option<&Authority> {
        match name {
            "root" => Some(&self.root),
            "organisations" => Some(&self.organisations),
            "personnes" => Some(&self.personnes),
            _ => None,
        }
    }

    /// Puts a certificate of the ORGANISATIONS authority on its revocation list.
    pub(crate) fn revoke(&self, certificate: &CertificateDer<'_>, at: Timestamp) -> Result<(), PkiError> {
        let (_, parsed) = x509_parser::parse_x509_certificate(certificate).map_err(|_| PkiError::NotACertificate)?;
        self.organisations.revoke(parsed.raw_serial(), at);
        Ok(())
    }

    /// Writes `ca.pem`, `server.{pem,key}`, `org_auth_cli.{pem,key,p12}`, `org_sign.{pem,key,p12}` and the pair of
    /// the legal entity, `ej_auth_cli.*` and `ej_sign.*`, into `folder`, which is made if needed.
    ///
    /// # Errors
    /// [`PkiError::Write`] names the file that could not be written.
    pub fn write_to(&self, folder: &Path) -> Result<(), PkiError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| PkiError::Write { path: folder.display().to_string(), source })?;
        write_file(folder, "ca.pem", self.root.certificate_pem().as_bytes())?;
        write_file(folder, "server.pem", self.server.certificate_pem().as_bytes())?;
        write_file(folder, "server.key", self.server.key_pem().as_bytes())?;
        for (name, identity) in [
            ("org_auth_cli", &self.org_auth_cli),
            ("org_sign", &self.org_sign),
            ("ej_auth_cli", &self.ej_auth_cli),
            ("ej_sign", &self.ej_sign),
        ] {
            identity.write_to(folder, name)?;
        }
        Ok(())
    }
}

fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), PkiError> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).map_err(|source| PkiError::Write { path: path.display().to_string(), source })
}

impl Identity {
    /// `NAME.pem`, `NAME.key` and `NAME.p12`.
    fn write_to(&self, folder: &Path, name: &str) -> Result<(), PkiError> {
        write_file(folder, &format!("{name}.pem"), self.certificate_pem().as_bytes())?;
        write_file(folder, &format!("{name}.key"), self.key_pem().as_bytes())?;
        write_file(folder, &format!("{name}.p12"), &self.pkcs12()?)
    }
}
