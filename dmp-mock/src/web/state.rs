//! What the Web-PS remembers: situations d'exercice, sessions of proxies, addresses that may come.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustls_pki_types::CertificateDer;
use uuid::Uuid;

use crate::rules::Caller;
use crate::world::PatientId;

#[derive(Default)]
pub(crate) struct WebState {
    /// Structure that each holder of a card chose at the first connection, by NameID.
    situations: Mutex<HashMap<String, String>>,
    sessions: Mutex<HashMap<String, AirVisitor>>,
    /// Addresses that may come; every one when `None`.
    allowed: Mutex<Option<Vec<IpAddr>>>,
}

/// Who entered by TD0.10, for the requests that the proxy relays after.
#[derive(Clone)]
pub(super) struct AirVisitor {
    pub(super) caller: Caller,
    pub(super) secret: bool,
    pub(super) reason: Option<String>,
    pub(super) patient: Option<PatientId>,
    /// The session is bound to the TLS identity that opened it.
    pub(super) certificate: CertificateDer<'static>,
}

impl WebState {
    pub(crate) fn allow(&self, addresses: Option<Vec<IpAddr>>) {
        *lock(&self.allowed) = addresses;
    }

    pub(crate) fn admits(&self, address: IpAddr) -> bool {
        lock(&self.allowed).as_ref().is_none_or(|allowed| allowed.contains(&address))
    }

    pub(super) fn situation(&self, holder: &str) -> Option<String> {
        lock(&self.situations).get(holder).cloned()
    }

    pub(super) fn choose(&self, holder: &str, structure: &str) {
        lock(&self.situations).insert(holder.to_owned(), structure.to_owned());
    }

    /// Opens a session: its identifier.
    pub(super) fn open(&self, visitor: AirVisitor) -> String {
        let id = Uuid::new_v4().simple().to_string();
        lock(&self.sessions).insert(id.clone(), visitor);
        id
    }

    /// The session of that identifier, on the TLS identity that opened it.
    pub(super) fn visitor(&self, id: &str, certificate: Option<&CertificateDer<'_>>) -> Option<AirVisitor> {
        let visitor = lock(&self.sessions).get(id).cloned()?;
        (certificate.map(AsRef::as_ref) == Some(visitor.certificate.as_ref())).then_some(visitor)
    }
}

impl fmt::Debug for WebState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebState").finish_non_exhaustive()
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
