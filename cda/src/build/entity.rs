//! `assignedAuthor`, `assignedEntity` and the organisations: one order of children, whatever the kind of actor.

use dmp_vocabulary::nomenclature::Concept;
use dmp_vocabulary::oids;
use dmp_xml::Writer;

use super::actor::{
    Actor, Device, DossierPharmaceutique, Name, PatientActor, Professional, ServiceNumeriqueReference, Structure,
    StructureSystem,
};
use super::contact::Contact;
use super::parts::{code_attributes, nested, write_code};
use crate::header::SIREN;

/// Identifier of the dossier pharmaceutique as an actor, that of its organisation, and its name.
const DOSSIER_PHARMACEUTIQUE: &str = "578435954900010/1.2.250.1.176.1";
const ORDRE_DES_PHARMACIENS: (&str, &str) = ("378435954900010", "CONSEIL NATIONAL ORDRE DES PHARMACIENS");
/// Code of a service numérique référencé in JDV_J01.
const SNR: [(&str, &str); 3] =
    [("code", "SNR"), ("displayName", "Service numérique référencé"), ("codeSystem", oids::PRODUCTEUR_NON_PS)];

/// An actor seen as the elements of a role.
pub(super) struct Entity<'a> {
    root: &'a str,
    extension: &'a str,
    code: Option<[(&'a str, &'a str); 3]>,
    contact: Option<&'a Contact>,
    person: Option<&'a Name>,
    device: Option<&'a Device>,
    organization: Option<Organization<'a>>,
}

/// An organisation by root, extension and name.
struct Organization<'a> {
    root: &'a str,
    extension: &'a str,
    name: &'a str,
    contact: Option<&'a Contact>,
}

impl<'a> From<&'a Professional> for Entity<'a> {
    fn from(professional: &'a Professional) -> Self {
        Self {
            root: oids::PS_ID_NAT,
            extension: professional.id.as_str(),
            code: Some(code_attributes(&professional.specialty)),
            contact: Some(&professional.contact),
            person: Some(&professional.name),
            device: None,
            organization: Some((&professional.structure).into()),
        }
    }
}

impl<'a> From<&'a PatientActor> for Entity<'a> {
    fn from(patient: &'a PatientActor) -> Self {
        Self {
            root: patient.ins.oid(),
            extension: patient.ins.matricule(),
            code: None,
            contact: Some(&patient.contact),
            person: Some(&patient.name),
            device: None,
            organization: None,
        }
    }
}

impl<'a> From<&'a StructureSystem> for Entity<'a> {
    fn from(system: &'a StructureSystem) -> Self {
        Self {
            root: oids::PS_ID_NAT,
            extension: system.id.as_str(),
            code: Some(code_attributes(&system.specialty)),
            contact: Some(&system.contact),
            person: None,
            device: Some(&system.device),
            organization: Some((&system.structure).into()),
        }
    }
}

impl<'a> From<&'a ServiceNumeriqueReference> for Entity<'a> {
    fn from(service: &'a ServiceNumeriqueReference) -> Self {
        Self {
            root: service.publisher.as_str(),
            extension: service.instance.as_str(),
            code: Some(SNR),
            contact: None,
            person: None,
            device: Some(&service.device),
            organization: Some(Organization {
                root: SIREN,
                extension: service.siren.as_str(),
                name: &service.publisher_name,
                contact: None,
            }),
        }
    }
}

impl<'a> From<&'a DossierPharmaceutique> for Entity<'a> {
    fn from(pharmacy: &'a DossierPharmaceutique) -> Self {
        let (extension, name) = ORDRE_DES_PHARMACIENS;
        Self {
            root: oids::PS_ID_NAT,
            extension: DOSSIER_PHARMACEUTIQUE,
            code: Some(code_attributes(&pharmacy.specialty)),
            contact: None,
            person: None,
            device: Some(&pharmacy.device),
            organization: Some(Organization { root: oids::STRUCT_ID_NAT, extension, name, contact: None }),
        }
    }
}

impl<'a> From<&'a Actor> for Entity<'a> {
    fn from(actor: &'a Actor) -> Self {
        match actor {
            Actor::Professional(professional) => (&**professional).into(),
            Actor::Patient(patient) => (&**patient).into(),
            Actor::StructureSystem(system) => (&**system).into(),
            Actor::ServiceNumeriqueReference(service) => (&**service).into(),
            Actor::DossierPharmaceutique(pharmacy) => (&**pharmacy).into(),
        }
    }
}

impl<'a> From<&'a Structure> for Organization<'a> {
    fn from(structure: &'a Structure) -> Self {
        Self {
            root: oids::STRUCT_ID_NAT,
            extension: structure.id.as_str(),
            name: &structure.name,
            contact: Some(&structure.contact),
        }
    }
}

impl Entity<'_> {
    /// `assignedAuthor`; a person is expected to have an address and a telecom, null where unknown.
    pub(super) fn write_author(&self, w: &mut Writer) {
        w.open("assignedAuthor", &[]);
        self.write_start(w, self.person.is_some());
        if let Some(device) = self.device {
            w.open("assignedAuthoringDevice", &[]);
            w.leaf("manufacturerModelName", &[], &device.model);
            w.leaf("softwareName", &[], &device.software);
            w.close();
        }
        if let Some(organization) = &self.organization {
            organization.write(w, None);
        }
        w.close();
    }

    /// `assignedEntity`. With a cadre d'exercice, the organisation is written even where the actor has none: that of
    /// a patient then holds the code alone.
    pub(super) fn write_assigned(&self, w: &mut Writer, practice_setting: Option<&Concept>) {
        self.write_entity(w, practice_setting, false);
    }

    /// `assignedEntity` of who signs: expected to have an address and a telecom, as an author.
    pub(super) fn write_signatory(&self, w: &mut Writer, practice_setting: Option<&Concept>) {
        self.write_entity(w, practice_setting, self.person.is_some());
    }

    fn write_entity(&self, w: &mut Writer, practice_setting: Option<&Concept>, expected: bool) {
        w.open("assignedEntity", &[]);
        self.write_start(w, expected);
        match (&self.organization, practice_setting) {
            (Some(organization), setting) => organization.write(w, setting),
            (None, Some(setting)) => {
                nested(w, &["representedOrganization"], |w| write_code(w, "standardIndustryClassCode", setting));
            }
            (None, None) => {}
        }
        w.close();
    }

    fn write_start(&self, w: &mut Writer, expected: bool) {
        w.empty("id", &[("root", self.root), ("extension", self.extension)]);
        if let Some(code) = &self.code {
            w.empty("code", code);
        }
        match self.contact {
            Some(contact) if expected => contact.write_expected(w),
            Some(contact) => contact.write(w),
            None => {}
        }
        if let Some(name) = self.person {
            write_person(w, "assignedPerson", name);
        }
    }
}

impl Organization<'_> {
    fn write(&self, w: &mut Writer, practice_setting: Option<&Concept>) {
        w.open("representedOrganization", &[]);
        self.write_content(w);
        if let Some(practice_setting) = practice_setting {
            write_code(w, "standardIndustryClassCode", practice_setting);
        }
        w.close();
    }

    fn write_content(&self, w: &mut Writer) {
        w.empty("id", &[("root", self.root), ("extension", self.extension)]);
        w.leaf("name", &[], self.name);
        if let Some(contact) = self.contact {
            contact.write_organization(w);
        }
    }
}

/// A structure under any name of element.
pub(super) fn write_structure(w: &mut Writer, element: &str, structure: &Structure) {
    nested(w, &[element], |w| Organization::from(structure).write_content(w));
}

/// A person under any name of element.
pub(super) fn write_person(w: &mut Writer, element: &str, name: &Name) {
    let parts = [("prefix", &name.prefix), ("given", &name.given)].map(|(part, text)| (part, text.as_deref()));
    let parts = parts.into_iter().chain([("family", Some(name.family.as_str())), ("suffix", name.suffix.as_deref())]);
    nested(w, &[element, "name"], |w| {
        for (part, text) in parts {
            if let Some(text) = text {
                w.leaf(part, &[], text);
            }
        }
    });
}
