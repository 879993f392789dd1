//! X11: the lot's author is an author of the documents.

use xds_model::{Author, DocumentEntry};

use super::super::registry;
use super::METADATA_ERROR;
use super::lot::Lot;
use crate::rules::author::names_person;
use crate::rules::{Denial, Hearing, breach};
use crate::world::World;

/// X11: exactly one author on the lot, an author (or the legalAuthenticator) of each document, with the same
/// institution there; the signature entry may carry the legal entity (EJ) instead.
pub(super) fn check_lot_author(lot: &Lot<'_>, world: &World, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let refused = |found: &str| {
        registry(breach(
            "X11",
            METADATA_ERROR,
            "L'auteur du lot n'est pas un auteur de chaque document",
            found,
            "one author on the lot, who is an author of each document with the same authorInstitution",
        ))
    };
    let [author] = lot.set.authors.as_slice() else {
        return hearing.weigh(refused("no author on the lot, or several"));
    };
    for document in &lot.documents {
        if !writes(author, document.entry, world) {
            hearing.weigh(refused("a document without the author of the lot"))?;
        }
    }
    Ok(())
}

fn writes(author: &Author, entry: &DocumentEntry, world: &World) -> bool {
    let Some(person) = author.person.as_ref().map(|person| person.id()) else { return false };
    let institution = |author: &Author| author.institution.as_ref().map(|one| one.id().into_owned());
    let of_lot = institution(author);
    let same_institution = |other: &Author| match (&of_lot, institution(other)) {
        (None, _) => true,
        (Some(of_lot), Some(other)) if entry.is_signature() => other == *of_lot || world.belongs_to(of_lot, &other),
        (Some(of_lot), other) => other.as_ref() == Some(of_lot),
    };
    let same_person = |other: &&Author| other.person.as_ref().is_some_and(|other| other.id() == person);
    if entry.authors.iter().any(|other| same_person(&other)) {
        entry.authors.iter().filter(same_person).any(same_institution)
    } else {
        names_person(entry, &person) && entry.authors.iter().any(same_institution)
    }
}
