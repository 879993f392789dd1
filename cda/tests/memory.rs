//! Alone in its process: what a large document costs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::io::Read;

use cda::{Body, CdaLimits, Content};

/// Peak resident memory of this process in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_large_body_is_not_held() {
    let before = "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>t</title><component><nonXMLBody>\
                  <text mediaType='application/pdf' representation='B64'>";
    let after = "</text></nonXMLBody></component></ClinicalDocument>";
    let read = |mebibytes: u64| {
        let base64 = std::io::repeat(b'A').take(mebibytes << 20);
        let source = before.as_bytes().chain(base64).chain(after.as_bytes());
        cda::read_with_body(source, &CdaLimits::default(), std::io::sink()).unwrap()
    };
    read(1);
    let small = peak();
    let Body::Unstructured(body) = read(48).body else { panic!("the body is unstructured") };
    assert_eq!(body.content, Content::Base64 { decoded: 36 << 20 });
    let before = "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>t</title><component><structuredBody><component>\
                  <section><entry><observationMedia><value mediaType='image/png' representation='B64'>";
    let after = "</value></observationMedia></entry></section></component></structuredBody></component>\
                 </ClinicalDocument>";
    let source = before.as_bytes().chain(std::io::repeat(b'A').take(48 << 20)).chain(after.as_bytes());
    let Body::Structured(body) = cda::read(source, &CdaLimits::default()).unwrap().body else { panic!("structured") };
    assert_eq!(body.media[0].content, Content::Base64 { decoded: 36 << 20 });
    match (small, peak()) {
        (Some(small), Some(large)) => assert!(large - small < 4 << 10, "{} KiB more", large - small),
        _ => println!("skipped: no /proc/self/status"),
    }
}
