//! From what was received to a [`DmpError`], in the order of errors.md §8.2 and §8.3.

use super::code::{Code, KnownCode};
use super::dmp_error::{DmpError, Verdict};
use super::kind::{Advice, Carrier, ErrorKind, Outcome};
use super::refinement::Refinement;
use super::remote::{RemoteError, Severity};
use crate::patient::Acknowledgement;
use crate::soap::{Fault, FaultCode};
use crate::transaction::{Service, Transaction};

/// Codes that say nothing: a recognised sentence decides before them.
const GENERIC: [&str; 3] = ["XDSRegistryError", "XDSRepositoryError", "DMPErrorLPS"];

impl DmpError {
    /// C3: a SOAP fault.
    #[must_use]
    pub fn from_fault(transaction: Transaction, fault: &Fault) -> Self {
        let code = fault_code(fault);
        let error = RemoteError::new(code.as_ref().map_or("", |code| code.as_str()), &fault.reason);
        let refinement = refine(&error);
        let known = code.as_ref().and_then(Code::known);
        let kind = known_kind(known, Carrier::Fault)
            .or(refinement.map(|r| r.kind))
            .unwrap_or_else(|| default_fault_kind(fault));
        // Codes that only faults carry stop a request before it is processed, as does everything about the VIHF.
        let stops_before = kind == ErrorKind::Authentication || known.is_some_and(|k| k.entry().carriers == "C3");
        let outcome = match (fault.code, known) {
            _ if stops_before => Outcome::NotProcessed,
            // Nothing tells how far a server at fault had come.
            (FaultCode::Receiver, None) => Outcome::Unknown,
            _ => Outcome::Refused,
        };
        let advice = advice(known, refinement, kind);
        let verdict = Verdict { kind, primary: Some(0), refinement, outcome, advice };
        // A bare soap:Sender or soap:Receiver decides nothing that its sentence does not, but it says who is at fault.
        let bare = error.code.is_none().then(|| Code::parse(fault.code.as_str())).flatten();
        let error = RemoteError { code: error.code.clone().or(bare), ..error };
        Self::remote(transaction, Carrier::Fault, verdict, vec![error])
    }

    /// C4: an HL7 V3 acknowledgement that is not `AA`.
    #[must_use]
    pub fn from_acknowledgement(transaction: Transaction, acknowledgement: &Acknowledgement) -> Self {
        let errors = acknowledgement
            .details
            .iter()
            .map(|d| RemoteError::new(d.code.as_deref().unwrap_or_default(), d.text.as_deref().unwrap_or_default()))
            .collect();
        Self::refused(transaction, Carrier::Acknowledgement, errors, |_| ErrorKind::Validation)
    }

    /// C5: a status that is not `DMPOk`, with its context.
    #[must_use]
    pub fn from_status(transaction: Transaction, status: &str, context: Option<&str>) -> Self {
        let default = match transaction.service() {
            Service::Habilitations => ErrorKind::Authorisation,
            _ => ErrorKind::Validation,
        };
        let errors = vec![RemoteError::new(status, context.unwrap_or_default())];
        Self::refused(transaction, Carrier::Status, errors, |_| default)
    }

    /// C6: the errors of a registry response that is not a success; the first of severity Error is the one that counts.
    #[must_use]
    pub fn from_registry(transaction: Transaction, errors: Vec<RemoteError>) -> Self {
        Self::refused(transaction, Carrier::Registry, errors, default_registry_kind)
    }

    fn refused(
        transaction: Transaction,
        carrier: Carrier,
        errors: Vec<RemoteError>,
        default: impl Fn(Option<&str>) -> ErrorKind,
    ) -> Self {
        let primary = errors.iter().position(|error| error.severity == Severity::Error);
        let deciding = primary.and_then(|index| errors.get(index));
        let code = deciding.and_then(|error| error.code.as_ref());
        let known = code.and_then(Code::known);
        let refinement = deciding.and_then(refine);
        let is_generic = code.is_some_and(|code| GENERIC.contains(&code.as_str()));
        let from_code = known_kind(known, carrier);
        let from_sentence = refinement.map(|r| r.kind);
        let kind = if is_generic { from_sentence.or(from_code) } else { from_code.or(from_sentence) }
            .unwrap_or_else(|| default(code.map(Code::as_str)));
        // The repository had the documents and could not register them: they may be stored.
        let outcome = if code.is_some_and(|code| *code == "XDSRegistryNotAvailable") {
            Outcome::Unknown
        } else {
            Outcome::Refused
        };
        let advice = advice(known.filter(|_| !is_generic || refinement.is_none()), refinement, kind);
        let verdict = Verdict { kind, primary, refinement, outcome, advice };
        Self::remote(transaction, carrier, verdict, errors)
    }
}

/// The innermost subcode of the catalogue, else the innermost, else a standard code that is one by itself.
fn fault_code(fault: &Fault) -> Option<Code> {
    let subcodes = || fault.subcodes.iter().rev().filter_map(|s| Code::parse(&s.local));
    subcodes()
        .find(|code| code.known().is_some())
        .or_else(|| subcodes().next())
        .or_else(|| standing_alone(fault.code).map(Code::Known))
}

/// `VersionMismatch`, `MustUnderstand`: not the two that every fault has.
fn standing_alone(code: FaultCode) -> Option<KnownCode> {
    let says_who_only = matches!(code, FaultCode::Sender | FaultCode::Receiver);
    KnownCode::find(code.as_str()).filter(|_| !says_who_only)
}

fn known_kind(known: Option<KnownCode>, carrier: Carrier) -> Option<ErrorKind> {
    known.map(|known| known.entry().kind(carrier))
}

fn refine(error: &RemoteError) -> Option<&'static Refinement> {
    Refinement::find(error.text.as_deref()?, error.code.as_ref().map(Code::as_str))
}

fn default_fault_kind(fault: &Fault) -> ErrorKind {
    let reason = fault.reason.to_lowercase();
    match fault.code {
        FaultCode::Receiver => ErrorKind::Server,
        _ if ["vihf", "certificat", "signature"].iter().any(|word| reason.contains(word)) => ErrorKind::Authentication,
        _ => ErrorKind::SoapFault,
    }
}

fn default_registry_kind(code: Option<&str>) -> ErrorKind {
    let ends = |suffix| code.is_some_and(|code| code.ends_with(suffix));
    if ends("Busy") || ends("OutOfResources") || ends("NotAvailable") {
        ErrorKind::Server
    } else {
        ErrorKind::Validation
    }
}

fn advice(known: Option<KnownCode>, refinement: Option<&Refinement>, kind: ErrorKind) -> Advice {
    const FIRST_DELAY: std::time::Duration = std::time::Duration::from_secs(1);
    match (known, refinement) {
        (Some(known), _) => known.entry().advice,
        (None, Some(_)) => Advice::AfterFix,
        (None, None) if matches!(kind, ErrorKind::Server | ErrorKind::Throttled) => {
            Advice::Backoff { min: FIRST_DELAY }
        }
        (None, None) => Advice::Never,
    }
}
