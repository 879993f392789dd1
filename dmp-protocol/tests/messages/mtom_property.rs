//! Properties of the multipart reader: the cuts of the input are invisible, what is written is read, nothing panics.

use bytes::Bytes;
use dmp_protocol::mtom::{Boundary, ContentId, Limits, PartHead, request};
use proptest::prelude::*;

use crate::mtom::{assemble, parse};
use crate::support::uuid;

/// Bytes rich in what a boundary is made of.
fn tokens() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        Just(b"\r\n--B".to_vec()),
        Just(b"--B".to_vec()),
        Just(b"--".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just(b" ".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"Content-ID: <a>\r\n".to_vec()),
        Just(b"Content-Transfer-Encoding: base64\r\n".to_vec()),
        Just(b"YWJj".to_vec()),
        Just(b"=".to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0_usize..12, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn cuts_are_invisible(body in tokens(), cuts in cuts()) {
        let content_type = "multipart/related; boundary=B";
        let limits = Limits { parts: 4, header_bytes: 60, root_bytes: 50, part_bytes: 40, ..Limits::default() };
        let whole = parse(content_type, limits, &body, &[]);
        prop_assert_eq!(&whole, &parse(content_type, limits, &body, &cuts));
        prop_assert_eq!(&whole, &parse(content_type, limits, &body, &vec![1; body.len()]));
    }

    #[test]
    fn what_is_written_is_read(root in tokens(), documents in prop::collection::vec(tokens(), 0..4), cuts in cuts()) {
        let boundary = Boundary::from_uuid(uuid("8e455821-f558-48a3-9ce2-ccf50b629ad7"));
        let message_uuid = uuid("543d3008-e394-40b3-b57a-64e5272f53df");
        let heads: Vec<PartHead> = documents
            .iter()
            .enumerate()
            .map(|(i, d)| PartHead::octets(ContentId::numbered(message_uuid, i + 1), d.len() as u64))
            .collect();
        let message = request(boundary, "urn:x", Bytes::from(root.clone()), &heads).expect("framed");
        let slices: Vec<&[u8]> = documents.iter().map(Vec::as_slice).collect();
        let body = assemble(&message, &slices);
        let parts = parse(&message.content_type, Limits::default(), &body, &cuts).expect("read");
        prop_assert_eq!(parts.len(), documents.len() + 1);
        prop_assert!(parts[0].is_root);
        prop_assert_eq!(&parts[0].bytes, &root);
        for ((part, document), head) in parts[1..].iter().zip(&documents).zip(&heads) {
            prop_assert!(!part.is_root);
            prop_assert_eq!(part.content_id.as_deref(), Some(head.content_id.as_str()));
            prop_assert_eq!(&part.bytes, document);
        }
        // Cut anywhere before its last line, it is refused.
        let shorter = &body[..body.len().saturating_sub(3)];
        prop_assert!(parse(&message.content_type, Limits::default(), shorter, &[]).is_err());
    }

    #[test]
    fn any_content_type_is_read_or_refused(content_type in "[ -~é\t]{0,60}", body in tokens()) {
        let _ = parse(&content_type, Limits::default(), &body, &[]);
        let _ = parse(&format!("multipart/related; {content_type}; boundary=B"), Limits::default(), &body, &[]);
    }
}
