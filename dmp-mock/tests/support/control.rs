//! The control port, as any program reaches it: plain HTTP and JSON.

use dmp_mock::MockDmp;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

pub struct Control {
    address: String,
}

impl Control {
    pub fn of(mock: &MockDmp) -> Self {
        Control { address: mock.admin_url().trim_start_matches("http://").to_owned() }
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send("GET", path, &Value::Null).await
    }

    /// Status and JSON of the answer; `Null` when it has no body.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let tcp = TcpStream::connect(&self.address).await.unwrap();
        let (mut sender, connection) = handshake(TokioIo::new(tcp)).await.unwrap();
        tokio::spawn(connection);
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.address)
            .header("content-type", "application/json")
            .body(Full::new(bytes::Bytes::from(bytes)))
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}
