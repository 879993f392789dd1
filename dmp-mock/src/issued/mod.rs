//! CDA documents that the DMP itself writes: what it gives in place of an imaging reference, and the vaccination
//! history. Their header holds what a reader needs, no more.

mod imaging;
mod vaccinations;

use bytes::Bytes;
use dmp_protocol::xml::{WriteError, Writer};
use jiff::Timestamp;
use xds_model::{CodedValue, Dtm};

pub(crate) use imaging::text_instead_of_images;
pub(crate) use vaccinations::vaccination_history;

use crate::world::PatientId;

/// templateIds of every document of the CI-SIS.
const CI_SIS: [&str; 2] = ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1"];

/// What the header says.
pub(crate) struct Header<'a> {
    pub(crate) unique_id: &'a str,
    pub(crate) patient: &'a PatientId,
    pub(crate) kind: &'a CodedValue,
    pub(crate) title: &'a str,
    pub(crate) at: Timestamp,
    /// templateId of the kind of document, beside those of every document.
    pub(crate) template: &'a str,
}

/// A document of that header around `body`, which writes the child of `component`.
fn cda(header: &Header<'_>, body: impl FnOnce(&mut Writer)) -> Result<Bytes, WriteError> {
    let mut w = Writer::new();
    let at = Dtm::from_timestamp(header.at).as_str().to_owned() + "+0000";
    w.declaration();
    w.open(
        "ClinicalDocument",
        &[("xmlns", "urn:hl7-org:v3"), ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")],
    );
    w.empty("realmCode", &[("code", "FR")]);
    w.empty("typeId", &[("root", "2.16.840.1.113883.1.3"), ("extension", "POCD_HD000040")]);
    for root in CI_SIS.into_iter().chain([header.template]) {
        w.empty("templateId", &[("root", root)]);
    }
    w.empty("id", &[("root", header.unique_id)]);
    code(&mut w, "code", header.kind);
    w.leaf("title", &[], header.title);
    w.empty("effectiveTime", &[("value", &at)]);
    code(&mut w, "confidentialityCode", &CodedValue::new("N", "Normal", "2.16.840.1.113883.5.25"));
    w.empty("languageCode", &[("code", "fr-FR")]);
    w.open("recordTarget", &[]);
    w.open("patientRole", &[]);
    w.empty("id", &[("root", &header.patient.oid), ("extension", &header.patient.matricule)]);
    w.close();
    w.close();
    author(&mut w, &at);
    w.open("component", &[]);
    body(&mut w);
    w.close();
    w.close();
    w.finish().map(Bytes::from)
}

fn author(w: &mut Writer, at: &str) {
    w.open("author", &[]);
    w.empty("time", &[("value", at)]);
    w.open("assignedAuthor", &[]);
    w.empty("id", &[("nullFlavor", "NA")]);
    w.open("assignedAuthoringDevice", &[]);
    w.leaf("softwareName", &[], "DMP");
    w.close();
    w.close();
    w.close();
}

fn code(w: &mut Writer, element: &str, code: &CodedValue) {
    let display = code.display.as_deref().unwrap_or(&code.code);
    w.empty(element, &[("code", &code.code), ("displayName", display), ("codeSystem", &code.system)]);
}
