//! Authors and legal authenticator as XCN and XON.

use dmp_vocabulary::oids;
use xds_model::{Author, AuthorSpecialty, Xcn, Xon, hl7};

use super::codes::coded;
use super::error::MappingError;
use super::options::MappingOptions;
use crate::header::{self, ActorKind, AssignedActor, Organization, SIREN};
use crate::{Header, InstanceIdentifier};

/// One author of the entry for each of the header, in its order.
pub(super) fn authors(header: &Header, options: &MappingOptions) -> Vec<Result<Author, MappingError>> {
    if header.authors.is_empty() {
        return vec![Err(MappingError::missing("author", "author", "CDA-AUT-001"))];
    }
    let authors = header.authors.iter().enumerate();
    authors.map(|(index, author)| self::author(author, index + 1, options)).collect()
}

fn author(author: &header::Author, number: usize, options: &MappingOptions) -> Result<Author, MappingError> {
    let assigned = &author.assigned;
    let missing =
        || MappingError::missing("authorPerson", format!("author[{number}]/assignedAuthor/id"), "CDA-AUT-004");
    let patient = assigned.actor().kind == ActorKind::Patient;
    let role = author
        .function
        .as_ref()
        .and_then(|function| function.display.clone().or_else(|| coded(Some(function), options)?.display));
    Ok(Author {
        institution: assigned.organization.as_ref().filter(|_| !patient).and_then(institution),
        person: Some(person(assigned, device_names(assigned)).ok_or_else(missing)?),
        roles: role.into_iter().collect(),
        specialty: coded(assigned.specialty.as_ref(), options).map(|code| AuthorSpecialty::new(&code)),
        other_slots: Vec::new(),
    })
}

pub(super) fn legal_authenticator(header: &Header) -> Result<Xcn, MappingError> {
    const XPATH: &str = "legalAuthenticator";
    let missing = || MappingError::missing("legalAuthenticator", XPATH, "CDA-LAU-001");
    let assigned = &header.legal_authenticator.as_ref().ok_or_else(missing)?.assigned;
    let names = names_of_twin(assigned, header);
    let no_id = || MappingError::missing("legalAuthenticator", format!("{XPATH}/assignedEntity/id"), "CDA-LAU-005");
    person(assigned, names).ok_or_else(no_id)
}

/// A legal authenticator has no device: its names are those of the author with the same identifier, else the name of
/// its organisation (probable).
fn names_of_twin<'a>(assigned: &'a AssignedActor, header: &'a Header) -> (&'a str, &'a str) {
    let id = assigned.actor().id;
    let mut twins = header.authors.iter().map(|author| &author.assigned);
    let twin = twins.find(|author| author.device.is_some() && author.actor().id == id);
    match twin {
        Some(author) => device_names(author),
        None => (assigned.organization.as_ref().and_then(|o| o.name.as_deref()).unwrap_or_default(), ""),
    }
}

/// Software and model of the device.
fn device_names(assigned: &AssignedActor) -> (&str, &str) {
    let device = assigned.device.as_ref();
    let software = device.and_then(|device| device.software.as_deref());
    (software.unwrap_or_default(), device.and_then(|device| device.model.as_deref()).unwrap_or_default())
}

/// The XCN of an actor; `None` without root and extension. `system_names` serve the kinds that are no persons.
fn person(assigned: &AssignedActor, system_names: (&str, &str)) -> Option<Xcn> {
    let actor = assigned.actor();
    let InstanceIdentifier { root, extension } = actor.id?;
    let id = extension.as_deref()?;
    let name = assigned.person.as_ref();
    let family = name.and_then(|name| name.any_family()).unwrap_or_default();
    let given = name.and_then(|name| name.any_given()).unwrap_or_default();
    Some(match actor.kind {
        ActorKind::Professional => Xcn::professional(id, family, given),
        ActorKind::Patient => Xcn::patient(id, root, family, given),
        ActorKind::StructureSystem | ActorKind::DossierPharmaceutique => {
            Xcn::structure_system(id, system_names.0, system_names.1)
        }
        ActorKind::ServiceNumeriqueReference => Xcn::referenced_service(id, root, system_names.0, system_names.1),
        ActorKind::Unknown => person_under_another_root(id, root, family, given),
    })
}

/// A person as a professional, under the root that the document gives.
fn person_under_another_root(id: &str, root: &str, family: &str, given: &str) -> Xcn {
    let id_type = if id.contains('/') { "EI" } else { "IDNPS" };
    let [id, family, given] = [id, family, given].map(hl7::escape);
    Xcn::from_raw(format!("{id}^{family}^{given}^^^^^^{}^D^^^{id_type}", hl7::authority(root)))
}

/// The XON of an organisation: by its Struct_IdNat, by the SIREN of a SNR, by any other identifier, by its name.
fn institution(organization: &Organization) -> Option<Xon> {
    let name = organization.name.as_deref().unwrap_or_default();
    let under = |root: &str| organization.ids.iter().find(|id| id.root == root && id.extension.is_some());
    if let Some(id) = under(oids::STRUCT_ID_NAT) {
        return Some(Xon::structure(name, id.extension.as_deref()?));
    }
    if let Some(id) = under(SIREN) {
        return Some(Xon::referenced_service(name, id.extension.as_deref()?));
    }
    if let Some(id) = organization.ids.iter().find(|id| id.extension.is_some()) {
        let (authority, id) = (hl7::authority(&id.root), hl7::escape(id.extension.as_deref()?));
        return Some(Xon::from_raw(format!("{}^^^^^{authority}^^^^{id}", hl7::escape(name))));
    }
    (!name.is_empty()).then(|| Xon::name_only(name))
}
