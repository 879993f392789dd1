//! Messages against the schemas of the standards, where they are.

#![allow(clippy::print_stdout, reason = "a test that skips says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

const VALIDATOR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/schemas/validate.sh");

/// Whether there is something to validate with; says so otherwise.
pub(crate) fn is_present() -> bool {
    if !Path::new(VALIDATOR).exists() {
        println!("skipped: ../shared not present");
        return false;
    }
    let has_xmllint = Command::new("xmllint").arg("--version").output().is_ok();
    if !has_xmllint {
        println!("skipped: xmllint not installed");
    }
    has_xmllint
}

/// Every message, of that name and with its HTTP head, is valid.
pub(crate) fn assert_valid(messages: &[(String, Vec<u8>)]) {
    if !is_present() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> =
        messages.iter().map(|(name, bytes)| envelope_of(&folder.path().join(name), bytes)).collect();
    let output = Command::new(VALIDATOR).args(&files).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let invalid: Vec<&str> = said.lines().filter(|line| !line.starts_with("VALID")).collect();
    assert!(invalid.is_empty(), "{}\n{}", invalid.join("\n"), String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.lines().count(), files.len());
}

/// A plain SOAP message as the validator takes it, without its HTTP head; an MTOM message as it is.
fn envelope_of(file: &Path, message: &[u8]) -> PathBuf {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&message[..end]).to_ascii_lowercase();
    let (file, content) = match head.contains("multipart/related") {
        true => (file.to_owned(), message),
        false => (file.with_extension("soap.xml"), &message[end..]),
    };
    std::fs::write(&file, content).unwrap();
    file
}
