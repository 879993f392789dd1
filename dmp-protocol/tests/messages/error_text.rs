//! What an error says, and what it never says.

use dmp_protocol::error::{DmpError, ErrorKind, Language, LocalRefusal, Outcome, RemoteError, Signal};
use dmp_protocol::soap::Fault;
use dmp_protocol::transaction::Transaction;

use crate::support::{REQUEST, message_id};

#[test]
fn display_is_one_line_that_teaches() {
    for (error, expected) in [
        (
            DmpError::from_registry(Transaction::Search, vec![RemoteError::new("DMPClosed", "x")]),
            "TD3.1 refused: DMPClosed (the DMP is closed): stop feeding and searching, mark the record as closed, run TD0.2 again",
        ),
        (
            DmpError::signal(Transaction::Submit, Signal::Status(413)),
            "TD2.1 failed: HTTP 413 (the request is too large): send a smaller lot",
        ),
        (
            DmpError::local(LocalRefusal::new("EX_2.1-1130").found("an id with an extension"))
                .with_transaction(Transaction::Submit),
            "TD2.1 refused before sending: rule EX_2.1-1130 (the uniqueId of the document is not a plain OID), found an id \
             with an extension, expected an OID of at most 128 characters, without extension: give the document an id with a root only",
        ),
        (DmpError::local(LocalRefusal::new("T99").found("a\nb")), "TD0.1 refused before sending: rule T99, found a b"),
        (DmpError::from_registry(Transaction::Search, vec![]), "TD3.1 refused: no code"),
    ] {
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn explanations_exist_in_french() {
    let error = DmpError::from_fault(Transaction::Existence, &Fault::dmp("DMPInvalidCertificate", "x"));
    let text = error.explain(Language::French).to_string();
    assert!(
        text.starts_with("Transaction : TD0.2\nCode : DMPInvalidCertificate\nSignification : certificat de signature")
    );
    assert!(text.contains("\nQue faire : signer avec le certificat ORG_SIGN"));
    let local = DmpError::local(LocalRefusal::new("EX_AIR-010").expected("une session INDIRECTE"));
    let text = local.explain(Language::French).to_string();
    assert!(text.contains("Règle : EX_AIR-010") && text.contains("Attendu : une session INDIRECTE"), "{text}");
}

#[test]
fn a_recognised_sentence_explains_better_than_its_code() {
    let fault = Fault::dmp("DMPInvalidData", "Erreur : Aucune specialite dans le VIHF");
    let error = DmpError::from_fault(Transaction::Existence, &fault);
    let explanation = error.explain(Language::English);
    assert_eq!(explanation.remedy.as_deref(), Some("add the savoir-faire"));
    assert_eq!(error.refinement().and_then(|r| r.code), Some("DMPInvalidData"));
}

#[test]
fn server_texts_and_odd_codes_are_not_shown() {
    let secret = "280057599900151 EXEMPLE CAMILLE";
    for error in [
        DmpError::from_fault(Transaction::Existence, &Fault::dmp("DMPInvalidData", secret)),
        DmpError::from_status(Transaction::SetAuthorization, secret, Some(secret)),
        DmpError::from_status(Transaction::SetAuthorization, "280057599900151", Some(secret)),
        DmpError::from_registry(Transaction::Search, vec![RemoteError::new("DMPClosed", secret)]),
        DmpError::from_registry(Transaction::Search, vec![RemoteError::new(&secret.replace(' ', "\n"), secret)]),
    ] {
        let shown = format!("{error} {error:?} {:?} {}", error.details(), error.explain(Language::French));
        assert!(!shown.contains("2800575") && !shown.contains("CAMILLE"), "{shown}");
        assert_eq!(error.server_text(), Some(secret));
    }
}

#[test]
fn what_the_caller_knows_is_added() {
    let id = message_id(REQUEST);
    let error = DmpError::signal(Transaction::Submit, Signal::LostAnswer)
        .with_message_id(id.clone())
        .with_http_status(502)
        .with_outcome(Outcome::NotSent)
        .with_source(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    assert_eq!((error.message_id(), error.http_status(), error.outcome()), (Some(&id), Some(502), Outcome::NotSent));
    assert!(std::error::Error::source(&error).is_some());
    let local = DmpError::local(LocalRefusal::new("own").kind(ErrorKind::Tls).meaning("m", "s").remedy("r", "q"));
    assert_eq!((local.kind(), local.rule(), local.carrier()), (ErrorKind::Tls, Some("own"), None));
    assert_eq!(local.to_string(), "TD0.1 refused before sending: rule own (m): r");
}
