//! One request of a browser or of a proxy.

use dmp_protocol::certificate::Certificate;
use http::Method;
use jiff::Timestamp;

use crate::server::{Door, Peer};

pub(super) struct Visit {
    pub(super) door: Door,
    pub(super) peer: Peer,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) form: Vec<(String, String)>,
    pub(super) cookies: String,
    pub(super) now: Timestamp,
}

impl Visit {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A cookie by its name, compared without case.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The client certificate of the connection.
    pub(super) fn certificate(&self) -> Option<Certificate> {
        Certificate::from_der(self.peer.certificates.first()?).ok()
    }

    /// Whether the user confirmed to be authorised by the patient: TD0.3 by a page.
    pub(super) fn confirms(&self) -> bool {
        self.method == Method::POST && self.field("confirmation") == Some("oui")
    }
}
