//! Framing and reading of multipart messages, case by case.

use bytes::Bytes;
use dmp_protocol::mtom::{
    Boundary, ContentId, ContentType, Event, FramingError, Limits, Message, MtomError, Parser, PartHead, Segment,
    TransferEncoding, decode_cid, encode_cid, includes, is_multipart, request, response,
};

use crate::support::{tree, uuid};

const TYPE: &str = "multipart/related; boundary=B";

/// A part as read: whether it is the root, its Content-ID, its bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) is_root: bool,
    pub(crate) content_id: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Reads `body` in chunks cut after each length of `cuts`, then the rest.
pub(crate) fn parse(content_type: &str, limits: Limits, body: &[u8], cuts: &[usize]) -> Result<Vec<Read>, MtomError> {
    let mut parser = Parser::new(content_type, limits)?;
    let mut events = Vec::new();
    let mut rest = body;
    for &cut in cuts {
        let (chunk, after) = rest.split_at(cut.min(rest.len()));
        events.extend(parser.push(Bytes::copy_from_slice(chunk))?);
        rest = after;
    }
    events.extend(parser.push(Bytes::copy_from_slice(rest))?);
    events.extend(parser.finish()?);
    Ok(parts(events))
}

fn parts(events: Vec<Event>) -> Vec<Read> {
    let mut parts: Vec<Read> = Vec::new();
    let mut is_open = false;
    for event in events {
        match event {
            Event::PartStart(part) => {
                assert!(!is_open && part.index == parts.len());
                is_open = true;
                parts.push(Read { is_root: part.is_root, content_id: part.content_id, bytes: Vec::new() });
            }
            Event::Data(bytes) => {
                assert!(is_open && !bytes.is_empty());
                parts.last_mut().expect("a part").bytes.extend(bytes);
            }
            Event::PartEnd { length } => {
                assert!(is_open);
                is_open = false;
                assert_eq!(length, parts.last().expect("a part").bytes.len() as u64);
            }
        }
    }
    assert!(!is_open, "every part ends");
    parts
}

fn read(body: &str) -> Result<Vec<Read>, MtomError> {
    parse(TYPE, Limits::default(), body.as_bytes(), &[])
}

fn bytes(body: &str) -> Vec<String> {
    let parts = read(body).unwrap_or_else(|error| panic!("{error}\n{body}"));
    parts.into_iter().map(|p| String::from_utf8_lossy(&p.bytes).into_owned()).collect()
}

/// The whole body of a framed message.
pub(crate) fn assemble(message: &Message, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for segment in &message.segments {
        match segment {
            Segment::Bytes(bytes) => out.extend_from_slice(bytes),
            Segment::Part(index) => out.extend_from_slice(parts[*index]),
        }
    }
    assert_eq!(out.len() as u64, message.content_length, "Content-Length");
    out
}

#[test]
fn a_request_has_the_form_of_the_specification() {
    let boundary = Boundary::from_uuid(uuid("8e455821-f558-48a3-9ce2-ccf50b629ad7"));
    let part = PartHead::octets(ContentId::numbered(uuid("543d3008-e394-40b3-b57a-64e5272f53df"), 1), 3);
    let action = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
    let message = request(boundary, action, Bytes::from_static(b"<e/>"), std::slice::from_ref(&part)).expect("framed");
    assert_eq!(
        message.content_type,
        "multipart/related; type=\"application/xop+xml\"; boundary=\"uuid:8e455821-f558-48a3-9ce2-ccf50b629ad7\"; \
         start=\"<root.message@dmp-client>\"; start-info=\"application/soap+xml\"; \
         action=\"urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b\""
    );
    let body = String::from_utf8(assemble(&message, &[b"abc"])).expect("text");
    assert_eq!(
        body,
        "--uuid:8e455821-f558-48a3-9ce2-ccf50b629ad7\r\n\
         Content-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml; action=\\\"urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b\\\"\"\r\n\
         Content-Transfer-Encoding: binary\r\n\
         Content-ID: <root.message@dmp-client>\r\n\
         \r\n\
         <e/>\r\n\
         --uuid:8e455821-f558-48a3-9ce2-ccf50b629ad7\r\n\
         Content-Type: application/octet-stream\r\n\
         Content-Transfer-Encoding: binary\r\n\
         Content-ID: <543d3008-e394-40b3-b57a-64e5272f53df-1@urn:ihe:iti:xds-b:2007>\r\n\
         \r\n\
         abc\r\n\
         --uuid:8e455821-f558-48a3-9ce2-ccf50b629ad7--\r\n"
    );
    assert_eq!(part.content_id.href(), "cid:543d3008-e394-40b3-b57a-64e5272f53df-1@urn%3Aihe%3Aiti%3Axds-b%3A2007");
}

#[test]
fn an_answer_may_have_no_attachment() {
    let message = response(Boundary::random(), "urn:r", Bytes::from_static(b"<fault/>"), &[]).expect("framed");
    assert!(!message.content_type.contains("action="));
    let parts = parse(&message.content_type, Limits::default(), &assemble(&message, &[]), &[]).expect("read");
    assert_eq!(parts.len(), 1);
    assert!(parts[0].is_root);
    assert_eq!(parts[0].bytes, b"<fault/>");
}

#[test]
fn values_that_would_break_a_header_are_refused() {
    for bad in ["", "a b", "a\r\nX: y", "<a>", "é", "a\"b"] {
        assert_eq!(ContentId::new(bad), Err(FramingError::ContentId), "{bad:?}");
    }
    let root = Bytes::new();
    let id = || ContentId::new("a@b").expect("sound");
    let injected = PartHead { content_id: id(), media_type: "text/xml\r\nX: y".to_owned(), length: 0 };
    assert!(matches!(
        response(Boundary::random(), "urn:r", root.clone(), &[injected]),
        Err(FramingError::HeaderValue { .. })
    ));
    assert!(matches!(request(Boundary::random(), "urn:\"r", root.clone(), &[]), Err(FramingError::HeaderValue { .. })));
    let twice = [PartHead::octets(id(), 1), PartHead::octets(id(), 1)];
    assert!(matches!(
        request(Boundary::random(), "urn:r", root.clone(), &twice),
        Err(FramingError::DuplicateContentId)
    ));
    let huge = [PartHead::octets(id(), u64::MAX)];
    assert!(matches!(request(Boundary::random(), "urn:r", root, &huge), Err(FramingError::TooLong)));
}

#[test]
fn forms_that_circulate_are_read() {
    for (body, expected) in [
        ("--B\r\n\r\na\r\n--B--\r\n", vec!["a"]),
        // Preamble, epilogue, padding after boundaries, no final CRLF.
        ("preamble\r\n--B \t\r\n\r\na\r\n--B\r\n\r\nb\r\n--B--", vec!["a", "b"]),
        ("\r\n--B\r\n\r\na\r\n--B-- \r\nepilogue\r\n--B\r\n\r\nnot a part", vec!["a"]),
        // Folded headers, header lines ended by LF.
        ("--B\r\nContent-Type: text/xml;\r\n\tcharset=x\r\nX:\n y\n\na\r\n--B--\r\n", vec!["a"]),
        // A boundary that is the beginning of a longer line is content; so are lone CR, LF and hyphens.
        ("--B\r\n\r\na\r\n--Bx\r\n--B--y\r\n--\r\n\r--B\r\n--B--", vec!["a\r\n--Bx\r\n--B--y\r\n--\r\n\r--B"]),
        ("--B\r\n\r\n\r\n\r\n--B--", vec!["\r\n"]),
        ("--B\r\n\r\n\r\n--B--", vec![""]),
        ("--B\r\nContent-Transfer-Encoding: BASE64\r\n\r\nYW\r\nJj ZA==\r\n\r\n--B--", vec!["abcd"]),
        ("--B\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJjZA\r\n--B--", vec!["abcd"]),
        ("--B\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--B--", vec![""]),
        ("--B\r\nContent-Transfer-Encoding: 8bit\r\n\r\nYQ==\r\n--B--", vec!["YQ=="]),
    ] {
        assert_eq!(bytes(body), expected, "{body:?}");
    }
}

#[test]
fn the_root_is_the_part_that_start_names_else_the_first() {
    let body = b"--B\r\nContent-ID: < one >\r\n\r\n1\r\n--B\r\ncontent-id:two\r\n\r\n2\r\n--B--";
    for (content_type, root) in [
        ("multipart/related; boundary=\"B\"", 0),
        ("Multipart/Related; start=\"<two>\"; BOUNDARY=B", 1),
        ("multipart/related;boundary=B;start=two", 1),
        ("multipart/mixed; x=\"a;boundary=C\"; boundary=B; start=\"\"", 0),
    ] {
        let parts = parse(content_type, Limits::default(), body, &[]).expect(content_type);
        assert_eq!(parts.iter().position(|p| p.is_root), Some(root), "{content_type}");
        assert_eq!(parts.iter().filter(|p| p.is_root).count(), 1);
        assert_eq!(parts[0].content_id.as_deref(), Some("one"));
    }
    let missing = parse("multipart/related; boundary=B; start=three", Limits::default(), body, &[]);
    assert_eq!(missing, Err(MtomError::NoRoot));
}

#[test]
fn broken_messages_are_refused() {
    let truncated = |place| MtomError::Truncated { place };
    for (body, expected) in [
        ("", truncated("before the first part")),
        ("no boundary at all", truncated("before the first part")),
        ("--B\r\nContent-ID: <a>", truncated("in the headers of a part")),
        ("--B\r\n\r\ncut", truncated("inside a part")),
        ("--B\r\n\r\ncut\r\n--B-", truncated("inside a part")),
        ("--B\r\n\r\ncut\r\n--B\r\n", truncated("in the headers of a part")),
        ("--B\n\nbare line feeds\n--B--\n", truncated("before the first part")),
        ("--B--", MtomError::NoRoot),
        ("--B\r\nno colon\r\n\r\na\r\n--B--", MtomError::Header { part: 0 }),
        ("--B\r\n folded first\r\n\r\na\r\n--B--", MtomError::Header { part: 0 }),
        ("--B\r\nContent-Transfer-Encoding: x-gzip\r\n\r\na\r\n--B--", MtomError::TransferEncoding { part: 0 }),
        ("--B\r\nContent-Transfer-Encoding: base64\r\n\r\nY*==\r\n--B--", MtomError::Base64 { part: 0 }),
        ("--B\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJjZ\r\n--B--", MtomError::Base64 { part: 0 }),
        ("--B\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==YQ==\r\n--B--", MtomError::Base64 { part: 0 }),
        (
            "--B\r\nContent-ID: <a>\r\n\r\n1\r\n--B\r\nContent-ID: a\r\n\r\n2\r\n--B--",
            MtomError::DuplicateContentId { part: 1 },
        ),
    ] {
        assert_eq!(read(body), Err(expected), "{body:?}");
    }
}

#[test]
fn limits_hold() {
    let limits = Limits { parts: 2, header_bytes: 24, root_bytes: 3, part_bytes: 5, total_bytes: 80 };
    let passed = |what, allowed| Err(MtomError::LimitPassed { what, allowed });
    for (body, expected) in [
        ("--B\r\n\r\nabcd\r\n--B--".to_owned(), passed("bytes of the root part", 3)),
        ("--B\r\n\r\na\r\n--B\r\n\r\nabcdef\r\n--B--".to_owned(), passed("bytes of a part", 5)),
        ("--B\r\n\r\na\r\n--B\r\n\r\nb\r\n--B\r\n\r\nc\r\n--B--".to_owned(), passed("parts", 2)),
        ("--B\r\nX: ".to_owned() + &"y".repeat(30), passed("bytes of part headers", 24)),
        ("--B\r\n\r\na\r\n--B--".to_owned() + &" ".repeat(80), passed("bytes of the message", 80)),
        ("preamble".repeat(20), passed("bytes of the message", 80)),
    ] {
        assert_eq!(parse(TYPE, limits, body.as_bytes(), &[]), expected, "{body:?}");
        let each_byte = vec![1; body.len()];
        assert_eq!(parse(TYPE, limits, body.as_bytes(), &each_byte), expected, "byte by byte: {body:?}");
    }
    let at_the_limits = "--B\r\n\r\nabc\r\n--B\r\n\r\nabcde\r\n--B--";
    assert!(parse(TYPE, limits, at_the_limits.as_bytes(), &[]).is_ok());
}

#[test]
fn a_failed_parser_stays_failed() {
    let mut parser = Parser::new(TYPE, Limits::default()).expect("a parser");
    let bad = Bytes::from_static(b"--B\r\nno colon\r\n\r\n");
    assert_eq!(parser.push(bad), Err(MtomError::Header { part: 0 }));
    assert_eq!(parser.push(Bytes::from_static(b"--B--")), Err(MtomError::Header { part: 0 }));
    assert_eq!(parser.finish(), Err(MtomError::Header { part: 0 }));
}

#[test]
fn an_attachment_is_never_held() {
    const CHUNK: usize = 64 << 10;
    let mut parser = Parser::new(TYPE, Limits::default()).expect("a parser");
    parser.push(Bytes::from_static(b"--B\r\n\r\n<root/>\r\n--B\r\n\r\n")).expect("the root and a head");
    // The worst content: each chunk ends in what may be the beginning of a boundary.
    let mut chunk = vec![b'x'; CHUNK];
    chunk[CHUNK - 4..].copy_from_slice(b"\r\n--");
    let chunk = Bytes::from(chunk);
    let (mut sent, mut delivered) = (0_usize, 0_usize);
    for _ in 0..1000 {
        let events = parser.push(chunk.clone()).expect("content");
        sent += CHUNK;
        delivered += events.iter().map(|e| if let Event::Data(bytes) = e { bytes.len() } else { 0 }).sum::<usize>();
        assert!(sent - delivered <= 8, "{} bytes held", sent - delivered);
    }
}

#[test]
fn content_types_without_a_usable_boundary_are_refused() {
    for content_type in [
        "",
        "application/xop+xml; boundary=B",
        "multipart/related",
        "multipart/related; boundary=\"\"",
        "multipart/related; boundary=\"ends with space \"",
        "multipart/related; boundary=é",
        &format!("multipart/related; boundary={}", "x".repeat(71)),
    ] {
        assert!(
            matches!(Parser::new(content_type, Limits::default()), Err(MtomError::ContentType(_))),
            "{content_type}"
        );
    }
    assert!(is_multipart(" Multipart/Related;x"));
    assert!(!is_multipart("application/soap+xml; type=multipart/related"));
    let escaped = ContentType::parse("application/xop+xml; type=\"application/soap+xml; action=\\\"urn:x;y\\\"\"; z=1");
    assert_eq!(escaped.parameter("type"), Some("application/soap+xml; action=\"urn:x;y\""));
    assert_eq!(escaped.parameter("z"), Some("1"));
}

#[test]
fn references_are_decoded_and_used_once() {
    assert_eq!(decode_cid("cid:a-1@urn%3Aihe%3Aiti"), Ok("a-1@urn:ihe:iti".to_owned()));
    assert_eq!(decode_cid(" CID:a@b "), Ok("a@b".to_owned()));
    assert_eq!(decode_cid(&encode_cid("é %/<x>@y")), Ok("é %/<x>@y".to_owned()));
    for bad in ["", "cid:", "a@b", "http://x/a", "cid:%zz", "cid:a%4", "cid:a%", "cid:%ff", "cié:a"] {
        assert_eq!(decode_cid(bad), Err(MtomError::Reference), "{bad}");
    }
    let body = |first: &str, second: &str| {
        tree(&format!(
            "<r xmlns:x=\"http://www.w3.org/2004/08/xop/include\"><d><x:Include href=\"{first}\"/></d>\
             <d><x:Include href=\"{second}\"/></d><Include href=\"no reference\"/></r>"
        ))
    };
    let found = includes(&body("cid:a", "cid:b")).expect("two references");
    assert_eq!(found.iter().map(|i| i.content_id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(includes(&body("cid:a", "cid:%61")), Err(MtomError::DuplicateReference));
    assert_eq!(includes(&body("cid:a", "b")), Err(MtomError::Reference));
}

#[test]
fn a_part_says_how_it_came() {
    let mut parser = Parser::new(TYPE, Limits::default()).expect("a parser");
    let head = b"--B\r\nContent-Type: text/xml; charset=Cp1252\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let events = parser.push(Bytes::from_static(head)).expect("a head");
    let [Event::PartStart(part)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(part.encoding, TransferEncoding::Base64);
    assert_eq!(part.headers.get("content-type"), Some("text/xml; charset=Cp1252"));
    assert_eq!((part.index, part.is_root), (0, true));
}
