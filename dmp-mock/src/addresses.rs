//! Where a running mock is reached, and who may come to its Web-PS.

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;

use crate::builder::loopback_of;
use crate::mock::MockDmp;
use crate::pro_sante_connect::TOKEN_PATH;
use crate::server::{self, Doors};

/// Where the Web-PS and Pro Santé Connect mode are: fields of the ready line, and of `GET /addresses` on the control port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WebAddresses {
    /// Base of the Web-PS for cards (TD0.9) and for the proxies of structures (TD0.10), under their certificates.
    pub web_ps: String,
    /// Base of the Web-PS for the users of Pro Santé Connect: no client certificate.
    pub web_ps_psc: String,
    /// Token endpoint of Pro Santé Connect mode.
    pub psc_token: String,
    /// Base of the services in Pro Santé Connect mode.
    pub psc_services: String,
}

impl WebAddresses {
    pub(crate) fn of(services: SocketAddr, doors: Doors) -> Self {
        let psc = reachable(doors.pro_sante_connect);
        Self {
            web_ps: reachable(services),
            web_ps_psc: reachable(doors.browser),
            psc_token: format!("{psc}{TOKEN_PATH}"),
            psc_services: format!("{psc}{}", server::BASE_PATH),
        }
    }
}

impl MockDmp {
    /// Base of the services, `https://127.0.0.1:PORT/si-dmp-server/v2/services`; the loopback also when it listens on
    /// every address of the machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.web_ps_url(), server::BASE_PATH)
    }

    /// Every address of the Web-PS and of Pro Santé Connect mode.
    #[must_use]
    pub fn web_addresses(&self) -> WebAddresses {
        WebAddresses::of(self.address, self.doors)
    }

    /// Base of the Web-PS for cards (TD0.9) and for the proxies of structures (TD0.10), under their certificates.
    #[must_use]
    pub fn web_ps_url(&self) -> String {
        self.web_addresses().web_ps
    }

    /// Base of the Web-PS for the users of Pro Santé Connect: no client certificate. `/ProSanteConnect?professionnel=…`
    /// stands in for the login.
    #[must_use]
    pub fn web_ps_psc_url(&self) -> String {
        self.web_addresses().web_ps_psc
    }

    /// Token endpoint of Pro Santé Connect mode.
    #[must_use]
    pub fn psc_token_url(&self) -> String {
        self.web_addresses().psc_token
    }

    /// Base of the services in Pro Santé Connect mode.
    #[must_use]
    pub fn psc_services_url(&self) -> String {
        self.web_addresses().psc_services
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
