//! The searches of one opened record: one by itself at the opening, then only what the user asks for (`EX_3.1-2030`): each
//! search is written in the patient's access history and may notify them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::{DmpError, ErrorKind, Found, Record, Search};
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::transaction::Transaction;

use crate::confirmed::UserAction;
use crate::counter::Submitted;

/// The searches of an opened record. Drop it when the record closes.
pub struct RecordSearches<A, X> {
    record: Record<A, X>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The one automatic search was made, or may no longer be.
    closed: bool,
    found: Option<Arc<Found>>,
    /// What the count of new documents found (F04).
    submitted: Option<Submitted>,
    /// Acts of users that have been served.
    served: HashSet<(String, i128)>,
}

impl<A, X> std::fmt::Debug for RecordSearches<A, X> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordSearches").finish_non_exhaustive()
    }
}

impl<A: Consults, X: AccessMode> RecordSearches<A, X> {
    /// Of a record that has just been opened.
    #[must_use]
    pub fn of(record: Record<A, X>) -> Self {
        Self { record, state: Mutex::new(State::default()) }
    }

    /// The one search that may be made without being asked for.
    ///
    /// # Errors
    /// [`DmpError`]: `SEARCH_POLICY` for a second one, and after a feeding.
    pub async fn at_opening(&self, search: Search) -> Result<Arc<Found>, DmpError> {
        self.claim_opening()?;
        self.run(search.automatic()).await
    }

    /// What the last search found: moving about in the record asks nothing of the DMP.
    #[must_use]
    pub fn shown(&self) -> Option<Arc<Found>> {
        self.lock().found.clone()
    }

    /// A search that the user asked for. One act serves one search: lists of types go in one query, not in a loop.
    ///
    /// # Errors
    /// [`DmpError`]: `SEARCH_POLICY` for an act that was served already.
    pub async fn asked(&self, search: Search, act: &UserAction) -> Result<Arc<Found>, DmpError> {
        self.claim_act(act)?;
        self.run(search).await
    }

    /// Documents were fed in this record: nothing automatic follows a feeding.
    pub fn fed(&self) {
        self.lock().closed = true;
    }

    /// Takes the one automatic search, or group of searches, of this opening.
    pub(crate) fn claim_opening(&self) -> Result<(), DmpError> {
        match std::mem::replace(&mut self.lock().closed, true) {
            true => Err(refused("an automatic search, after the one of the opening or after a feeding")),
            false => Ok(()),
        }
    }

    /// Takes an act of the user for one search, or group of searches.
    pub(crate) fn claim_act(&self, act: &UserAction) -> Result<(), DmpError> {
        let key = (act.user.as_str().to_owned(), act.at.as_nanosecond());
        match self.lock().served.insert(key) {
            true => Ok(()),
            false => Err(refused("a second search for one act of the user")),
        }
    }

    pub(crate) fn record(&self) -> &Record<A, X> {
        &self.record
    }

    pub(crate) fn submitted(&self) -> Option<Submitted> {
        self.lock().submitted.clone()
    }

    pub(crate) fn keep_submitted(&self, submitted: Submitted) {
        self.lock().submitted = Some(submitted);
    }

    async fn run(&self, search: Search) -> Result<Arc<Found>, DmpError> {
        let found = Arc::new(self.record.find(search).await?);
        self.lock().found = Some(Arc::clone(&found));
        Ok(found)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(found: &'static str) -> DmpError {
    let refusal = LocalRefusal::new("SEARCH_POLICY")
        .kind(ErrorKind::Authorisation)
        .meaning(
            "one automatic search at the opening of a record, and no other [EX_3.1-2030]",
            "une seule recherche automatique, à l'ouverture du dossier [EX_3.1-2030]",
        )
        .found(found)
        .expected("one act of the user for each search, with the lists of codes in one query")
        .remedy(
            "show what was found, and let the user ask again",
            "montrer ce qui a été trouvé, et laisser l'utilisateur redemander",
        );
    DmpError::local(refusal).with_transaction(Transaction::Search)
}
