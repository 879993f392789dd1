//! F30: documents between the software that makes them and the platform that feeds the DMP, and what comes back.

use crate::support::documents::{bytes, letter, random_oid, unique_id};
use crate::support::queue::{Scene, work};
use crate::support::{context, feeding, patient, professional};
use dmp_client::*;
use dmp_lps::PatientKey;
use dmp_lps::interop::er7::{Charset, Message};
use dmp_lps::interop::mdm::*;
use dmp_lps::outbox::State;
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::StructureId;
use proptest::prelude::*;

fn head(control_id: &str) -> Head {
    let at = "2026-03-02T08:00:00Z".parse().unwrap();
    let dpi = Station::new("DPI", "CLINIQUE DU MODELE");
    Head {
        processing: Processing::Training,
        ..Head::new(control_id, at, dpi, Station::new("PFI", "CLINIQUE DU MODELE"))
    }
}

fn alix() -> VihfInputs {
    VihfInputs {
        origin: Origin::Professional {
            id: professional("899999000013"),
            family: "MODELE".to_owned(),
            given: "ALIX".to_owned(),
        },
        structure: StructureId::parse("10B0990008", Realm::Test).unwrap().value,
        structure_name: "CLINIQUE DU MODELE & FILS".to_owned(),
    }
}

fn stay() -> Visit {
    Visit { admitted_at: Some("2026-03-01T07:00:00Z".parse().unwrap()), ..Visit::new(VisitClass::Inpatient, "V-17") }
}

async fn transmission(wishes: Wishes) -> Transmission {
    Transmission::of_cda(head("M-1"), bytes(&letter()), alix(), stay(), wishes).await.unwrap()
}

fn received(transmission: &Transmission) -> Transmission {
    Transmission::read(&Message::parse(&transmission.write().unwrap()).unwrap(), Realm::Test).unwrap()
}

#[tokio::test]
async fn f30_a_document_is_fed_replaced_and_deleted_through_a_platform() {
    let first = letter();
    let mut second = letter();
    second.set_id = first.set_id.clone();
    second.version = Some(2);
    second.replaces = first.unique_id.clone();
    for (cda, deleting, act) in [
        (bytes(&first), false, Act::Feed),
        (bytes(&second), false, Act::Replace(unique_id(&first))),
        (bytes(&first), true, Act::Delete),
    ] {
        let wishes = Wishes::for_the_dmp().with(Wish::MasquePs);
        let sent = Transmission::of_cda(head("M-1"), cda.clone(), alix(), stay(), wishes).await.unwrap();
        let sent = if deleting { sent.deleting() } else { sent };
        assert_eq!(sent.act, act);
        for charset in [Charset::Utf8, Charset::Latin9] {
            let sent = Transmission { head: Head { charset, ..sent.head.clone() }, ..sent.clone() };
            let read = received(&sent);
            assert!(read == sent, "what was sent: {read:?}");
            assert!(read.content == cda, "the bytes are the document");
            assert_eq!(read.document().await.unwrap().entry().unique_id, sent.unique_id);
        }
    }
}

#[tokio::test]
async fn f30_the_message_is_that_of_the_volet() {
    let sent = transmission(Wishes::for_the_dmp().with(Wish::InvisibleRepresentants)).await;
    let text = String::from_utf8(sent.write().unwrap()).unwrap();
    let lines: Vec<&str> = text.split_terminator('\r').collect();
    let id = &sent.unique_id;
    let expected = [
        "MSH|^~\\&|DPI|CLINIQUE DU MODELE|PFI|CLINIQUE DU MODELE|20260302090000+0100||MDM^T02^MDM_T02|M-1|T|2.6|||||FRA|\
         UNICODE UTF-8|||2.1^CISIS_CDA_HL7_V2",
        "EVN||20260302090000+0100",
        "PID|||280057599900151^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS||EXEMPLE^CAMILLE^CAMILLE^^^^L||19800514|F\
         ||||||||||||||||||||||||VALI",
        "PV1||I|||||||||||||||||V-17|||||||||||||||||||||||||20260301080000+0100",
        "ORC|NW",
        "OBR|1|||11488-4^CR ou fiche de consultation ou de visite^LN",
        &format!("TXA|1|11488-4|TEXT|||||||||{id}|||||AU"),
        "",
        "PRT||UC||SB^Send by^participation|899999000013^MODELE^ALIX^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS|||\
         CLINIQUE DU MODELE \\T\\ FILS^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0990008",
    ];
    for (line, expected) in lines.iter().zip(expected).filter(|(_, expected)| !expected.is_empty()) {
        assert_eq!(*line, expected);
    }
    assert!(lines[7].starts_with("OBX|1|ED|11488-4^CR ou fiche de consultation ou de visite^LN||^text^XML^Base64^"));
    assert!(lines[7].ends_with("||||||F"));
    let said: Vec<(&str, &str)> = lines[9..]
        .iter()
        .map(|line| line.split('|').collect::<Vec<_>>())
        .map(|obx| (obx[3].split('^').next().unwrap(), obx[5].split('^').next().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("MASQUE_PS", "N"),
            ("INVISIBLE_PATIENT", "N"),
            ("INVISIBLE_REP_LEGAUX", "Y"),
            ("CONNEXION_SECRETE", "N"),
            ("MODIF_CONF_CODE", "N"),
            ("DESTDMP", "Y"),
            ("DESTMSSANTEPS", "N"),
            ("DESTMSSANTEPAT", "N"),
            ("ACK_RECEPTION", "Y"),
            ("ACK_LECTURE_MSS", "N"),
        ]
    );
}

#[tokio::test]
async fn f30_what_disagrees_is_refused_and_the_sender_learns_why() {
    let sent = transmission(Wishes::for_the_dmp()).await;
    let text = String::from_utf8(sent.write().unwrap()).unwrap();
    for (found, put, field, code) in [
        ("ORC|NW", "ORC|RO", "ORC-1", 207),
        ("||||||F\rPRT", "||||||C\rPRT", "OBX-11", 207),
        ("MDM^T02", "MDM^T04", "ORC-1", 207),
        ("MDM^T02", "MDM^T10", "TXA-13", 103),
        ("MDM^T02", "MDM^T06", "MSH-9", 201),
        ("MDM^T02", "ADT^A01", "MSH-9", 200),
        ("|T|2.6", "|T|2.5", "MSH-12", 203),
        ("|T|2.6", "|X|2.6", "MSH-11", 202),
        ("|M-1|", "||", "MSH-10", 101),
        ("2.1^CISIS", "1.1^CISIS", "MSH-21", 200),
        ("TXA|1|11488-4", "TXA|1|11490-0", "OBR-4", 207),
        ("OBX|1|ED|11488-4", "OBX|1|ED|11490-0", "OBX-3", 207),
        ("OBX|1|ED|", "OBX|1|TX|", "OBX", 101),
        ("XML^Base64", "XML^Hex", "OBX-5.4", 103),
        ("280057599900151", "280057599900150", "PID-3", 103),
        ("&ISO^INS", "&ISO^PI", "PID-3", 101),
        ("V-17", "", "PV1-19", 101),
        ("PV1||I", "PV1||Z", "PV1-2", 103),
        ("SB^Send", "RCT^Send", "PRT", 101),
        ("^^^10B0990008", "^^^", "PRT-8.10", 103),
        ("899999000013^", "X^", "PRT-5.1", 103),
        ("MASQUE_PS^", "MASQUE_TOUS^", "OBX-3", 103),
        ("|N^^expanded", "|?^^expanded", "OBX-5", 103),
    ] {
        assert!(text.contains(found), "{found}");
        let message = Message::parse(text.replacen(found, put, 1).as_bytes()).unwrap();
        let refused = Transmission::read(&message, Realm::Test).unwrap_err();
        assert_eq!((refused.field, refused.code), (field, code), "{found} -> {put}: {refused}");
        let told = Acknowledgement::refusing(head("A-1"), "M-1", &refused).write().unwrap();
        let told = Acknowledgement::read(&Message::parse(&told).unwrap()).unwrap();
        let Verdict::Refused { rejected, code: said, diagnostic } = &told.verdict else { panic!("{told:?}") };
        assert_eq!((*rejected, said.as_str(), told.of.as_str()), (code >= 200, code.to_string().as_str(), "M-1"));
        assert_eq!(diagnostic, &refused.to_string());
        assert_eq!(told.state(), State::Failed);
    }
    // What is in the document counts: the message is about another one.
    let other = Transmission { unique_id: random_oid().to_string(), ..sent.clone() };
    assert_eq!(received(&other).document().await.unwrap_err().field, "TXA-12");
    let no_cda = Transmission { content: b"<html/>".to_vec(), ..sent };
    assert_eq!(received(&no_cda).document().await.unwrap_err().field, "OBX-5");
}

#[tokio::test]
async fn f30_what_is_hidden_is_not_mailed() {
    for (hidden, mailed) in [(Wish::InvisiblePatient, Wish::DestMssPatient), (Wish::MasquePs, Wish::DestMssPs)] {
        let wishes = Wishes::for_the_dmp().with(hidden).with(mailed);
        let refused = Transmission::of_cda(head("M-1"), bytes(&letter()), alix(), stay(), wishes).await.unwrap_err();
        assert_eq!((refused.field, refused.code), ("OBX-5", 207));
    }
    let wishes = Wishes::default().with(Wish::InvisiblePatient).with(Wish::InvisibleRepresentants).with(Wish::MasquePs);
    assert_eq!(wishes.hidden(), [Hidden::FromProfessionals, Hidden::FromPatient, Hidden::FromRepresentatives]);
    assert_eq!(Wishes::default().with(Wish::ConnexionSecrete).hidden(), [Hidden::FromRepresentatives]);
    assert!(Wishes::for_the_dmp().hidden().is_empty());
}

#[tokio::test]
async fn f30_a_platform_feeds_the_mock_and_tells_what_became_of_it() {
    let mock = MockDmp::start().await.unwrap();
    let scene = Scene::new();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    // A letter, and one that its author has not signed with the structure that feeds.
    let foreign = bytes(&crate::support::documents::letter_by("10B0990016"));
    for (cda, state) in [(bytes(&letter()), State::Sent), (foreign, State::Failed)] {
        let wishes = Wishes::for_the_dmp().with(Wish::InvisiblePatient);
        let sent = Transmission::of_cda(head("M-1"), cda, alix(), stay(), wishes).await.unwrap();

        let read = received(&sent);
        let taken = Acknowledgement::accepting(read.head.answered("A-1", head("").sent_at), &read.head.control_id);
        let taken = Acknowledgement::read(&Message::parse(&taken.write().unwrap()).unwrap()).unwrap();
        assert_eq!((taken.state(), taken.head.to.application.as_str()), (State::Sending, "DPI"));
        assert!(read.patient.validated, "PID-32: the identity is qualified");
        let patient = PatientKey::from(&QualifiedPatient::declared(read.ins().clone()));
        let feed = read.feed(context("pfi", "team-1", "visit-1"), patient).unwrap();
        let id = scene.queue.enqueue_bytes(feed, read.content.clone()).await.unwrap();
        assert!(DmpReceipt::of_item(head("Z-1"), "M-1", &scene.queue.get(id).await.unwrap()).is_none(), "open");
        scene.pass_delay();
        work(&worker).await;

        let item = scene.queue.get(id).await.unwrap();
        let told = DmpReceipt::of_item(read.head.answered("Z-1", head("").sent_at), "M-1", &item).unwrap();
        let learnt = DmpReceipt::read(&Message::parse(&told.write().unwrap()).unwrap()).unwrap();
        assert_eq!((learnt.state(), &learnt), (state, &told));
        let code = learnt.refused.map(|(code, _)| code);
        match state {
            State::Sent => {
                assert_eq!(code, None);
                let entry =
                    mock.with_world(|world| world.registry.last_version(&read.unique_id).unwrap().entry.clone());
                assert!(entry.has_confidentiality("INVISIBLE_PATIENT"));
            }
            _ => assert_eq!(code.as_deref(), Some("AUTHOR_MISMATCH")),
        }
    }
    // A deletion is no feeding, nor is a mail.
    let deletion = received(&transmission(Wishes::for_the_dmp()).await.deleting());
    let mail = received(&transmission(Wishes::default().with(Wish::DestMssPs)).await);
    for other in [deletion, mail] {
        assert!(other.feed(context("pfi", "team-1", "visit-1"), patient()).is_none());
    }
}

#[test]
fn f30_receipts_of_the_dmp() {
    for refused in [None, Some(("DMPPatientOpposition".to_owned(), "Opposition | du patient".to_owned()))] {
        let receipt = DmpReceipt { head: head("Z-1"), of: "M-1".to_owned(), refused: refused.clone() };
        let bytes = receipt.write().unwrap();
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(DmpReceipt::read(&message).unwrap(), receipt);
        assert_eq!(receipt.state(), if refused.is_some() { State::Failed } else { State::Sent });
        let text = String::from_utf8(bytes).unwrap();
        for (found, put, field) in [
            ("ZAM^Z01", "ZAM^Z02", "MSH-9"),
            ("ZAM^Z01", "ACK", "MSH-9"),
            ("ACK_RECEPTION_DMP", "ACK_LECTURE", "OBX-3"),
            ("ZAM|M-1|", "ZAM||", "OBX-4"),
            ("^^expanded", "?^^expanded", "OBX-5"),
        ] {
            let broken = Message::parse(text.replacen(found, put, 1).as_bytes()).unwrap();
            assert_eq!(DmpReceipt::read(&broken).unwrap_err().field, field, "{found}");
        }
    }
    let bare = Message::parse(b"MSH|^~\\&|A|B|C|D|20260302||ACK|1|P|2.6\rMSA|XX|1").unwrap();
    assert_eq!(Acknowledgement::read(&bare).unwrap_err().field, "MSA-1");
}

#[test]
fn f30_the_origin_gives_the_vihf_what_it_needs() {
    let inputs = alix();
    assert_eq!(inputs.finess_geo().unwrap().as_str(), "0B0990008");
    assert_eq!(inputs.professional().map(|id| id.as_str()), Some("899999000013"));
    let device = VihfInputs { origin: Origin::Device("AUTOMATE-7".to_owned()), ..inputs };
    assert!(device.professional().is_none());
    let shown = format!("{device:?} {:?} {:?}", device.origin, stay());
    assert!(!shown.contains("AUTOMATE-7") && !shown.contains("V-17"), "{shown}");
}

#[tokio::test]
async fn f30_a_device_is_an_origin_too() {
    let device = VihfInputs { origin: Origin::Device("AUTOMATE-7".to_owned()), ..alix() };
    let visit = Visit::none();
    let wishes = Wishes::for_the_dmp();
    let sent = Transmission::of_cda(head("M-2"), bytes(&letter()), device, visit, wishes).await.unwrap();
    assert!(received(&sent) == sent);
    let classes = [VisitClass::Inpatient, VisitClass::Outpatient, VisitClass::Recurring, VisitClass::NotApplicable];
    assert_eq!(classes.map(VisitClass::content_type), ["03", "07", "19", "97"]);
}

/// A message of every segment, small enough to be broken many times.
fn small() -> Vec<u8> {
    let text = "MSH|^~\\&|DPI|HOP|PFI|HOP|20260302090000||MDM^T02^MDM_T02|M-1|P|2.6|||||FRA|8859/15|||2.1^CISIS_CDA_HL7_V2\r\
        PID|||280057599900151^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS~1^^^&2.999&ISO^PI||A^B^C^^^^L||19800514|F\r\
        PV1||O|||||||||||||||||V\rORC|NW\rOBR|1|||11488-4^x^LN\rTXA|1|11488-4|TEXT|||||||||2.25.1|||||AU\r\
        OBX|1|ED|11488-4^x^LN||^text^XML^Base64^PGEvPg==||||||F\r\
        PRT||UC||SB^Send by^participation|899999000013^M^A|||C^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0990008\r\
        OBX|2|CWE|DESTDMP^x^MetaDMPMSS||Y||||||F\r";
    text.as_bytes().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// A broken message is an error, or the message of another transmission that is written and read back the same.
    #[test]
    fn f30_hostile_messages_are_read_or_refused(at in 0_usize..780, noise in proptest::collection::vec(any::<u8>(), 0..6)) {
        let mut bytes = small();
        prop_assert!(Transmission::read(&Message::parse(&bytes).unwrap(), Realm::Test).is_ok());
        let at = at.min(bytes.len());
        let end = (at + noise.len()).min(bytes.len());
        bytes.splice(at..end, noise);
        let Ok(message) = Message::parse(&bytes) else { return Ok(()) };
        let _ = (Acknowledgement::read(&message), DmpReceipt::read(&message));
        if let Ok(read) = Transmission::read(&message, Realm::Test)
            && let Ok(written) = read.write()
        {
            let again = Transmission::read(&Message::parse(&written).unwrap(), Realm::Test);
            prop_assert!(again.is_ok(), "{:?}", again.unwrap_err());
        }
    }
}
