//! Forms: what a browser submits by itself, as a page and as a request body.

use std::fmt;

use dmp_xml::{WriteError, Writer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::page_url;
use super::{DIRECT_PATH, Page, SAML_FIELD};
use crate::identity::Ins;

/// What `application/x-www-form-urlencoded` leaves as it is, beside letters and digits.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');
/// A form of the Web-PS has one or two fields.
const FIELDS_MAX: usize = 16;

/// A form with hidden fields. Its address and fields may hold an INS and an assertion: never in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Form {
    action: String,
    fields: Vec<(&'static str, String)>,
}

impl Form {
    /// TD0.9 by Pro Santé Connect: fields `INS` and `typeINS`, both absent without a patient.
    #[must_use]
    pub fn direct(base: &str, page: Page, patient: Option<&Ins>) -> Self {
        let fields = patient.map(|ins| vec![("INS", ins.matricule().to_owned()), ("typeINS", ins.oid().to_owned())]);
        Self { action: page_url(base, DIRECT_PATH, page, None), fields: fields.unwrap_or_default() }
    }

    /// TD0.10: one field, the base64 of a [`super::write_saml_response`]; the address may name a patient.
    #[must_use]
    pub fn air(address: String, saml_response: &str) -> Self {
        let value = crate::signature::encode_base64(saml_response.as_bytes());
        Self { action: address, fields: vec![(SAML_FIELD, value)] }
    }

    /// Where it is posted.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Names and values of the hidden fields.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, String)] {
        &self.fields
    }

    /// An XHTML page that submits the form when it is opened: values escaped, no script beyond the submission.
    ///
    /// # Errors
    /// An address or a value that XML cannot carry.
    pub fn to_html(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.open("html", &[("xmlns", "http://www.w3.org/1999/xhtml")]);
        w.open("head", &[]);
        w.leaf("title", &[], "DMP");
        w.close();
        w.open("body", &[("onload", "document.forms[0].submit()")]);
        w.open("form", &[("method", "post"), ("action", &self.action)]);
        for (name, value) in &self.fields {
            w.empty("input", &[("type", "hidden"), ("name", name), ("value", value)]);
        }
        for _ in 0..3 {
            w.close();
        }
        w.finish()
    }

    /// The body that a browser sends, `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn to_urlencoded(&self) -> String {
        write_urlencoded(self.fields.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.fields.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Form").field("fields", &names).finish_non_exhaustive()
    }
}

/// A body that is no form. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Percent-encoding of something that is not UTF-8.
    #[error("a form value that is not UTF-8")]
    NotUtf8,
    /// More than a form of the Web-PS can have.
    #[error("a form of more than {FIELDS_MAX} fields")]
    TooManyFields,
    /// A field twice.
    #[error("a form with the same field twice")]
    Repeated,
}

/// Names and values as `application/x-www-form-urlencoded`.
#[must_use]
pub fn write_urlencoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, ENCODED).to_string().replace("%20", "+");
    let pairs = fields.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Reads `application/x-www-form-urlencoded`.
///
/// # Errors
/// [`FormError`].
pub fn read_form(body: &str) -> Result<Vec<(String, String)>, FormError> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8().map(|text| text.into_owned()).map_err(|_| FormError::NotUtf8)
    };
    let mut fields: Vec<(String, String)> = Vec::new();
    for pair in body.split('&').filter(|pair| !pair.is_empty()) {
        if fields.len() == FIELDS_MAX {
            return Err(FormError::TooManyFields);
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decoded(name)?;
        if fields.iter().any(|(known, _)| *known == name) {
            return Err(FormError::Repeated);
        }
        fields.push((name, decoded(value)?));
    }
    Ok(fields)
}
