//! F24, what a screen says.

use dmp_client::{AvailabilityStatus, DocumentEntry, Hidden, Software};
use dmp_lps::display::*;
use jiff::civil::date;
use xds_model::{CodedValue, Dtm};

fn of_type(code: CodedValue, started: Option<&str>) -> DocumentEntry {
    DocumentEntry { type_code: Some(code), service_start_time: started.map(Dtm::from), ..DocumentEntry::default() }
}

#[test]
fn f24_only_content_of_the_dmp_bears_its_name() {
    let label = source_label(ContentSource::Dmp).unwrap();
    assert!(label.contains("DMP") && label.contains("Mon espace santé"));
    assert_eq!(source_label(ContentSource::LocalRecord), None);
    assert_eq!(source_label(ContentSource::Messaging), None);
}

#[test]
fn f24_the_five_states_in_french() {
    use AvailabilityStatus::{Approved, Archived, Deprecated};
    let cases: [(AvailabilityStatus, &[Hidden], &[&str]); 6] = [
        (Approved, &[], &[]),
        (Approved, &[Hidden::FromProfessionals], &["masqué aux professionnels"]),
        (Approved, &[Hidden::FromPatient], &["non visible par le patient"]),
        (Approved, &[Hidden::FromRepresentatives], &["non visible par les représentants légaux"]),
        (Archived, &[], &["archivé"]),
        (Deprecated, &[Hidden::FromPatient], &["non visible par le patient", "ancienne version obsolète"]),
    ];
    for (status, hidden, labels) in cases {
        let confidentiality_codes = hidden.iter().map(|one| CodedValue::without_display(one.code(), "2.999")).collect();
        let entry = DocumentEntry { status: Some(status), confidentiality_codes, ..DocumentEntry::default() };
        assert_eq!(state_labels(&entry), labels);
    }
}

#[test]
fn f24_dates_are_those_of_paris_with_the_precision_of_the_wire() {
    let cases = [
        ("20260302091500", "02/03/2026 10:15"),
        ("20250630223000", "01/07/2025 00:30"),
        // Both sides of the two changes of 2025.
        ("20250330005959", "30/03/2025 01:59"),
        ("20250330010000", "30/03/2025 03:00"),
        ("20251026005959", "26/10/2025 02:59"),
        ("20251026010000", "26/10/2025 02:00"),
        ("20260302", "02/03/2026"),
        ("202603", "03/2026"),
        ("2026", "2026"),
        ("un jour", "un jour"),
    ];
    for (wire, shown) in cases {
        let local = LocalDateTime::from(&Dtm::from(wire));
        assert_eq!((local.to_string().as_str(), local.raw().as_str()), (shown, wire));
    }
}

#[test]
fn f24_a_type_is_named_by_the_entry_the_value_sets_or_its_code() {
    let cases = [
        (CodedValue::new("X-1", "Document inventé", "2.999"), "Document inventé"),
        (CodedValue::without_display("11488-4", "2.16.840.1.113883.6.1"), "CR ou fiche de consultation ou de visite"),
        (CodedValue::without_display("X-2", "2.999"), "X-2"),
    ];
    for (code, label) in cases {
        assert_eq!(type_label(&of_type(code, None)), label);
    }
    assert_eq!(type_label(&DocumentEntry::default()), "");
}

#[test]
fn f24_a_list_is_in_the_order_of_the_acts_and_tells_what_the_patient_put_there() {
    let code = |code: &str| CodedValue::without_display(code, "2.999");
    let created = DocumentEntry { creation_time: Some("20250104".into()), ..of_type(code("E"), None) };
    let mut list = [
        of_type(code("F"), None),
        of_type(code("B"), Some("20250103100000")),
        of_type(code("A"), Some("20250103100000")),
        of_type(code("C"), Some("20250105")),
        created,
    ];
    list.sort_by_key(sort_key);
    let order: Vec<_> = list.iter().map(|entry| entry.type_code.as_ref().unwrap().code.as_str()).collect();
    assert_eq!(order, ["C", "E", "A", "B", "F"]);
    let class_code = Some(code("90"));
    assert!(is_patient_document(&DocumentEntry { class_code, ..DocumentEntry::default() }));
    assert!(!is_patient_document(&list[0]));
}

#[test]
fn f24_the_about_screen_says_what_the_assertions_say() {
    let software = Software::new("LPS Exemple", "4.2.0", "XXX-000000-tmp0");
    let profiles = vec![CertifiedProfile { name: "Consultation AIR".to_owned(), on: date(2026, 1, 12) }];
    let info = LpsInfo { vendor: "Éditions du Modèle".to_owned(), software, profiles };
    let about = info.about();
    assert_eq!((&about.name, &about.version), (&info.software.name, &info.software.version));
    let text = about.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let profile = "Profil DMP certifié : Consultation AIR, le 12/01/2026";
    assert_eq!(lines, ["LPS Exemple 4.2.0", "Éditeur : Éditions du Modèle", profile]);
    assert!(!format!("{info:?}{about:?}{text}").contains("XXX-000000"));
}
