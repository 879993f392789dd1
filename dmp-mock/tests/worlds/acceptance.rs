//! The acceptance world: the states of its patients as the DMP shows them.

use dmp_mock::MockDmp;
use dmp_mock::world::RecordState;
use xds_model::iti18::{DateRange, FindSubmissionSets, GetSubmissionSetAndContents, SubmissionSetId};
use xds_model::{Cx, DocumentEntry, Dtm};

use super::*;

/// What TD0.2 says: the acknowledgement, the state and the authorisation.
async fn existence(mock: &MockDmp, label: &str) -> String {
    let sender = tester(mock, label);
    let answer = sender.existence().await;
    if let Some(rule) = answer.rule() {
        return rule.to_owned();
    }
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let words = ["NF", "terminated", "active", "VALIDE", "EXPIRE", "INTERDIT", "NON_EXISTE"];
    let said = words.iter().filter(|word| text.contains(&format!("\"{word}\"")) || text.contains(&format!(">{word}<")));
    said.copied().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_role_is_in_its_state() {
    let mock = started().await;
    let expected = [
        ("P-NODMP", "NF"),
        ("P-CLOSED", "terminated"),
        ("P-OPEN", "active NON_EXISTE"),
        ("P-AUTH", "active VALIDE"),
        ("P-MT", "active VALIDE"),
        ("P-EXP", "active EXPIRE"),
        ("P-BLOCK", "active INTERDIT"),
        ("P-NIA", "V43"),
        ("P-RICH", "active VALIDE"),
        ("P-LOTS", "active VALIDE"),
        ("P-MINOR", "active VALIDE"),
        ("P-URG-NO", "active NON_EXISTE"),
        ("P-BDG-NO", "active NON_EXISTE"),
        ("P-NONAME", "active VALIDE"),
        ("P-REMB", "active VALIDE"),
        ("P-VAC", "active VALIDE"),
        ("P-IMG", "active VALIDE"),
        ("P-V1", "NF"),
        ("P-2B", "active VALIDE"),
        ("P-MOON", "active VALIDE"),
    ];
    for (label, state) in expected {
        let said = existence(&mock, label).await;
        assert!(said.starts_with(state), "{label}: {said}");
    }
    let mut labels: Vec<&str> = expected.iter().map(|(label, _)| *label).collect();
    labels.sort_unstable();
    let listed = std::fs::read_to_string(folder().join("README.md")).unwrap();
    mock.with_world(|world| {
        assert_eq!(world.labels().map(|(label, _)| label).collect::<Vec<_>>(), labels);
        for (label, id) in world.labels() {
            assert!(listed.contains(&format!("| {label} | {} |", id.matricule)), "README.md: {label}");
        }
        let of = |label: &str| world.patient(world.labelled(label).unwrap()).unwrap();
        assert!(matches!(of("P-CLOSED").record, RecordState::Closed(_)));
        assert_eq!(of("P-MT").medecin_traitant.as_deref(), Some("899999000013"));
        assert!(of("P-URG-NO").opposes_centre_15 && !of("P-URG-NO").opposes_bris_de_glace);
        assert!(of("P-BDG-NO").opposes_bris_de_glace && !of("P-BDG-NO").opposes_centre_15);
        assert_eq!(of("P-NONAME").used_name.as_deref(), Some("NON_RENSEIGNE"));
        assert_eq!(of("P-MOON").birth_date.as_deref(), Some("19370000"));
        assert!(of("P-2B").id.matricule.contains("2B"));
        assert!(of("P-REMB").id.oid.ends_with(".4.11"));
    });
}

#[tokio::test]
async fn the_rich_record_has_its_counts() {
    let mock = started().await;
    let tester = tester(&mock, "P-RICH");
    let seen = find(&tester, approved(&tester)).await.unwrap();
    assert_eq!((seen.len(), count(&seen, "MASQUE_PS"), count(&seen, "INVISIBLE_PATIENT")), (71, 0, 9));
    assert_eq!(with_status(&tester, AvailabilityStatus::Archived).await, 3);
    assert_eq!(with_status(&tester, AvailabilityStatus::Deprecated).await, 3);
    let mut medecin_traitant = in_front_of(Sender::air(&mock), "P-RICH");
    medecin_traitant.holder.0 = "899999000054";
    let seen_by_mt = find(&medecin_traitant, approved(&medecin_traitant)).await.unwrap();
    assert_eq!((seen_by_mt.len(), count(&seen_by_mt, "MASQUE_PS")), (78, 7));

    // The types that scenarios ask for, as the tester finds them.
    let of = |code: &str| seen.iter().filter(|entry| entry.type_code.as_ref().unwrap().code == code).count();
    let types = ["34112-3", "11488-4", "11506-3", "15507-7", "47420-5", "11502-2", "CERT_DECL", "11369-6", "EXPPAT_1"];
    assert_eq!(types.map(of), [3, 8, 5, 3, 4, 8, 3, 1, 1]);
    let formats: std::collections::BTreeSet<&str> =
        seen.iter().map(|entry| entry.format_code.as_ref().unwrap().code.as_str()).collect();
    for format in [
        "urn:ihe:iti:xds-sd:text:2008",
        "urn:ihe:iti:xds-sd:pdf:2008",
        "urn:ihe:iti-fr:xds-sd:jpeg:2010",
        "urn:ihe:iti-fr:xds-sd:tiff:2010",
        "urn:ihe:iti-fr:xds-sd:rtf:2010",
        "urn:asip:ci-sis:cse-cs8:2017",
        "urn:ihe:lab:xd-lab:2008",
    ] {
        assert!(formats.contains(format), "{format}");
    }
    assert!(seen.iter().any(|entry| entry.mime_type == "application/xslt+xml"), "autoprésentable");
}

#[tokio::test]
async fn the_lots_have_their_days() {
    let mock = started().await;
    let tester = tester(&mock, "P-LOTS");
    let all = find(&tester, approved(&tester)).await.unwrap();
    assert_eq!((all.len(), count(&all, "MASQUE_PS"), count(&all, "INVISIBLE_PATIENT")), (15, 2, 2));
    let dtm = |text: &str| Some(Dtm::from(text));
    let days = DateRange { from: dtm("20250524220000"), to: dtm("20250526220000") };
    let found = submitted(&tester, days).await;
    assert_eq!((found.len(), count(&found, "MASQUE_PS"), count(&found, "INVISIBLE_PATIENT")), (10, 1, 0));
    let since = DateRange { from: dtm("20250526090000"), to: None };
    let found = submitted(&tester, since).await;
    assert_eq!((found.len(), count(&found, "MASQUE_PS"), count(&found, "INVISIBLE_PATIENT")), (11, 1, 2));
}

/// The documents of the lots of those times.
async fn submitted(sender: &Sender<'_>, submission_time: DateRange) -> Vec<DocumentEntry> {
    let query = FindSubmissionSets::submitted(Cx::ins(&sender.patient.0, &sender.patient.1), submission_time);
    let lots = ask(sender, query.to_query(ReturnType::LeafClass)).await.unwrap().objects.submission_sets;
    let mut found = Vec::new();
    for lot in lots {
        let contents = GetSubmissionSetAndContents::all_of(SubmissionSetId::EntryUuid(lot.entry_uuid));
        found.extend(ask(sender, contents.to_query(ReturnType::LeafClass)).await.unwrap().objects.document_entries);
    }
    found
}

#[tokio::test]
async fn the_other_records_hold_what_scenarios_need() {
    let mock = started().await;
    let rows = [
        ("P-OPEN", Err("AUT-01"), 0, 0),
        ("P-AUTH", Ok(3), 0, 1),
        ("P-MT", Ok(2), 1, 0),
        ("P-EXP", Err("AUT-02"), 0, 0),
        ("P-BLOCK", Err("AUT-03"), 0, 0),
        ("P-CLOSED", Err("PAT-03"), 0, 0),
        ("P-MINOR", Ok(2), 0, 0),
        ("P-REMB", Ok(1), 0, 0),
        ("P-VAC", Ok(2), 0, 0),
        ("P-IMG", Ok(4), 0, 0),
        ("P-NONAME", Ok(0), 0, 0),
        ("P-2B", Ok(0), 0, 0),
    ];
    for (label, expected, masked, invisible) in rows {
        let sender = tester(&mock, label);
        let found = find(&sender, approved(&sender)).await;
        let counts = found.as_ref().map(Vec::len).map_err(String::as_str);
        assert_eq!(counts, expected, "{label}");
        let found = found.unwrap_or_default();
        assert_eq!((count(&found, "MASQUE_PS"), count(&found, "INVISIBLE_PATIENT")), (masked, invisible), "{label}");
    }
    let imaging = tester(&mock, "P-IMG");
    let references = [("2.999.35.13.20260309.7", 2), ("ACC-2026-0042", 2), ("ACC-2026-%", 3), ("DEM-7", 3)];
    for (reference, expected) in references {
        let pattern = format!("{}%", reference.trim_end_matches('%'));
        let found = find(&imaging, FindDocuments { reference_ids: vec![vec![pattern]], ..approved(&imaging) }).await;
        assert_eq!(found.unwrap().len(), expected, "{reference}");
    }
}
