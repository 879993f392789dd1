//! A .pdf or .txt file as an unstructured CDA (N1), from `--meta` and the defaults of the configuration.

use std::path::Path;

use cda::n1::{
    Confidentiality, InvalidField, N1Author, N1Builder, N1Content, N1Encounter, N1Error, N1Event, N1MediaType,
    N1Patient, N1Professional, N1Structure, Sex,
};
use dmp_vocabulary::Oid;
use dmp_vocabulary::identity::{BirthDate, IdentityPolicy, Ins, ProfessionalId, StructureId};
use dmp_vocabulary::nomenclature::{Concept, Nomenclatures};
use jiff::Zoned;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use crate::config::{DocumentConfig, Moment, ProfessionalConfig, StructureConfig};
use crate::exit::Failure;

/// `--meta FILE.toml`: everything is optional here, so that what is missing can be named at once.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meta {
    unique_id: Option<String>,
    /// uniqueId of the version that this one replaces (with `set_id` and `version`).
    replaces: Option<String>,
    set_id: Option<String>,
    version: Option<u32>,
    /// `CODE` of LOINC, or `CODE@OID`.
    type_code: Option<String>,
    title: Option<String>,
    created: Option<Moment>,
    /// N, R or V.
    confidentiality: Option<String>,
    #[serde(default)]
    patient: PatientMeta,
    author: Option<AuthorMeta>,
    #[serde(default)]
    event: EventMeta,
    #[serde(default)]
    encounter: EncounterMeta,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct PatientMeta {
    /// `NUMBER[@OID]`.
    ins: Option<String>,
    birth_family: Option<String>,
    birth_given: Option<String>,
    birth_given_list: Option<String>,
    used_family: Option<String>,
    used_given: Option<String>,
    /// M, F or UN.
    sex: Option<String>,
    /// `AAAAMMJJ` or `AAAA-MM-JJ`.
    birth_date: Option<Moment>,
    /// COG code.
    birth_place: Option<String>,
    /// Identifier at the structure: `ID@OID`.
    local_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorMeta {
    id: Option<String>,
    family: Option<String>,
    given: Option<String>,
    /// Code of JDV_J01, such as `G15_10/SM26`.
    specialty: Option<String>,
    structure_id: Option<String>,
    structure_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct EventMeta {
    start: Option<Moment>,
    stop: Option<Moment>,
    practice_setting: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct EncounterMeta {
    /// JDV_J142: IMP, AMB, EMER…
    code: Option<String>,
    start: Option<Moment>,
    stop: Option<Moment>,
    /// JDV_J02, such as SA01.
    facility: Option<String>,
}

/// What stands in for a field that is not in `--meta`, and the world of its identities.
pub(crate) struct Defaults<'a> {
    pub(crate) document: &'a DocumentConfig,
    pub(crate) structure: Option<&'a StructureConfig>,
    pub(crate) professional: Option<&'a ProfessionalConfig>,
    pub(crate) identities: IdentityPolicy,
    /// OID of an INS that is written without one.
    pub(crate) ins_oid: &'a str,
}

impl Meta {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let refuse = |error: String| Failure::input(format!("--meta {}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        toml::from_str(&text).map_err(|error| refuse(error.to_string()))
    }

    /// INS of the patient as written.
    pub(crate) fn ins(&self) -> Option<&str> {
        self.patient.ins.as_deref()
    }

    /// The bytes of the document around `content`.
    pub(crate) fn wrap(
        &self,
        defaults: &Defaults<'_>,
        content: &[u8],
        media_type: N1MediaType,
    ) -> Result<Vec<u8>, Failure> {
        let builder = self.builder(defaults)?;
        builder.build(N1Content { media_type, bytes: content }).map_err(|error| match error {
            N1Error::Fields { missing, invalid } => Failure::input(to_fill(&missing, &invalid)),
            other => Failure::input(format!("the document cannot be wrapped: {other}")),
        })
    }

    fn builder(&self, defaults: &Defaults<'_>) -> Result<N1Builder, Failure> {
        let document = defaults.document;
        let or = |own: &Option<String>, default: &Option<String>| own.clone().or_else(|| default.clone());
        let created = moment("created", &self.created)?.unwrap_or_else(now);
        let unique_id = oid("unique_id", &self.unique_id)?.unwrap_or_else(random_oid);
        let confidentiality = or(&self.confidentiality, &document.confidentiality);
        Ok(N1Builder {
            set_id: Some(oid("set_id", &self.set_id)?.unwrap_or_else(|| unique_id.clone())),
            unique_id: Some(unique_id),
            version: self.version,
            replaces: oid("replaces", &self.replaces)?,
            document_type: concept("type_code", "JDV_J07", &or(&self.type_code, &document.type_code))?,
            title: or(&self.title, &document.title),
            confidentiality: level(confidentiality.as_deref())?,
            patient: self.patient.build(defaults)?,
            authors: vec![N1Author { professional: self.author(defaults)?, ..N1Author::default() }],
            event: N1Event {
                start: Some(moment("event.start", &self.event.start)?.unwrap_or_else(|| created.clone())),
                stop: moment("event.stop", &self.event.stop)?,
                practice_setting: concept(
                    "event.practice_setting",
                    "JDV_J04",
                    &or(&self.event.practice_setting, &document.practice_setting),
                )?,
                ..N1Event::default()
            },
            encounter: N1Encounter {
                code: concept("encounter.code", "JDV_J142", &or(&self.encounter.code, &document.encounter))?,
                start: moment("encounter.start", &self.encounter.start)?,
                stop: moment("encounter.stop", &self.encounter.stop)?,
                facility: concept("encounter.facility", "JDV_J02", &self.facility(defaults))?,
            },
            created: Some(created),
            ..N1Builder::default()
        })
    }

    /// Else that of the defaults, else the sector of the structure.
    fn facility(&self, defaults: &Defaults<'_>) -> Option<String> {
        let own = self.encounter.facility.clone().or_else(|| defaults.document.facility.clone());
        own.or_else(|| defaults.structure.map(|structure| structure.sector.clone()))
    }

    /// Else the professional and the structure of the configuration.
    fn author(&self, defaults: &Defaults<'_>) -> Result<N1Professional, Failure> {
        let own = self.author.as_ref();
        let (person, structure) = (defaults.professional, defaults.structure);
        let pick = |own: Option<&String>, default: Option<&String>| own.or(default).cloned();
        let specialty = person.map(|person| match &person.specialty {
            Some(second) => format!("G15_{}/{second}", person.profession),
            None => format!("G15_{}", person.profession),
        });
        let id = pick(own.and_then(|author| author.id.as_ref()), person.map(|person| &person.id));
        let structure_id =
            pick(own.and_then(|author| author.structure_id.as_ref()), structure.map(|structure| &structure.id));
        let structure_name =
            pick(own.and_then(|author| author.structure_name.as_ref()), structure.map(|structure| &structure.name));
        Ok(N1Professional {
            id: parsed("author.id", id, |text| Ok(ProfessionalId::parse(text, defaults.identities)?.value))?,
            family: pick(own.and_then(|author| author.family.as_ref()), person.map(|person| &person.family)),
            given: pick(own.and_then(|author| author.given.as_ref()), person.map(|person| &person.given)),
            specialty: concept(
                "author.specialty",
                "JDV_J01",
                &pick(own.and_then(|author| author.specialty.as_ref()), specialty.as_ref()),
            )?,
            structure: N1Structure {
                id: parsed("author.structure_id", structure_id, |text| {
                    Ok(StructureId::parse(text, defaults.identities)?.value)
                })?,
                name: structure_name,
            },
            ..N1Professional::default()
        })
    }
}

/// What to write in `--meta`, in its own keys.
fn to_fill(missing: &[String], invalid: &[InvalidField]) -> String {
    let mut text = "the document cannot be wrapped".to_owned();
    // It is that of `birth_given` unless it is given.
    let missing: Vec<String> =
        missing.iter().filter(|field| *field != "patient.birth_given_list").map(|field| key(field)).collect();
    if !missing.is_empty() {
        text.push_str(&format!(": missing in --meta: {}", missing.join(", ")));
    }
    for fault in invalid {
        text.push_str(&format!("; {}: {} ({})", key(&fault.field), fault.reason, fault.rule));
    }
    text.push_str(
        ". [document] of the configuration also gives type_code, title, practice_setting, encounter and facility; \
         docs/command-line.md lists the keys",
    );
    text
}

/// The key of `--meta` that fills a field of the document.
fn key(field: &str) -> String {
    match field {
        "document_type" => "type_code".to_owned(),
        _ => field.replace("authors[0].structure.", "author.structure_").replace("authors[0].", "author."),
    }
}

impl PatientMeta {
    fn build(&self, defaults: &Defaults<'_>) -> Result<N1Patient, Failure> {
        Ok(N1Patient {
            ins: parsed("patient.ins", self.ins.clone(), |text| {
                let (number, oid) = text.split_once('@').unwrap_or((text, defaults.ins_oid));
                Ok(Ins::parse(number, oid, defaults.identities)?.value)
            })?,
            local_id: parsed("patient.local_id", self.local_id.clone(), |text| {
                let (id, oid) = text.rsplit_once('@').ok_or("expected ID@OID")?;
                Ok((Oid::parse(oid)?, id.to_owned()))
            })?,
            birth_family: self.birth_family.clone(),
            birth_given: self.birth_given.clone(),
            birth_given_list: self.birth_given_list.clone().or_else(|| self.birth_given.clone()),
            used_family: self.used_family.clone(),
            used_given: self.used_given.clone(),
            sex: parsed("patient.sex", self.sex.clone(), |text| match text {
                "M" => Ok(Sex::Male),
                "F" => Ok(Sex::Female),
                "UN" => Ok(Sex::Unknown),
                _ => Err("expected M, F or UN".into()),
            })?,
            birth_date: parsed("patient.birth_date", self.birth_date.as_ref().map(ToString::to_string), |text| {
                Ok(BirthDate::parse_hl7(&text.replace('-', ""))?)
            })?,
            birth_place: self.birth_place.clone(),
        })
    }
}

type Problem = Box<dyn std::error::Error>;

fn parsed<T>(
    field: &str,
    text: Option<String>,
    parse: impl FnOnce(&str) -> Result<T, Problem>,
) -> Result<Option<T>, Failure> {
    let Some(text) = text else { return Ok(None) };
    parse(text.trim()).map(Some).map_err(|error| Failure::input(format!("{field}: {error}")))
}

fn oid(field: &str, text: &Option<String>) -> Result<Option<Oid>, Failure> {
    parsed(field, text.clone(), |text| Ok(Oid::parse(text)?))
}

fn random_oid() -> Oid {
    Oid::from_uuid(Uuid::new_v4().as_u128())
}

/// `CODE` or `CODE@OID` of a value set.
fn concept(field: &str, set: &str, text: &Option<String>) -> Result<Option<Concept>, Failure> {
    parsed(field, text.clone(), |text| {
        let (code, system) = text.split_once('@').map_or((text, None), |(code, system)| (code, Some(system)));
        let concepts = Nomenclatures::embedded().value_set(set).map(|set| set.concepts()).unwrap_or_default();
        let found = concepts.iter().find(|c| c.code == code && system.is_none_or(|system| c.system == system));
        found.cloned().ok_or_else(|| format!("{code} is not a code of {set}").into())
    })
}

fn level(code: Option<&str>) -> Result<Confidentiality, Failure> {
    match code {
        None | Some("N") => Ok(Confidentiality::Normal),
        Some("R") => Ok(Confidentiality::Restricted),
        Some("V") => Ok(Confidentiality::VeryRestricted),
        Some(_) => Err(Failure::input("confidentiality: expected N, R or V")),
    }
}

/// Now, to the second, with the offset of this machine.
fn now() -> Zoned {
    let now = Zoned::now();
    now.round(jiff::Unit::Second).unwrap_or(now)
}

/// An instant with its offset: the CDA keeps the local hour.
fn moment(field: &str, text: &Option<Moment>) -> Result<Option<Zoned>, Failure> {
    parsed(field, text.as_ref().map(ToString::to_string), |text| {
        let expected = "expected a date, an hour and an offset, such as 2026-03-02T10:15:00+01:00";
        let pieces = Pieces::parse(text).map_err(|error| format!("{error}; {expected}"))?;
        let time = pieces.time().ok_or(expected)?;
        let offset = pieces.to_numeric_offset().ok_or(expected)?;
        Ok(pieces.date().to_datetime(time).to_zoned(TimeZone::fixed(offset))?)
    })
}
