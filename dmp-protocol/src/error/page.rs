//! Refusals outside SOAP: pages of the Web-PS (C7), OAuth errors of Pro Santé Connect mode (C8).

use super::code::{Code, KnownCode};
use super::dmp_error::{DmpError, Origin};
use super::kind::{Advice, Carrier, ErrorKind, Outcome};
use super::signal::Signal;
use crate::web_ps::{ACCESS_FORBIDDEN, refusal_code};

impl DmpError {
    /// C7: a page of the Web-PS that refuses, or anything else than a page; `td` is `TD0.9` or `TD0.10`.
    ///
    /// `AccessForbidden` is an address that the DMP does not know: its code is kept, its remedy is that of status 403.
    #[must_use]
    pub fn from_web_page(td: &'static str, status: u16, page: &str) -> Self {
        let forbidden = page.contains(ACCESS_FORBIDDEN).then_some(ACCESS_FORBIDDEN);
        let Some(code) = refusal_code(page).or(forbidden).and_then(Code::parse) else {
            return Self::without_code(Signal::Status(status)).with_page_td(td).with_http_status(status);
        };
        let known = code.known().map(KnownCode::entry);
        let kind = known.map_or(ErrorKind::Authorisation, |entry| entry.kind(Carrier::WebPage));
        let advice = known.map_or(Advice::Never, |entry| entry.advice);
        Self::build(kind, Origin::Remote(Carrier::WebPage), Outcome::NotProcessed, advice)
            .with_code(Some(code))
            .with_page_td(td)
            .with_http_status(status)
    }

    /// C8: the JSON `error` of a token endpoint, or of `WWW-Authenticate: Bearer`. Its description is not kept.
    #[must_use]
    pub fn from_oauth(status: u16, error: &str) -> Self {
        let code = Code::parse(error);
        let known = code.as_ref().and_then(Code::known).map(KnownCode::entry);
        let kind = known.map_or(ErrorKind::Authentication, |entry| entry.kind(Carrier::OAuth));
        let advice = known.map_or(Advice::Never, |entry| entry.advice);
        Self::build(kind, Origin::Remote(Carrier::OAuth), Outcome::NotProcessed, advice)
            .with_code(code)
            .with_http_status(status)
    }

    fn without_code(signal: Signal) -> Self {
        let kind = signal.entry().map_or(ErrorKind::Transport, |entry| entry.kind(Carrier::WebPage));
        let advice = signal.entry().map_or(Advice::Never, |entry| entry.advice);
        Self::build(kind, Origin::Signal(signal), signal.outcome(), advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Language;

    #[test]
    fn a_page_says_its_code_or_its_status() {
        let meta = |code: &str| format!("<html><head><meta name=\"dmp-error\" content=\"{code}\"/></head></html>");
        let cases = [
            (
                403,
                "<h1>AccessForbidden</h1>".to_owned(),
                Some("AccessForbidden"),
                ErrorKind::Authorisation,
                Carrier::WebPage,
            ),
            (403, meta("DMPClosed"), Some("DMPClosed"), ErrorKind::PatientState, Carrier::WebPage),
            (403, meta("DMPNew"), Some("DMPNew"), ErrorKind::Authorisation, Carrier::WebPage),
            (403, meta("280057599900151 EXEMPLE"), None, ErrorKind::Authorisation, Carrier::Http),
            (503, String::new(), None, ErrorKind::Server, Carrier::Http),
            (200, "é".repeat(20_000), None, ErrorKind::Transport, Carrier::Http),
        ];
        for (status, page, code, kind, carrier) in cases {
            let error = DmpError::from_web_page("TD0.10", status, &page);
            assert_eq!(error.code().map(Code::as_str), code);
            assert_eq!((error.kind(), error.carrier(), error.http_status()), (kind, Some(carrier), Some(status)));
            assert_eq!((error.td(), error.transaction()), ("TD0.10", None));
        }
        let forbidden = DmpError::from_web_page("TD0.10", 403, "AccessForbidden");
        assert!(forbidden.explain(Language::English).to_string().contains("declare the outgoing IP address"));
        assert!(forbidden.to_string().starts_with("TD0.10 refused: AccessForbidden"), "{forbidden}");
    }

    #[test]
    fn oauth_errors_ask_for_a_new_login() {
        for (error, kind, advice) in [
            ("invalid_grant", ErrorKind::Authentication, Advice::AskUser),
            ("invalid_token", ErrorKind::Authentication, Advice::AskUser),
            ("invalid_client", ErrorKind::Authentication, Advice::AfterFix),
            ("something_else", ErrorKind::Authentication, Advice::Never),
        ] {
            let refused = DmpError::from_oauth(400, error);
            assert_eq!((refused.kind(), refused.advice(), refused.carrier()), (kind, advice, Some(Carrier::OAuth)));
            assert_eq!(refused.outcome(), Outcome::NotProcessed);
        }
    }
}
