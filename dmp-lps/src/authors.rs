//! Who wrote a document, as far as the establishment of the reader goes.

use dmp_client::DocumentEntry;
use dmp_vocabulary::identity::StructureId;
use xds_model::Author;

use crate::context::AccessContext;

/// Whether an author of the document is of the establishment: of the structure of the user, or of one of the others that
/// the establishment gave (F04 rule 5).
pub(crate) fn is_own(entry: &DocumentEntry, ctx: &AccessContext, own_structures: &[StructureId]) -> bool {
    let institutions = entry.authors.iter().filter_map(|author| author.institution.as_ref());
    let is = |id: &str| own_structures.iter().chain([&ctx.structure]).any(|own| own.as_str() == id);
    institutions.into_iter().any(|institution| is(&institution.id()))
}

/// Whether the name of the person, or of the institution, holds that text, in any case.
pub(crate) fn names(author: &Author, part: &str) -> bool {
    let person = author.person.as_ref().map(|person| format!("{} {}", person.given(), person.family()));
    person.is_some_and(|name| contains(&name, part)) || names_institution(author, part)
}

/// Whether the name of the institution holds that text, or its identifier is that text.
pub(crate) fn names_institution(author: &Author, part: &str) -> bool {
    let institution = author.institution.as_ref();
    institution.is_some_and(|institution| contains(&institution.name(), part) || institution.id() == part)
}

/// Whether a text holds another one, in any case.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}
