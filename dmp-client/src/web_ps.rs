//! Web-PS: what a browser, or the proxy of a structure, opens to enter the DMP (TD0.9, TD0.10).
//!
//! This crate makes the address or the form, and never opens a browser. One DMP window at a time is the duty of the
//! program that does (`REC_0.9-1010`).

use std::fmt;

use dmp_protocol::vihf::Stamp;
use dmp_protocol::web_ps::{AIR_PATH, Form};
pub use dmp_protocol::web_ps::{Page, PatientUse};
use jiff::Timestamp;

use crate::DmpError;
use crate::session::{EndpointError, base_url};

/// Where the Web-PS is. Host names change: they are configuration (`EX_0.9-1030`, `EX_GEN-1221`).
#[derive(Debug, Clone, Default)]
pub struct WebPsAddresses {
    pub(crate) cps: Option<String>,
    pub(crate) psc: Option<String>,
    pub(crate) air: Option<String>,
    pub(crate) air_path: Option<String>,
}

impl WebPsAddresses {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Base for the holders of cards, `https://<wps-cps host>`.
    ///
    /// # Errors
    /// [`EndpointError`]: not a plain https base.
    pub fn cps(self, base: &str) -> Result<Self, EndpointError> {
        Ok(Self { cps: Some(base_url(base)?.into()), ..self })
    }

    /// Base for the users of Pro Santé Connect, `https://<wps-psc host>`.
    ///
    /// # Errors
    /// As [`Self::cps`].
    pub fn psc(self, base: &str) -> Result<Self, EndpointError> {
        Ok(Self { psc: Some(base_url(base)?.into()), ..self })
    }

    /// Base for AIR, which the proxy of the structure opens under its certificate (the host is (probable)).
    ///
    /// # Errors
    /// As [`Self::cps`].
    pub fn air(self, base: &str) -> Result<Self, EndpointError> {
        Ok(Self { air: Some(base_url(base)?.into()), ..self })
    }

    /// Path of TD0.10 under the base of AIR. Default `AccesIndirectRenforce` (probable).
    #[must_use]
    pub fn air_path(self, path: impl Into<String>) -> Self {
        Self { air_path: Some(path.into()), ..self }
    }

    pub(crate) fn air_path_or_default(&self) -> &str {
        self.air_path.as_deref().unwrap_or(AIR_PATH)
    }
}

/// How a browser goes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebMethod {
    /// `GET` of the address.
    Get,
    /// `POST` of the form.
    Post,
}

/// One entry into the Web-PS. Its address and its fields may hold an INS and an assertion: show them to the browser, log
/// them nowhere. `Debug` shows neither.
#[derive(Clone)]
pub struct WebAccess {
    entry: Entry,
    trace: Option<TokenTrace>,
}

#[derive(Clone)]
enum Entry {
    Address(String),
    Form { form: Form, html: String },
}

impl WebAccess {
    pub(crate) fn address(url: String) -> Self {
        Self { entry: Entry::Address(url), trace: None }
    }

    pub(crate) fn form(form: Form, trace: Option<TokenTrace>) -> Result<Self, dmp_protocol::xml::WriteError> {
        let html = form.to_html()?;
        Ok(Self { entry: Entry::Form { form, html }, trace })
    }

    /// `TD0.9` or `TD0.10`.
    #[must_use]
    pub fn td(&self) -> &'static str {
        if self.trace.is_some() { "TD0.10" } else { "TD0.9" }
    }

    /// How to go there.
    #[must_use]
    pub fn method(&self) -> WebMethod {
        match &self.entry {
            Entry::Address(_) => WebMethod::Get,
            Entry::Form { .. } => WebMethod::Post,
        }
    }

    /// The address to open, or to which the form is posted.
    #[must_use]
    pub fn url(&self) -> &str {
        match &self.entry {
            Entry::Address(url) => url,
            Entry::Form { form, .. } => form.action(),
        }
    }

    /// Names and values of the form; none for an address.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, String)] {
        match &self.entry {
            Entry::Address(_) => &[],
            Entry::Form { form, .. } => form.fields(),
        }
    }

    /// A page that submits the form as soon as it is opened; `None` for an address.
    #[must_use]
    pub fn html(&self) -> Option<&str> {
        match &self.entry {
            Entry::Address(_) => None,
            Entry::Form { html, .. } => Some(html),
        }
    }

    /// The body that a proxy posts, `application/x-www-form-urlencoded`; `None` for an address.
    #[must_use]
    pub fn body(&self) -> Option<String> {
        match &self.entry {
            Entry::Address(_) => None,
            Entry::Form { form, .. } => Some(form.to_urlencoded()),
        }
    }

    /// What to keep of the token of TD0.10 (`EX_AIR-070`); `None` in TD0.9.
    #[must_use]
    pub fn token_trace(&self) -> Option<&TokenTrace> {
        self.trace.as_ref()
    }

    /// What a proxy received in answer: whether it is a page of the DMP, or says no.
    ///
    /// # Errors
    /// The refusal that the page is: `AccessForbidden` when the outgoing IP address is not declared, a code of the DMP,
    /// or the HTTP status.
    pub fn check_answer(&self, status: u16, page: &str) -> Result<(), DmpError> {
        let error = DmpError::from_web_page(self.td(), status, page);
        if (200..400).contains(&status) && error.code().is_none() { Ok(()) } else { Err(error) }
    }
}

impl fmt::Debug for WebAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebAccess").field("td", &self.td()).field("method", &self.method()).finish_non_exhaustive()
    }
}

/// Trace of one token of AIR at its generation (`EX_AIR-070`): the program adds the `statut`, keeps it ten years after the
/// DMP is closed (`EX_AIR-100`), and protects it: it names a person. `Debug` does not.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenTrace {
    /// `vihfId`: identifier of the assertion.
    pub vihf_id: String,
    /// `dateTime`, UTC.
    pub at: Timestamp,
    /// `idNatStruct`: Struct_IdNat.
    pub structure: String,
    /// `idNatPs`: PS_IdNat.
    pub professional: String,
    /// `transactionId`.
    pub transaction: &'static str,
    /// `samlAuthContext`: URN of the authentication class.
    pub authentication_context: String,
}

impl TokenTrace {
    pub(crate) fn of(vihf: &dmp_protocol::vihf::Vihf, stamp: &Stamp) -> Self {
        Self {
            vihf_id: stamp.id().to_owned(),
            at: stamp.issued_at(),
            structure: vihf.structure.as_str().to_owned(),
            professional: vihf.holder.as_str().to_owned(),
            transaction: "TD0.10",
            authentication_context: vihf.authentication.urn(),
        }
    }
}

impl fmt::Debug for TokenTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenTrace").field("vihf_id", &self.vihf_id).field("at", &self.at).finish_non_exhaustive()
    }
}
