//! The command `dmp` as each actor and in each access mode that the DMP knows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::world::{GrantHolder, Patient, PatientId, Structure, seed};
use support::desk::Desk;
use support::documents::{bytes, letter, unique_id};

const INS: [&str; 2] = ["--ins", seed::PATIENT_FOLLOWED];
const OTHER: [&str; 2] = ["--ins", seed::PATIENT_UNKNOWN_TO_ALL];
const REASON: &str = "Patiente inconsciente, antécédents inconnus";

impl Desk {
    /// Puts a section `[card]` in the configuration: the files of a card of the mock, and what it does not tell.
    fn insert_card(&self, name: &str, rest: &str) {
        let text = std::fs::read_to_string(self.path("dmp.toml")).unwrap();
        let start = text.split("\n[card]").next().unwrap();
        let pki = self.path("pki");
        let file = |part: &str| pki.join(format!("{name}_{part}.p12")).display().to_string();
        let card = format!(
            "\n[card]\nauthentication = {:?}\nsigning = {:?}\npassword = \"dmp-mock\"\n{rest}\n",
            file("auth"),
            file("sign")
        );
        std::fs::write(self.path("dmp.toml"), format!("{start}{card}")).unwrap();
    }

    fn last(&self) -> (Option<String>, Option<String>, Option<String>) {
        let last = self.mock.journal().last().unwrap();
        (last.transaction, last.mode, last.access)
    }
}

fn said(transaction: &str, mode: &str, access: &str) -> (Option<String>, Option<String>, Option<String>) {
    (Some(transaction.to_owned()), Some(mode.to_owned()), Some(access.to_owned()))
}

#[tokio::test]
async fn a_card_feeds_consults_and_lists() {
    let desk = Desk::new().await;
    let stderr = desk.fails(2, &[&["--as", "card", "exists"], &INS[..]].concat()).await;
    assert!(stderr.contains("[card]"), "{stderr}");
    desk.insert_card("card_medecin", "");
    let letter = letter();
    std::fs::write(desk.path("letter.xml"), bytes(&letter)).unwrap();
    assert_eq!(desk.json(&["--as", "card", "send", "letter.xml"]).await["status"], "stored");
    assert_eq!(desk.last(), said("TD2.1", "DIRECTE", "normal"));
    let found = desk.json(&[&["--as", "card", "find"], &INS[..]].concat()).await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    let id = unique_id(&letter);
    assert_eq!(desk.json(&[&["--as", "card", "hide", id.as_str()], &INS[..]].concat()).await["status"], "done");
    assert_eq!(desk.json(&["--as", "card", "authorised"]).await.as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&[&["--as", "card", "delete", id.as_str()], &INS[..]].concat()).await["status"], "done");
    assert_eq!(desk.last(), said("TD3.3c", "DIRECTE", "normal"));
    // A card that tells no activity, and one that has ended.
    desk.insert_card("cpf_medecin", "in_training = true\nuntil = 2999-12-31");
    desk.json(&[&["--as", "card", "exists"], &INS[..]].concat()).await;
    desk.insert_card("cpf_medecin", "in_training = true\nuntil = 2020-12-31");
    let stderr = desk.fails(2, &[&["--as", "card", "exists"], &INS[..]].concat()).await;
    assert!(stderr.contains("EX_GEN-1370"), "{stderr}");
}

#[tokio::test]
async fn a_cpe_feeds_declares_and_lists_for_its_structure_and_consults_nothing() {
    let desk = Desk::new().await;
    desk.insert_card("cpe_anonymous", "role = \"331\"\nservice = \"ACCUEIL\"");
    let letter = letter();
    std::fs::write(desk.path("letter.xml"), bytes(&letter)).unwrap();
    desk.json(&["--as", "card", "send", "letter.xml"]).await;
    assert_eq!(desk.last(), said("TD2.2", "DIRECTE", "normal"));
    assert_eq!(desk.json(&[&["--as", "card", "authorise"], &OTHER[..]].concat()).await["status"], "done");
    let granted = desk.mock.with_world(|world| {
        let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
        world.patient(&id).unwrap().grants.contains_key(&GrantHolder::Structure(seed::STRUCTURE_EG.to_owned()))
    });
    assert!(granted);
    let listed = desk.json(&["--as", "card", "authorised", "--ps-owner", seed::MEDECIN]).await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    for (arguments, expected) in
        [(&["find"][..], "TD3.1"), (&["authorise", "--withdraw"][..], "TD0.3"), (&["hide", "2.25.1"][..], "TD3.3a")]
    {
        let stderr = desk.fails(2, &[&["--as", "card"], arguments, &INS[..]].concat()).await;
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
    let stderr = desk.fails(2, &["--as", "card", "authorised"]).await;
    assert!(stderr.contains("--ps-owner"), "{stderr}");
    assert_eq!(
        desk.json(&[&["--as", "card", "delete", &unique_id(&letter)], &INS[..]].concat()).await["status"],
        "done"
    );
}

#[tokio::test]
async fn emergencies_and_secrecy() {
    let desk = Desk::new().await;
    desk.mock.with_world(|world| {
        let clinic = world.structure(seed::STRUCTURE_EG).unwrap().clone();
        world.add_structure(Structure { centre_15: true, ..clinic });
        let id = PatientId::new("112097599901588", seed::TEST_NIR_OID);
        let mut minor = Patient::active(id, "EXEMPLE", "CAMILLE");
        minor.birth_date = Some("20200915".to_owned());
        world.add_patient(minor);
    });
    desk.json(&[&["--access", "centre-15", "find"], &OTHER[..]].concat()).await;
    assert_eq!(desk.last(), said("TD3.1", "INDIRECTE_RENFORCEE", "centre_15"));
    desk.json(&["--access", "centre-15", "authorised"]).await;
    assert_eq!(desk.last(), said("TD0.4", "INDIRECTE_RENFORCEE", "centre_15"));
    desk.json(&[&["--as", "indirect", "--access", "centre-15", "exists"], &OTHER[..]].concat()).await;
    assert_eq!(desk.last(), said("TD0.2", "INDIRECTE", "centre_15"));
    desk.json(&[&["--access", "bris-de-glace", "--reason", REASON, "find"], &OTHER[..]].concat()).await;
    assert_eq!(desk.last(), said("TD3.1", "INDIRECTE_RENFORCEE", "bris_de_glace"));
    for (arguments, expected) in [
        (&["--access", "bris-de-glace", "find"][..], "V45"),
        (&["--access", "bris-de-glace", "--reason", REASON, "authorise"], "TD0.3"),
        (&["--as", "indirect", "--access", "bris-de-glace", "exists"], "access mode"),
        (&["--as", "indirect", "find"], "TD3.1"),
        (&["--secret", "1975-11-03", "exists"], "V46"),
    ] {
        let stderr = desk.fails(2, &[arguments, &OTHER[..]].concat()).await;
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
    desk.json(&["--secret", "2020-09-15", "exists", "--ins", "112097599901588"]).await;
    assert!(desk.mock.journal().last().unwrap().connexion_secrete);
}

#[tokio::test]
async fn air_in_its_other_forms() {
    let desk = Desk::new().await;
    desk.json(&[&["--as", "plain-air", "find"], &INS[..]].concat()).await;
    assert_eq!(desk.last(), said("TD3.1", "INDIRECTE_RENFORCEE", "normal"));
    let text = std::fs::read_to_string(desk.path("dmp.toml")).unwrap();
    let text = text.replace("profession = \"10\"", "role = \"331\"\nprofession = \"99\"");
    std::fs::write(desk.path("dmp.toml"), text.replace("specialty = \"SM26\"\n", "")).unwrap();
    let stderr = desk.fails(2, &[&["--as", "air-non-ps", "exists"], &INS[..]].concat()).await;
    assert!(stderr.contains("EX_AIR-020"), "{stderr}");
    let text = std::fs::read_to_string(desk.path("dmp.toml")).unwrap();
    std::fs::write(desk.path("dmp.toml"), format!("{text}\n[switches]\nair_allow_non_ps = true\n")).unwrap();
    let open = ["--as", "air-non-ps"];
    desk.json(&[&open, &["exists"][..], &INS[..]].concat()).await;
    assert_eq!(desk.last(), said("TD0.2", "INDIRECTE_RENFORCEE", "normal"));
    let stderr = desk.fails(2, &[&open, &["find"][..], &INS[..]].concat()).await;
    assert!(stderr.contains("TD3.1"), "{stderr}");
}
