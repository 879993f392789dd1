//! Whether the certificate of a server is revoked (`REC_0.X-1090`): asked of the list that the certificate names,
//! after the handshake and before the first byte of a request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dmp_protocol::certificate::Certificate;
use rustls::CertificateError;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use tokio::time::Instant;
use url::Url;

use super::fetch;
use super::trust::TrustAnchors;

/// What a client does about the revocation list of the server's authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Revocation {
    /// No list is fetched.
    Off,
    /// A revoked server is refused; where no list can be had, a warning is logged.
    #[default]
    Soft,
    /// A server that is not known to be in order is refused.
    Hard,
}

/// A list is asked for again after this time; lists of the IGC-Santé live for days.
const FRESH_FOR: Duration = Duration::from_secs(3600);
/// A list that cannot be had is not asked for again before.
const QUIET_AFTER_FAILURE: Duration = Duration::from_secs(300);
/// How long one list may take: a call is waiting.
const FETCH_LIMIT: Duration = Duration::from_secs(3);
/// Lists of large authorities are of some megabytes.
const LIST_LIMIT: u64 = 32 * 1024 * 1024;

/// The check of one client, with the lists it has read.
#[derive(Debug)]
pub(crate) struct RevocationCheck {
    mode: Revocation,
    anchors: TrustAnchors,
    lists: Mutex<HashMap<String, Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    list: Option<CertificateRevocationListDer<'static>>,
    asked_at: Instant,
    answered: bool,
}

impl Kept {
    fn is_fresh(&self) -> bool {
        self.asked_at.elapsed() < if self.answered { FRESH_FOR } else { QUIET_AFTER_FAILURE }
    }
}

impl RevocationCheck {
    pub(crate) fn new(mode: Revocation, anchors: TrustAnchors) -> Self {
        Self { mode, anchors, lists: Mutex::default() }
    }

    /// Judges the certificates that a server showed, leaf first, whose chain was verified.
    pub(super) async fn check(
        &self,
        host: &ServerName<'static>,
        shown: &[CertificateDer<'static>],
    ) -> Result<(), rustls::Error> {
        if self.mode == Revocation::Off {
            return Ok(());
        }
        let revoked = rustls::Error::InvalidCertificate(CertificateError::Revoked);
        match self.verdict(host, shown).await {
            Err(error) if self.mode == Revocation::Soft && error != revoked => {
                tracing::warn!(cause = %error, "nobody can say whether the certificate of the server is revoked");
                Ok(())
            }
            verdict => verdict,
        }
    }

    async fn verdict(
        &self,
        host: &ServerName<'static>,
        shown: &[CertificateDer<'static>],
    ) -> Result<(), rustls::Error> {
        let unknown = || rustls::Error::InvalidCertificate(CertificateError::UnknownRevocationStatus);
        let (leaf, intermediates) = shown.split_first().ok_or_else(unknown)?;
        let certificate = Certificate::from_der(leaf).map_err(|_| unknown())?;
        let mut verdict = Err(unknown());
        for url in certificate.revocation_lists() {
            let Some(list) = self.list(url).await else { continue };
            verdict = self.judge(list, host, leaf, intermediates);
            if matches!(verdict, Ok(()) | Err(rustls::Error::InvalidCertificate(CertificateError::Revoked))) {
                break;
            }
        }
        verdict
    }

    /// The leaf alone: the lists of roots are not published by every branch.
    fn judge(
        &self,
        list: CertificateRevocationListDer<'static>,
        host: &ServerName<'static>,
        leaf: &CertificateDer<'static>,
        intermediates: &[CertificateDer<'static>],
    ) -> Result<(), rustls::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::clone(&self.anchors.roots), provider)
            .with_crls([list])
            .only_check_end_entity_revocation()
            .enforce_revocation_expiration()
            .build()
            .map_err(|_| rustls::Error::InvalidCertificate(CertificateError::UnknownRevocationStatus))?;
        let known = self.anchors.completing(intermediates);
        verifier.verify_server_cert(leaf, &known, host, &[], UnixTime::now()).map(|_| ())
    }

    /// The list at that address; one that cannot be had again stays as it was, until it expires.
    async fn list(&self, url: &str) -> Option<CertificateRevocationListDer<'static>> {
        let kept = self.lists.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_fresh()) {
            return kept.list.clone();
        }
        let fetched = self.fetch(url).await;
        let answered = fetched.is_some();
        let list = fetched.or_else(|| kept.and_then(|kept| kept.list));
        let now_kept = Kept { list: list.clone(), asked_at: Instant::now(), answered };
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).insert(url.to_owned(), now_kept);
        list
    }

    async fn fetch(&self, url: &str) -> Option<CertificateRevocationListDer<'static>> {
        // A list is signed: HTTP is how authorities publish it. LDAP is not spoken here.
        let url = Url::parse(url).ok().filter(|url| url.scheme() == "http")?;
        match fetch::get(&url, None, FETCH_LIMIT, LIST_LIMIT).await {
            Ok(answer) if answer.status.is_success() => Some(answer.body.to_vec().into()),
            Ok(answer) => {
                tracing::warn!(%url, status = answer.status.as_u16(), "the revocation list cannot be fetched");
                None
            }
            Err(error) => {
                tracing::warn!(%url, %error, "the revocation list cannot be fetched");
                None
            }
        }
    }
}
