//! The fresh world of a row: who calls, whose record, which document.

use dmp_mock::rules::{Caller, feeding};
use dmp_mock::world::{
    Content, Deposit, Grant, GrantHolder, Patient, PatientId, RecordState, Registry, StoredEntry, seed,
};
use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::switches::ServerSwitches;
use dmp_protocol::vihf::{AuthenticationMode, Purpose};
use jiff::{Span, Timestamp};
use xds_model::{Association, Author, AvailabilityStatus, CodedValue, DocumentEntry, SubmissionSet, Xcn, Xon};

use super::row::Row;

pub const ME: &str = seed::MEDECIN;
const COLLEAGUE: &str = seed::PHARMACIEN;
pub const STRANGER: &str = "899999000047";
/// An author of another structure.
pub const OTHERS: (&str, &str) = (STRANGER, seed::STRUCTURE_OTHER);
/// uniqueId of the document of a row.
pub const DOCUMENT: &str = "2.25.1";

/// Everything a row starts from.
pub struct Scene {
    pub caller: Caller,
    pub patient: Option<Patient>,
    pub registry: Registry,
    pub switches: ServerSwitches,
    pub now: Timestamp,
    pub secret: bool,
}

fn patient_id() -> PatientId {
    PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID)
}

impl Scene {
    pub fn of(row: &Row, now: Timestamp) -> Scene {
        let mut switches = ServerSwitches::default();
        for (name, value) in row.configured() {
            // Conditions are not switches; each is read where it matters.
            let _ = switches.set(name, value);
        }
        let caller = caller(row);
        let patient = patient(row, &caller, now);
        let mut registry = Registry::default();
        if let (Some([_, _, codes, status]), Some(patient)) = (row.document(), &patient)
            && status != "-"
        {
            let stored = entry(row, &caller, codes.split('>').next().unwrap());
            deposit(&mut registry, (row, now), stored, status, patient, &switches);
        }
        Scene { caller, patient, registry, switches, now, secret: row.mode().1 }
    }

    /// The document of the row as it is stored.
    pub fn stored(&self) -> Option<&StoredEntry> {
        self.registry.entries_of(self.patient.as_ref().map(|patient| &patient.id)?).next()
    }
}

/// Role occurrences of an actor of the table, (code, code system).
pub fn roles(actor: &str) -> Vec<(String, String)> {
    const G15: &str = "1.2.250.1.71.1.2.7";
    const R01: &str = "1.2.250.1.71.4.2.5";
    const R291: &str = "1.2.250.1.213.1.6.1.140";
    const R85: &str = "1.2.250.1.213.1.6.1.107";
    const R22: &str = "1.2.250.1.213.1.6.1.19";
    let roles: &[(&str, &str)] = match actor.trim_end_matches("_AIR") {
        "MDT" => &[("10", G15), ("SM25", R01)],
        "INF" => &[("60", G15)],
        "OPT" => &[("28", G15)],
        "DENT" => &[("40", G15)],
        "PODO" => &[("80", G15)],
        "KINE" => &[("70", G15)],
        "PHA" => &[("21", G15), ("A", "1.2.250.1.71.4.2.6")],
        "CPE" | "PE" => &[("99", R291), ("331", R85)],
        "COORD" => &[("99", R291), ("301", R85), ("GENR08", R22)],
        _ => &[("10", G15), ("SM26", R01)],
    };
    roles.iter().map(|(code, system)| ((*code).to_owned(), (*system).to_owned())).collect()
}

fn caller(row: &Row) -> Caller {
    let actor = row.cell("actor");
    let mode = match actor {
        "CERT" => AuthenticationMode::Indirecte,
        "PE" | "COORD" => AuthenticationMode::AirSimplifie,
        air if air.ends_with("_AIR") => AuthenticationMode::AirSimplifie,
        _ => AuthenticationMode::Directe,
    };
    let purpose = match row.mode().0 {
        "bdg" => Purpose::BrisDeGlace,
        "c15" => Purpose::Centre15,
        _ => Purpose::Normal,
    };
    Caller { name_id: ME.into(), structure: seed::STRUCTURE_EG.into(), mode, purpose, roles: roles(actor) }
}

/// A birth date that many years before today.
fn born(years: i64, now: Timestamp) -> Option<String> {
    let today = now.to_zoned(dmp_protocol::paris()).date();
    Some(today.checked_sub(Span::new().years(years)).unwrap().strftime("%Y%m%d").to_string())
}

fn patient(row: &Row, caller: &Caller, now: Timestamp) -> Option<Patient> {
    let mut patient = Patient::active(patient_id(), "EXEMPLE", "CAMILLE");
    patient.birth_date = Some("19800514".into());
    let state = row.cell("patient");
    match state {
        "ABSENT" => return None,
        "CLOSED" => patient.record = RecordState::Closed(now),
        "DECEASED" => patient.deceased_on = Some("20260105".into()),
        "MINOR" => patient.birth_date = born(12, now),
        "TURNS_18" => patient.birth_date = born(18, now),
        "MASK_ALL" => patient.default_masking = true,
        _ => {}
    }
    patient.opposes_bris_de_glace = state.contains("NO_BTG");
    patient.opposes_centre_15 = state.contains("NO_ETREAT");
    patient.masked_in_emergency = state.starts_with("MASKED_");
    match row.cell("actor") {
        "MT" | "MT_AIR" => patient.medecin_traitant = Some(caller.name_id.clone()),
        "ADMIN" => patient.administrator = Some(caller.name_id.clone()),
        _ => {}
    }
    grant(row, &mut patient, now);
    Some(patient)
}

fn grant(row: &Row, patient: &mut Patient, now: Timestamp) {
    let (state, months) = match row.cell("grant").split_once('@') {
        Some((state, age)) => (state, age.trim_end_matches('m').parse().unwrap()),
        None => (row.cell("grant"), if row.cell("grant") == "EXPIRE" { 12 } else { 0 }),
    };
    let to_structure =
        row.config("grant_on") == Some("structure") || matches!(row.cell("actor"), "CPE" | "PE" | "COORD" | "CERT");
    let holder =
        if to_structure { GrantHolder::Structure(seed::STRUCTURE_EG.into()) } else { GrantHolder::Person(ME.into()) };
    let since = now.to_zoned(dmp_protocol::paris()).checked_sub(Span::new().months(months)).unwrap().timestamp();
    match state {
        "VALIDE" | "EXPIRE" => {
            patient.grants.insert(holder, Grant::Since(since));
        }
        "INTERDIT" => {
            patient.blocked.insert(holder);
        }
        _ => {}
    }
}

/// The document of the row with those codes, as its producer would write it.
pub fn entry(row: &Row, caller: &Caller, codes: &str) -> DocumentEntry {
    let [kind, author, ..] = row.document().unwrap();
    let by_structure = matches!(row.cell("actor"), "CERT" | "CPE" | "PE");
    let author = match author {
        "self" if by_structure => (COLLEAGUE, seed::STRUCTURE_EG),
        "self" => (caller.name_id.as_str(), seed::STRUCTURE_EG),
        "struct" => (COLLEAGUE, seed::STRUCTURE_EG),
        _ => OTHERS,
    };
    written(kind, author, codes)
}

/// A document of that type, by that person in that structure, with those codes.
pub fn written(kind: &str, (person, structure): (&str, &str), codes: &str) -> DocumentEntry {
    let nomenclatures = Nomenclatures::embedded();
    let types = nomenclatures.value_set("JDV_J66").unwrap();
    let known = types.concepts().iter().find(|concept| concept.code == kind);
    let system = known.map_or("2.16.840.1.113883.6.1", |concept| concept.system.as_str());
    let class = nomenclatures.class_of_type(kind, system);
    DocumentEntry {
        entry_uuid: "Document01".into(),
        unique_id: DOCUMENT.into(),
        type_code: Some(CodedValue::without_display(kind, system)),
        class_code: class.map(|class| CodedValue::without_display(class.code.as_str(), class.system.as_str())),
        authors: vec![Author {
            person: Some(Xcn::professional(person, "MODELE", "ALIX")),
            institution: Some(Xon::structure("STRUCTURE", structure)),
            ..Author::default()
        }],
        confidentiality_codes: confidentiality(codes),
        ..DocumentEntry::default()
    }
}

pub fn confidentiality(codes: &str) -> Vec<CodedValue> {
    let normal = CodedValue::without_display("N", "2.16.840.1.113883.5.25");
    let flags = codes.split('+').filter_map(|code| match code {
        "MP" => Some("MASQUE_PS"),
        "IP" => Some("INVISIBLE_PATIENT"),
        "IR" => Some("INVISIBLE_REPRESENTANTS_LEGAUX"),
        _ => None,
    });
    let flag = |code| CodedValue::without_display(code, "1.2.250.1.213.1.1.4.13");
    std::iter::once(normal).chain(flags.map(flag)).collect()
}

fn deposit(
    registry: &mut Registry,
    (row, now): (&Row, Timestamp),
    mut entry: DocumentEntry,
    status: &str,
    patient: &Patient,
    switches: &ServerSwitches,
) {
    feeding::mask_by_default(&mut entry, patient, switches);
    let at = now.to_zoned(dmp_protocol::paris()).checked_sub(Span::new().days(row.days())).unwrap().timestamp();
    store(registry, entry, status, &patient.id, at);
}

/// Puts a document in the registry; `status` is that of access-rules.md §18: A, R, D, X.
pub fn store(registry: &mut Registry, entry: DocumentEntry, status: &str, patient: &PatientId, at: Timestamp) {
    let unique_id = entry.unique_id.clone();
    let lot = |number: u32| SubmissionSet {
        entry_uuid: "SubmissionSet01".into(),
        unique_id: format!("{unique_id}.9{number}"),
        ..SubmissionSet::default()
    };
    registry.deposit(Deposit {
        set: lot(1),
        entries: vec![(entry, Content::from_bytes(&b"<x/>"[..]))],
        associations: vec![Association::has_member("a", "SubmissionSet01", "Document01")],
        patient: patient.clone(),
        depositor: seed::STRUCTURE_OTHER.into(),
        at,
    });
    let uuid = registry.last_version(&unique_id).unwrap().entry.entry_uuid.clone();
    let to = match status {
        "R" => AvailabilityStatus::Archived,
        "D" => AvailabilityStatus::Deprecated,
        "X" => AvailabilityStatus::Deleted,
        _ => return,
    };
    registry.change_status(&uuid, &to);
}
