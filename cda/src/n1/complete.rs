//! From optional fields to a header that can be written: nothing missing, nothing outside the rules.

use dmp_vocabulary::Oid;
use dmp_vocabulary::identity::{BirthDate, Ins, ProfessionalId, StructureId};
use dmp_vocabulary::nomenclature::Concept;
use jiff::Zoned;

use super::error::N1Error;
use super::fields::Fields;
use super::{MediaTypes, N1Author, N1Builder, N1Content, N1Event, N1MediaType, N1Professional, N1Structure, Sex};
use crate::data_types::collapse;

/// A header that follows the rules.
pub(super) struct Complete<'a> {
    pub(super) builder: &'a N1Builder,
    pub(super) unique_id: &'a Oid,
    pub(super) set_id: &'a Oid,
    pub(super) version: u32,
    pub(super) document_type: &'a Concept,
    pub(super) title: String,
    pub(super) created: &'a Zoned,
    pub(super) patient: Patient<'a>,
    pub(super) authors: Vec<Professional<'a>>,
    pub(super) custodian: Structure<'a>,
    pub(super) legal_authenticator: Professional<'a>,
    pub(super) performer: Professional<'a>,
    pub(super) event_start: &'a Zoned,
    pub(super) practice_setting: &'a Concept,
    pub(super) facility: &'a Concept,
}

pub(super) struct Patient<'a> {
    pub(super) ins: &'a Ins,
    pub(super) birth_family: &'a str,
    pub(super) birth_given: &'a str,
    pub(super) birth_given_list: &'a str,
    pub(super) sex: Sex,
    pub(super) birth_date: &'a BirthDate,
    pub(super) birth_place: &'a str,
}

#[derive(Clone)]
pub(super) struct Professional<'a> {
    pub(super) id: &'a ProfessionalId,
    pub(super) family: &'a str,
    pub(super) specialty: &'a Concept,
    pub(super) structure: Structure<'a>,
    pub(super) fields: &'a N1Professional,
}

#[derive(Clone)]
pub(super) struct Structure<'a> {
    pub(super) id: &'a StructureId,
    pub(super) name: &'a str,
}

/// Types whose rules ask for more (cda §3.6).
const IMAGING_REPORT: &str = "18748-4";
const BIOLOGY_REPORT: &str = "11502-2";
const NEED_EVENT_CODE: [&str; 3] = [IMAGING_REPORT, "55115-0", "59283-2"];

const SPECIALTIES: (&str, &str, &str) = ("JDV_J01", "CDA-AUT-009", "expected a profession of JDV_J01");

pub(super) fn complete<'a>(builder: &'a N1Builder, content: N1Content<'_>) -> Result<Complete<'a>, N1Error> {
    let mut fields = Fields::default();
    let unique_id = fields.need("unique_id", builder.unique_id.as_ref());
    let document_type = fields.need_code(
        "document_type",
        builder.document_type.as_ref(),
        ("JDV_J07", "CDA-HDR-013", "expected a type of JDV_J07"),
    );
    let title = fields.need_text("title", builder.title.as_ref()).map(collapse);
    let created = fields.need("created", builder.created.as_ref());
    let set_id = fields.need("set_id", builder.set_id.as_ref());
    let version = builder.version.unwrap_or(1);
    check_identity(&mut fields, builder, title.as_deref(), version);
    let patient = patient(&mut fields, builder);
    if builder.authors.is_empty() {
        fields.need::<N1Author>("authors", None);
    }
    let authors: Vec<_> = builder.authors.iter().enumerate().map(|(i, a)| author(&mut fields, a, i)).collect();
    let first = authors.first().cloned().flatten();
    let custodian = match &builder.custodian {
        Some(custodian) => structure(&mut fields, custodian, "custodian"),
        None => first.as_ref().map(|author| author.structure.clone()),
    };
    let legal_authenticator = other(&mut fields, builder.legal_authenticator.as_ref(), "legal_authenticator", &first);
    check_orders(&mut fields, builder, document_type);
    let event_start = fields.need("event.start", builder.event.start.as_ref());
    let performer = other(&mut fields, builder.event.performer.as_ref(), "event.performer", &first);
    let practice_setting = fields.need_code(
        "event.practice_setting",
        builder.event.practice_setting.as_ref(),
        ("JDV_J04", "CDA-LAU-011", "expected a cadre d'exercice of JDV_J04"),
    );
    check_event(&mut fields, &builder.event, document_type);
    let encounter = &builder.encounter;
    let stays = ("JDV_J142", "CDA-ENC-005", "expected a type of encounter of JDV_J142");
    fields.code("encounter.code", encounter.code.as_ref(), stays);
    check_interval(&mut fields, "encounter.stop", encounter.start.as_ref(), encounter.stop.as_ref());
    let facility = fields.need_code(
        "encounter.facility",
        encounter.facility.as_ref(),
        ("JDV_J02", "CDA-ENC-004", "expected a secteur d'activité of JDV_J02"),
    );
    check_content(&mut fields, builder.media_types, content);
    let complete = || {
        Some(Complete {
            builder,
            unique_id: unique_id?,
            set_id: set_id?,
            version,
            document_type: document_type?,
            title: title?,
            created: created?,
            patient: patient?,
            authors: authors.into_iter().collect::<Option<_>>()?,
            custodian: custodian?,
            legal_authenticator: legal_authenticator?,
            performer: performer?,
            event_start: event_start?,
            practice_setting: practice_setting?,
            facility: facility?,
        })
    };
    let complete = complete();
    fields.finish(complete)
}

fn check_identity(fields: &mut Fields, builder: &N1Builder, title: Option<&str>, version: u32) {
    for (field, oid) in
        [("unique_id", &builder.unique_id), ("set_id", &builder.set_id), ("replaces", &builder.replaces)]
    {
        let short = oid.as_ref().is_none_or(|oid| oid.as_str().len() <= 64);
        fields.check(field, short, "CDA-TYP-005", "at most 64 characters");
    }
    fields.check("version", version >= 1, "CDA-HDR-026", "versions are numbered from 1");
    let title_fits = title.is_none_or(|title| title.chars().count() <= 128);
    fields.check("title", title_fits, "CDA-HDR-016", "at most 128 characters");
    if version >= 2 {
        fields.need("replaces", builder.replaces.as_ref());
    }
    let replaces_itself = builder.replaces.is_some() && builder.replaces == builder.unique_id;
    fields.check("replaces", !replaces_itself, "CDA-VER-003", "a document cannot replace itself");
}

fn patient<'a>(fields: &mut Fields, builder: &'a N1Builder) -> Option<Patient<'a>> {
    let patient = &builder.patient;
    let ins = fields.need("patient.ins", patient.ins.as_ref());
    let birth_family = fields.need_text("patient.birth_family", patient.birth_family.as_ref());
    let birth_given = fields.need_text("patient.birth_given", patient.birth_given.as_ref());
    let birth_given_list = fields.need_text("patient.birth_given_list", patient.birth_given_list.as_ref());
    let sex = fields.need("patient.sex", patient.sex.as_ref());
    let birth_date = fields.need("patient.birth_date", patient.birth_date.as_ref());
    let birth_place = fields.need_text("patient.birth_place", patient.birth_place.as_ref());
    if let Some(ins) = ins {
        fields.check("patient.ins", ins.opens_dmp(), "CDA-PAT-008", "a NIA is never sent to the DMP");
    }
    if let Some(date) = birth_date {
        let full = date.to_hl7().len() == 8;
        fields.check("patient.birth_date", full, "CDA-PAT-023", "expected AAAAMMJJ as INSi gives it");
    }
    if let Some(place) = birth_place {
        fields.check("patient.birth_place", is_cog(place), "CDA-PAT-019", "expected a COG code of 5 characters");
    }
    Some(Patient {
        ins: ins?,
        birth_family: birth_family?,
        birth_given: birth_given?,
        birth_given_list: birth_given_list?,
        sex: *sex?,
        birth_date: birth_date?,
        birth_place: birth_place?,
    })
}

/// `^([0-9]{2}|2[AB])[0-9]{3}$`
fn is_cog(text: &str) -> bool {
    let (department, rest) = text.split_at_checked(2).unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    rest.len() == 3 && digits(rest) && (digits(department) || department == "2A" || department == "2B")
}

fn author<'a>(fields: &mut Fields, author: &'a N1Author, index: usize) -> Option<Professional<'a>> {
    let name = format!("authors[{index}]");
    let roles = ("JDV_J47", "CDA-AUT-020", "expected a functional role of JDV_J47");
    fields.code(&format!("{name}.function"), author.function.as_ref(), roles);
    professional(fields, &author.professional, &name)
}

/// Another professional, else the first author.
fn other<'a>(
    fields: &mut Fields,
    given: Option<&'a N1Professional>,
    name: &str,
    first: &Option<Professional<'a>>,
) -> Option<Professional<'a>> {
    given.map_or_else(|| first.clone(), |given| professional(fields, given, name))
}

fn professional<'a>(fields: &mut Fields, given: &'a N1Professional, name: &str) -> Option<Professional<'a>> {
    let field = |part: &str| format!("{name}.{part}");
    let id = fields.need(&field("id"), given.id.as_ref());
    let specialty = fields.need_code(&field("specialty"), given.specialty.as_ref(), SPECIALTIES);
    let family = fields.need_text(&field("family"), given.family.as_ref());
    let prefix = given.prefix.as_deref().is_none_or(|code| ["M", "MME"].contains(&code));
    fields.check(&field("prefix"), prefix, "CDA-AUT-021", "expected M or MME (JDV_J245)");
    let suffix = given.suffix.as_deref().is_none_or(|code| ["DR", "MC", "MG", "PC", "PG", "PR"].contains(&code));
    fields.check(&field("suffix"), suffix, "CDA-AUT-022", "expected DR, MC, MG, PC, PG or PR (JDV_J246)");
    let structure = structure(fields, &given.structure, &field("structure"));
    Some(Professional { id: id?, family: family?, specialty: specialty?, structure: structure?, fields: given })
}

fn structure<'a>(fields: &mut Fields, given: &'a N1Structure, name: &str) -> Option<Structure<'a>> {
    let id = fields.need(&format!("{name}.id"), given.id.as_ref());
    let text = fields.need_text(&format!("{name}.name"), given.name.as_ref());
    Some(Structure { id: id?, name: text? })
}

fn check_orders(fields: &mut Fields, builder: &N1Builder, document_type: Option<&Concept>) {
    let code = document_type.map_or("", |concept| concept.code.as_str());
    if matches!(code, IMAGING_REPORT | BIOLOGY_REPORT) {
        fields.need("orders", builder.orders.first());
    }
    for (index, order) in builder.orders.iter().enumerate().filter(|_| code == IMAGING_REPORT) {
        fields.need(&format!("orders[{index}].accession_number"), order.accession_number.as_ref());
    }
}

fn check_event(fields: &mut Fields, event: &N1Event, document_type: Option<&Concept>) {
    let code = document_type.map_or("", |concept| concept.code.as_str());
    if NEED_EVENT_CODE.contains(&code) {
        fields.need("event.code", event.code.as_ref());
    }
    if code == IMAGING_REPORT {
        fields.need("event.modalities", event.modalities.first());
        fields.need("event.regions", event.regions.first());
        fields.need("event.study", event.study.as_ref());
    }
    check_interval(fields, "event.stop", event.start.as_ref(), event.stop.as_ref());
}

fn check_interval(fields: &mut Fields, field: &str, start: Option<&Zoned>, stop: Option<&Zoned>) {
    let ordered = !matches!((start, stop), (Some(start), Some(stop)) if stop < start);
    fields.check(field, ordered, "CDA-TYP-020", "an end before its start");
}

fn check_content(fields: &mut Fields, allowed: MediaTypes, content: N1Content<'_>) {
    let two = matches!(content.media_type, N1MediaType::Pdf | N1MediaType::Text);
    let reason = "only PDF and text are written; convert it, or set media_types to five";
    fields.check("content.media_type", two || allowed == MediaTypes::Five, "CDA-BDY-004", reason);
    fields.check("content", !content.bytes.is_empty(), "CDA-BDY-002", "empty");
    let alike = content.media_type.matches(content.bytes);
    fields.check("content", alike, "CDA-BDY-007", "the bytes are not of the media type given");
}
