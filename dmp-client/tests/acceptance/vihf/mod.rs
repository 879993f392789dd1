//! Section 14 of the acceptance book: assertions that are refused here, and by the DMP when they are sent anyway.

mod content;
mod people;
mod signature;
mod time;

use crate::bare::{HttpAnswer, Sender, sender::set_text};
use dmp_protocol::vihf::Assertion;

/// TD0.2 with an assertion that a test has spoilt.
async fn forced(sender: &Sender<'_>, spoil: impl FnOnce(&mut Assertion)) -> HttpAnswer {
    let mut assertion = sender.assertion();
    spoil(&mut assertion);
    let signed = sender.sign(&assertion);
    sender
        .send_as(dmp_protocol::transaction::Transaction::Existence, &signed, |w| sender.existence_request().write(w))
        .await
}

/// A SOAP fault: rule of the mock, code, and the beginning of the text.
fn assert_fault(answer: &HttpAnswer, rule: &str, code: &str, text: &str) {
    assert_eq!(answer.status.as_u16(), 500);
    assert_eq!((answer.rule(), answer.fault_code().as_deref()), (Some(rule), Some(code)));
    let fault = answer.fault().unwrap();
    assert!(fault.reason.contains(text), "{}", fault.reason);
}

fn set(name: &'static str, value: &'static str) -> impl FnOnce(&mut Assertion) {
    move |assertion| set_text(assertion, name, value)
}
