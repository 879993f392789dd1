//! Lots of documents that a test may spoil before they are sent.

use bytes::Bytes;
use cda::metadata::{MappingOptions, document_entry};
use dmp_mock::world::seed;
use dmp_protocol::mtom::{self, Boundary, ContentId, PartHead, Segment};
use dmp_protocol::signature::DigestAlgorithm;
use dmp_protocol::switches::Switches;
use dmp_protocol::transaction::Transaction;
use dmp_protocol::xades::{self, DocumentDigest, SignatureRequest, SignedDocument};
use uuid::Uuid;
use xds_model::iti41::{DocumentPart, ProvideAndRegister};
use xds_model::{
    Association, Author, CodedValue, Cx, DocumentContent, DocumentEntry, Dtm, RegistryObjectList, SubmissionSet, Xcn,
    Xon,
};

use super::sender::{INSTANCE, signer};
use super::{Connection, HttpAnswer, Sender};

/// Bytes and entry of an invented consultation report, coherent with each other.
pub fn document(number: u32) -> (DocumentEntry, Vec<u8>) {
    let template = include_str!("../../../testdata/cda/n1-consultation-v1.xml");
    let bytes = template
        .replace("2.25.119517470109084072737592841170567157920", &unique_id(number))
        .replace("284063599941750", seed::PATIENT_FOLLOWED)
        .replace("10B0990016", seed::STRUCTURE_EG)
        .replace("899999000021", seed::MEDECIN)
        .into_bytes();
    (entry_of(&bytes, number), bytes)
}

/// The same report as a new version of another one.
pub fn new_version(number: u32, replaced: u32) -> (DocumentEntry, Vec<u8>) {
    let text = String::from_utf8(document(number).1).unwrap();
    let related = format!(
        "<relatedDocument typeCode=\"RPLC\"><parentDocument><id root=\"{}\"/></parentDocument></relatedDocument>\n  \
         <componentOf>",
        unique_id(replaced)
    );
    assert_eq!(text.matches("<componentOf>").count(), 1);
    let bytes = text.replace("<componentOf>", &related).into_bytes();
    (entry_of(&bytes, number), bytes)
}

pub fn entry_of(bytes: &[u8], number: u32) -> DocumentEntry {
    let document = cda::read(bytes, &cda::CdaLimits::default()).unwrap();
    let mut entry = document_entry(&document, &MappingOptions::default()).unwrap();
    entry.entry_uuid = format!("Document{number:02}");
    entry
}

pub fn unique_id(number: u32) -> String {
    format!("{INSTANCE}.1.{number}")
}

pub fn flag(code: &str) -> CodedValue {
    CodedValue::without_display(code, "1.2.250.1.213.1.1.4.13")
}

/// A lot ready to be sent; every field may be spoilt.
pub struct Submission {
    pub request: ProvideAndRegister,
    pub parts: Vec<(ContentId, Vec<u8>)>,
}

pub fn author() -> Author {
    Author {
        institution: Some(Xon::structure("CLINIQUE DU MODELE", seed::STRUCTURE_EG)),
        person: Some(Xcn::professional(seed::MEDECIN, "MODELE", "ALIX")),
        ..Author::default()
    }
}

pub fn submission_set(sender: &Sender<'_>) -> SubmissionSet {
    let (matricule, oid) = &sender.patient;
    SubmissionSet {
        entry_uuid: "SubmissionSet01".into(),
        unique_id: format!("2.25.{}", Uuid::new_v4().as_u128()),
        source_id: INSTANCE.into(),
        patient_id: Cx::ins(matricule, oid),
        submission_time: Some(Dtm::from_timestamp(sender.now())),
        title: Some("Consultation".into()),
        authors: vec![author()],
        content_type_code: Some(CodedValue::new("07", "Consultations soins externes", "1.2.250.1.213.2.2")),
        ..SubmissionSet::default()
    }
}

/// A good lot of these documents, signed by the structure.
pub fn submission(sender: &Sender<'_>, documents: Vec<(DocumentEntry, Vec<u8>)>) -> Submission {
    let set = submission_set(sender);
    let signature = sign(sender, &set, &documents);
    let mut entries = Vec::new();
    let mut associations = Vec::new();
    let mut parts = Vec::new();
    let mut bodies = Vec::new();
    let message = Uuid::new_v4();
    let signed_entry = signature_entry(sender, &documents[0].0, &signature);
    associations.push(Association::signs("AssociationSigns", &signed_entry.entry_uuid, &set.entry_uuid));
    for (number, (entry, bytes)) in documents.into_iter().chain([(signed_entry, signature)]).enumerate() {
        let id = format!("Association{number}");
        associations.push(Association::has_member(&id, &set.entry_uuid, &entry.entry_uuid));
        let content_id = ContentId::numbered(message, number + 1);
        bodies.push(DocumentPart { id: entry.entry_uuid.clone(), content: DocumentContent::Href(content_id.href()) });
        entries.push(entry);
        parts.push((content_id, bytes));
    }
    let objects = RegistryObjectList {
        submission_sets: vec![set],
        document_entries: entries,
        associations,
        ..RegistryObjectList::default()
    };
    Submission { request: ProvideAndRegister { objects, documents: bodies }, parts }
}

fn sign(sender: &Sender<'_>, set: &SubmissionSet, documents: &[(DocumentEntry, Vec<u8>)]) -> Vec<u8> {
    let documents: Vec<SignedDocument> = documents
        .iter()
        .map(|(entry, bytes)| SignedDocument {
            unique_id: entry.unique_id.clone(),
            digest: match cda::read(bytes.as_slice(), &cda::CdaLimits::default()) {
                Ok(document) => DocumentDigest::Xml(document.fingerprint.c14n_sha256),
                Err(_) => DocumentDigest::Raw(DigestAlgorithm::Sha256.digest(bytes).try_into().unwrap()),
            },
        })
        .collect();
    let request = SignatureRequest {
        signature_unique_id: &signature_unique_id(set),
        lot_unique_id: &set.unique_id,
        documents: &documents,
        signing_time: sender.now(),
    };
    xades::sign(&request, &signer(sender.signer), &Switches::default()).unwrap()
}

fn signature_unique_id(set: &SubmissionSet) -> String {
    format!("{}.1", set.unique_id)
}

fn signature_entry(sender: &Sender<'_>, first: &DocumentEntry, signature: &[u8]) -> DocumentEntry {
    let now = Some(Dtm::from_timestamp(sender.now()));
    let (matricule, oid) = &sender.patient;
    DocumentEntry {
        entry_uuid: "Signature01".into(),
        unique_id: format!("2.25.{}", Uuid::new_v4().as_u128()),
        patient_id: Cx::ins(matricule, oid),
        mime_type: "text/xml".into(),
        size: Some(signature.len() as u64),
        language_code: Some("art".into()),
        creation_time: now.clone(),
        service_start_time: now.clone(),
        service_stop_time: now,
        legal_authenticator: first.legal_authenticator.clone(),
        source_patient_id: Some(Cx::ins(matricule, oid)),
        title: Some("Source".into()),
        authors: vec![author()],
        class_code: Some(CodedValue::new("urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "Digital Signature", "URN")),
        type_code: Some(CodedValue::new("E1762", "Full Document", "ASTM")),
        format_code: Some(CodedValue::new("http://www.w3.org/2000/09/xmldsig#", "Default Signature Style", "URN")),
        confidentiality_codes: vec![
            CodedValue::new("N", "Normal", "2.16.840.1.113883.5.25"),
            flag("MASQUE_PS"),
            flag("INVISIBLE_PATIENT"),
        ],
        event_codes: vec![CodedValue::new("1.2.840.10065.1.12.1.14", "Source", "1.2.840.10065.1.12")],
        healthcare_facility_type_code: first.healthcare_facility_type_code.clone(),
        practice_setting_code: first.practice_setting_code.clone(),
        ..DocumentEntry::default()
    }
}

impl Submission {
    /// The first document.
    pub fn entry(&mut self) -> &mut DocumentEntry {
        &mut self.request.objects.document_entries[0]
    }

    pub fn set(&mut self) -> &mut SubmissionSet {
        &mut self.request.objects.submission_sets[0]
    }

    pub async fn send(&self, sender: &Sender<'_>) -> HttpAnswer {
        let assertion = sender.sign(&sender.assertion());
        self.send_as(sender, &assertion).await
    }

    pub async fn send_as(&self, sender: &Sender<'_>, assertion: &str) -> HttpAnswer {
        let envelope = sender.envelope(Transaction::Submit, assertion, |w| self.request.write(w));
        self.send_envelope(sender, envelope).await
    }

    /// What no type writes: the envelope as a test has changed it.
    pub async fn send_envelope(&self, sender: &Sender<'_>, envelope: String) -> HttpAnswer {
        let (content_type, body) = self.frame(envelope);
        let mut connection = Connection::to(sender.mock, sender.tls).await;
        connection.post("repository", &content_type, body).await
    }

    /// As [`Submission::send`], when the answer may never come.
    pub async fn try_send(&self, sender: &Sender<'_>) -> Result<HttpAnswer, hyper::Error> {
        let assertion = sender.sign(&sender.assertion());
        let (content_type, body) =
            self.frame(sender.envelope(Transaction::Submit, &assertion, |w| self.request.write(w)));
        let mut connection = Connection::to(sender.mock, sender.tls).await;
        connection.request("POST", "/si-dmp-server/v2/services/repository", &content_type, body).await
    }

    fn frame(&self, envelope: String) -> (String, Bytes) {
        let heads: Vec<PartHead> =
            self.parts.iter().map(|(id, bytes)| PartHead::octets(id.clone(), bytes.len() as u64)).collect();
        let action = Transaction::Submit.request_action();
        let message = mtom::request(Boundary::random(), action, envelope.into(), &heads).unwrap();
        let mut body = Vec::new();
        for segment in &message.segments {
            match segment {
                Segment::Bytes(bytes) => body.extend_from_slice(bytes),
                Segment::Part(index) => body.extend_from_slice(&self.parts[*index].1),
            }
        }
        (message.content_type, body.into())
    }
}
