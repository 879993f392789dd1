//! A browser, or the proxy of a structure: raw HTTPS with cookies, with or without a client certificate.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use dmp_client::WebAccess;
use dmp_client::web_ps::WebMethod;
use dmp_mock::MockDmp;
use dmp_mock::pki::Identity;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

pub(crate) struct Browser {
    tls: Arc<ClientConfig>,
    cookies: BTreeMap<String, String>,
}

/// What came back.
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) authenticate: Option<String>,
    pub(crate) text: String,
}

impl Shown {
    /// Content of a `meta`.
    pub(crate) fn meta(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" content=\""))?;
        rest.split_once('"').map(|(content, _)| content)
    }

    pub(crate) fn page(&self) -> &str {
        self.meta("dmp-page").unwrap_or_default()
    }

    pub(crate) fn refusal(&self) -> &str {
        self.meta("dmp-error").unwrap_or_default()
    }
}

impl Browser {
    pub(crate) fn new(mock: &MockDmp, identity: Option<&Identity>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(mock.pki().root.certificate_der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match identity {
            Some(identity) => config.with_client_auth_cert(identity.tls_chain(), identity.key_der().unwrap()).unwrap(),
            None => config.with_no_client_auth(),
        };
        Self { tls: Arc::new(config), cookies: BTreeMap::new() }
    }

    /// Goes where the software says.
    pub(crate) async fn open(&mut self, access: &WebAccess) -> Shown {
        match access.method() {
            WebMethod::Get => self.get(access.url()).await,
            WebMethod::Post => self.post(access.url(), &access.body().unwrap()).await,
        }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Shown {
        self.send("GET", url, &[], "").await
    }

    pub(crate) async fn post(&mut self, url: &str, body: &str) -> Shown {
        self.send("POST", url, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }

    pub(crate) async fn send(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Shown {
        let url = Url::parse(url).unwrap();
        let (host, port) = (url.host_str().unwrap().to_owned(), url.port_or_known_default().unwrap());
        let tcp = TcpStream::connect((host.as_str(), port)).await.unwrap();
        let name = ServerName::try_from(host.clone()).unwrap();
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(&url[url::Position::BeforePath..]).header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", cookies.join("; "));
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        if let Some((name, rest)) = header("set-cookie").as_deref().and_then(|cookie| cookie.split_once('=')) {
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (status, location) = (answer.status().as_u16(), header("location"));
        let authenticate = header("www-authenticate");
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        Shown { status, location, authenticate, text: String::from_utf8(text.to_vec()).unwrap() }
    }
}
