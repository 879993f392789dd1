//! The assertion that a session would send, explained and judged as the DMP would.

use dmp_protocol::certificate::Certificate;
use dmp_protocol::certificate::chain::Trust;
use dmp_protocol::rules::Policy;
use dmp_protocol::soap::{self, MessageId, RequestHeaders};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::verify::{self, Channel};
use dmp_protocol::vihf::{AssertionLine, Stamp};
use dmp_protocol::xml::{Limits, parse};
use jiff::Timestamp;

use super::{Check, Verdict};
use crate::session::{Circumstances, Session};
use crate::{DmpError, failure};

/// An assertion made for looking at: signed as any other, sent to nobody.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExplainedAssertion {
    /// What it says, in the order of the wire; identities are masked.
    pub lines: Vec<AssertionLine>,
    /// Its signature (V10-V16, V20-V23), verified as a DMP that trusts `authorities` would.
    pub signature: Check,
}

impl<A, X> Session<A, X> {
    /// Signs an assertion of this session without a patient, and explains it. Blocks while it signs.
    ///
    /// # Errors
    /// What every request of the session would end in: a certificate out of its dates, a key that refuses.
    pub fn explain_assertion(&self, authorities: &[Certificate]) -> Result<ExplainedAssertion, DmpError> {
        let shared = &self.shared;
        let now = Timestamp::now();
        let transaction = Transaction::Existence;
        shared.check_credentials(transaction, now)?;
        let vihf = self.acting.vihf(&Circumstances::ORDINARY, &shared.software, now);
        let stamp = Stamp::new(now);
        let (written, tls) = shared.issue(&vihf, &stamp)?;
        let issuer = shared.signing.as_ref().map_or(tls, |signing| signing.certificate()).subject();
        let lines = vihf.to_assertion(&stamp, issuer.to_rfc4514(shared.switches.dn_style), &shared.switches).explain();

        let headers = RequestHeaders {
            message_id: &MessageId::random(),
            to: shared.base.as_str(),
            action: transaction.request_action(),
        };
        let envelope = soap::write_request(&headers, written.as_str(), |_| {})
            .map_err(|error| failure::unwritable(transaction, error))?;
        let (roots, others): (Vec<_>, Vec<_>) =
            authorities.iter().cloned().partition(|one| one.subject() == one.issuer());
        let presented = shared.signing.as_ref().map_or(&[][..], |signing| signing.signer().chain());
        let intermediates = others.into_iter().chain(presented.iter().cloned()).collect();
        let trust = Trust { anchors: roots, intermediates, revocation_lists: Vec::new() };
        let judge = verify::Check {
            trust: &trust,
            tls,
            at: now,
            realm: Some(shared.realm),
            channel: Channel::Lps,
            switches: &shared.switches,
            policy: &Policy::default(),
        };
        Ok(ExplainedAssertion { lines, signature: signature(&envelope, &judge) })
    }
}

fn signature(envelope: &str, judge: &verify::Check<'_>) -> Check {
    let check = Check::new("V10-V23", ("signature of an assertion", "signature d'une assertion"));
    // What was just written reads back.
    let Ok(tree) = parse(envelope.as_bytes(), &Limits::default()) else { return check };
    let verification = verify::verify(&tree, judge);
    match verification.outcome {
        Ok(verified) if verified.signer.is_some() => check.found("verified"),
        Ok(_) => check.found("unsigned, which this mode allows"),
        Err(refusal) if refusal.rule == "V20" && verification.authenticated.is_some() => {
            check.found(format!("right; its certificate: {}", refusal.found)).because(
                Verdict::Warning,
                (
                    "its path was not followed to the end: put the authorities of the certificates among the trust anchors",
                    "le chemin n'a pas été suivi jusqu'au bout : ajouter les autorités des certificats aux ancres",
                ),
            )
        }
        Err(refusal) => check.found(format!("{}: {}, expected {}", refusal.rule, refusal.found, refusal.expected)).because(
            Verdict::Failed,
            (
                "the DMP would refuse every request: see the rule",
                "le DMP refuserait toute requête : voir la règle",
            ),
        ),
    }
}
