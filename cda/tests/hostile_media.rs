//! Structured documents damaged at random, read with and without a taker of their files, and checked: no panic, the same
//! document either way, and never more bytes out than in.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use cda::check::{CheckOptions, check};
use cda::{CdaLimits, EmbeddedMedia, MediaSink, embedded_pdf, read_with_media};
use proptest::prelude::*;
use support::{bytes, read};

const DOCUMENTS: [&str; 3] =
    ["n3-lettre-liaison-pdf-copie.xml", "n3-autopresentable.xml", "built/n3-added-documents.xml"];

/// Pieces that put media where there were none, and markup where there was content.
const PIECES: [&str; 12] = [
    "<entry><observationMedia ID='a'><value representation='B64'>JVBERi0xLjQ=</value></observationMedia></entry>",
    "<value>",
    "</value>",
    "<section>",
    "</section>",
    "<templateId root='1.2.250.1.213.1.1.2.243'/>",
    "representation='B64'",
    "nullFlavor='NI'",
    "*",
    "=",
    "<!--",
    "",
];

#[derive(Default)]
struct Count {
    begun: usize,
    ended: usize,
    bytes: usize,
}

impl MediaSink for Count {
    fn begin(&mut self, _: &EmbeddedMedia) -> bool {
        assert_eq!(self.begun, self.ended, "one file at a time");
        self.begun += 1;
        true
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.bytes += bytes.len();
        Ok(())
    }

    fn end(&mut self, _: &EmbeddedMedia) -> std::io::Result<()> {
        self.ended += 1;
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn damaged_documents_are_read_or_refused(
        which in 0..DOCUMENTS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, 0..PIECES.len()), 1..4),
    ) {
        let mut xml = bytes(DOCUMENTS[which]);
        for (at, removed, piece) in changes {
            let at = at.index(xml.len());
            xml.splice(at..(at + removed).min(xml.len()), PIECES[piece].bytes());
        }
        let mut count = Count::default();
        let with_media = read_with_media(xml.as_slice(), &CdaLimits::default(), &mut count);
        prop_assert!(with_media == read(&xml));
        prop_assert!(count.bytes <= xml.len());
        let pdf = embedded_pdf(xml.as_slice(), &CdaLimits::default());
        prop_assert_eq!(pdf.is_ok(), with_media.is_ok());
        if with_media.is_ok() {
            prop_assert_eq!(count.begun, count.ended);
        }
        let report = check(&xml, &CheckOptions::produce().for_the_dmp());
        prop_assert_eq!(report.refused, with_media.is_err());
    }
}
