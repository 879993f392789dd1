//! The complete HTTP messages of the examples: read, matched with their references, and framed again to the same bytes.

use bytes::Bytes;
use dmp_protocol::mtom::{Boundary, ContentId, Limits, PartHead, includes, request};
use dmp_protocol::soap::Envelope;
use dmp_protocol::xml;

use crate::mtom::{Read, assemble, parse};
use crate::support::{read, uuid};

struct Example {
    content_type: String,
    body: Vec<u8>,
}

fn example(path: &str) -> Example {
    let bytes = read(path);
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("an HTTP head");
    let head = String::from_utf8(bytes[..end].to_vec()).expect("an ASCII head");
    let header = |name: &str| {
        let line = head.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_else(|| panic!("{name}"));
        line.trim_start_matches(':').trim().to_owned()
    };
    let body = bytes[end + 4..].to_vec();
    assert_eq!(header("Content-Length"), body.len().to_string(), "{path}");
    Example { content_type: header("Content-Type"), body }
}

fn parts(example: &Example) -> Vec<Read> {
    let whole = parse(&example.content_type, Limits::default(), &example.body, &[]).expect("readable");
    let in_pieces = vec![7; example.body.len() / 7];
    assert_eq!(parse(&example.content_type, Limits::default(), &example.body, &in_pieces).as_ref(), Ok(&whole));
    whole
}

/// Every reference of the root has its part, and every part its reference.
fn check_references(parts: &[Read]) -> Envelope {
    let root = parts.iter().find(|p| p.is_root).expect("a root");
    let envelope = Envelope::parse(&root.bytes, &xml::Limits::default()).expect("an envelope");
    let referred: Vec<String> = includes(envelope.root()).expect("sound").into_iter().map(|i| i.content_id).collect();
    let attached: Vec<&str> = parts.iter().filter(|p| !p.is_root).filter_map(|p| p.content_id.as_deref()).collect();
    assert_eq!(referred, attached);
    envelope
}

#[test]
fn the_submission_is_read_and_framed_again_to_the_same_bytes() {
    let example = example("xds/iti41-original.request.http");
    let parts = parts(&example);
    assert_eq!(parts.iter().map(|p| p.bytes.len()).skip(1).collect::<Vec<_>>(), [5347, 5050]);
    let envelope = check_references(&parts);
    assert!(envelope.body().is("urn:ihe:iti:xds-b:2007", "ProvideAndRegisterDocumentSetRequest"));

    let heads: Vec<PartHead> = parts[1..]
        .iter()
        .map(|p| {
            let id = ContentId::new(p.content_id.clone().expect("an id")).expect("a sound id");
            PartHead::octets(id, p.bytes.len() as u64)
        })
        .collect();
    let boundary = Boundary::from_uuid(uuid("e2bfee0c-79c0-43e7-829e-0e020637c403"));
    let action = envelope.headers.action.expect("an action");
    let again = request(boundary, &action, Bytes::from(parts[0].bytes.clone()), &heads).expect("framed");
    assert_eq!(again.content_type, example.content_type);
    let documents: Vec<&[u8]> = parts[1..].iter().map(|p| p.bytes.as_slice()).collect();
    assert_eq!(assemble(&again, &documents), example.body);
}

#[test]
fn the_retrieved_document_is_read() {
    let parts = parts(&example("xds/iti43.response.http"));
    let envelope = check_references(&parts);
    assert!(envelope.body().is("urn:ihe:iti:xds-b:2007", "RetrieveDocumentSetResponse"));
    assert_eq!(parts[1].bytes.len(), 5347);
}
