//! Where the DMP is, and which world it serves.

use dmp_vocabulary::Realm;
use url::Url;

/// Base URL of the services, its world, and where it may redirect to.
///
/// Host names of the DMP change (`EX_GEN-1221`): they are configuration, and the presets are only the ones known.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub(crate) base: Url,
    pub(crate) realm: Realm,
    pub(crate) allowed_hosts: Vec<String>,
}

/// An address that cannot be one of the DMP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// Not a URL.
    #[error("not a URL ({0}); expected https://<host>/si-dmp-server/v2/services")]
    NotAUrl(#[from] url::ParseError),
    /// Not `https`.
    #[error("the endpoint must be https, found {0}: every DMP exchange is under mutual TLS")]
    NotHttps(String),
    /// With user, query or fragment.
    #[error("the endpoint must be a plain base address, without user, query or fragment")]
    NotABase,
    /// No host.
    #[error("the endpoint names no host")]
    NoHost,
}

impl Endpoint {
    /// The base to which `/patients`, `/registry`… are appended; a trailing slash does not matter.
    ///
    /// The world is [`Realm::Test`] unless [`Endpoint::realm`] says otherwise, so that a mistyped address never
    /// receives a production INS.
    ///
    /// # Errors
    /// [`EndpointError`].
    pub fn custom(base: &str) -> Result<Self, EndpointError> {
        let base = base_url(base)?;
        Ok(Self { base, realm: Realm::Test, allowed_hosts: Vec::new() })
    }

    /// Sets the world: production numbers, or those of test platforms and of the mock.
    #[must_use]
    pub fn realm(mut self, realm: Realm) -> Self {
        self.realm = realm;
        self
    }

    /// Also follows redirections to this host; those of the base URL's domain are followed anyway.
    #[must_use]
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.push(host.into());
        self
    }
}

/// A plain https base address.
pub(crate) fn base_url(base: &str) -> Result<Url, EndpointError> {
    let base = Url::parse(base.trim())?;
    if base.scheme() != "https" {
        return Err(EndpointError::NotHttps(base.scheme().to_owned()));
    }
    if base.host_str().is_none_or(str::is_empty) {
        return Err(EndpointError::NoHost);
    }
    let plain = base.username().is_empty() && base.password().is_none();
    if !plain || base.query().is_some() || base.fragment().is_some() {
        return Err(EndpointError::NotABase);
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_https_bases_are_endpoints() {
        for base in ["https://127.0.0.1:4000/si-dmp-server/v2/services", " https://h/001/si-dmp-server/v2/services/ "] {
            assert!(Endpoint::custom(base).is_ok(), "{base}");
        }
        for (base, expected) in [
            ("http://h/x", EndpointError::NotHttps("http".to_owned())),
            ("https://user@h/x", EndpointError::NotABase),
            ("https://h/x?wsdl", EndpointError::NotABase),
            ("https://h/x#y", EndpointError::NotABase),
        ] {
            assert_eq!(Endpoint::custom(base).err(), Some(expected), "{base}");
        }
        assert!(matches!(Endpoint::custom("lps.dmp.gouv.fr"), Err(EndpointError::NotAUrl(_))));
    }
}
