//! The CDA of a document of a world file: the patient, the author and the act of the row, around a sample or a file.

use cda::build::{
    Actor, Author, BirthPlace, Contact, Custodian, Device, DocumentHeader, DocumentVersion, Encounter, EventCode,
    EventTranslation, Identifier, MainEvent, Name, Order, Patient as CdaPatient, PatientActor,
    Professional as CdaProfessional, ServiceNumeriqueReference, Sex as CdaSex, Structure as CdaStructure,
    StructureSystem, TranslationAbout,
};
use dmp_protocol::nomenclature::DocumentCreator;
use dmp_vocabulary::identity::{BirthDate, Ins, ProfessionalId, Siren, StructureId};
use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};
use dmp_vocabulary::{Oid, Realm};
use jiff::{Timestamp, Zoned};

use super::DocumentProblem;
use super::document::Draft;
use crate::world::{Patient, Professional, Sex, Structure, World};

const LOINC: &str = "2.16.840.1.113883.6.1";
const IMAGING_REPORT: &str = "18748-4";
const IMAGING_REQUEST: &str = "55115-0";
const BIOLOGY_REPORT: &str = "11502-2";
/// Who invented documents of services and systems: no publisher has these numbers.
const PUBLISHER: &str = "2.999.40";
const INSTANCE: &str = "2.999.40.1";
const SIREN: &str = "999999998";
/// Under which OIDs orders and accession numbers are given when the row says a number only.
const ORDERS: &str = "2.999.35.11";
const ACCESSIONS: &str = "2.999.35.12";

/// The header of a document. `version` is that of the set that the document belongs to.
pub(super) fn header(
    draft: &Draft<'_>,
    kind: &Concept,
    version: DocumentVersion,
    world: &World,
) -> Result<DocumentHeader, DocumentProblem> {
    let patient = world.patient(&draft.patient).ok_or(DocumentProblem::Patient)?;
    let ins = Ins::parse(&draft.patient.matricule, &draft.patient.oid, Realm::Test)
        .or_else(|_| Ins::parse(&draft.patient.matricule, &draft.patient.oid, Realm::Production))
        .map_err(|_| DocumentProblem::PatientIdentity)?
        .value;
    let author = author(draft, kind, patient, &ins, world)?;
    let sector = sector(&author, draft, world)?;
    let practice = if sector.starts_with("SA") { "AMBULATOIRE" } else { &sector };
    let event = MainEvent {
        stop: draft.ended.map(local),
        ..MainEvent::new(local(draft.started), concept("JDV_J62", practice)?)
    };
    let mut header = DocumentHeader::new(
        version,
        (kind.clone(), title(draft, kind)),
        local(draft.created),
        described(patient, ins)?,
        author,
        event,
        Encounter::new(concept("JDV_J61", &sector)?),
    );
    match &header.authors[0].actor {
        Actor::Patient(_) => {
            header.custodian = Some(Custodian::Dmp);
            header.event.code = Some(concept("JDV_J02", "EXP_PATIENT")?.into());
        }
        Actor::ServiceNumeriqueReference(_) => header.custodian = Some(Custodian::Dmp),
        Actor::StructureSystem(_) => header.legal_authenticator = Some(responsible(draft, world)?.into()),
        _ => {}
    }
    add_references(&mut header, draft, &kind.code)?;
    Ok(header)
}

/// The concept of a code in a value set.
pub(super) fn concept(set: &str, code: &str) -> Result<Concept, DocumentProblem> {
    let set = Nomenclatures::embedded().value_set(set).map(|set| set.concepts()).unwrap_or_default();
    set.iter().find(|concept| concept.code == code).cloned().ok_or(DocumentProblem::Code)
}

fn title(draft: &Draft<'_>, kind: &Concept) -> String {
    let title = draft.row.title.as_deref().unwrap_or(&kind.display);
    let title: String = title.chars().take(120).collect();
    draft.rank.map_or(title.clone(), |rank| format!("{title} {rank}"))
}

fn local(at: Timestamp) -> Zoned {
    at.to_zoned(dmp_protocol::paris())
}

fn author(
    draft: &Draft<'_>,
    kind: &Concept,
    patient: &Patient,
    ins: &Ins,
    world: &World,
) -> Result<Author, DocumentProblem> {
    if let Some(id) = &draft.row.author {
        let professional = world.professional(id).ok_or(DocumentProblem::Author)?;
        let structure = draft.row.structure.as_ref().or(professional.structures.first());
        let structure = structure.and_then(|id| world.structure(id)).ok_or(DocumentProblem::Structure)?;
        return Ok(person(professional, structure)?.into());
    }
    let creator = Nomenclatures::embedded().document_type(&kind.code, &kind.system).map(|kind| kind.creator);
    match creator {
        Some(DocumentCreator::Holder) => Ok(PatientActor {
            ins: ins.clone(),
            name: Name::new(patient.used_name.as_ref().unwrap_or(&patient.birth_name), first_name(patient)),
            contact: Contact::default(),
        }
        .into()),
        Some(DocumentCreator::Professional) | None => Ok(system(structure_of(draft, world)?)?.into()),
        Some(_) => Ok(service()?.into()),
    }
}

fn structure_of<'w>(draft: &Draft<'_>, world: &'w World) -> Result<&'w Structure, DocumentProblem> {
    let id = draft.row.structure.as_deref().ok_or(DocumentProblem::Author)?;
    world.structure(id).ok_or(DocumentProblem::Structure)
}

/// Who answers for what the software of a structure made: a professional of the structure.
fn responsible(draft: &Draft<'_>, world: &World) -> Result<CdaProfessional, DocumentProblem> {
    let structure = structure_of(draft, world)?;
    let member = world.professionals().find(|one| one.structures.contains(&structure.id) && !one.generic);
    person(member.ok_or(DocumentProblem::Author)?, structure)
}

fn person(professional: &Professional, structure: &Structure) -> Result<CdaProfessional, DocumentProblem> {
    let id = ProfessionalId::parse(&professional.id, Realm::Test).map_err(|_| DocumentProblem::Author)?.value;
    let name = Name::new(&professional.name, &professional.given_name);
    Ok(CdaProfessional::new(id, specialty(professional)?, name, cda_structure(structure)?))
}

/// JDV_J01 has a code for each profession, and for most of its savoir-faire: `G15_10/SM26`.
fn specialty(professional: &Professional) -> Result<Concept, DocumentProblem> {
    let mut roles = professional.roles.iter().map(|(code, _)| code.as_str());
    let profession = roles.next().ok_or(DocumentProblem::Author)?;
    let precise = roles.next().and_then(|skill| concept("JDV_J01", &format!("G15_{profession}/{skill}")).ok());
    precise.map_or_else(|| concept("JDV_J01", &format!("G15_{profession}")), Ok)
}

fn cda_structure(structure: &Structure) -> Result<CdaStructure, DocumentProblem> {
    let id = StructureId::parse(&structure.id, Realm::Test).map_err(|_| DocumentProblem::Structure)?.value;
    Ok(CdaStructure::new(id, &structure.name))
}

fn system(structure: &Structure) -> Result<StructureSystem, DocumentProblem> {
    let structure = cda_structure(structure)?;
    Ok(StructureSystem {
        id: ProfessionalId::internal(&structure.id, "AUTOMATE-1", Realm::Test)
            .map_err(|_| DocumentProblem::Structure)?
            .value,
        specialty: concept("JDV_J01", "AUTOMATE")?,
        device: Device { model: ".".to_owned(), software: "Automate inventé".to_owned() },
        contact: Contact::default(),
        structure,
    })
}

/// A service that feeds the DMP by itself: reimbursements, vaccination history.
fn service() -> Result<ServiceNumeriqueReference, DocumentProblem> {
    Ok(ServiceNumeriqueReference {
        publisher: oid(PUBLISHER)?,
        instance: oid(INSTANCE)?,
        device: Device { model: ".".to_owned(), software: "Service inventé".to_owned() },
        siren: Siren::parse(SIREN, Realm::Test).map_err(|_| DocumentProblem::Oid)?.value,
        publisher_name: "EDITEUR INVENTE".to_owned(),
    })
}

/// Secteur d'activité of the author's structure; the patient and services have codes of their own.
fn sector(author: &Author, draft: &Draft<'_>, world: &World) -> Result<String, DocumentProblem> {
    let structure = match &author.actor {
        Actor::Patient(_) => return Ok("EXP_PATIENT".to_owned()),
        Actor::ServiceNumeriqueReference(_) => return Ok("SNR".to_owned()),
        actor => actor.structure().map(|structure| structure.id.as_str().to_owned()),
    };
    let known = structure.as_deref().or(draft.row.structure.as_deref()).and_then(|id| world.structure(id));
    Ok(known.ok_or(DocumentProblem::Structure)?.sector.clone())
}

fn first_name(patient: &Patient) -> &str {
    patient.given_names.first().map_or("", String::as_str)
}

fn described(patient: &Patient, ins: Ins) -> Result<CdaPatient, DocumentProblem> {
    let birth_date = patient.birth_date.as_deref().unwrap_or("00000000");
    Ok(CdaPatient {
        ins,
        local_ids: Vec::new(),
        contact: Contact::default(),
        birth_family: patient.birth_name.clone(),
        birth_given: first_name(patient).to_owned(),
        birth_given_list: patient.given_names.join(" "),
        used_family: patient.used_name.clone(),
        used_given: None,
        sex: match patient.sex {
            Some(Sex::F) => CdaSex::Female,
            Some(Sex::M) => CdaSex::Male,
            None => CdaSex::Unknown,
        },
        birth_date: BirthDate::parse_hl7(birth_date).map_err(|_| DocumentProblem::PatientIdentity)?,
        // An unknown commune.
        birth_place: BirthPlace::cog("99999"),
        deceased: None,
        multiple_birth_rank: None,
        guardians: Vec::new(),
    })
}

/// Orders, accession number, study, and what reports of imaging and biology must say of their act.
fn add_references(header: &mut DocumentHeader, draft: &Draft<'_>, kind: &str) -> Result<(), DocumentProblem> {
    let row = draft.row;
    let number = |given: &Option<String>, under: &str| {
        let number = given.clone().unwrap_or_else(|| draft.unique_id.as_str().rsplit('.').take(1).collect());
        Ok::<_, DocumentProblem>(Identifier::local(oid(under)?, number))
    };
    let imaging = kind == IMAGING_REPORT;
    if row.order.is_some() || imaging || kind == BIOLOGY_REPORT {
        let accession = row.accession.is_some() || imaging;
        let accession_number = accession.then(|| number(&row.accession, ACCESSIONS)).transpose()?;
        header.orders = vec![Order { id: number(&row.order, ORDERS)?, accession_number }];
    }
    let about = |code: &str, display: &str, system: &str, about| EventTranslation {
        concept: Concept { code: code.to_owned(), display: display.to_owned(), system: system.to_owned() },
        about: Some(about),
    };
    let loinc = |code: &str, display: &str| Concept {
        code: code.to_owned(),
        display: display.to_owned(),
        system: LOINC.to_owned(),
    };
    if imaging {
        let study = row.study.as_deref().map_or_else(|| Ok(draft.unique_id.clone()), oid)?;
        header.event.ids = vec![Identifier::complete(study)];
        header.event.code = Some(EventCode {
            concept: loinc("24978-9", "CT Thoracic spine"),
            translations: vec![
                about("CT", "Computed Tomography", "1.2.840.10008.2.16.4", TranslationAbout::Modality),
                about("67734004", "Thorax", "2.16.840.1.113883.6.96", TranslationAbout::Region),
            ],
        });
    } else if kind == IMAGING_REQUEST {
        header.event.ids = vec![number(&row.order, ORDERS)?];
        header.event.code = Some(loinc(IMAGING_REQUEST, "Demande d'acte d'imagerie").into());
    }
    Ok(())
}

fn oid(text: &str) -> Result<Oid, DocumentProblem> {
    Oid::parse(text).map_err(|_| DocumentProblem::Oid)
}

/// The version of a document that replaces none, or the one after `replaced`.
pub(super) fn version(unique_id: &Oid, replaced: Option<&DocumentVersion>) -> DocumentVersion {
    match replaced {
        Some(replaced) => replaced.successor(unique_id.clone()),
        None => DocumentVersion::first(unique_id.clone(), unique_id.clone()),
    }
}
