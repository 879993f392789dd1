//! ebRIM, both ways: strict and ordered when written, lenient when read.
//!
//! Leniency: children in no namespace are accepted inside an ebRIM object, `classifiedObject` and `registryObject` are
//! not looked at (the parent is the owner), `@id` of classifications and identifiers neither, empty slots are absent slots,
//! slots of one name are merged, the first `LocalizedString` that says something is the text, order means nothing.

mod association;
mod author;
mod classification;
mod document_entry;
mod ids;
mod object_list;
mod shape;
mod slots;
mod submission_set;

pub use ids::Form;
pub use object_list::RegistryObjectList;
pub(crate) use shape::rim_children;
pub(crate) use slots::{slot_values, write_slot};
