//! From what was received to kind, code, outcome and advice.

use std::time::Duration;

use dmp_protocol::error::{
    Advice, Carrier, DmpError, ErrorKind, KnownCode, Language, Outcome, RemoteError, Severity, Signal, TlsRefusal,
};
use dmp_protocol::patient::{Acknowledgement, AcknowledgementKind};
use dmp_protocol::soap::{Fault, FaultCode, Subcode};
use dmp_protocol::transaction::Transaction;

use ErrorKind::{
    Authentication, Authorisation, PatientState, Server, SoapFault, Throttled, Tls, Transport, Validation,
};
use Transaction::{Archive, Existence, Locate, Retrieve, Search, SetAuthorization, Submit};

fn back(seconds: u64) -> Advice {
    Advice::Backoff { min: Duration::from_secs(seconds) }
}

fn seen(error: &DmpError) -> (ErrorKind, Option<&str>, Outcome, Advice) {
    (error.kind(), error.code().map(|code| code.as_str()), error.outcome(), error.advice())
}

#[test]
fn faults() {
    let sender = |text: &str| Fault::new(FaultCode::Sender, text);
    let addressing = sender("x").with_subcode(Subcode::addressing("MessageAddressingHeaderRequired"));
    for (fault, expected) in [
        (
            Fault::dmp("DMPInvalidCertificate", "x"),
            (Authentication, Some("DMPInvalidCertificate"), Outcome::NotProcessed, Advice::AfterFix),
        ),
        (
            Fault::dmp("DMPInvalidRequest", "x"),
            (Authentication, Some("DMPInvalidRequest"), Outcome::NotProcessed, Advice::AfterFix),
        ),
        (
            Fault::dmp("DMPAccessDeniedByRightsService", "x"),
            (Authorisation, Some("DMPAccessDeniedByRightsService"), Outcome::Refused, Advice::Never),
        ),
        (
            Fault::dmp("XDSDocumentUniqueIdError", "x"),
            (Validation, Some("XDSDocumentUniqueIdError"), Outcome::Refused, Advice::AfterFix),
        ),
        (addressing, (SoapFault, Some("MessageAddressingHeaderRequired"), Outcome::NotProcessed, Advice::AfterFix)),
        (
            Fault::new(FaultCode::VersionMismatch, "x"),
            (SoapFault, Some("VersionMismatch"), Outcome::NotProcessed, Advice::AfterFix),
        ),
        // The innermost known subcode wins; an unknown one is kept when there is no other.
        (
            Fault::dmp("DMPClosed", "x").with_subcode(Subcode::dmp("Inner")),
            (PatientState, Some("DMPClosed"), Outcome::Refused, Advice::Never),
        ),
        (Fault::dmp("DMPNouveau", "x"), (SoapFault, Some("DMPNouveau"), Outcome::Refused, Advice::Never)),
        // No subcode: the sentence, then words of the sentence, then the fault code.
        (sender("PS et structure non lies"), (Authentication, Some("Sender"), Outcome::NotProcessed, Advice::AfterFix)),
        (sender("Le VIHF est refusé"), (Authentication, Some("Sender"), Outcome::NotProcessed, Advice::Never)),
        (sender("Erreur de Certificat"), (Authentication, Some("Sender"), Outcome::NotProcessed, Advice::Never)),
        (sender("autre chose"), (SoapFault, Some("Sender"), Outcome::Refused, Advice::Never)),
        (Fault::new(FaultCode::Receiver, "certificat"), (Server, Some("Receiver"), Outcome::Unknown, back(1))),
    ] {
        let error = DmpError::from_fault(Existence, &fault);
        assert_eq!(seen(&error), expected, "{fault:?}");
        assert_eq!(error.carrier(), Some(Carrier::Fault));
    }
    let unknown = DmpError::from_fault(Submit, &Fault::new(FaultCode::Receiver, "panne"));
    assert_eq!((unknown.outcome(), unknown.advice()), (Outcome::Unknown, Advice::ReadStateFirst));
}

#[test]
fn acknowledgements() {
    for (acknowledgement, expected) in [
        (
            Acknowledgement::error("DMPAuthorizationNotFound", "x"),
            (Authorisation, Some("DMPAuthorizationNotFound"), Outcome::Refused, Advice::AfterFix),
        ),
        (
            Acknowledgement::error("DMPInvalidRequest", "x"),
            (Validation, Some("DMPInvalidRequest"), Outcome::Refused, Advice::AfterFix),
        ),
        (Acknowledgement::error("DMPInconnu", "x"), (Validation, Some("DMPInconnu"), Outcome::Refused, Advice::Never)),
        (
            Acknowledgement::error("", "Structure introuvable ou inactive"),
            (Authentication, None, Outcome::Refused, Advice::AfterFix),
        ),
        (
            Acknowledgement { kind: AcknowledgementKind::Rejected, details: vec![] },
            (Validation, None, Outcome::Refused, Advice::Never),
        ),
    ] {
        let error = DmpError::from_acknowledgement(Existence, &acknowledgement);
        assert_eq!(seen(&error), expected, "{acknowledgement:?}");
    }
}

#[test]
fn statuses() {
    for (status, expected) in [
        ("DMPClosed", (PatientState, Some("DMPClosed"), Outcome::Refused, Advice::Never)),
        ("DMPAccessForbidden", (Authorisation, Some("DMPAccessForbidden"), Outcome::Refused, Advice::AskUser)),
        ("DMPInvalidRequest", (Validation, Some("DMPInvalidRequest"), Outcome::Refused, Advice::AfterFix)),
        ("DMPInconnu", (Authorisation, Some("DMPInconnu"), Outcome::Refused, Advice::Never)),
    ] {
        assert_eq!(seen(&DmpError::from_status(SetAuthorization, status, None)), expected, "{status}");
    }
}

#[test]
fn registry_responses() {
    let one = |code: &str, text: &str| vec![RemoteError::new(code, text)];
    for (transaction, errors, expected) in [
        (Search, one("DMPClosed", "x"), (PatientState, Some("DMPClosed"), Outcome::Refused, Advice::Never)),
        (
            Search,
            one("DMPAccessDeniedByExcededThreshold", ""),
            (Throttled, Some("DMPAccessDeniedByExcededThreshold"), Outcome::Refused, back(900)),
        ),
        (
            Submit,
            one("XDSDuplicateUniqueIdInRegistry", ""),
            (Validation, Some("XDSDuplicateUniqueIdInRegistry"), Outcome::Refused, Advice::Never),
        ),
        (Retrieve, one("XDSRepositoryBusy", ""), (Throttled, Some("XDSRepositoryBusy"), Outcome::Refused, back(1))),
        // A generic code gives way to a sentence that says more.
        (
            Search,
            one("XDSRegistryError", "erreur interne"),
            (Server, Some("XDSRegistryError"), Outcome::Refused, back(1)),
        ),
        (
            Search,
            one("XDSRegistryError", "Le format du paramètre est incorrect"),
            (Validation, Some("XDSRegistryError"), Outcome::Refused, Advice::AfterFix),
        ),
        (
            Search,
            one("XDSRegistryError", "Nombre maximum d'identifiants dépassé"),
            (Validation, Some("XDSRegistryError"), Outcome::Refused, Advice::AfterFix),
        ),
        // Unknown codes: by their ending.
        (Search, one("XDSOtherNotAvailable", ""), (Server, Some("XDSOtherNotAvailable"), Outcome::Refused, back(1))),
        (Search, one("XDSOther", ""), (Validation, Some("XDSOther"), Outcome::Refused, Advice::Never)),
        (
            Search,
            one("", "données d’un AUTEUR ne peuvent pas être modifiées"),
            (Validation, None, Outcome::Refused, Advice::AfterFix),
        ),
        (Search, vec![], (Validation, None, Outcome::Refused, Advice::Never)),
        // The only carrier of an unknown outcome with a code.
        (
            Submit,
            one("XDSRegistryNotAvailable", ""),
            (Server, Some("XDSRegistryNotAvailable"), Outcome::Unknown, Advice::ReadStateFirst),
        ),
        (
            Locate,
            one("XDSRegistryNotAvailable", ""),
            (Server, Some("XDSRegistryNotAvailable"), Outcome::Unknown, back(1)),
        ),
    ] {
        let error = DmpError::from_registry(transaction, errors.clone());
        assert_eq!(seen(&error), expected, "{errors:?}");
    }
}

#[test]
fn the_first_error_counts_and_all_are_kept() {
    let errors = vec![
        RemoteError::new("XDSExtraMetadataNotSaved", "a").warning(),
        RemoteError::new("XDSRegistryMetadataError", "b"),
        RemoteError::new("DMPClosed", "c"),
    ];
    let error = DmpError::from_registry(Submit, errors);
    assert_eq!(error.code().map(|c| c.as_str()), Some("XDSRegistryMetadataError"));
    assert_eq!(error.server_text(), Some("b"));
    assert_eq!(error.details().iter().filter(|e| e.severity == Severity::Error).count(), 2);
    let from_model = xds_model::RegistryError::error("DMPClosed", "x");
    assert_eq!(RemoteError::from(&from_model), RemoteError::new("DMPClosed", "x"));
}

#[test]
fn signals() {
    for (transaction, signal, kind, outcome, advice) in [
        (Submit, Signal::Network, Transport, Outcome::NotSent, back(1)),
        (Submit, Signal::NotSent, Transport, Outcome::NotSent, Advice::Once),
        (Submit, Signal::LostAnswer, Transport, Outcome::Unknown, Advice::ReadStateFirst),
        (Archive, Signal::LostAnswer, Transport, Outcome::Unknown, Advice::ReadStateFirst),
        (SetAuthorization, Signal::LostAnswer, Transport, Outcome::Unknown, back(1)),
        (Search, Signal::LostAnswer, Transport, Outcome::Unknown, Advice::Once),
        (Existence, Signal::UnexpectedResponse, Transport, Outcome::Unknown, Advice::Never),
        (Existence, Signal::Tls(TlsRefusal::UnknownIssuer), Tls, Outcome::NotSent, Advice::Never),
        (Existence, Signal::Tls(TlsRefusal::ClientCertificateRejected), Tls, Outcome::NotSent, Advice::AfterFix),
        (Existence, Signal::LocalKey, Tls, Outcome::NotSent, Advice::AskUser),
        (Existence, Signal::Redirect, Transport, Outcome::NotProcessed, Advice::Never),
        (Existence, Signal::RedirectHost, Validation, Outcome::NotProcessed, Advice::AfterFix),
        (Existence, Signal::WebPage, Transport, Outcome::Unknown, back(1)),
        (Existence, Signal::Status(400), Transport, Outcome::NotProcessed, Advice::AfterFix),
        (Existence, Signal::Status(403), Authorisation, Outcome::NotProcessed, Advice::Never),
        (Existence, Signal::Status(405), Transport, Outcome::NotProcessed, Advice::AfterFix),
        (Submit, Signal::Status(413), Validation, Outcome::NotProcessed, Advice::AfterFix),
        (Existence, Signal::Status(429), Throttled, Outcome::NotProcessed, back(1)),
        (Submit, Signal::Status(503), Server, Outcome::Unknown, Advice::ReadStateFirst),
        (Existence, Signal::Status(503), Server, Outcome::Unknown, back(1)),
        (Existence, Signal::Status(204), Transport, Outcome::Unknown, Advice::Never),
    ] {
        let error = DmpError::signal(transaction, signal);
        assert_eq!((error.kind(), error.outcome(), error.advice()), (kind, outcome, advice), "{signal:?}");
        assert!(signal.entry().is_some(), "{signal:?} is not in the catalogue");
    }
}

#[test]
fn each_tls_refusal_has_its_own_words() {
    let mut meanings = std::collections::HashSet::new();
    for refusal in TlsRefusal::ALL {
        let error = DmpError::signal(Submit, Signal::Tls(refusal)).with_found("x");
        assert_eq!((error.kind(), error.outcome(), error.tls_refusal()), (Tls, Outcome::NotSent, Some(refusal)));
        let explained = error.explain(Language::French);
        assert!(meanings.insert(explained.meaning.unwrap()), "{refusal}");
        assert!(explained.remedy.is_some() && explained.found.as_deref() == Some("x"), "{refusal}");
    }
}

#[test]
fn retry_after_never_turns_an_unknown_outcome_into_a_repeat() {
    let wait = std::time::Duration::from_secs(7);
    let error = DmpError::signal(Submit, Signal::Status(503)).with_retry_after(wait);
    assert_eq!((error.advice(), error.retry_after()), (Advice::ReadStateFirst, Some(wait)));
    let error = DmpError::signal(Existence, Signal::Status(503)).with_retry_after(wait);
    assert_eq!(error.advice(), back(7));
}

#[test]
fn every_code_of_the_catalogue_is_known_in_every_carrier_it_names() {
    let mut checked = 0;
    for code in KnownCode::all() {
        for (carrier, error) in [
            ("C3", DmpError::from_fault(Existence, &Fault::dmp(code.as_str(), ""))),
            ("C4", DmpError::from_acknowledgement(Existence, &Acknowledgement::error(code.as_str(), ""))),
            ("C5", DmpError::from_status(SetAuthorization, code.as_str(), None)),
            ("C6", DmpError::from_registry(Search, vec![RemoteError::new(code.as_str(), "")])),
        ] {
            if code.entry().carriers.split(' ').any(|c| c == carrier) {
                checked += 1;
                assert_eq!(error.code().and_then(|c| c.known()), Some(code));
                assert_eq!(error.carrier().map(Carrier::id), Some(carrier));
                assert_eq!(error.kind(), code.entry().kind(error.carrier().expect("remote")), "{code:?} in {carrier}");
            }
        }
    }
    assert!(checked > 80, "{checked}");
}
