//! Who is an author of a document (access-rules.md §11, EX_2.1-1140): OWN-01, OWN-03.

use dmp_protocol::vihf::AuthenticationMode;
use xds_model::DocumentEntry;

use super::actor::{ActorClass, Caller};
use crate::world::StoredEntry;
use dmp_protocol::switches::ServerSwitches;

/// Whether the caller is an author of `entry`: by NameID among the persons, or by structure among the institutions
/// for those who act as their structure. The author of the lot does not count.
#[must_use]
pub fn is_author(caller: &Caller, class: ActorClass, entry: &DocumentEntry, switches: &ServerSwitches) -> bool {
    let by_structure = class.acts_as_structure() || (caller.mode.is_air() && switches.air_author_by_structure);
    let by_person = !class.acts_as_structure() && caller.mode != AuthenticationMode::Indirecte;
    (by_person && names_person(entry, &caller.name_id)) || (by_structure && names_structure(entry, &caller.structure))
}

/// [`is_author`] of a stored document; the depositing structure counts with `depositor_is_author`.
#[must_use]
pub fn owns(caller: &Caller, class: ActorClass, stored: &StoredEntry, switches: &ServerSwitches) -> bool {
    is_author(caller, class, &stored.entry, switches)
        || (switches.depositor_is_author && stored.depositor == caller.structure)
}

/// Whether an authorPerson or the legalAuthenticator has that identifier.
#[must_use]
pub fn names_person(entry: &DocumentEntry, id: &str) -> bool {
    let authors = entry.authors.iter().filter_map(|author| author.person.as_ref());
    authors.chain(entry.legal_authenticator.as_ref()).any(|person| person.id() == id)
}

/// Whether an authorInstitution has that identifier.
#[must_use]
pub fn names_structure(entry: &DocumentEntry, id: &str) -> bool {
    entry.authors.iter().filter_map(|author| author.institution.as_ref()).any(|institution| institution.id() == id)
}

/// Whether the document was made by the holder: classCode 90, `DOCPAT*`, `74465-6` (OWN-08).
#[must_use]
pub fn is_holders(entry: &DocumentEntry) -> bool {
    entry.is_patient_document()
}

#[cfg(test)]
mod tests {
    use dmp_protocol::vihf::Purpose;
    use xds_model::{Author, Xcn, Xon};

    use super::*;

    fn entry(person: &str, structure: &str, legal: &str) -> DocumentEntry {
        DocumentEntry {
            authors: vec![Author {
                person: Some(Xcn::professional(person, "MODELE", "ALIX")),
                institution: Some(Xon::structure("CLINIQUE", structure)),
                ..Author::default()
            }],
            legal_authenticator: Some(Xcn::professional(legal, "MODELE", "ALIX")),
            ..DocumentEntry::default()
        }
    }

    #[test]
    fn persons_by_number_and_structures_by_institution() {
        const ME: &str = "899999000013";
        const OTHER: &str = "899999000021";
        const HERE: &str = "10B0990008";
        const THERE: &str = "1990000010";
        use ActorClass::{Medecin, PeNonPs, StructureCertificate};
        use AuthenticationMode::{AirSimplifie, Directe, Indirecte};
        let strict = ServerSwitches::default();
        let open = ServerSwitches { air_author_by_structure: true, ..ServerSwitches::default() };
        let cases = [
            (AirSimplifie, Medecin, entry(ME, THERE, OTHER), &strict, true),
            (AirSimplifie, Medecin, entry(OTHER, HERE, OTHER), &strict, false),
            (AirSimplifie, Medecin, entry(OTHER, HERE, ME), &strict, true),
            (AirSimplifie, Medecin, entry(OTHER, HERE, OTHER), &open, true),
            (Directe, Medecin, entry(OTHER, HERE, OTHER), &open, false),
            (Indirecte, StructureCertificate, entry(ME, THERE, ME), &strict, false),
            (Indirecte, StructureCertificate, entry(OTHER, HERE, OTHER), &strict, true),
            (AirSimplifie, PeNonPs, entry(ME, THERE, ME), &strict, false),
            (AirSimplifie, PeNonPs, entry(OTHER, HERE, OTHER), &strict, true),
        ];
        for (index, (mode, class, entry, switches, expected)) in cases.into_iter().enumerate() {
            let caller = Caller {
                name_id: ME.into(),
                structure: HERE.into(),
                mode,
                purpose: Purpose::Normal,
                roles: Vec::new(),
            };
            assert_eq!(is_author(&caller, class, &entry, switches), expected, "case {index}");
        }
    }
}
