//! The listeners beside that of the services.

use std::net::SocketAddr;

/// Which listener a request came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// LPS services, and the Web-PS under a client certificate: cards (TD0.9) and proxies of structures (TD0.10).
    Services,
    /// Token endpoint and services of Pro Santé Connect mode.
    ProSanteConnect,
    /// Web-PS for browsers without client certificate: Pro Santé Connect.
    Browser,
}

/// Where the doors other than that of the services are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doors {
    pub(crate) pro_sante_connect: SocketAddr,
    pub(crate) browser: SocketAddr,
}
