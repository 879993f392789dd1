//! Documents of the scenarios, written by the builder of this project.

use cda::build::{
    BirthPlace, Block, Contact, ContentType, DocumentHeader, DocumentVersion, Encounter, Identifier, Inline, Interval,
    MainEvent, MediaTypes, Name, Narrative, Order, Patient, Professional, Section, Sex, Structure, StructuredBody,
    Template, UnstructuredContent, Wrapping, WriteOptions,
};
use cda::{CdaLimits, read_with_body};
use dmp_client::{Document, Hidden, QualifiedPatient, Realm, Submission};
use dmp_mock::world::seed;
use dmp_vocabulary::Oid;
use dmp_vocabulary::identity::{BirthDate, ProfessionalId, StructureId};
use dmp_vocabulary::nomenclature::Concept;
use jiff::Zoned;

use crate::support::documents::{concept, random_oid};

pub(crate) const LOINC: &str = "2.16.840.1.113883.6.1";

pub(crate) fn oid(text: &str) -> Oid {
    Oid::parse(text).unwrap()
}

pub(crate) fn code(code: &str, display: &str, system: &str) -> Concept {
    Concept { code: code.to_owned(), display: display.to_owned(), system: system.to_owned() }
}

/// `2026-03-02T09:15:00+01:00`.
pub(crate) fn at(text: &str) -> Zoned {
    let (local, offset) = text.split_at(text.len() - 6);
    format!("{local}{offset}[{offset}]").parse().unwrap()
}

pub(crate) fn clinic() -> Structure {
    Structure::new(StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value, "CLINIQUE DU MODELE")
}

/// Médecin MODELE ALIX.
pub(crate) fn alix() -> Professional {
    doctor(seed::MEDECIN, "MODELE", "ALIX")
}

/// Médecin CANEVAS NOE.
pub(crate) fn noe() -> Professional {
    doctor(super::CONFRERE, "CANEVAS", "NOE")
}

/// Médecin GABARIT LOU: an author who never comes in these scenarios.
pub(crate) fn lou() -> Professional {
    doctor("899999000054", "GABARIT", "LOU")
}

pub(crate) fn doctor(id: &str, family: &str, given: &str) -> Professional {
    let id = ProfessionalId::parse(id, Realm::Test).unwrap().value;
    Professional::new(id, concept("JDV_J01", "G15_10/SM26"), Name::new(family, given), clinic())
}

/// The secretary of the establishment, by an internal identifier.
pub(crate) fn secretary() -> Professional {
    let id = crate::support::internal_id(&format!("3{}/000042", &seed::STRUCTURE_EG[1..]));
    Professional::new(id, concept("JDV_J01", "SECRETARIAT_MEDICAL"), Name::new("ACCUEIL", "ANDREA"), clinic())
}

fn patient(patient: &QualifiedPatient) -> Patient {
    let (family, given, sex, birth) = match super::id_of(patient).matricule.as_str() {
        seed::PATIENT_FOLLOWED => ("EXEMPLE", "CAMILLE", Sex::Female, "19800514"),
        seed::PATIENT_UNKNOWN_TO_ALL => ("SPECIMEN", "DOMINIQUE", Sex::Male, "19751103"),
        seed::PATIENT_CLOSED => ("TEMOIN", "CLAUDE", Sex::Female, "19620307"),
        _ => ("EXEMPLE", "CAMILLE", Sex::Male, "20120901"),
    };
    Patient {
        ins: patient.ins().clone(),
        local_ids: Vec::new(),
        contact: Contact::default(),
        birth_family: family.to_owned(),
        birth_given: given.to_owned(),
        birth_given_list: given.to_owned(),
        used_family: None,
        used_given: None,
        sex,
        birth_date: BirthDate::parse_hl7(birth).unwrap(),
        birth_place: BirthPlace::cog("75999"),
        deceased: None,
        multiple_birth_rank: None,
        guardians: Vec::new(),
    }
}

/// A document of that type (JDV_J66), by the médecin of the establishment, about one act of 2 March 2026.
pub(crate) fn header(about: &QualifiedPatient, kind: &str) -> DocumentHeader {
    let kind = concept("JDV_J66", kind);
    let title = kind.display.clone();
    let (start, stop) = (at("2026-03-02T09:45:00+01:00"), at("2026-03-02T10:05:00+01:00"));
    let event =
        MainEvent { stop: Some(stop.clone()), ..MainEvent::new(start.clone(), concept("JDV_J62", "AMBULATOIRE")) };
    let encounter = Encounter {
        code: Some(concept("JDV_J142", "AMB")),
        time: Interval::from(start).to(stop),
        ..Encounter::new(concept("JDV_J61", "SA01"))
    };
    let version = DocumentVersion::first(random_oid(), random_oid());
    let created = at("2026-03-02T10:15:00+01:00");
    DocumentHeader::new(version, (kind, title), created, patient(about), alix(), event, encounter)
}

/// The next version of a document, under another title.
pub(crate) fn successor(of: &DocumentHeader) -> DocumentHeader {
    let mut next = of.successor(random_oid(), at("2026-03-03T08:00:00+01:00"));
    next.title = format!("{} (version {})", of.title, next.version.number);
    next
}

pub(crate) fn unique_id(header: &DocumentHeader) -> String {
    header.version.unique_id.to_string()
}

pub(crate) fn text_bytes(header: &DocumentHeader) -> Vec<u8> {
    let text = format!("Tout va bien (version {}).\n", header.version.number);
    header.write_unstructured(UnstructuredContent::text(&text), &WriteOptions::default()).unwrap()
}

/// The document as a text.
pub(crate) async fn text(header: &DocumentHeader) -> Document {
    Document::from_cda_bytes(text_bytes(header)).await.unwrap()
}

/// One blank page that declares PDF/A-1b.
pub(crate) fn pdf() -> Vec<u8> {
    let document = include_bytes!("../../../../testdata/cda/n1-consultation-v2-rplc.xml");
    let mut pdf = Vec::new();
    read_with_body(document.as_slice(), &CdaLimits::default(), &mut pdf).unwrap();
    pdf
}

/// The five media types of an unstructured body, each with a smallest file and the formatCode it gives.
pub(crate) fn media() -> [(ContentType, Vec<u8>, &'static str); 5] {
    [
        (ContentType::Text, b"Certificat.\n".to_vec(), "urn:ihe:iti:xds-sd:text:2008"),
        (ContentType::Rtf, br"{\rtf1\ansi Certificat.}".to_vec(), "urn:ihe:iti-fr:xds-sd:rtf:2010"),
        (ContentType::Pdf, pdf(), "urn:ihe:iti:xds-sd:pdf:2008"),
        (
            ContentType::Jpeg,
            b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xD9".to_vec(),
            "urn:ihe:iti-fr:xds-sd:jpeg:2010",
        ),
        (ContentType::Tiff, b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec(), "urn:ihe:iti-fr:xds-sd:tiff:2010"),
    ]
}

pub(crate) fn unstructured(header: &DocumentHeader, media_type: ContentType, bytes: &[u8]) -> Vec<u8> {
    let mut options = WriteOptions::default();
    options.media_types = MediaTypes::Five;
    header.write_unstructured(UnstructuredContent { media_type, bytes }, &options).unwrap()
}

/// A structured body of one model: a commentary.
pub(crate) fn body(model: &str, version: &str) -> StructuredBody {
    let templates = ["2.16.840.1.113883.10.12.201", "1.3.6.1.4.1.19376.1.4.1.2.16", "1.2.250.1.213.1.1.2.73"];
    let templates = templates.iter().map(|root| Template::new(oid(root))).collect();
    let narrative = Narrative(vec![Block::paragraph_of([Inline::text("Rien à signaler.")])]);
    let section = Section::new(templates, code("55112-7", "Commentaire", LOINC), "Commentaire", narrative);
    StructuredBody::new(Template::versioned(oid(model), version), vec![section])
}

pub(crate) fn structured(header: &DocumentHeader, body: &StructuredBody) -> Vec<u8> {
    header.write_structured(body, &WriteOptions::default()).unwrap()
}

/// The same around a stylesheet (document autoprésentable).
pub(crate) fn self_presenting(header: &DocumentHeader, body: &StructuredBody) -> Vec<u8> {
    let mut options = WriteOptions::default();
    options.wrapping = Wrapping::Autopresentable;
    header.write_structured(body, &options).unwrap()
}

pub(crate) async fn document(bytes: &[u8]) -> Document {
    Document::from_cda_bytes(bytes.to_vec()).await.unwrap()
}

pub(crate) async fn hidden(header: &DocumentHeader, flag: Hidden) -> Submission {
    Submission::of(text(header).await.hidden(flag))
}

pub(crate) fn order(number: &str) -> Order {
    Order { id: Identifier::local(oid("2.999.35.11"), number), accession_number: None }
}
