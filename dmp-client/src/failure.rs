//! From what went wrong in a layer of this crate to the one error type of a call.

use dmp_protocol::error::{LocalRefusal, Outcome, RemoteError, Signal};
use dmp_protocol::patient::Acknowledgement;
use dmp_protocol::rights::ServiceStatus;
use dmp_protocol::soap::{Fault, MessageId};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::{Guarantee, VihfError};
use dmp_protocol::xades::XadesError;
use http::StatusCode;
use xds_model::{RegistryResponse, ResponseStatus, Severity};

use crate::credentials::CredentialError;
use crate::page_title::page_title;
use crate::transport::{RedirectError, Response, SendError, TransportError};
use crate::{DmpError, ErrorKind};

/// Which request an answer belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) transaction: Transaction,
    pub(crate) message_id: MessageId,
    pub(crate) status: StatusCode,
}

impl Origin {
    pub(crate) fn of(transaction: Transaction, response: &Response) -> Self {
        Self { transaction, message_id: response.message_id.clone(), status: response.status }
    }

    fn sign(&self, error: DmpError) -> DmpError {
        error.with_message_id(self.message_id.clone()).with_http_status(self.status.as_u16())
    }
}

/// A refusal made here, before the network.
pub(crate) struct Local {
    pub(crate) rule: &'static str,
    pub(crate) kind: ErrorKind,
    pub(crate) found: &'static str,
    pub(crate) expected: &'static str,
}

impl Local {
    pub(crate) fn error(self, transaction: Transaction) -> DmpError {
        DmpError::local(self.refusal()).with_transaction(transaction)
    }

    /// A refusal of a transaction that is no message, `TD0.9`.
    pub(crate) fn page_error(self, td: &'static str) -> DmpError {
        DmpError::local(self.refusal()).with_page_td(td)
    }

    /// A refusal that belongs to a session, not to a transaction.
    pub(crate) fn session_error(self) -> DmpError {
        DmpError::local(self.refusal())
    }

    /// A refusal that follows from what the DMP has just answered.
    pub(crate) fn conclusion(self, transaction: Transaction) -> DmpError {
        DmpError::concluded(self.refusal()).with_transaction(transaction)
    }

    fn refusal(self) -> LocalRefusal {
        LocalRefusal::new(self.rule).kind(self.kind).found(self.found).expected(self.expected)
    }
}

pub(crate) fn credential(error: &CredentialError) -> DmpError {
    let refusal = LocalRefusal::new(error.rule().unwrap_or("EX_GEN-1450")).kind(ErrorKind::Tls);
    DmpError::local(refusal.found(error.to_string()))
}

/// A card whose keys TLS refuses.
pub(crate) fn card(error: &rustls::Error) -> DmpError {
    DmpError::local(LocalRefusal::new("V02").kind(ErrorKind::Tls).found(error.to_string()))
}

/// What the client refuses to sign, with the rule that the DMP would apply.
pub(crate) fn assertion(error: &VihfError) -> DmpError {
    let refusal = match error {
        VihfError::Guarantee(guarantee) => LocalRefusal::new(rule_of(guarantee)),
        VihfError::Certificate(_) => LocalRefusal::new("V21"),
        VihfError::Sign(_) => {
            return DmpError::local(LocalRefusal::new("local-key").kind(ErrorKind::Tls).found(error.to_string()));
        }
        _ => LocalRefusal::new("V05"),
    };
    DmpError::local(refusal.kind(ErrorKind::Authentication).found(error.to_string()))
}

fn rule_of(guarantee: &Guarantee) -> &'static str {
    match guarantee {
        Guarantee::Profession => "V38",
        Guarantee::SavoirFaire | Guarantee::RoleInStructure => "V39",
        Guarantee::Empty(_) | Guarantee::HolderName => "V30",
        Guarantee::Holder { .. } => "V35",
        Guarantee::Nia => "0.2-080",
        Guarantee::Reason { .. } => "V45",
        Guarantee::Access => "V44",
        Guarantee::LoginAfterIssue => "V53",
        Guarantee::Method => "V73",
        Guarantee::AirProfession => "EX_AIR-020",
        Guarantee::SecondFactor { .. } => "EXI 21",
        Guarantee::Etablissement => "EXI 24",
        Guarantee::CertificateFiness => "EXI 22",
        Guarantee::Unsigned => "V10",
        Guarantee::CertificateHolder { .. } => "V02",
        Guarantee::CardHolder => "V36",
        _ => "EX_0.1-1020",
    }
}

/// A lot that cannot be signed.
pub(crate) fn lot_signature(error: XadesError) -> DmpError {
    let rule = match error {
        XadesError::Certificate(_) => "V21",
        XadesError::Sign(_) => "local-key",
        _ => "X04",
    };
    let refusal = LocalRefusal::new(rule).found(error.to_string());
    DmpError::local(refusal).with_transaction(Transaction::Submit).with_source(error)
}

/// A value that cannot be put in a message.
pub(crate) fn unwritable(transaction: Transaction, error: impl std::error::Error + Send + Sync + 'static) -> DmpError {
    let refusal = LocalRefusal::new("V03").kind(ErrorKind::Validation).found("a value that the message cannot carry");
    DmpError::local(refusal).with_transaction(transaction).with_source(error)
}

/// An entry that the DMP answered without what an update must name.
pub(crate) fn incomplete_entry(
    transaction: Transaction,
    error: impl std::error::Error + Send + Sync + 'static,
) -> DmpError {
    let refusal = LocalRefusal::new("X18").kind(ErrorKind::PatientState).found(error.to_string());
    DmpError::concluded(refusal).with_transaction(transaction).with_source(error)
}

/// A request that got no answer.
pub(crate) fn send(transaction: Transaction, error: SendError<DmpError>) -> DmpError {
    match error {
        SendError::Mint(error) => error.with_transaction(transaction),
        SendError::Transport { source, message_id } => {
            let error = transport(transaction, source);
            match message_id {
                Some(id) => error.with_message_id(id),
                None => error,
            }
        }
    }
}

/// An answer that broke off.
pub(crate) fn receive(origin: &Origin, source: TransportError) -> DmpError {
    origin.sign(transport(origin.transaction, source))
}

fn transport(transaction: Transaction, source: TransportError) -> DmpError {
    let signal = match &source {
        TransportError::BadAddress | TransportError::Unreachable { .. } | TransportError::ConnectTimeout { .. } => {
            Signal::Network
        }
        TransportError::ServerRefused { refusal, .. } | TransportError::RefusedByServer { refusal, .. } => {
            Signal::Tls(*refusal)
        }
        TransportError::Timeout { request_complete: false, .. }
        | TransportError::Broken { request_complete: false, .. } => Signal::NotSent,
        TransportError::Timeout { .. } | TransportError::Broken { .. } => Signal::LostAnswer,
        TransportError::ResponseTooLarge { .. } => Signal::UnexpectedResponse,
        TransportError::Redirect(RedirectError::ForeignHost(_)) => Signal::RedirectHost,
        TransportError::Redirect(_) => Signal::Redirect,
        TransportError::Document(_) => return local_file(transaction, "a document that cannot be read", source),
        TransportError::Destination(_) => {
            return local_file(transaction, "a destination that cannot be written", source)
                .with_outcome(Outcome::Unknown);
        }
    };
    DmpError::signal(transaction, signal).with_found(source.to_string()).with_source(source)
}

fn local_file(transaction: Transaction, found: &'static str, source: TransportError) -> DmpError {
    let refusal = LocalRefusal::new("file")
        .meaning("a local file is not usable", "un fichier local n'est pas utilisable")
        .remedy(
            "check the file, its rights and the space left",
            "vérifier le fichier, ses droits et la place restante",
        );
    DmpError::local(refusal.found(found)).with_transaction(transaction).with_source(source)
}

/// The document received cannot be written.
pub(crate) fn destination(transaction: Transaction, error: std::io::Error) -> DmpError {
    transport(transaction, TransportError::Destination(error))
}

/// An answer that is not what its transaction promises.
pub(crate) fn unreadable(origin: &Origin, error: impl std::error::Error + Send + Sync + 'static) -> DmpError {
    origin.sign(DmpError::signal(origin.transaction, Signal::UnexpectedResponse).with_source(error))
}

/// An answer without the document that it announces, or without the one asked for.
pub(crate) fn missing_part(origin: &Origin) -> DmpError {
    unreadable(origin, MissingPart)
}

#[derive(Debug, thiserror::Error)]
#[error("the answer holds no document of the uniqueId asked for")]
struct MissingPart;

/// An answer to another request.
pub(crate) fn other_message(origin: &Origin) -> DmpError {
    unreadable(origin, OtherMessage)
}

#[derive(Debug, thiserror::Error)]
#[error("wsa:RelatesTo is not the MessageID of the request")]
struct OtherMessage;

/// C2: an answer that its HTTP status tells.
pub(crate) fn http_status(origin: &Origin) -> DmpError {
    let signal = match origin.status {
        status if status.is_success() => Signal::WebPage,
        status => Signal::Status(status.as_u16()),
    };
    origin.sign(DmpError::signal(origin.transaction, signal))
}

/// C8: the DMP refuses the token of Pro Santé Connect mode.
pub(crate) fn refused_token(origin: &Origin) -> DmpError {
    let error = DmpError::from_oauth(origin.status.as_u16(), "invalid_token");
    origin.sign(error.with_transaction(origin.transaction))
}

/// C2: an answer without SOAP.
pub(crate) fn not_soap(origin: &Origin, response: &Response, body: &[u8]) -> DmpError {
    let mut error = http_status(origin);
    if let Some(title) = page_title(body) {
        error = error.with_found(format!("a web page titled \"{title}\""));
    }
    match response.retry_after {
        Some(delay) => error.with_retry_after(delay),
        None => error,
    }
}

/// C3.
pub(crate) fn fault(origin: &Origin, fault: &Fault) -> DmpError {
    origin.sign(DmpError::from_fault(origin.transaction, fault))
}

/// C4.
pub(crate) fn acknowledgement(origin: &Origin, acknowledgement: &Acknowledgement) -> DmpError {
    origin.sign(DmpError::from_acknowledgement(origin.transaction, acknowledgement))
}

/// C5: an error unless the status is `DMPOk`.
pub(crate) fn status(origin: &Origin, output: &ServiceStatus) -> Result<(), DmpError> {
    if output.is_ok() {
        return Ok(());
    }
    Err(origin.sign(DmpError::from_status(origin.transaction, &output.status, output.context.as_deref())))
}

/// C6: an error unless the answer is a success; the codes of its warnings are given, and logged.
pub(crate) fn registry(origin: &Origin, response: &RegistryResponse) -> Result<Vec<String>, DmpError> {
    let refused = response.errors.iter().any(|error| error.severity == Severity::Error);
    if response.status == ResponseStatus::Success && !refused {
        for warning in &response.errors {
            tracing::warn!(transaction = origin.transaction.td(), ?warning, "done, with a warning");
        }
        return Ok(response.errors.iter().map(|warning| warning.code.clone()).collect());
    }
    let errors = response.errors.iter().map(RemoteError::from).collect();
    Err(origin.sign(DmpError::from_registry(origin.transaction, errors)))
}
