//! Where the DMP publishes its parameter file: public HTTPS, without client certificate.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use rustls::client::ClientConfig;
use url::Url;

use super::ParameterError;
use crate::transport::{AllowedHosts, RedirectError, TransportError, TrustAnchors, fetch, next_hop, public_config};

/// Where the file is thought to be (probable; it may change, `EX_GEN-1222`: it is configuration).
pub const KNOWN_ADDRESS: &str = "https://www.dmp.fr/web/dmp/documents/param-lps";

/// One request of a public site.
const LIMIT: Duration = Duration::from_secs(20);
/// The file has a few lines.
const LARGEST: u64 = 1024 * 1024;

/// The address of the parameter file, and who may vouch for its site.
#[derive(Clone)]
pub struct ParameterSource {
    url: Url,
    hosts: Vec<String>,
    tls: Arc<ClientConfig>,
}

impl fmt::Debug for ParameterSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParameterSource").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// An address that cannot be one of the parameter file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterSourceError {
    /// Not a URL.
    #[error("the address of the parameter file is not a URL ({0}); expected https://<host>/<path>")]
    NotAUrl(#[from] url::ParseError),
    /// Not `https`.
    #[error("the parameter file is read over https, found {0}: it decides who is a minor")]
    NotHttps(String),
    /// TLS cannot be set up with these anchors.
    #[error("TLS cannot be set up for the parameter file: {0}")]
    Tls(#[from] rustls::Error),
}

/// Why the parameter file could not be refreshed: the copy in force stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// It could not be fetched.
    #[error("the parameter file cannot be fetched: {0}")]
    Transport(#[from] TransportError),
    /// Its site answers something else.
    #[error("the site of the parameter file answers HTTP {0}: check its address (EX_GEN-1222)")]
    Status(u16),
    /// It is not a parameter file.
    #[error(transparent)]
    Content(#[from] ParameterError),
}

impl ParameterSource {
    /// The file at `url`, on a site that `anchors` vouch for: a public site, whose authorities are not those of the
    /// IGC-Santé.
    ///
    /// # Errors
    /// [`ParameterSourceError`].
    pub fn new(url: &str, anchors: &TrustAnchors) -> Result<Self, ParameterSourceError> {
        let url = Url::parse(url.trim())?;
        if url.scheme() != "https" {
            return Err(ParameterSourceError::NotHttps(url.scheme().to_owned()));
        }
        Ok(Self { url, hosts: Vec::new(), tls: public_config(anchors)? })
    }

    /// Also follows redirections to this host; those of the address's own domain are followed anyway.
    #[must_use]
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }

    /// Fetches the file, 3xx followed (`EX_GEN-1540`).
    ///
    /// # Errors
    /// [`RefreshError`]; what was fetched is not read yet.
    pub async fn download(&self) -> Result<Vec<u8>, RefreshError> {
        let allowed = AllowedHosts::new(&self.url, self.hosts.iter().cloned());
        let mut url = self.url.clone();
        for hops in 0.. {
            let answer = fetch::get(&url, Some(&self.tls), LIMIT, LARGEST).await?;
            if answer.status.is_success() {
                return Ok(answer.body.to_vec());
            }
            if !answer.status.is_redirection() {
                return Err(RefreshError::Status(answer.status.as_u16()));
            }
            // 303 asks for a GET, which this is.
            let status = if answer.status == StatusCode::SEE_OTHER { StatusCode::FOUND } else { answer.status };
            url = next_hop(status, answer.location.as_deref(), &url, hops, &allowed).map_err(TransportError::from)?;
        }
        Err(TransportError::from(RedirectError::TooMany).into())
    }
}
