//! Cutting long text into pieces must be visible neither in the text nor in the canonical form, wherever the cut falls.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::io::Read;

use dmp_xml::c14n::{Algorithm, canonicalize_document};
use dmp_xml::{Event, Limits, Reader};
use proptest::prelude::*;

/// A source that gives `step` bytes at a time.
struct Dribble<'a>(&'a [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buf.len());
        buf[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// The events with neighbouring texts joined, or the refusal.
fn digest(source: impl Read) -> Result<String, String> {
    let mut reader = Reader::new(source, Limits::default());
    let mut out = String::new();
    loop {
        let place = reader.position();
        match reader.next().map_err(|e| e.kind.to_string())? {
            Event::Start(tag) => out.push_str(&format!("\n{place:?}<{}>", tag.name.local)),
            Event::Text { text, .. } => out.push_str(text),
            Event::End => out.push_str("</>"),
            Event::Comment(text) => out.push_str(&format!("<!--{text}-->")),
            Event::Pi { target, data } => out.push_str(&format!("<?{target} {data}?>")),
            Event::Eof => return Ok(out),
        }
    }
}

fn canonical(source: impl Read) -> Vec<u8> {
    let mut out = Vec::new();
    let mut reader = Reader::new(source, Limits::default());
    canonicalize_document(&mut reader, &Algorithm::inclusive_with_comments(), |b| out.extend_from_slice(b)).unwrap();
    out
}

const TRICKY: &str = "\u{FEFF}<?xml version=\"1.0\"?>\r\n<?pi a?b?><!--c - c--><a x='>\"' y=\"'/>\">é😀&amp;&#x41;]]\r\n&gt;\r<![CDATA[ a]]]]><![CDATA[>b]] >\r\n]]]>t<b/><c>]</c>] ]&gt;<!----></a><?q?>\n";

#[test]
fn any_step_gives_the_same_document() {
    let whole = digest(TRICKY.as_bytes()).unwrap();
    for step in 1..40 {
        assert_eq!(digest(Dribble(TRICKY.as_bytes(), step)).as_ref(), Ok(&whole), "step {step}");
    }
    assert_eq!(canonical(Dribble(TRICKY.as_bytes(), 1)), canonical(TRICKY.as_bytes()));
}

#[test]
fn a_forbidden_sequence_across_a_cut_is_still_refused() {
    for step in 1..8 {
        assert!(digest(Dribble(b"<a>x]]>y</a>", step)).is_err(), "step {step}");
        assert!(digest(Dribble(b"<!DOCTYPE a><a/>", step)).is_err(), "step {step}");
    }
}

#[test]
fn long_text_arrives_in_bounded_pieces() {
    for (open, close) in [("", ""), ("<![CDATA[", "]]>")] {
        let xml = format!("<a>{open}{}{close}</a>", "é]".repeat(500_000));
        let mut reader = Reader::new(xml.as_bytes(), Limits::default());
        let (mut total, mut largest) = (0, 0);
        loop {
            match reader.next().unwrap() {
                Event::Text { text, .. } => {
                    total += text.len();
                    largest = largest.max(text.len());
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(total, 1_500_000);
        assert!(largest <= 128 * 1024, "a piece of {largest} bytes");
    }
}

proptest! {
    #[test]
    fn any_bytes_end_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200), step in 1_usize..9) {
        prop_assert_eq!(digest(&bytes[..]).ok(), digest(Dribble(&bytes, step)).ok());
    }

    #[test]
    fn mutated_documents_end_in_an_answer(at in 0..TRICKY.len(), byte in any::<u8>(), step in 1_usize..9) {
        let mut bytes = TRICKY.as_bytes().to_vec();
        bytes[at] = byte;
        prop_assert_eq!(digest(&bytes[..]).ok(), digest(Dribble(&bytes, step)).ok());
        let _ = digest(&TRICKY.as_bytes()[..at]);
    }

    /// What an independent parser accepts and refuses, we accept and refuse (it knows no limits and allows a DTD).
    #[test]
    fn agrees_with_another_parser(xml in "(<a( (b|p:c|xmlns|xmlns:p)=('x'|\"&lt;\"))?( d='&#65;')?>|</a>|<b/>|x|&amp;|&|<|]]>|<!--y-->|<\\?z w\\?>|<!\\[CDATA\\[v\\]\\]>| |\n){1,8}") {
        let theirs = roxmltree::Document::parse(&xml).is_ok();
        let ours = digest(xml.as_bytes());
        prop_assert_eq!(ours.is_ok(), theirs, "{}: {:?}", xml, ours);
    }
}
