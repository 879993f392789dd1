//! Alone in its process: what the checks of a large document cost.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::io::Read;

use cda::check::{CheckOptions, check_reader};

/// Peak resident memory of this process in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn neither_a_body_nor_an_attachment_is_held() {
    let unstructured = ["<nonXMLBody><text mediaType='application/pdf' representation='B64'>", "</text></nonXMLBody>"];
    let attached = [
        "<structuredBody><component><section><title>t</title><text>t</text><entry><observationMedia classCode='OBS' \
         moodCode='EVN'><value mediaType='application/pdf' representation='B64'>",
        "</value></observationMedia></entry></section></component></structuredBody>",
    ];
    for [before, after] in [unstructured, attached] {
        let check = |mebibytes: u64| {
            let head = format!("<ClinicalDocument xmlns='urn:hl7-org:v3'><title>t</title><component>{before}");
            let tail = format!("{after}</component></ClinicalDocument>");
            let base64 = std::io::repeat(b'A').take(mebibytes << 20);
            let source = head.as_bytes().chain(base64).chain(tail.as_bytes());
            check_reader(source, &CheckOptions::produce().for_the_dmp()).unwrap()
        };
        assert!(!check(1).refused);
        let small = peak();
        assert!(!check(48).refused);
        match (small, peak()) {
            (Some(small), Some(large)) => assert!(large - small < 4 << 10, "{} KiB more", large - small),
            _ => println!("skipped: no /proc/self/status"),
        }
    }
}
