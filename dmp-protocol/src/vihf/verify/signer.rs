//! V02 and V20-V23: who signed, who opened the connection, and whether they agree.

use super::{AUTHENTICATION, Channel, Check, INVALID_CERTIFICATE, INVALID_DATA, refuse};
use crate::certificate::chain::ChainError;
use crate::certificate::{Certificate, ExtendedKeyUsage, ProfileError, Requirement};
use crate::distinguished_name::{Comparison, DistinguishedName};
use crate::rules::{Judge, Refusal};
use crate::vihf::{Assertion, ISSUER_FORMAT, WireMode};

/// The sentence of the DMP is known to here; the rest of it is not.
const STRUCTURE_TEXT: &str =
    "Erreur d'authentification de la personne morale (structure) : les certificats ne correspondent pas";

pub(super) fn verify(
    assertion: &Assertion,
    signer: Option<&Certificate>,
    check: &Check<'_>,
    judge: &mut Judge<'_>,
) -> Result<(), Refusal> {
    if let Some(breach) = tls_profile(assertion.mode(), check) {
        judge.weigh(breach)?;
    }
    if let Some(signer) = signer {
        verify_chain(signer, check, judge)?;
        verify_profile(signer, check, judge)?;
    }
    verify_issuer(assertion, signer.unwrap_or(check.tls), check, judge)?;
    match signer {
        Some(signer) => verify_agreement(assertion.mode(), signer, check, judge),
        None => Ok(()),
    }
}

/// V02: an authentication certificate; a card in DIRECTE, an organisation otherwise.
fn tls_profile(mode: Option<WireMode>, check: &Check<'_>) -> Option<Refusal> {
    let refused = |found: String, expected: &str| {
        let text = "Le certificat d'authentification ne correspond pas au mode d'authentification".to_owned();
        Some(refuse("V02", AUTHENTICATION, text, found, expected))
    };
    if let Err(error) = check.tls.check_authentication_profile(check.realm) {
        return refused(error.to_string(), "an authentication certificate (ORG_AUTH_CLI or card)");
    }
    match (needs_card(mode, check), check.tls.names_a_person()) {
        (true, false) => refused("an organisation certificate".to_owned(), "the authentication certificate of a card"),
        (false, true) => refused("a card certificate".to_owned(), "the ORG_AUTH_CLI certificate of a structure"),
        _ => None,
    }
}

fn needs_card(mode: Option<WireMode>, check: &Check<'_>) -> bool {
    check.channel == Channel::Lps && mode == Some(WireMode::Directe)
}

/// V20. A chain that fails only for its usage is the business of V21.
fn verify_chain(signer: &Certificate, check: &Check<'_>, judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let error = match check.trust.verify(signer, &[], check.at, ExtendedKeyUsage::EmailProtection) {
        Ok(()) => return Ok(()),
        Err(ChainError::WrongUsage { .. }) => {
            match check.trust.verify(signer, &[], check.at, ExtendedKeyUsage::ClientAuth) {
                Ok(()) | Err(ChainError::WrongUsage { .. }) => return Ok(()),
                Err(error) => error,
            }
        }
        Err(error) => error,
    };
    let text = format!("Le certificat ayant signé le VIHF est invalide : {}", chain_reason(&error));
    let expected = "a certificate of a trusted authority, in its validity, not revoked";
    judge.weigh(refuse("V20", INVALID_CERTIFICATE, text, error.to_string(), expected))
}

fn chain_reason(error: &ChainError) -> &'static str {
    match error {
        ChainError::Expired => "Certificate expired",
        ChainError::NotYetValid => "Certificate not yet valid",
        ChainError::Revoked => "Certificate revoked",
        ChainError::UnknownIssuer => "Unknown certificate authority",
        _ => "Certificate path not valid",
    }
}

/// V21: a signature certificate, not an authentication one.
fn verify_profile(signer: &Certificate, check: &Check<'_>, judge: &mut Judge<'_>) -> Result<(), Refusal> {
    let tolerated = |error: &ProfileError| {
        let usage = matches!(error.requirement, Requirement::NonRepudiation | Requirement::EmailProtection);
        usage && check.switches.accept_auth_certificate_as_signer
    };
    match signer.check_signature_profile(check.realm) {
        Err(error) if !tolerated(&error) => {
            let text = "Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate".to_owned();
            let expected = "a signature certificate (ORG_SIGN or the signature certificate of the card)";
            judge.weigh(refuse("V21", INVALID_CERTIFICATE, text, error.to_string(), expected))
        }
        _ => Ok(()),
    }
}

/// V22: the issuer is the subject of the certificate, names compared as names.
fn verify_issuer(
    assertion: &Assertion,
    certificate: &Certificate,
    check: &Check<'_>,
    judge: &mut Judge<'_>,
) -> Result<(), Refusal> {
    let subject = certificate.subject();
    let found = match DistinguishedName::parse(&assertion.issuer) {
        Ok(issuer) if subject.matches(&issuer, Comparison::from(check.switches)) => None,
        Ok(issuer) => Some(issuer.masked()),
        Err(error) => Some(error.to_string()),
    };
    let format = assertion.issuer_format.as_deref() == Some(ISSUER_FORMAT);
    let found = found.or((!format).then(|| "another Format, or none".to_owned()));
    let Some(found) = found else { return Ok(()) };
    let text = "L'émetteur du VIHF ne correspond pas au certificat".to_owned();
    let expected = format!("{} with Format {ISSUER_FORMAT}", subject.masked());
    judge.weigh(refuse("V22", AUTHENTICATION, text, found, expected))
}

/// V23: one structure, or one card holder, behind both certificates.
fn verify_agreement(
    mode: Option<WireMode>,
    signer: &Certificate,
    check: &Check<'_>,
    judge: &mut Judge<'_>,
) -> Result<(), Refusal> {
    let (same, expected) = if needs_card(mode, check) {
        let holder = signer.subject().common_name();
        (
            holder.is_some() && holder == check.tls.subject().common_name(),
            "the same CN in both certificates of the card",
        )
    } else {
        let structure = signer.structure_id();
        (structure.is_some() && structure == check.tls.structure_id(), "the same OU in both certificates")
    };
    let whole = !check.switches.same_dn || signer.subject().matches(check.tls.subject(), Comparison::default());
    if same && whole {
        return Ok(());
    }
    let found = format!("signer {}, TLS {}", signer.subject().masked(), check.tls.subject().masked());
    judge.weigh(refuse("V23", INVALID_DATA, STRUCTURE_TEXT.to_owned(), found, expected))
}
