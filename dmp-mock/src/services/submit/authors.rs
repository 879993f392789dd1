//! X11 and X12: the lot's author, and the sender, are authors of the documents.

use xds_model::{Author, DocumentEntry};

use super::super::{Call, registry};
use super::lot::Lot;
use super::{METADATA_ERROR, author_denial, is_indirect};
use crate::rules::author::{is_author, names_person};
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

/// X12, OWN-01 [EX_2.1-1140]: the sender is an author of each document.
pub(super) fn check_sender(
    lot: &Lot<'_>,
    call: &Call<'_>,
    world: &World,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let switches = &call.dmp.settings.switches.server;
    if switches.depositor_is_author {
        return Ok(());
    }
    let caller = &call.admitted.caller;
    let class = caller.class(world.patient(call.patient_id()?)).map_err(super::fault)?;
    for document in lot.clinical() {
        if !is_author(caller, class, document.entry, switches) {
            let refusal = breach(
                "OWN-01",
                METADATA_ERROR,
                if is_indirect(call) {
                    "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF [Authentification Indirecte]"
                } else {
                    "Aucun AuthorPerson ne correspond à l'utilisateur du VIHF"
                },
                "a document of which the sender is not an author",
                "INDIRECTE: Identifiant_Structure among the authorInstitutions; DIRECTE: NameID among the authors",
            );
            hearing.weigh(author_denial(refusal, call))?;
        }
    }
    Ok(())
}
