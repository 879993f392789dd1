//! Identifiers of the parts of a body, derived from that of the document: no random number, and another version of
//! the document has others.

use dmp_vocabulary::Oid;
use sha1::{Digest, Sha1};

/// Namespace of the UUIDs made from an OID (RFC 9562, appendix B).
const OID_NAMESPACE: [u8; 16] =
    [0x6b, 0xa7, 0xb8, 0x12, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/// One part of the body, by its place.
pub(super) struct SectionIds<'a> {
    document: &'a Oid,
    place: String,
}

impl<'a> SectionIds<'a> {
    pub(super) fn of_section(document: &'a Oid, index: usize) -> Self {
        Self { document, place: format!("section/{index}") }
    }

    pub(super) fn of_part(document: &'a Oid, part: &str) -> Self {
        Self { document, place: part.to_owned() }
    }

    pub(super) fn inside(&self, index: usize) -> Self {
        Self { document: self.document, place: format!("{}/{index}", self.place) }
    }

    pub(super) fn section(&self) -> String {
        self.of("section")
    }

    /// UUID of version 5, upper case, as the CI-SIS writes them.
    pub(super) fn of(&self, what: &str) -> String {
        let name = format!("{}/{}/{what}", self.document.as_str(), self.place);
        let digest = Sha1::new().chain_update(OID_NAMESPACE).chain_update(name.as_bytes()).finalize();
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes[6] = bytes[6] & 0x0F | 0x50;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_of_each_document_has_its_own_uuid() {
        let documents = ["2.25.1", "2.25.2"].map(|text| Oid::parse(text).unwrap());
        let mut all: Vec<String> = Vec::new();
        for document in &documents {
            let section = SectionIds::of_section(document, 0);
            all.extend([section.section(), section.inside(0).section(), SectionIds::of_part(document, "copy").of("x")]);
        }
        assert!(all.iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'5' && *id == id.to_uppercase()));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 6);
    }
}
