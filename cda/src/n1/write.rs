//! The XML, in the order of the schema.

use base64::Engine as _;
use dmp_vocabulary::nomenclature::Concept;
use dmp_vocabulary::{Oid, oids};
use dmp_xml::Writer;
use jiff::Zoned;

use super::complete::{Complete, Patient, Professional, Structure};
use super::{N1Author, N1Content, N1Encounter, N1Error, N1Event, N1Order, N1Patient};

const UNKNOWN: &[(&str, &str)] = &[("nullFlavor", "UNK")];
/// Qualifiers of the translations of an imaging report.
const MODALITY: [(&str, &str); 3] =
    [("code", "121139"), ("displayName", "Modalité d'imagerie"), ("codeSystem", "1.2.840.10008.2.16.4")];
const REGION: [(&str, &str); 3] =
    [("code", "39111-0"), ("displayName", "Localisation anatomique"), ("codeSystem", oids::LOINC)];

pub(super) fn write(document: &Complete<'_>, content: N1Content<'_>) -> Result<Vec<u8>, N1Error> {
    let builder = document.builder;
    let mut w = Writer::new();
    w.declaration();
    w.raw("\n");
    w.open("ClinicalDocument", &[("xmlns", crate::HL7)]);
    write_identity(&mut w, document);
    write_patient(&mut w, &document.patient, &builder.patient);
    for (author, professional) in builder.authors.iter().zip(&document.authors) {
        write_author(&mut w, author, professional, document.created);
    }
    write_custodian(&mut w, &document.custodian);
    write_legal_authenticator(&mut w, document);
    builder.orders.iter().for_each(|order| write_order(&mut w, order));
    write_event(&mut w, document, &builder.event);
    write_replaced(&mut w, builder.replaces.as_ref());
    write_encounter(&mut w, &builder.encounter, document.facility);
    w.open("component", &[]);
    w.open("nonXMLBody", &[]);
    let attributes = [("mediaType", content.media_type.as_str()), ("representation", "B64")];
    w.leaf("text", &attributes, &base64::engine::general_purpose::STANDARD.encode(content.bytes));
    w.close();
    w.close();
    w.close();
    w.raw("\n");
    Ok(w.finish()?.into_bytes())
}

fn write_identity(w: &mut Writer, document: &Complete<'_>) {
    w.empty("realmCode", &[("code", "FR")]);
    w.empty("typeId", &[("root", "2.16.840.1.113883.1.3"), ("extension", "POCD_HD000040")]);
    for template in ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.3.6.1.4.1.19376.1.2.20"] {
        w.empty("templateId", &[("root", template)]);
    }
    w.empty("id", &[("root", document.unique_id.as_str())]);
    write_code(w, "code", document.document_type);
    w.leaf("title", &[], &document.title);
    w.empty("effectiveTime", &[("value", &time(document.created))]);
    let (code, label) = document.builder.confidentiality.code();
    let system = oids::HL7_CONFIDENTIALITY;
    w.empty("confidentialityCode", &[("code", code), ("displayName", label), ("codeSystem", system)]);
    w.empty("languageCode", &[("code", "fr-FR")]);
    w.empty("setId", &[("root", document.set_id.as_str())]);
    w.empty("versionNumber", &[("value", &document.version.to_string())]);
}

fn write_patient(w: &mut Writer, patient: &Patient<'_>, optional: &N1Patient) {
    w.open("recordTarget", &[]);
    w.open("patientRole", &[]);
    w.empty("id", &[("root", patient.ins.oid()), ("extension", patient.ins.matricule())]);
    if let Some((root, extension)) = &optional.local_id {
        w.empty("id", &[("root", root.as_str()), ("extension", extension)]);
    }
    w.open("patient", &[]);
    w.open("name", &[]);
    w.leaf("family", &[("qualifier", "BR")], patient.birth_family);
    w.leaf("given", &[("qualifier", "BR")], patient.birth_given);
    w.leaf("given", &[], patient.birth_given_list);
    for (part, text) in [("family", &optional.used_family), ("given", &optional.used_given)] {
        if let Some(text) = text.as_ref().filter(|text| !text.trim().is_empty()) {
            w.leaf(part, &[("qualifier", "CL")], text);
        }
    }
    w.close();
    let (code, label) = patient.sex.code();
    let sex = [("code", code), ("displayName", label), ("codeSystem", "2.16.840.1.113883.5.1")];
    w.empty("administrativeGenderCode", &sex);
    w.empty("birthTime", &[("value", &patient.birth_date.to_hl7())]);
    nested(w, &["birthplace", "place", "addr"], |w| w.leaf("county", &[], patient.birth_place));
    w.close();
    w.close();
    w.close();
}

fn write_author(w: &mut Writer, author: &N1Author, professional: &Professional<'_>, created: &Zoned) {
    w.open("author", &[]);
    if let Some(function) = &author.function {
        write_code(w, "functionCode", function);
    }
    w.empty("time", &[("value", &time(author.time.as_ref().unwrap_or(created)))]);
    w.open("assignedAuthor", &[]);
    write_professional(w, professional, None);
    w.close();
    w.close();
}

fn write_custodian(w: &mut Writer, custodian: &Structure<'_>) {
    nested(w, &["custodian", "assignedCustodian", "representedCustodianOrganization"], |w| {
        write_structure_content(w, custodian);
    });
}

fn write_legal_authenticator(w: &mut Writer, document: &Complete<'_>) {
    let when = document.builder.authenticated.as_ref().unwrap_or(document.created);
    w.open("legalAuthenticator", &[]);
    w.empty("time", &[("value", &time(when))]);
    w.empty("signatureCode", &[("code", "S")]);
    w.open("assignedEntity", &[]);
    write_professional(w, &document.legal_authenticator, Some(document.practice_setting));
    w.close();
    w.close();
}

/// Content of `assignedAuthor` and `assignedEntity`.
fn write_professional(w: &mut Writer, professional: &Professional<'_>, practice_setting: Option<&Concept>) {
    w.empty("id", &[("root", oids::PS_ID_NAT), ("extension", professional.id.as_str())]);
    write_code(w, "code", professional.specialty);
    w.empty("addr", UNKNOWN);
    w.empty("telecom", UNKNOWN);
    nested(w, &["assignedPerson", "name"], |w| {
        let fields = professional.fields;
        let parts = [("prefix", fields.prefix.as_deref()), ("given", fields.given.as_deref())];
        let parts = parts.into_iter().chain([("family", Some(professional.family))]);
        for (part, text) in parts.chain([("suffix", fields.suffix.as_deref())]) {
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                w.leaf(part, &[], text);
            }
        }
    });
    w.open("representedOrganization", &[]);
    write_structure_content(w, &professional.structure);
    if let Some(practice_setting) = practice_setting {
        write_code(w, "standardIndustryClassCode", practice_setting);
    }
    w.close();
}

fn write_structure_content(w: &mut Writer, structure: &Structure<'_>) {
    w.empty("id", &[("root", oids::STRUCT_ID_NAT), ("extension", structure.id.as_str())]);
    w.leaf("name", &[], structure.name);
}

fn write_order(w: &mut Writer, order: &N1Order) {
    w.open("inFulfillmentOf", &[]);
    w.open("order", &[]);
    w.empty("id", &[("root", order.id.0.as_str()), ("extension", &order.id.1)]);
    if let Some((root, extension)) = &order.accession_number {
        let namespace = ("xmlns:ps3-20", "urn:dicom-org:ps3-20");
        w.empty("ps3-20:accessionNumber", &[namespace, ("root", root.as_str()), ("extension", extension)]);
    }
    w.close();
    w.close();
}

fn write_event(w: &mut Writer, document: &Complete<'_>, event: &N1Event) {
    w.open("documentationOf", &[]);
    w.open("serviceEvent", &[]);
    if let Some(study) = &event.study {
        w.empty("id", &[("root", study.as_str())]);
    }
    if let Some(code) = &event.code {
        w.open("code", &code_attributes(code));
        for (translations, about) in [(&event.modalities, &MODALITY), (&event.regions, &REGION)] {
            for translation in translations {
                w.open("translation", &code_attributes(translation));
                nested(w, &["qualifier"], |w| w.empty("name", about));
                w.close();
            }
        }
        w.close();
    }
    write_interval(w, Some(document.event_start), event.stop.as_ref());
    w.open("performer", &[("typeCode", "PRF")]);
    w.open("assignedEntity", &[]);
    write_professional(w, &document.performer, Some(document.practice_setting));
    w.close();
    w.close();
    w.close();
    w.close();
}

fn write_replaced(w: &mut Writer, replaced: Option<&Oid>) {
    if let Some(replaced) = replaced {
        w.open("relatedDocument", &[("typeCode", "RPLC")]);
        nested(w, &["parentDocument"], |w| w.empty("id", &[("root", replaced.as_str())]));
        w.close();
    }
}

fn write_encounter(w: &mut Writer, encounter: &N1Encounter, facility: &Concept) {
    w.open("componentOf", &[]);
    w.open("encompassingEncounter", &[]);
    if let Some(code) = &encounter.code {
        write_code(w, "code", code);
    }
    write_interval(w, encounter.start.as_ref(), encounter.stop.as_ref());
    nested(w, &["location", "healthCareFacility"], |w| write_code(w, "code", facility));
    w.close();
    w.close();
}

/// `effectiveTime`; an end equal to its start is not written.
fn write_interval(w: &mut Writer, start: Option<&Zoned>, stop: Option<&Zoned>) {
    if start.is_none() && stop.is_none() {
        return w.empty("effectiveTime", UNKNOWN);
    }
    w.open("effectiveTime", &[]);
    if let Some(start) = start {
        w.empty("low", &[("value", &time(start))]);
    }
    if let Some(stop) = stop.filter(|stop| Some(*stop) != start) {
        w.empty("high", &[("value", &time(stop))]);
    }
    w.close();
}

fn write_code(w: &mut Writer, element: &str, concept: &Concept) {
    w.empty(element, &code_attributes(concept));
}

fn code_attributes(concept: &Concept) -> [(&str, &str); 3] {
    [("code", &concept.code), ("displayName", &concept.display), ("codeSystem", &concept.system)]
}

/// Elements without attributes, one in the other, around a content.
fn nested(w: &mut Writer, elements: &[&str], content: impl FnOnce(&mut Writer)) {
    elements.iter().for_each(|element| w.open(element, &[]));
    content(w);
    elements.iter().for_each(|_| w.close());
}

/// `AAAAMMJJhhmmss±zzzz`.
fn time(instant: &Zoned) -> String {
    instant.strftime("%Y%m%d%H%M%S%z").to_string()
}
