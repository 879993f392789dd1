//! From optional fields to a header, naming all that is missing or refused on the way.

use dmp_vocabulary::nomenclature::Concept;

use super::{N1Author, N1Builder, N1Content, N1Error, N1Event, N1Order, N1Professional, N1Structure};
use crate::build::{
    self, Actor, Allowed, Author, BirthPlace, Contact, Custodian, DOCUMENT_TYPES, DocumentHeader, DocumentVersion,
    Encounter, EventCode, EventTranslation, Faults, Identifier, Interval, LegalAuthenticator, MainEvent, Moment, Name,
    Order, PRACTICE_SETTINGS, Patient, Professional, Relation, Responsible, Structure, TranslationAbout,
};

/// Each part is checked as soon as it is complete; the header is there when all of them are.
pub(super) fn complete(builder: &N1Builder, content: N1Content<'_>) -> Result<DocumentHeader, N1Error> {
    let mut collected = Faults::default();
    let faults = &mut collected;
    let unique_id = faults.need("unique_id", builder.unique_id.as_ref());
    let document_type = need_code(faults, "document_type", builder.document_type.as_ref(), DOCUMENT_TYPES);
    let title = need_text(faults, "title", builder.title.as_ref());
    if let Some(title) = &title {
        build::check_title(title, faults);
    }
    let created = faults.need("created", builder.created.as_ref());
    let set_id = faults.need("set_id", builder.set_id.as_ref());
    let version = unique_id.zip(set_id).map(|(unique_id, set_id)| DocumentVersion {
        unique_id: unique_id.clone(),
        set_id: set_id.clone(),
        number: builder.version.unwrap_or(1),
        relation: builder.replaces.clone().map(Relation::Replaces),
    });
    if let Some(version) = &version {
        version.check(faults);
    }
    let patient = patient(faults, builder);
    let authors = authors(faults, &builder.authors);
    let custodian = builder.custodian.as_ref().and_then(|custodian| structure(faults, custodian, "custodian"));
    let responsible = match &builder.legal_authenticator {
        Some(other) => professional(faults, other, "legal_authenticator").map(|p| Responsible::Professional(p.into())),
        None => authors.as_ref().and_then(|(first, _)| Responsible::from_actor(&first.actor)),
    };
    let type_code = document_type.as_ref().map_or("", |concept| concept.code.as_str());
    let orders: Vec<_> = builder.orders.iter().map(order).collect();
    Order::check_all(&orders, type_code, faults);
    let event = event(faults, &builder.event, type_code);
    let encounter = encounter(faults, builder);
    content.check(builder.media_types, faults);
    let header = || {
        let (first, others) = authors?;
        let named = (document_type?, title?);
        let mut header = DocumentHeader::new(version?, named, created?.clone(), patient?, first, event?, encounter?);
        header.authors.extend(others);
        header.confidentiality = builder.confidentiality;
        header.custodian = custodian.map(Custodian::Structure);
        header.legal_authenticator =
            responsible.map(|who| LegalAuthenticator { who, time: builder.authenticated.clone() });
        header.orders = orders;
        Some(header)
    };
    let header = header();
    collected.finish(header)
}

fn need_text(faults: &mut Faults, field: &str, value: Option<&String>) -> Option<String> {
    faults.need(field, value.filter(|text| !text.trim().is_empty())).cloned()
}

fn need_code(faults: &mut Faults, field: &str, value: Option<&Concept>, allowed: Allowed) -> Option<Concept> {
    let concept = faults.need(field, value)?;
    faults.code(field, concept, allowed);
    Some(concept.clone())
}

fn patient(faults: &mut Faults, builder: &N1Builder) -> Option<Patient> {
    let given = &builder.patient;
    let ins = faults.need("patient.ins", given.ins.as_ref());
    let birth_family = need_text(faults, "patient.birth_family", given.birth_family.as_ref());
    let birth_given = need_text(faults, "patient.birth_given", given.birth_given.as_ref());
    let birth_given_list = need_text(faults, "patient.birth_given_list", given.birth_given_list.as_ref());
    let sex = faults.need("patient.sex", given.sex.as_ref());
    let birth_date = faults.need("patient.birth_date", given.birth_date.as_ref());
    let birth_place = need_text(faults, "patient.birth_place", given.birth_place.as_ref());
    let patient = Patient {
        ins: ins?.clone(),
        local_ids: given.local_id.iter().map(local).collect(),
        contact: Contact::default(),
        birth_family: birth_family?,
        birth_given: birth_given?,
        birth_given_list: birth_given_list?,
        used_family: given.used_family.clone(),
        used_given: given.used_given.clone(),
        sex: *sex?,
        birth_date: *birth_date?,
        birth_place: BirthPlace::cog(birth_place?),
        deceased: None,
        multiple_birth_rank: None,
        guardians: Vec::new(),
    };
    patient.check(faults);
    Some(patient)
}

/// The first author, and the others.
fn authors(faults: &mut Faults, given: &[N1Author]) -> Option<(Author, Vec<Author>)> {
    if given.is_empty() {
        faults.missing("authors");
    }
    let authors: Vec<_> = given.iter().enumerate().map(|(index, given)| author(faults, given, index)).collect();
    let mut authors = authors.into_iter().collect::<Option<Vec<_>>>()?.into_iter();
    Some((authors.next()?, authors.collect()))
}

fn author(faults: &mut Faults, given: &N1Author, index: usize) -> Option<Author> {
    let at = format!("authors[{index}]");
    Author::check_function(given.function.as_ref(), &at, faults);
    let actor = Actor::from(professional(faults, &given.professional, &at)?);
    Some(Author { actor, function: given.function.clone(), time: given.time.clone() })
}

fn professional(faults: &mut Faults, given: &N1Professional, at: &str) -> Option<Professional> {
    let field = |part: &str| format!("{at}.{part}");
    let id = faults.need(&field("id"), given.id.as_ref());
    let specialty = faults.need(&field("specialty"), given.specialty.as_ref());
    let family = need_text(faults, &field("family"), given.family.as_ref());
    let structure = structure(faults, &given.structure, &field("structure"));
    let not_blank = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let name = Name {
        family: family?,
        given: not_blank(&given.given),
        prefix: not_blank(&given.prefix),
        suffix: not_blank(&given.suffix),
    };
    let professional = Professional::new(id?.clone(), specialty?.clone(), name, structure?);
    professional.check(at, faults);
    Some(professional)
}

fn structure(faults: &mut Faults, given: &N1Structure, at: &str) -> Option<Structure> {
    let id = faults.need(&format!("{at}.id"), given.id.as_ref());
    let name = need_text(faults, &format!("{at}.name"), given.name.as_ref());
    Some(Structure::new(id?.clone(), name?))
}

fn order(given: &N1Order) -> Order {
    Order { id: local(&given.id), accession_number: given.accession_number.as_ref().map(local) }
}

fn event(faults: &mut Faults, given: &N1Event, type_code: &str) -> Option<MainEvent> {
    let about = |concepts: &[Concept], about| {
        let translation = |concept: &Concept| EventTranslation { concept: concept.clone(), about: Some(about) };
        concepts.iter().map(translation).collect::<Vec<_>>()
    };
    let mut translations = about(&given.modalities, TranslationAbout::Modality);
    translations.extend(about(&given.regions, TranslationAbout::Region));
    let ids: Vec<_> = given.study.iter().cloned().map(Identifier::complete).collect();
    MainEvent::check_code(&ids, given.code.as_ref(), &translations, type_code, faults);
    let start = faults.need("event.start", given.start.as_ref());
    let performer = given.performer.as_ref().and_then(|other| professional(faults, other, "event.performer"));
    let practice_setting =
        need_code(faults, "event.practice_setting", given.practice_setting.as_ref(), PRACTICE_SETTINGS);
    let event = MainEvent {
        ids,
        code: given.code.clone().map(|concept| EventCode { concept, translations }),
        start: start?.clone(),
        stop: given.stop.clone(),
        performer: performer.map(Actor::from),
        practice_setting: practice_setting?,
    };
    event.interval().check("event.", faults);
    Some(event)
}

fn encounter(faults: &mut Faults, builder: &N1Builder) -> Option<Encounter> {
    let given = &builder.encounter;
    let moment = |instant: &Option<_>| instant.clone().map(Moment::Second);
    let time = Interval { start: moment(&given.start), stop: moment(&given.stop) };
    let Some(facility) = faults.need("encounter.facility", given.facility.as_ref()) else {
        Encounter::check_code(given.code.as_ref(), faults);
        time.check("encounter.", faults);
        return None;
    };
    let encounter = Encounter { code: given.code.clone(), time, ..Encounter::new(facility.clone()) };
    encounter.check(faults);
    Some(encounter)
}

fn local((root, extension): &(dmp_vocabulary::Oid, String)) -> Identifier {
    Identifier::local(root.clone(), extension)
}
