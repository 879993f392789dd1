//! The header, and the document around a body.

use dmp_vocabulary::nomenclature::Concept;
use dmp_vocabulary::{Oid, oids};
use dmp_xml::Writer;
use jiff::Zoned;

use super::actor::Actor;
use super::content::{Base64Layout, MediaTypes, UnstructuredContent};
use super::encounter::Encounter;
use super::error::BuildError;
use super::event::{Consent, MainEvent, Order, SecondaryEvent};
use super::faults::{DOCUMENT_TYPES, Faults};
use super::participant::Participant;
use super::participation::{Author, Custodian, DataEnterer, Informant, Recipient};
use super::parts::{check_instant, nested, second, write_code};
use super::patient::Patient;
use super::signature::{Authenticator, LegalAuthenticator, Responsible};
use super::structured::StructuredBody;
use super::stylesheet;
use super::version::DocumentVersion;
use crate::data_types::collapse;

/// The header of a document to write. `Debug` shows type and version only.
#[derive(Clone, PartialEq)]
pub struct DocumentHeader {
    /// Identifiers and version.
    pub version: DocumentVersion,
    /// Type of the document (JDV_J07).
    pub document_type: Concept,
    /// Title, at most 128 characters; white space is collapsed.
    pub title: String,
    /// Creation, with the offset of the producer.
    pub created: Zoned,
    /// Confidentiality.
    pub confidentiality: Confidentiality,
    /// The patient.
    pub patient: Patient,
    /// The authors, at least one.
    pub authors: Vec<Author>,
    /// Who typed the document.
    pub data_enterer: Option<DataEnterer>,
    /// Who gave information, or is to be called.
    pub informants: Vec<Informant>,
    /// Who keeps the document; absent: the structure of the first author who has one.
    pub custodian: Option<Custodian>,
    /// Recipients known at the creation.
    pub recipients: Vec<Recipient>,
    /// Who answers for the document; absent: the first author who may.
    pub legal_authenticator: Option<LegalAuthenticator>,
    /// Professionals who attest beside him.
    pub authenticators: Vec<Authenticator>,
    /// Other participants.
    pub participants: Vec<Participant>,
    /// Orders that the document answers.
    pub orders: Vec<Order>,
    /// The documented act.
    pub event: MainEvent,
    /// Other acts.
    pub other_events: Vec<SecondaryEvent>,
    /// Consents obtained.
    pub consents: Vec<Consent>,
    /// The encounter.
    pub encounter: Encounter,
}

/// Confidentiality of the document; masking is no part of a CDA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Confidentiality {
    /// `N`
    #[default]
    Normal,
    /// `R`: should not be shared on the DMP.
    Restricted,
    /// `V`: should not be shared on the DMP.
    VeryRestricted,
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct WriteOptions {
    /// Media types that an unstructured body may have.
    pub media_types: MediaTypes,
    /// Layout of base64.
    pub base64: Base64Layout,
    /// What stands around the document.
    pub wrapping: Wrapping,
}

/// What stands around a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wrapping {
    /// Nothing.
    #[default]
    None,
    /// A stylesheet (document autoprésentable), which the ANS asks to stop producing.
    Autopresentable,
}

const FRANCE: [&str; 2] = ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1"];
/// XDS-SD: the only model of an unstructured document.
pub(super) const XDS_SD: &str = "1.3.6.1.4.1.19376.1.2.20";
const TITLE_MAX: usize = 128;
/// Namespaces of a document; that of types is needed by the entries of a structured body only.
const DEFAULT: (&str, &str) = ("xmlns", crate::HL7);
pub(super) const XSI: (&str, &str) = ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");

impl DocumentHeader {
    /// A header with what every document needs; custodian, legal authenticator and performer come from the author
    /// unless they are set.
    #[must_use]
    pub fn new(
        version: DocumentVersion,
        (document_type, title): (Concept, impl Into<String>),
        created: Zoned,
        patient: Patient,
        author: impl Into<Author>,
        event: MainEvent,
        encounter: Encounter,
    ) -> Self {
        Self {
            version,
            document_type,
            title: title.into(),
            created,
            confidentiality: Confidentiality::default(),
            patient,
            authors: vec![author.into()],
            data_enterer: None,
            informants: Vec::new(),
            custodian: None,
            recipients: Vec::new(),
            legal_authenticator: None,
            authenticators: Vec::new(),
            participants: Vec::new(),
            orders: Vec::new(),
            event,
            other_events: Vec::new(),
            consents: Vec::new(),
            encounter,
        }
    }

    /// The header of the next version: another identifier, one more, replacing this one; the time of the signature
    /// follows the new creation.
    #[must_use]
    pub fn successor(&self, unique_id: Oid, created: Zoned) -> Self {
        let mut next = Self { version: self.version.successor(unique_id), created, ..self.clone() };
        if let Some(legal_authenticator) = &mut next.legal_authenticator {
            legal_authenticator.time = None;
        }
        next
    }

    /// Writes an unstructured document (N1).
    ///
    /// # Errors
    /// [`BuildError::Fields`] with every field that is missing or refused; [`BuildError::Write`] for a control
    /// character.
    pub fn write_unstructured(
        &self,
        content: UnstructuredContent<'_>,
        options: &WriteOptions,
    ) -> Result<Vec<u8>, BuildError> {
        let mut faults = Faults::default();
        self.check(&mut faults);
        content.check(options.media_types, &mut faults);
        faults.finish(Some(()))?;
        self.write(&[DEFAULT], &[(XDS_SD, None)], options, |w| {
            nested(w, &["component", "nonXMLBody"], |w| content.write(w, options.base64));
        })
    }

    /// Writes a structured document (N3).
    ///
    /// # Errors
    /// As [`Self::write_unstructured`]; fields of the body are named `models…`, `sections[0]…`, `pdf_copy…`.
    pub fn write_structured(&self, body: &StructuredBody, options: &WriteOptions) -> Result<Vec<u8>, BuildError> {
        let mut faults = Faults::default();
        self.check(&mut faults);
        body.check(&mut faults);
        faults.finish(Some(()))?;
        let templates: Vec<_> = body.models.iter().map(|m| (m.root.as_str(), m.version.as_deref())).collect();
        self.write(&[DEFAULT, XSI], &templates, options, |w| body.write(w, &self.version.unique_id, options.base64))
    }

    /// Finds all that is missing or refused in the header.
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.code("document_type", &self.document_type, DOCUMENT_TYPES);
        check_title(&self.title, faults);
        check_instant("created", &self.created, faults);
        self.version.check(faults);
        self.patient.check(faults);
        let patient = &self.patient.ins;
        if self.authors.is_empty() {
            faults.missing("authors");
        }
        for (index, author) in self.authors.iter().enumerate() {
            author.check(&format!("authors[{index}]"), patient, faults);
        }
        if let Some(data_enterer) = &self.data_enterer {
            data_enterer.check(patient, faults);
        }
        for (index, informant) in self.informants.iter().enumerate() {
            informant.check(&format!("informants[{index}]"), patient, faults);
        }
        match &self.custodian {
            Some(custodian) => custodian.check(faults),
            None if self.custodian().is_none() => faults.missing("custodian"),
            None => {}
        }
        for (index, recipient) in self.recipients.iter().enumerate() {
            recipient.check(&format!("recipients[{index}]"), faults);
        }
        match &self.legal_authenticator {
            Some(legal_authenticator) => legal_authenticator.check(patient, faults),
            None if self.responsible().is_none() => faults.missing("legal_authenticator"),
            None => {}
        }
        for (index, authenticator) in self.authenticators.iter().enumerate() {
            authenticator.check(&format!("authenticators[{index}]"), faults);
        }
        for (index, participant) in self.participants.iter().enumerate() {
            participant.check(&format!("participants[{index}]"), faults);
        }
        Order::check_all(&self.orders, &self.document_type.code, faults);
        self.event.check(&self.document_type.code, patient, faults);
        let by_patient = |author: &Author| matches!(author.actor, Actor::Patient(_));
        if !self.authors.is_empty() && self.authors.iter().all(by_patient) {
            self.event.check_patients_own(faults);
        }
        for (index, event) in self.other_events.iter().enumerate() {
            event.check(&format!("other_events[{index}]"), patient, faults);
        }
        for (index, consent) in self.consents.iter().enumerate() {
            consent.check(&format!("consents[{index}]"), faults);
        }
        self.encounter.check(faults);
    }

    fn custodian(&self) -> Option<Custodian> {
        let structure = || self.authors.iter().find_map(|author| author.actor.structure());
        self.custodian.clone().or_else(|| structure().cloned().map(Custodian::Structure))
    }

    fn responsible(&self) -> Option<LegalAuthenticator> {
        let author = || self.authors.iter().find_map(|author| Responsible::from_actor(&author.actor));
        self.legal_authenticator.clone().or_else(|| author().map(|who| LegalAuthenticator { who, time: None }))
    }

    fn write(
        &self,
        namespaces: &[(&str, &str)],
        models: &[(&str, Option<&str>)],
        options: &WriteOptions,
        body: impl FnOnce(&mut Writer),
    ) -> Result<Vec<u8>, BuildError> {
        let mut w = Writer::new();
        w.declaration();
        w.raw("\n");
        w.open("ClinicalDocument", namespaces);
        self.write_identity(&mut w, models);
        self.write_participations(&mut w);
        self.write_context(&mut w);
        body(&mut w);
        w.close();
        w.raw("\n");
        let document = w.finish()?;
        match options.wrapping {
            Wrapping::None => Ok(document.into_bytes()),
            Wrapping::Autopresentable => stylesheet::wrap(&document),
        }
    }

    fn write_identity(&self, w: &mut Writer, models: &[(&str, Option<&str>)]) {
        w.empty("realmCode", &[("code", "FR")]);
        w.empty("typeId", &[("root", "2.16.840.1.113883.1.3"), ("extension", "POCD_HD000040")]);
        for (root, version) in FRANCE.iter().map(|root| (*root, None)).chain(models.iter().copied()) {
            let mut attributes = vec![("root", root)];
            attributes.extend(version.map(|version| ("extension", version)));
            w.empty("templateId", &attributes);
        }
        w.empty("id", &[("root", self.version.unique_id.as_str())]);
        write_code(w, "code", &self.document_type);
        w.leaf("title", &[], &collapse(&self.title));
        w.empty("effectiveTime", &[("value", &second(&self.created))]);
        let (code, label) = self.confidentiality.code();
        let system = oids::HL7_CONFIDENTIALITY;
        w.empty("confidentialityCode", &[("code", code), ("displayName", label), ("codeSystem", system)]);
        w.empty("languageCode", &[("code", "fr-FR")]);
        w.empty("setId", &[("root", self.version.set_id.as_str())]);
        w.empty("versionNumber", &[("value", &self.version.number.to_string())]);
    }

    fn write_participations(&self, w: &mut Writer) {
        let created = &self.created;
        self.patient.write(w);
        self.authors.iter().for_each(|author| author.write(w, created));
        if let Some(data_enterer) = &self.data_enterer {
            data_enterer.write(w, created);
        }
        self.informants.iter().for_each(|informant| informant.write(w));
        if let Some(custodian) = self.custodian() {
            custodian.write(w);
        }
        self.recipients.iter().for_each(|recipient| recipient.write(w));
        if let Some(responsible) = self.responsible() {
            responsible.write(w, created, &self.event.practice_setting);
        }
        self.authenticators.iter().for_each(|authenticator| authenticator.write(w, created));
        self.participants.iter().for_each(|participant| participant.write(w));
    }

    fn write_context(&self, w: &mut Writer) {
        let first_author: Option<&Actor> = self.authors.first().map(|author| &author.actor);
        self.orders.iter().for_each(|order| order.write(w));
        self.event.write(w, first_author);
        self.other_events.iter().for_each(|event| event.write(w));
        self.version.write_relation(w);
        self.consents.iter().for_each(|consent| consent.write(w));
        self.encounter.write(w);
    }
}

impl Confidentiality {
    fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Normal => ("N", "Normal"),
            Self::Restricted => ("R", "Restreint"),
            Self::VeryRestricted => ("V", "Très restreint"),
        }
    }
}

pub(crate) fn check_title(title: &str, faults: &mut Faults) {
    let title = collapse(title);
    faults.text("title", &title);
    faults.check("title", title.chars().count() <= TITLE_MAX, "CDA-HDR-016", "at most 128 characters");
}

impl std::fmt::Debug for DocumentHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("DocumentHeader");
        shown.field("document_type", &self.document_type.code).field("version", &self.version.number);
        shown.finish_non_exhaustive()
    }
}
