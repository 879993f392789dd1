//! Where tokens are exchanged, and where the DMP answers to them.

use url::Url;

use crate::session::{EndpointError, base_url};

/// The addresses of Pro Santé Connect mode: other hosts than those of the LPS services, and configuration like them.
#[derive(Debug, Clone)]
pub struct ProSanteConnectEndpoint {
    pub(crate) token: Url,
    pub(crate) services: Url,
}

impl ProSanteConnectEndpoint {
    /// `token` is the whole address of the token endpoint (`https://auth-lps.<platform>/api-lps/oauth/token` on the
    /// homologation platform), `services` the base to which `/patients`, `/registry`… are appended.
    ///
    /// # Errors
    /// [`EndpointError`]: not plain https addresses.
    pub fn custom(token: &str, services: &str) -> Result<Self, EndpointError> {
        Ok(Self { token: base_url(token)?, services: base_url(services)? })
    }
}
