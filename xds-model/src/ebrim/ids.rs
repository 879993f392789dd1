//! Ids of the classifications and identifiers inside an object.

/// Which of its two forms an ebRIM object is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Symbolic ids (`c01`, `e02`); no status, version or `isOpaque`.
    Request,
    /// As a registry returns it: ids `urn:uuid:…`, status, version, `isOpaque="false"`.
    Answer,
}

/// Gives the ids of one message.
pub(crate) struct Ids {
    pub(crate) form: Form,
    next: u32,
}

impl Ids {
    pub(crate) fn new(form: Form) -> Self {
        Self { form, next: 0 }
    }

    /// The id of the next classification of `owner`.
    pub(crate) fn classification(&mut self, owner: &str) -> String {
        self.give('c', owner)
    }

    /// The id of the next external identifier of `owner`.
    pub(crate) fn identifier(&mut self, owner: &str) -> String {
        self.give('e', owner)
    }

    fn give(&mut self, kind: char, owner: &str) -> String {
        self.next += 1;
        match self.form {
            Form::Request => format!("{kind}{:02}", self.next),
            Form::Answer => derived_uuid(owner, self.next),
        }
    }

    /// Starts over: in an answer the ids inside an object depend on that object only.
    pub(crate) fn start_object(&mut self) {
        if self.form == Form::Answer {
            self.next = 0;
        }
    }
}

/// A UUID of version 8 (free form) out of the owner's id and a number: the same object always gets the same ids,
/// without storing them. FNV-1a over 128 bits; nothing depends on its strength.
fn derived_uuid(owner: &str, number: u32) -> String {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let bytes = owner.bytes().chain(number.to_be_bytes());
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    let uuid = hash & !(0xf << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62;
    let text = format!("{uuid:032x}");
    format!("urn:uuid:{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn request_ids_count_through_the_message() {
        let mut ids = Ids::new(Form::Request);
        assert_eq!(ids.classification("a"), "c01");
        ids.start_object();
        assert_eq!(ids.identifier("b"), "e02");
    }

    #[test]
    fn answer_ids_depend_on_the_object_only() {
        let mut ids = Ids::new(Form::Answer);
        let first = ids.classification("urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001");
        ids.start_object();
        assert_eq!(ids.classification("urn:uuid:0f3c6a10-1620-11f1-8a52-5254004d0001"), first);
        assert_eq!((first.len(), &first[..9], &first[23..24]), (45, "urn:uuid:", "8"));
        assert!(matches!(&first[28..29], "8" | "9" | "a" | "b"), "{first}");

        let all: HashSet<String> = (0..1000).map(|_| ids.identifier("urn:uuid:x")).collect();
        assert_eq!(all.len(), 1000);
    }
}
