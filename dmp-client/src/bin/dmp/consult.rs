//! What a professional looks for and retrieves: `find`, `news`, `get`.

use std::path::{Path, PathBuf};

use dmp_client::{
    AvailabilityStatus, DocumentEntry, KnownDocuments, RecordChange, Retrieved, Search, Target as Document,
};
use serde_json::{Value, json};

use crate::acting::Actor;
use crate::arguments::{Find, News, Patient, Shared, Status};
use crate::exit::Failure;
use crate::opened::consulting;
use crate::output::Report;
use crate::terminal::one_line;
use crate::wiring::Wired;

/// Code systems that a code given alone belongs to.
const LOINC: &str = "2.16.840.1.113883.6.1";
const CLASSES: &str = "1.2.250.1.213.1.1.4.1";
const FORMATS: &str = "1.3.6.1.4.1.19376.1.2.3";
const PRACTICE_SETTINGS: &str = "1.2.250.1.213.1.1.4.9";
const FACILITY_TYPES: &str = "1.2.250.1.71.4.2.4";
const CIM_10: &str = "2.16.840.1.113883.6.3";

pub(crate) async fn find(shared: &Shared, find: &Find) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let search = search(find)?;
    let opened = wired.open(Actor::Air, wired.patient(&find.patient.ins)?).await?;
    let entries = consulting!(&opened, "TD3.1", record => record.find(search).await?)?;
    let mut lines: Vec<String> = entries.iter().map(line).collect();
    if entries.is_partial() {
        lines.push("the DMP says that it gives only a part".to_owned());
    }
    Ok(Report::of(lines, &*entries))
}

fn search(find: &Find) -> Result<Search, Failure> {
    let statuses = find.status.iter().map(|status| match status {
        Status::Approved => AvailabilityStatus::Approved,
        Status::Archived => AvailabilityStatus::Archived,
        Status::Deprecated => AvailabilityStatus::Deprecated,
    });
    let mut search = Search::with_statuses(statuses)
        .type_codes(codes(&find.types, LOINC))
        .class_codes(codes(&find.classes, CLASSES))
        .format_codes(codes(&find.formats, FORMATS))
        .practice_settings(codes(&find.practice_settings, PRACTICE_SETTINGS))
        .facility_types(codes(&find.facility_types, FACILITY_TYPES))
        .and_event(codes(&find.events, CIM_10))
        .and_reference(find.references.iter().map(String::as_str));
    search = find.authors.iter().fold(search, |search, pattern| search.author(pattern));
    if let Some(since) = &find.since {
        search = search.since(instant(since, "--since", FIRST_SECOND)?);
    }
    if let Some(until) = &find.until {
        search = search.until(instant(until, "--until", LAST_SECOND)?);
    }
    if let Some(since) = &find.created_since {
        search = search.created_since(instant(since, "--created-since", FIRST_SECOND)?);
    }
    if let Some(until) = &find.created_until {
        search = search.created_until(instant(until, "--created-until", LAST_SECOND)?);
    }
    Ok(search)
}

fn codes<'a>(given: &'a [String], system: &'a str) -> Vec<(&'a str, &'a str)> {
    given.iter().map(|code| code.split_once('@').unwrap_or((code, system))).collect()
}

pub(crate) async fn news(shared: &Shared, news: &News) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let since = instant(&news.since, "--since", FIRST_SECOND)?;
    let known = news.known.iter().fold(KnownDocuments::none(), |known, unique_id| known.and(unique_id));
    let opened = wired.open(Actor::Air, wired.patient(&news.patient.ins)?).await?;
    let told = consulting!(&opened, "TD3.1", record => record.new_since(since, &known).await?)?;
    let mut lines = Vec::new();
    let mut changes = Vec::new();
    for change in &told.changes {
        let (word, replaced) = match change {
            RecordChange::New(_) => ("new", None),
            RecordChange::Replaced { unique_id, .. } => ("replaces", Some(unique_id.as_str())),
            RecordChange::MetadataChanged(_) => ("changed", None),
            RecordChange::Known(_) => ("known", None),
            _ => ("other", None),
        };
        let what = replaced.map_or_else(|| word.to_owned(), |replaced| format!("{word} {replaced}"));
        lines.push(format!("{what}  {}", line(change.entry())));
        changes.push(json!({ "change": word, "replaces": replaced, "entry": change.entry() }));
    }
    lines.push(format!("next time: --since {}", told.asked_at));
    Ok(Report::of(lines, &json!({}))
        .with("asked_at", told.asked_at.to_string())
        .with("partial", told.partial)
        .with("changes", changes))
}

const FIRST_SECOND: &str = "00:00:00";
const LAST_SECOND: &str = "23:59:59";

/// A day of this machine's calendar, or an instant, in UTC.
pub(crate) fn instant(text: &str, option: &str, hour: &str) -> Result<jiff::Timestamp, Failure> {
    let day = text.parse::<jiff::civil::Date>().ok();
    let instant = match day {
        None => text.parse().ok(),
        Some(day) => hour.parse().ok().and_then(|hour| {
            let zoned = day.to_datetime(hour).to_zoned(jiff::tz::TimeZone::system());
            zoned.ok().map(|zoned| zoned.timestamp())
        }),
    };
    instant.ok_or_else(|| Failure::input(format!("{option}: expected 2026-03-02 or 2026-03-02T08:00:00Z")))
}

fn line(entry: &DocumentEntry) -> String {
    let or_dash = |text: Option<&str>| one_line(text.unwrap_or("-"));
    let flags: Vec<&str> = entry.confidentiality_codes.iter().map(|code| code.code.as_str()).collect();
    [
        one_line(&entry.unique_id),
        or_dash(entry.status.as_ref().map(AvailabilityStatus::short_name)),
        or_dash(entry.creation_time.as_ref().map(|time| time.as_str())),
        or_dash(entry.type_code.as_ref().map(|code| code.code.as_str())),
        one_line(&flags.join(",")),
        or_dash(entry.title.as_deref()),
    ]
    .join("  ")
}

/// One document into a file, or several into a folder; those that come are written even when another is refused.
pub(crate) async fn get(
    shared: &Shared,
    unique_ids: &[String],
    output: &Path,
    patient: &Patient,
) -> Result<Report, Failure> {
    let wired = Wired::new(shared)?;
    let place = |unique_id: &String| match unique_ids {
        [_] => output.to_owned(),
        // A uniqueId that is no OID is refused before it names a file.
        _ => output.join(format!("{unique_id}.xml")),
    };
    if unique_ids.len() > 1 && !output.is_dir() {
        return Err(Failure::input("--output: expected a folder that exists, for several documents"));
    }
    if unique_ids.iter().any(|unique_id| dmp_vocabulary::Oid::parse(unique_id).is_err()) {
        return Err(Failure::input("expected uniqueIds: OIDs such as 2.25.1, as `dmp find` prints them"));
    }
    let places: Vec<PathBuf> = unique_ids.iter().map(place).collect();
    let patient = wired.patient(&patient.ins)?;
    let patient_id = patient.ins().to_cx();
    let opened = wired.open(Actor::Air, patient).await?;
    let documents = unique_ids.iter().map(Document::from).zip(places.iter().cloned()).collect();
    let outcomes = consulting!(&opened, "TD3.2", record => record.retrieve_to_files(documents).await?)?;
    let retrieved = outcomes.into_iter().collect::<Result<Vec<Retrieved>, _>>()?;
    let lines = retrieved
        .iter()
        .zip(&places)
        .map(|(one, place)| format!("wrote {} ({} bytes, SHA-1 {})", place.display(), one.size, one.sha1));
    let objects: Vec<Value> =
        retrieved.iter().zip(&places).map(|(one, place)| written(one, place, &patient_id)).collect();
    match objects.as_slice() {
        [single] => Ok(Report::of(lines.collect(), single)),
        _ => Ok(Report::of(lines.collect(), &objects)),
    }
}

fn written(retrieved: &Retrieved, place: &Path, patient_id: &str) -> Value {
    json!({
        "status": "retrieved",
        "patient_id": patient_id,
        "file": place.display().to_string(),
        "unique_id": retrieved.unique_id,
        "mime_type": retrieved.mime_type,
        "size": retrieved.size,
        "hash": retrieved.sha1,
    })
}
