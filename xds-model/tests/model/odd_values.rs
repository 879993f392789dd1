//! What real producers send (xds.md §14): values that are kept as they came, and what is kept without being known.

use xds_model::scheme::{DOCUMENT_ENTRY, ENTRY_TYPE_CODE};
use xds_model::{Cx, DocumentEntry, Form, RegistryObjectList, Slot, Xcn};

use crate::lenient::{original, read};
use crate::support::{edited, slot_xml, written};

/// The document entry of the golden submission after a change of its text.
fn entry_with(from: &str, to: &str) -> DocumentEntry {
    read(&edited(&original(), &[(from, to)])).objects.document_entries.remove(0)
}

#[test]
fn odd_values_are_kept() {
    let title = "x".repeat(200);
    let patient = "285079999999935^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH\"";
    let person = "899999000013^MODELE^ALIX^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS";

    assert_eq!(entry_with("Compte rendu de consultation du 2 mars 2026", &title).title, Some(title.clone()));
    for odd in ["^NH^^20260302", "^nh", "", "^INS-C"] {
        let entry = entry_with(patient, &format!("285079999999935^^^&amp;1.2.250.1.213.1.4.10&amp;ISO{odd}\""));
        assert_eq!(entry.patient_id.as_str(), format!("285079999999935^^^&1.2.250.1.213.1.4.10&ISO{odd}"));
        assert!(entry.patient_id.same_identifier(&Cx::ins("285079999999935", "1.2.250.1.213.1.4.10")));
    }
    for odd in [
        "899999000013^MODELE^ALIX^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^EI",
        "899999000013^MODELE",
        "899999000013^A&amp;B^C^^^^^^^^^^^^^^^X",
    ] {
        let entry = entry_with(person, odd);
        assert_eq!(entry.legal_authenticator, Some(Xcn::from(odd.replace("&amp;", "&"))));
        assert_eq!(entry.authors[0].person.as_ref().unwrap().id(), "899999000013");
    }
    for odd in ["20260302", "202603020915", "20260302091500.5", "20260302101500+0100", "hier"] {
        assert_eq!(entry_with("20260302091500<", &format!("{odd}<")).creation_time.unwrap().as_str(), odd);
    }
    let hash = entry_with("a4159b6627e1f409b0a1e51ea243c1b4e885924d", "A4159B6627E1F409B0A1E51EA243C1B4E885924D");
    assert_eq!(hash.same_hash("a4159b6627e1f409b0a1e51ea243c1b4e885924d"), Some(true));
    assert_eq!(hash.same_hash("b4159b6627e1f409b0a1e51ea243c1b4e885924d"), Some(false));
    assert_eq!(DocumentEntry::default().same_hash("a4"), None);
    assert_eq!(entry_with(">5347<", ">0<").size, Some(0));
    let odd = entry_with(">5347<", ">05347<");
    assert_eq!((odd.size, odd.extras.slots), (None, vec![Slot::single("size", "05347")]));
    assert_eq!(entry_with("mimeType=\"text/xml\"", "mimeType=\"application/x\"").mime_type, "application/x");
    assert_eq!(entry_with("mimeType=\"text/xml\" ", "").mime_type, "");
    let on_demand = "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248";
    assert_eq!(entry_with(DOCUMENT_ENTRY, on_demand).object_type.as_deref(), Some(on_demand));
}

#[test]
fn entry_uuids_are_opaque() {
    for id in ["URN:UUID:0F3C", "0f3c6a10", "Document-01", "é ", ""] {
        let entry = entry_with("<rim:ExtrinsicObject id=\"Document01\"", &format!("<rim:ExtrinsicObject id=\"{id}\""));
        assert_eq!(entry.entry_uuid, id);
    }
}

#[test]
fn an_empty_patient_info_is_told_from_an_absent_one() {
    let fields = "<rim:Value>PID-5|FICTIVE^ZOE^ZOE CAPUCINE^^^^L</rim:Value>\
         <rim:Value>PID-5|DELAFABLE^ZOE^^^^^D</rim:Value>\
         <rim:Value>PID-7|19850714</rim:Value><rim:Value>PID-8|F</rim:Value>";
    let slot = format!("<rim:Slot name=\"sourcePatientInfo\"><rim:ValueList>{fields}</rim:ValueList></rim:Slot>");
    let empty = entry_with(fields, "");
    assert_eq!(empty.source_patient_info.as_ref().map(|info| info.fields.len()), Some(0));
    assert_eq!(entry_with(fields, "<rim:Value/>"), empty);
    assert_eq!(entry_with(&slot, "<rim:Slot name=\"sourcePatientInfo\"/>"), empty);
    let absent = entry_with(&slot, "");
    assert_eq!(absent.source_patient_info, None);
    let list = |entry| RegistryObjectList { document_entries: vec![entry], ..RegistryObjectList::default() };
    let write = |entry| written(|writer| list(entry).write(writer, Form::Request));
    assert_eq!(write(empty), write(absent), "an empty slot is never written");
}

#[test]
fn what_the_model_does_not_know_is_sent_back() {
    let unknown = slot_xml("zebra", &["1", "2"]);
    let second_hash = slot_xml("hash", &["autre"]);
    let coding_scheme = slot_xml("codingScheme", &["1.2"]);
    let classification = format!(
        "<rim:Classification id=\"x\" classificationScheme=\"urn:uuid:inconnu\" classifiedObject=\"Document01\" \
         nodeRepresentation=\"X\">{coding_scheme}\
         <rim:Name><rim:LocalizedString value=\"Ix\"/></rim:Name></rim:Classification>"
    );
    let second_type = classification.replace("urn:uuid:inconnu", ENTRY_TYPE_CODE);
    let identifier = "<rim:ExternalIdentifier id=\"y\" registryObject=\"Document01\" \
         identificationScheme=\"urn:uuid:autre\" value=\"V\"><rim:Name><rim:LocalizedString value=\"N\"/></rim:Name>\
         </rim:ExternalIdentifier>";
    let (before, after) = ("<rim:Slot name=\"sourcePatientId\">", "</rim:ExtrinsicObject>");
    let edits = [
        (before, format!("{unknown}{second_hash}{before}")),
        (after, format!("{classification}{second_type}{identifier}{after}")),
    ];
    let message = edited(&original(), &edits.each_ref().map(|(from, to)| (*from, to.as_str())));
    let request = read(&message);
    let entry = &request.objects.document_entries[0];
    assert_eq!(entry.hash.as_deref(), Some("a4159b6627e1f409b0a1e51ea243c1b4e885924d"));
    assert_eq!(entry.type_code.as_ref().unwrap().code, "11488-4");
    assert_eq!(entry.extras.slots.len(), 2);
    assert_eq!(entry.extras.classifications.len(), 2);
    assert_eq!(entry.extras.identifiers.len(), 1);
    let again = read(&written(|writer| request.write(writer)));
    assert_eq!(again.objects.document_entries[0].extras.classifications, entry.extras.classifications);
    assert_eq!(again.objects.document_entries[0].extras.identifiers, entry.extras.identifiers);
    let mut slots = entry.extras.slots.clone();
    slots.sort_by(|left, right| left.name.cmp(&right.name));
    assert_eq!(again.objects.document_entries[0].extras.slots, slots);
}
