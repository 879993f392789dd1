//! Authors: classifications whose slots are the author.

use dmp_xml::{Element, Writer};

use crate::Author;
use crate::ebrim::classification;
use crate::ebrim::ids::Ids;
use crate::ebrim::slots::{SlotBag, SlotList};
use crate::scheme::slot_name::{AUTHOR_INSTITUTION, AUTHOR_PERSON, AUTHOR_ROLE, AUTHOR_SPECIALTY};

/// Reads an author classification.
pub(crate) fn read(element: &Element) -> Author {
    let mut slots = SlotBag::read(element);
    Author {
        institution: slots.take_text(AUTHOR_INSTITUTION).map(Into::into),
        person: slots.take_text(AUTHOR_PERSON).map(Into::into),
        roles: slots.take_all(AUTHOR_ROLE).unwrap_or_default(),
        specialty: slots.take_text(AUTHOR_SPECIALTY).map(Into::into),
        other_slots: slots.into_rest(),
    }
}

/// Writes one classification per author.
pub(crate) fn write(writer: &mut Writer, ids: &mut Ids, owner: &str, scheme: &str, authors: &[Author]) {
    for author in authors {
        let id = ids.classification(owner);
        classification::open(writer, &id, Some(scheme), None, owner, Some(""));
        let mut slots = SlotList::default();
        slots.add(AUTHOR_INSTITUTION, author.institution.as_ref().map(|institution| institution.as_str()));
        slots.add(AUTHOR_PERSON, author.person.as_ref().map(|person| person.as_str()));
        slots.add(AUTHOR_ROLE, author.roles.iter().map(String::as_str));
        slots.add(AUTHOR_SPECIALTY, author.specialty.as_ref().map(|specialty| specialty.as_str()));
        slots.add_others(&author.other_slots);
        slots.write_sorted(writer);
        writer.close();
    }
}
