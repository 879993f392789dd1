//! What a software that shares no imaging receives instead of an imaging reference (KOS): a text with a warning, the
//! modalities and the regions (acceptance 3.2-800).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use dmp_protocol::xml::WriteError;
use jiff::Timestamp;
use xds_model::{CodedValue, DocumentEntry};

use super::{Header, cda};
use crate::world::PatientId;

/// formatCode of an imaging reference.
const KOS: &str = "1.2.840.10008.5.1.4.1.1.88.59";
/// Code system of the modalities, and of the anatomical regions.
const MODALITIES: &str = "1.2.250.1.213.1.1.5.618";
const REGIONS: &str = "1.2.250.1.213.1.1.5.695";
/// XDS-SD: the model of an unstructured document.
const XDS_SD: &str = "1.3.6.1.4.1.19376.1.2.20";
const WARNING: &str = "Avertissement : votre logiciel n'est pas déclaré compatible avec le partage d'imagerie. Les \
    images de cet examen existent, mais il ne peut pas les afficher.";

/// The text that stands for an imaging reference; `None` for any other document.
pub(crate) fn text_instead_of_images(
    entry: &DocumentEntry,
    patient: &PatientId,
    at: Timestamp,
) -> Option<Result<Bytes, WriteError>> {
    let kind = entry.type_code.as_ref()?;
    entry.format_code.as_ref().filter(|format| format.code == KOS)?;
    let list = |system: &str| {
        let codes = entry.event_codes.iter().filter(|code| code.system == system);
        let labels: Vec<&str> = codes.map(label).collect();
        labels.join(", ")
    };
    let text = format!("{WARNING}\nModalités : {}\nRégions anatomiques : {}\n", list(MODALITIES), list(REGIONS));
    let title = entry.title.as_deref().unwrap_or_default();
    let header = Header { unique_id: &entry.unique_id, patient, kind, title, at, template: XDS_SD };
    Some(cda(&header, |w| {
        w.open("nonXMLBody", &[]);
        w.leaf("text", &[("mediaType", "text/plain"), ("representation", "B64")], &STANDARD.encode(text));
        w.close();
    }))
}

fn label(code: &CodedValue) -> &str {
    code.display.as_deref().unwrap_or(&code.code)
}
