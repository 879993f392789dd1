//! The mock, spoken to by programs that are not ours: `xmlsec1` signs the assertion, `curl` sends it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

use std::path::Path;
use std::process::{Command, Output};

use dmp_mock::MockDmp;
use dmp_protocol::certificate::Certificate;
use dmp_protocol::switches::DnStyle;
use jiff::Timestamp;

/// As an integrator would write it by hand; times, signature and digest are filled in.
const ASSERTION: &str = include_str!("../../testdata/foreign/assertion-template.xml");
const ENVELOPE: &str = include_str!("../../testdata/foreign/td0.2-envelope.xml");

fn is_installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

fn curl(mock: &MockDmp, folder: &Path, with_certificate: bool, body: &Path) -> Output {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--include", "--cacert"]).arg(folder.join("ca.pem"));
    if with_certificate {
        command.arg("--cert").arg(folder.join("org_auth_cli.pem"));
        command.arg("--key").arg(folder.join("org_auth_cli.key"));
    }
    command.args(["--header", "Content-Type: application/soap+xml; charset=UTF-8", "--data-binary"]);
    command.arg(format!("@{}", body.display())).arg(format!("{}/patients", mock.url())).output().unwrap()
}

/// Signs the template with the key of `signer`, then puts it into the envelope.
fn signed_envelope(mock: &MockDmp, folder: &Path, signer: &str) -> std::path::PathBuf {
    // The two certificates of a structure have one subject. Foreign tools write spaces, and S for ST.
    let certificate = Certificate::from_der(mock.pki().org_sign.certificate_der()).unwrap();
    let issuer = certificate.subject().to_rfc4514(DnStyle::default()).replace(',', ", ").replace("ST=", "S=");
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let template = folder.join("assertion.xml");
    std::fs::write(&template, ASSERTION.trim_end().replace("$NOW", &now).replace("$ISSUER", &issuer)).unwrap();
    let signed = folder.join("signed.xml");
    let key = format!(
        "{},{}",
        folder.join(format!("{signer}.key")).display(),
        folder.join(format!("{signer}.pem")).display()
    );
    let output = Command::new("xmlsec1")
        .args(["--sign", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", "--privkey-pem"])
        .arg(key)
        .arg("--output")
        .arg(&signed)
        .arg(&template)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let assertion = std::fs::read_to_string(signed).unwrap();
    let assertion = assertion.trim_start_matches("<?xml version=\"1.0\"?>\n").trim_end();
    let envelope = folder.join("envelope.xml");
    std::fs::write(&envelope, ENVELOPE.replace("$ASSERTION", assertion)).unwrap();
    envelope
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_asks_whether_a_dmp_exists_with_an_assertion_signed_by_xmlsec1() {
    if !is_installed("curl") || !is_installed("xmlsec1") {
        return;
    }
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    mock.pki().write_to(folder.path()).unwrap();

    let envelope = signed_envelope(&mock, folder.path(), "org_sign");
    let answer = String::from_utf8(curl(&mock, folder.path(), true, &envelope).stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("<queryResponseCode code=\"OK\"/>"), "{answer}");

    // The same key pair that opens the connection may not sign.
    let envelope = signed_envelope(&mock, folder.path(), "org_auth_cli");
    let answer = String::from_utf8(curl(&mock, folder.path(), true, &envelope).stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(answer.contains("soap:DMPInvalidCertificate"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_without_a_vihf_gets_a_fault_and_without_a_certificate_nothing() {
    if !is_installed("curl") {
        return;
    }
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    mock.pki().write_to(folder.path()).unwrap();
    let body = folder.path().join("bare.xml");
    std::fs::write(&body, ENVELOPE.replace("$ASSERTION", "")).unwrap();

    let answer = String::from_utf8(curl(&mock, folder.path(), true, &body).stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 500") && answer.contains("soap:DMPInvalidRequest"), "{answer}");

    let refused = curl(&mock, folder.path(), false, &body);
    assert!(!refused.status.success(), "the handshake succeeded without a client certificate");
    assert_eq!(refused.stdout, b"", "HTTP was answered without a client certificate");
}
