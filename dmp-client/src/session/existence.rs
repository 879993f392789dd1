//! TD0.2 existence, TD1.3a administrative data, TD0.3 authorisation, TD3.1b technical identifier.

use std::sync::atomic::{AtomicU8, Ordering};

use dmp_protocol::patient::{Answer, Authorisation, Existence, PatientQuery, PatientQueryResponse};
use dmp_protocol::rights::{AuthorizationAction, SetAuthorization, SetAuthorizationResponse};
use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;
use uuid::Uuid;
use xds_model::iti18::{GetDocuments, QueryResponse, ReturnType};

use super::answer::Answered;
use super::caller::Caller;
use super::watching::About;
use crate::failure;
use crate::watch::{Act, WatchedDocument};
use crate::{DmpError, ErrorKind};

/// What TD0.2 said last of a record, in this session.
#[derive(Debug, Default)]
pub(crate) struct KnownState(AtomicU8);

/// How the DMP says, beside `DMPOk`, that an authorisation was already there or already absent (probable).
const NOTHING_DONE: [&str; 3] = ["déjà", "aucune modification", "rien à faire"];

const UNKNOWN: u8 = 0;
const ABSENT: u8 = 1;
const CLOSED: u8 = 2;
const BLOCKED: u8 = 3;

impl KnownState {
    pub(crate) fn learn(&self, existence: &Existence) {
        let state = match existence {
            Existence::Absent => ABSENT,
            Existence::Closed(..) => CLOSED,
            Existence::Active(dmp) if dmp.authorisation() == Authorisation::Interdit => BLOCKED,
            _ => UNKNOWN,
        };
        self.0.store(state, Ordering::Relaxed);
    }

    /// TD1.4 was done.
    #[cfg(feature = "legacy")]
    pub(crate) fn learn_closed(&self) {
        self.0.store(CLOSED, Ordering::Relaxed);
    }

    /// Never feeds or searches after "absent" or "closed" (`transactions.md` §9, TD0.2).
    pub(crate) fn require_open(&self, transaction: Transaction) -> Result<(), DmpError> {
        self.closed_or_absent().map_or(Ok(()), |refusal| Err(refusal.error(transaction)))
    }

    /// The refusal of a DMP that TD0.2 said absent or closed.
    pub(crate) fn closed_or_absent(&self) -> Option<failure::Local> {
        let found = match self.0.load(Ordering::Relaxed) {
            ABSENT => "TD0.2 answered that this patient has no DMP",
            CLOSED => "TD0.2 answered that this DMP is closed",
            _ => return None,
        };
        Some(failure::Local {
            rule: "EX_0.2",
            kind: ErrorKind::PatientState,
            found,
            expected: "an active DMP; ask TD0.2 again if it may have changed",
        })
    }
}

impl KnownState {
    /// Nobody unblocks himself: no TD0.3 after INTERDIT (AUT-04).
    pub(crate) fn require_unblocked(&self) -> Result<(), DmpError> {
        let transaction = Transaction::SetAuthorization;
        self.require_open(transaction)?;
        match self.0.load(Ordering::Relaxed) {
            BLOCKED => Err(failure::Local {
                rule: "AUT-04",
                kind: ErrorKind::Authorisation,
                found: "TD0.2 answered INTERDIT: the patient blocked the one who acts",
                expected: "nothing: only the patient unblocks",
            }
            .error(transaction)),
            _ => Ok(()),
        }
    }
}

/// What a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The DMP has done it.
    Done,
    /// It was so already.
    Unchanged,
    /// The document to delete is no longer in the DMP.
    AlreadyGone,
}

/// What TD3.1b answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Reference {
    /// The current technical identifier; `None` when the DMP has no such document.
    pub entry_uuid: Option<String>,
    /// Codes of the warnings that came with it.
    pub warnings: Vec<String>,
}

impl Caller {
    /// TD0.2.
    pub(crate) async fn existence(&self, known: &KnownState) -> Result<Existence, DmpError> {
        let (message, query) = (Uuid::new_v4(), Uuid::new_v4());
        let request = PatientQuery::existence(self.shared.lps(), &self.patient, message, query, Timestamp::now());
        self.ask(About::new(Act::Existence, Transaction::Existence), request, known).await
    }

    /// TD1.3a.
    pub(crate) async fn administrative_data(&self, known: &KnownState) -> Result<Existence, DmpError> {
        let (lps, message, query) = (self.shared.lps(), Uuid::new_v4(), Uuid::new_v4());
        let request = PatientQuery::administrative_data(lps, &self.patient, message, query, Timestamp::now());
        let about = About::new(Act::AdministrativeData, Transaction::AdministrativeData);
        self.ask(about, request, known).await
    }

    async fn ask(&self, about: About, request: PatientQuery, known: &KnownState) -> Result<Existence, DmpError> {
        let read = |answered: &Answered| {
            let response = PatientQueryResponse::read(answered.body())
                .map_err(|error| failure::unreadable(&answered.origin, error))?;
            match response.answer {
                Answer::Existence(existence) => {
                    known.learn(&existence);
                    Ok(existence)
                }
                Answer::Refused(acknowledgement) => Err(failure::acknowledgement(&answered.origin, &acknowledgement)),
            }
        };
        self.call(about, move |w| request.write(w), read).await
    }

    /// TD0.3.
    pub(crate) async fn set_authorization(&self, request: SetAuthorization) -> Result<Change, DmpError> {
        let act = match request.action {
            AuthorizationAction::Suppression => Act::RemoveAuthorisation,
            _ => Act::Authorise,
        };
        let read = |answered: &Answered| {
            let response = SetAuthorizationResponse::read(answered.body())
                .map_err(|error| failure::unreadable(&answered.origin, error))?;
            failure::status(&answered.origin, &response.output)?;
            let context = response.output.context.unwrap_or_default().to_lowercase();
            let nothing_done = NOTHING_DONE.iter().any(|fragment| context.contains(fragment));
            Ok(if nothing_done { Change::Unchanged } else { Change::Done })
        };
        self.call(About::new(act, Transaction::SetAuthorization), move |w| request.write(w), read).await
    }

    /// TD3.1b: the current entryUUID of a document, if the DMP knows it.
    pub(crate) async fn locate(&self, unique_id: &str) -> Result<Reference, DmpError> {
        let query = GetDocuments::UniqueIds(vec![unique_id.to_owned()]).to_query(ReturnType::ObjectRef);
        let read = |answered: &Answered| {
            let answer =
                QueryResponse::read(answered.body()).map_err(|error| failure::unreadable(&answered.origin, error))?;
            let warnings = failure::registry(&answered.origin, &answer.response)?;
            // Current and old metadata versions share a uniqueId: the registry lists the current one (probable: last).
            Ok(Reference { entry_uuid: answer.objects.object_refs.into_iter().last(), warnings })
        };
        let named = [WatchedDocument::named(unique_id)];
        let about = About::new(Act::Locate, Transaction::Locate).documents(named);
        self.call(about, move |w| query.write(w), read).await
    }
}
