//! Where a running mock is reached, and who may come to its Web-PS.

use std::net::{IpAddr, SocketAddr};

use crate::builder::loopback_of;
use crate::mock::MockDmp;
use crate::pro_sante_connect::TOKEN_PATH;
use crate::server;

impl MockDmp {
    /// Base of the services, `https://127.0.0.1:PORT/si-dmp-server/v2/services`; the loopback also when it listens on
    /// every address of the machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.web_ps_url(), server::BASE_PATH)
    }

    /// Base of the Web-PS for cards (TD0.9) and for the proxies of structures (TD0.10), under their certificates.
    #[must_use]
    pub fn web_ps_url(&self) -> String {
        reachable(self.address)
    }

    /// Base of the Web-PS for the users of Pro Santé Connect: no client certificate. `/ProSanteConnect?professionnel=…`
    /// stands in for the login.
    #[must_use]
    pub fn web_ps_psc_url(&self) -> String {
        reachable(self.doors.browser)
    }

    /// Token endpoint of Pro Santé Connect mode.
    #[must_use]
    pub fn psc_token_url(&self) -> String {
        format!("{}{TOKEN_PATH}", reachable(self.doors.pro_sante_connect))
    }

    /// Base of the services in Pro Santé Connect mode.
    #[must_use]
    pub fn psc_services_url(&self) -> String {
        format!("{}{}", reachable(self.doors.pro_sante_connect), server::BASE_PATH)
    }

    /// Where the parameter file is: public HTTPS on the loopback, no client certificate; answers 302, then the values of
    /// [`ServerSwitches`](dmp_protocol::switches::ServerSwitches).
    #[must_use]
    pub fn parameters_url(&self) -> String {
        format!("https://{}{}", self.public_address, server::PARAMETERS_PATH)
    }

    /// Logs a professional in at Pro Santé Connect: the access token, for two minutes of the mock's clock.
    #[must_use]
    pub fn log_in_to_pro_sante_connect(&self, professional: &str) -> String {
        self.dmp.tokens.log_in(professional, self.dmp.clock.now())
    }

    /// Only these addresses may come to the Web-PS, as on test platforms; every one when `None`, the default.
    pub fn allow_web_ps(&self, addresses: Option<Vec<IpAddr>>) {
        self.dmp.web.allow(addresses);
    }

    /// Address of the service port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Control port, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn admin_url(&self) -> String {
        format!("http://{}", self.admin_address)
    }
}

/// `https://HOST:PORT`, the loopback when it listens on every address of the machine.
fn reachable(address: SocketAddr) -> String {
    let host = match address.ip() {
        every if every.is_unspecified() => loopback_of(every),
        one => one,
    };
    format!("https://{}", SocketAddr::new(host, address.port()))
}
