//! INS-C, *INS calculé*: the legacy identifier, read and kept, never sent, never computed (identities §2.2).

use super::error::{IdentityError, IdentityKind};
use super::number::text_identifier;
use super::policy::Examination;
use super::shape::{self, Class};

text_identifier! {
    /// INS-C (OID [`crate::oids::INS_C`]), 22 digits. TD0.2 may return one beside the INS, old entries carry one.
    ///
    /// There is no way to build a wire form that would be sent; its key rule (probable: 20 digits + 2) is not checked.
    InsC, None, examine
}

fn examine(text: &str, _: &mut Examination) -> Result<(), IdentityError> {
    shape::length(IdentityKind::InsC, text, 22, "22 digits")?;
    shape::all(IdentityKind::InsC, text, 0, Class::Digit)
}
