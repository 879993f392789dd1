//! An imaging reference (DICOM Key Object Selection, KOS): where the images of an examination are. No CDA (`xds.md` §6).

use bytes::Bytes;
use dmp_vocabulary::Oid;
use dmp_vocabulary::nomenclature::Nomenclatures;
use xds_model::{CodedValue, DocumentEntry};

use super::document::{Document, DocumentError};

/// SOP class of a Key Object Selection, which is also its formatCode.
pub(crate) const KOS: &str = "1.2.840.10008.5.1.4.1.1.88.59";
/// Code system of formatCodes that are SOP classes.
const SOP_CLASSES: &str = "1.2.840.10008.2.6.1";
/// TRE_A05.
const TYPES: &str = "1.2.250.1.213.1.1.4.12";
const TYPE: &str = "IMG-KOS";
/// Code systems of modalities and of anatomical regions: the event codes of imaging.
const IMAGING_EVENTS: [&str; 2] = ["1.2.250.1.213.1.1.5.618", "1.2.250.1.213.1.1.5.695"];
/// A file meta information has a dozen elements.
const ELEMENTS_MAX: usize = 64;

/// Why a file is no imaging reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KosError {
    /// Not a DICOM file: no preamble of 128 bytes followed by `DICM`.
    #[error("not a DICOM file (PS3.10): write it with its preamble and file meta information")]
    NotDicom,
    /// The file meta information stops short, or lacks one of the two identifiers.
    #[error("the DICOM file meta information is cut, or lacks its SOP class or SOP instance UID")]
    Meta,
    /// Another kind of DICOM object: images never go to the DMP.
    #[error(
        "a DICOM object that is no Key Object Selection: only references go to the DMP, images stay where they are"
    )]
    OtherClass,
    /// The SOP instance UID is no OID.
    #[error("the SOP instance UID is not an OID")]
    Uid,
}

/// Whether an entry is that of an imaging reference, by its formatCode. Nobody reads one: it is deleted without being
/// confirmed (`EX_3.3-1050`).
#[must_use]
pub fn is_imaging_reference(entry: &DocumentEntry) -> bool {
    entry.format_code.as_ref().is_some_and(|format| format.code == KOS && format.system == SOP_CLASSES)
}

impl Document {
    /// An imaging reference, sent as it is; its uniqueId is its SOP instance UID. What a DICOM file does not say (the
    /// patient, the authors, the dates, the order, the study, the modalities) comes from the report or the order that
    /// it goes with, `beside`, which is best sent in the same lot.
    ///
    /// # Errors
    /// [`DocumentError::Kos`].
    pub async fn from_kos_bytes(bytes: impl Into<Bytes>, beside: &Document) -> Result<Self, DocumentError> {
        let bytes = bytes.into();
        let entry = entry(unique_id(&bytes)?, beside.entry());
        Self::from_opaque_bytes(bytes, entry).await
    }
}

fn entry(unique_id: Oid, beside: &DocumentEntry) -> DocumentEntry {
    let nomenclatures = Nomenclatures::embedded();
    let title = nomenclatures.display(TYPE, TYPES).unwrap_or(TYPE);
    let class = nomenclatures.class_of_type(TYPE, TYPES);
    let mut entry = DocumentEntry {
        unique_id: unique_id.to_string(),
        mime_type: "application/dicom".to_owned(),
        title: Some(title.to_owned()),
        type_code: Some(CodedValue::new(TYPE, title, TYPES)),
        class_code: class.map(|class| CodedValue::new(&class.code, &class.display, &class.system)),
        format_code: Some(CodedValue::new(KOS, nomenclatures.display(KOS, SOP_CLASSES).unwrap_or(KOS), SOP_CLASSES)),
        confidentiality_codes: beside.confidentiality_codes.clone(),
        ..beside.clone()
    };
    entry.event_codes.retain(|code| IMAGING_EVENTS.contains(&code.system.as_str()));
    // The specialty of a person is not that of a device (`xds.md` §5.5).
    entry.authors.iter_mut().for_each(|author| author.specialty = None);
    entry
}

/// SOP instance UID of a Key Object Selection.
fn unique_id(file: &[u8]) -> Result<Oid, KosError> {
    let meta = file.get(128..).and_then(|rest| rest.strip_prefix(b"DICM")).ok_or(KosError::NotDicom)?;
    let (mut class, mut instance) = (None, None);
    for (element, value) in (Elements { rest: meta }).take(ELEMENTS_MAX) {
        match element {
            2 => class = text(value),
            3 => instance = text(value),
            _ => {}
        }
    }
    let (Some(class), Some(instance)) = (class, instance) else { return Err(KosError::Meta) };
    if class != KOS {
        return Err(KosError::OtherClass);
    }
    Oid::parse(instance).map_err(|_| KosError::Uid)
}

/// A UID is padded with a NUL to an even length.
fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok().map(|text| text.trim_end_matches('\0').trim())
}

/// Elements of group 0002: number and value; always explicit VR, little endian (PS3.10 §7.1).
struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.rest.split_first_chunk::<6>()?;
        let [2, 0, low, high, first, second] = *head else { return None };
        let (length, rest) = match [first, second] {
            // Two reserved bytes, then a length of four.
            long if [*b"OB", *b"OW", *b"OF", *b"SQ", *b"UN", *b"UT"].contains(&long) => {
                let (head, rest) = rest.split_first_chunk::<6>()?;
                let [_, _, length @ ..] = *head;
                (u32::from_le_bytes(length) as usize, rest)
            }
            _ => {
                let (length, rest) = rest.split_first_chunk::<2>()?;
                (usize::from(u16::from_le_bytes(*length)), rest)
            }
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some((u16::from_le_bytes([low, high]), value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(number: u8, vr: &[u8; 2], value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_le_bytes();
        let mut bytes = vec![2, 0, number, 0];
        bytes.extend(vr);
        if vr == b"OB" {
            bytes.extend([0, 0]);
            bytes.extend(length);
            bytes.extend([0, 0]);
        } else {
            bytes.extend(length);
        }
        bytes.extend(value);
        bytes
    }

    fn file(elements: &[Vec<u8>]) -> Vec<u8> {
        let mut file = vec![0; 128];
        file.extend(b"DICM");
        file.extend(elements.concat());
        file.extend([8, 0, 0x16, 0, b'U', b'I', 2, 0, b'1', 0]);
        file
    }

    #[test]
    fn only_a_key_object_selection_has_a_unique_id() {
        let version = || element(1, b"OB", &[0, 1]);
        let class = |uid: &str| element(2, b"UI", format!("{uid}\0").as_bytes());
        let instance = |uid: &str| element(3, b"UI", uid.as_bytes());
        let good = file(&[version(), class(KOS), instance("1.2.3.4\0")]);
        let mut cut = good.clone();
        cut.truncate(150);
        for (name, bytes, expected) in [
            ("good", good, Ok("1.2.3.4")),
            ("not DICOM", b"<xml/>".to_vec(), Err(KosError::NotDicom)),
            ("empty", Vec::new(), Err(KosError::NotDicom)),
            ("cut", cut, Err(KosError::Meta)),
            ("no instance", file(&[version(), class(KOS)]), Err(KosError::Meta)),
            ("an image", file(&[class("1.2.840.10008.5.1.4.1.1.2"), instance("1.2.3.4")]), Err(KosError::OtherClass)),
            ("no OID", file(&[class(KOS), instance("1.02")]), Err(KosError::Uid)),
            ("a length beyond the end", file(&[vec![2, 0, 2, 0, b'U', b'I', 255, 255]]), Err(KosError::Meta)),
        ] {
            assert_eq!(unique_id(&bytes).as_ref().map(Oid::as_str), expected.as_ref().map(|text| *text), "{name}");
        }
    }
}
