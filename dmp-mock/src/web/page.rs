//! Pages: XHTML, every value escaped, no script.

use axum::response::{IntoResponse, Response};
use dmp_protocol::rules::Refusal;
use dmp_protocol::web_ps::{ACCESS_FORBIDDEN, REFUSAL_META};
use dmp_protocol::xml::{WriteError, Writer};
use http::{HeaderValue, StatusCode, header};

use crate::rules::breach;
use crate::world::PatientId;

/// The answer to one visit.
pub(super) struct WebAnswer {
    pub(super) td: &'static str,
    pub(super) status: StatusCode,
    pub(super) html: String,
    /// `NAME=value`.
    pub(super) cookie: Option<String>,
    pub(super) location: Option<String>,
    pub(super) patient: Option<PatientId>,
    pub(super) actor: Option<String>,
    pub(super) refusal: Option<Refusal>,
    pub(super) warnings: Vec<Refusal>,
}

/// What stops a visit is an answer too.
pub(super) type Denied = Box<WebAnswer>;

impl WebAnswer {
    pub(super) fn page(td: &'static str, content: &Content<'_>) -> Self {
        Self {
            td,
            status: StatusCode::OK,
            html: content.render().unwrap_or_default(),
            cookie: None,
            location: None,
            patient: None,
            actor: None,
            refusal: None,
            warnings: Vec::new(),
        }
    }

    /// 403, the code in a `meta`, and a way back to the dashboard.
    pub(super) fn refused(td: &'static str, refusal: Refusal) -> Self {
        let content = Content {
            metas: vec![(REFUSAL_META, refusal.code)],
            text: &refusal.text,
            links: vec![("TableauDeBord", "Tableau de bord")],
            ..Content::titled("Accès refusé")
        };
        Self { status: StatusCode::FORBIDDEN, refusal: Some(refusal.clone()), ..Self::page(td, &content) }
    }

    /// Sends the browser elsewhere, by GET.
    pub(super) fn see_other(td: &'static str, location: String) -> Self {
        let status = StatusCode::SEE_OTHER;
        Self { status, location: Some(location), ..Self::page(td, &Content::titled("DMP")) }
    }

    pub(super) fn not_found(td: &'static str) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::page(td, &Content::titled("Page inconnue")) }
    }
}

/// The page of an address that is not declared.
pub(super) fn access_forbidden() -> WebAnswer {
    let found = "a source address that is not on the allow-list";
    let refusal = breach("E0-07", ACCESS_FORBIDDEN, ACCESS_FORBIDDEN, found, "a declared address");
    let content = Content { text: ACCESS_FORBIDDEN, ..Content::titled(ACCESS_FORBIDDEN) };
    WebAnswer { status: StatusCode::FORBIDDEN, refusal: Some(refusal), ..WebAnswer::page("TD0.9", &content) }
}

/// What a page shows.
#[derive(Default)]
pub(super) struct Content<'a> {
    pub(super) title: &'a str,
    /// Verdict for programs: names and contents.
    pub(super) metas: Vec<(&'a str, &'a str)>,
    pub(super) text: &'a str,
    /// Pages that may be opened from here: addresses and labels.
    pub(super) links: Vec<(&'a str, &'a str)>,
    pub(super) question: Option<Question<'a>>,
}

/// A form, sent by its button.
pub(super) struct Question<'a> {
    pub(super) action: &'a str,
    pub(super) hidden: Vec<(&'a str, &'a str)>,
    /// Name and values of one choice.
    pub(super) choice: Option<(&'a str, Vec<&'a str>)>,
    pub(super) button: &'a str,
}

impl<'a> Content<'a> {
    pub(super) fn titled(title: &'a str) -> Self {
        Self { title, ..Self::default() }
    }

    fn render(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.open("html", &[("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "fr")]);
        w.open("head", &[]);
        for (name, content) in &self.metas {
            w.empty("meta", &[("name", name), ("content", content)]);
        }
        w.leaf("title", &[], self.title);
        w.close();
        w.open("body", &[]);
        w.leaf("h1", &[], self.title);
        w.leaf("p", &[], self.text);
        for (address, label) in &self.links {
            w.leaf("a", &[("href", address)], label);
        }
        if let Some(question) = &self.question {
            question.render(&mut w);
        }
        w.close();
        w.close();
        w.finish()
    }
}

impl Question<'_> {
    fn render(&self, w: &mut Writer) {
        w.open("form", &[("method", "post"), ("action", self.action)]);
        for (name, value) in &self.hidden {
            w.empty("input", &[("type", "hidden"), ("name", name), ("value", value)]);
        }
        if let Some((name, values)) = &self.choice {
            w.open("select", &[("name", name)]);
            for value in values {
                w.leaf("option", &[("value", value)], value);
            }
            w.close();
        }
        w.leaf("button", &[], self.button);
        w.close();
    }
}

impl IntoResponse for WebAnswer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.html).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html;charset=UTF-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let cookie = self.cookie.map(|cookie| format!("{cookie}; Path=/; Secure; HttpOnly"));
        for (name, value) in [(header::SET_COOKIE, cookie), (header::LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}
