//! X23: a note de vaccination tells of one vaccination, which the history does not have yet.

use std::io::Read as _;

use dmp_protocol::xml::{Element, Limits, parse};

use super::lot::{Document, Lot};
use crate::rules::feeding::VACCINATION_NOTE;
use crate::rules::{Denial, Hearing, breach};
use crate::world::{StoredEntry, Vaccination};

const HL7: &str = "urn:hl7-org:v3";
/// Largest note that is looked into: one vaccination, and perhaps a copy of it as PDF.
const NOTE_MAX: u64 = 8 << 20;

/// What the notes of a lot tell, note by note.
pub(super) fn read(lot: &Lot<'_>) -> Vec<Vec<Vaccination>> {
    let is_note = |one: &&Document<'_>| one.entry.type_code.as_ref().is_some_and(|kind| kind.code == VACCINATION_NOTE);
    lot.clinical().filter(is_note).map(vaccinations_of).collect()
}

/// None in a note that is no structured CDA: the schema of the note is not checked here.
fn vaccinations_of(note: &Document<'_>) -> Vec<Vaccination> {
    let mut bytes = Vec::new();
    let read = note.content.reader().and_then(|reader| reader.take(NOTE_MAX).read_to_end(&mut bytes));
    let Some(root) = read.ok().and_then(|_| parse(&bytes, &Limits::default()).ok()) else { return Vec::new() };
    let acts = root.descendants().filter(|element| element.is(HL7, "substanceAdministration"));
    acts.filter_map(|act| vaccination(act, &note.entry.unique_id)).collect()
}

/// A substance administration of a coded vaccine on a known day.
fn vaccination(act: &Element, note: &str) -> Option<Vaccination> {
    let day = act.child(HL7, "effectiveTime")?.attr("value")?.get(..8)?;
    let path = ["consumable", "manufacturedProduct", "manufacturedMaterial", "code"].map(|name| (HL7, name));
    let code = act.descend(&path)?;
    let product = code.attr("code")?;
    Some(Vaccination {
        id: act.child(HL7, "id").and_then(|id| id.attr("root")).map(str::to_owned),
        date: day.to_owned(),
        product: product.to_owned(),
        label: code.attr("displayName").unwrap_or(product).to_owned(),
        note: Some(note.to_owned()),
    })
}

/// One vaccination in each note; none that another note of the history, or of the lot, tells of already: a note that
/// is replaced here does not count.
pub(super) fn check(
    notes: &[Vec<Vaccination>],
    known: &[Vaccination],
    replaced: &[(&str, &StoredEntry)],
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let refused = |found: &str, expected: &str| {
        breach("X23", "DMPFragmentCVAError", "La note de vaccination est refusée", found, expected)
    };
    if notes.iter().any(|note| note.len() > 1) {
        hearing.registry(refused("a note with several vaccinations", "one vaccination in each note [EX_2.1-2010]"))?;
    }
    let is_replaced = |note: &String| replaced.iter().any(|(_, stored)| stored.entry.unique_id == *note);
    let in_force = |one: &&Vaccination| one.note.as_ref().is_some_and(|note| !is_replaced(note));
    let mut told: Vec<&Vaccination> = known.iter().filter(in_force).collect();
    for vaccination in notes.iter().flatten() {
        if told.iter().any(|other| other.same_act(vaccination)) {
            let found = "a vaccine and a day that the history has already";
            hearing.registry(refused(found, "a replacement of the note that tells of it"))?;
        }
        told.push(vaccination);
    }
    Ok(())
}
