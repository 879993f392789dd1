//! Who may feed and read: status, attributes, the qualified identity, generic numbers.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use dmp_vocabulary::Realm::{Production, Test};
use dmp_vocabulary::identity::status::{
    IdentityAttributes, IdentityEvidence, IdentityMatch, IdentityStatus, NotQualified, Obstacle, PatientIdentity,
};
use dmp_vocabulary::identity::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTrait, StrictTraits};
use dmp_vocabulary::identity::{
    BirthDate, GenericNumbers, IdentityPolicy, IdentityProblem, Ins, KeyCheck, NotNominative, ProfessionalId, Rpps,
};
use dmp_vocabulary::oids::{INS_NIA, INS_NIR, INS_NIR_TEST};
use jiff::Timestamp;

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

fn ins(oid: &str) -> Ins {
    Ins::parse("280057599900151", oid, Test).unwrap().value
}

fn traits() -> StrictTraits {
    StrictTraits {
        birth_name: BirthName::parse("EXEMPLE").unwrap(),
        given_names: GivenNames::parse("CAMILLE ANNE").unwrap(),
        birth_date: BirthDate::parse_hl7("19800514").unwrap(),
        sex: Sex::Female,
        birth_place: BirthPlace::parse("75999").unwrap(),
    }
}

fn qualified() -> PatientIdentity {
    let mut identity = PatientIdentity::new(traits()).with_ins(ins(INS_NIR_TEST));
    identity.evidence = IdentityEvidence {
        obtained_from_insi: at("2026-03-02T08:05:00Z"),
        document_checked: at("2026-03-01T10:00:00Z"),
    };
    identity
}

#[test]
fn the_two_proofs_give_the_status() {
    let day = at("2026-03-02T08:00:00Z");
    let table = [
        (None, None, IdentityStatus::Provisoire, "identité provisoire"),
        (day, None, IdentityStatus::Recuperee, "identité récupérée"),
        (None, day, IdentityStatus::Validee, "identité validée"),
        (day, day, IdentityStatus::Qualifiee, "identité qualifiée"),
    ];
    for (obtained_from_insi, document_checked, status, label) in table {
        let evidence = IdentityEvidence { obtained_from_insi, document_checked };
        assert_eq!((evidence.status(), evidence.status().to_string().as_str()), (status, label));
        let identity = PatientIdentity { evidence, ..qualified() };
        assert_eq!(identity.qualify(Test).is_ok(), status == IdentityStatus::Qualifiee, "{label}");
    }
}

#[test]
fn a_qualified_identity_dates_from_the_second_proof() {
    let found = qualified().qualify(Test).unwrap();
    assert_eq!(found.warnings, []);
    assert_eq!(found.value.qualified_at(), at("2026-03-02T08:05:00Z").unwrap());
    assert_eq!((found.value.ins(), found.value.traits()), (&ins(INS_NIR_TEST), &traits()));
    assert_eq!(Ins::from(found.value), ins(INS_NIR_TEST));
}

#[test]
fn each_obstacle_is_named_with_its_rule_and_remedy() {
    let evidence = |obtained_from_insi, document_checked| IdentityEvidence { obtained_from_insi, document_checked };
    let attributes = |douteuse, fictive| IdentityAttributes { homonyme: true, douteuse, fictive };
    let day = at("2026-03-02T08:00:00Z");
    let table = [
        (PatientIdentity { evidence: evidence(None, day), ..qualified() }, Obstacle::NotObtainedFromInsi, "EXI 06"),
        (PatientIdentity { evidence: evidence(day, None), ..qualified() }, Obstacle::NoDocumentChecked, "EX_GEN-1530"),
        (PatientIdentity { attributes: attributes(true, false), ..qualified() }, Obstacle::Douteuse, "§2.5"),
        (PatientIdentity { attributes: attributes(false, true), ..qualified() }, Obstacle::Fictive, "§2.5"),
        (PatientIdentity { ins: None, ..qualified() }, Obstacle::NoIns, "EXI 06"),
        (qualified().with_ins(ins(INS_NIA)), Obstacle::WaitingNumber, "0.2-080"),
        (
            PatientIdentity { traits: StrictTraits { sex: Sex::Indeterminate, ..traits() }, ..qualified() },
            Obstacle::SexUnknownToInsi,
            "§2.4",
        ),
    ];
    for (identity, obstacle, rule) in table {
        let refusal = identity.qualify(Test).unwrap_err();
        assert_eq!(refusal.obstacles, std::slice::from_ref(&obstacle));
        let text = refusal.to_string();
        assert!(obstacle.rule().contains(rule) && text.contains(rule) && text.contains(obstacle.remedy()), "{text}");
        assert!(!text.contains("2800575"), "{text}");
    }
    let homonyme = PatientIdentity { attributes: attributes(false, false), ..qualified() };
    assert!(homonyme.qualify(Test).is_ok());
}

#[test]
fn every_obstacle_is_told_at_once() {
    let mut identity = PatientIdentity::new(traits());
    identity.attributes = IdentityAttributes { homonyme: false, douteuse: true, fictive: true };
    let NotQualified { status, obstacles } = identity.qualify(Test).unwrap_err();
    assert_eq!(status, IdentityStatus::Provisoire);
    use Obstacle::{Douteuse, Fictive, NoDocumentChecked, NoIns, NotObtainedFromInsi};
    assert_eq!(obstacles, [NotObtainedFromInsi, NoDocumentChecked, Douteuse, Fictive, NoIns]);
    assert!(!identity.may_ask_insi() && qualified().may_ask_insi());
}

#[test]
fn the_ins_is_checked_again_in_the_realm_of_the_session() {
    let obstacle = |identity: &PatientIdentity, policy: IdentityPolicy| {
        identity.qualify(policy).map(|found| found.warnings.len()).map_err(|refusal| refusal.obstacles[0].clone())
    };
    let refused = obstacle(&qualified(), Production.into()).unwrap_err();
    assert!(matches!(refused, Obstacle::Ins(error) if matches!(error.problem, IdentityProblem::KindRefused { .. })));
    // INSi answers .8 for test persons: accepted with a warning.
    assert_eq!(obstacle(&qualified().with_ins(ins(INS_NIR)), Test.into()), Ok(1));
    // A wrong key from a file.
    let read: Ins = serde_json::from_str("\"280057599900152^^^&1.2.250.1.213.1.4.10&ISO^NH\"").unwrap();
    let identity = qualified().with_ins(read);
    assert!(matches!(obstacle(&identity, Test.into()), Err(Obstacle::Ins(_))));
    assert_eq!(obstacle(&identity, IdentityPolicy::from(Test).with_ins_key_check(KeyCheck::Warn)), Ok(1));
}

#[test]
fn received_identities_compared() {
    let known = qualified().qualify(Test).unwrap().value;
    assert_eq!(known.compare(&ins(INS_NIR_TEST), &traits()), IdentityMatch::Same);
    assert_eq!(known.compare(&ins(INS_NIR), &traits()), IdentityMatch::OtherIns);
    let other = StrictTraits { birth_place: BirthPlace::unknown(), ..traits() };
    let differing = IdentityMatch::TraitsDiffer(vec![StrictTrait::BirthPlace]);
    assert_eq!(known.compare(&ins(INS_NIR_TEST), &other), differing);
}

#[test]
fn serde_keeps_the_evidence_and_debug_shows_no_person() {
    let json = serde_json::to_string(&qualified()).unwrap();
    assert_eq!(serde_json::from_str::<PatientIdentity>(&json).unwrap(), qualified());
    let bare = serde_json::json!({ "traits": traits() });
    assert_eq!(serde_json::from_value::<PatientIdentity>(bare).unwrap(), PatientIdentity::new(traits()));
    let shown = format!("{:?} {:?}", qualified(), qualified().qualify(Test).unwrap().value);
    assert!(!shown.contains("EXEMPLE") && !shown.contains("2800575") && shown.contains("Qualifiee"), "{shown}");
}

#[test]
fn generic_numbers_name_nobody() {
    let rpps = |text| Rpps::parse(text, Test).unwrap().value;
    let id = |text| ProfessionalId::parse(text, Test).unwrap().value;
    let generic = GenericNumbers::declared([rpps("99999000039")]);
    assert!(generic.contains(&rpps("99999000039")) && !generic.contains(&rpps("99999000013")));
    assert_eq!(generic.named(&id("899999000013")).unwrap().rpps(), &rpps("99999000013"));
    assert_eq!(generic.named(&id("899999000039")), Err(NotNominative::Generic));
    assert!(GenericNumbers::declared([]).named(&id("899999000039")).is_ok());
    for other in ["0996000014", "30B0990008/UA7QX2M9", "699999000013008/01"] {
        assert!(matches!(generic.named(&id(other)), Err(NotNominative::NotRpps { .. })), "{other}");
    }
    for refusal in [generic.named(&id("899999000039")).unwrap_err(), generic.named(&id("0996000014")).unwrap_err()] {
        let text = refusal.to_string();
        assert!(text.contains("EXI 24") && text.contains("V74") && !text.contains("99"), "{text}");
    }
    let json = serde_json::to_string(&generic).unwrap();
    assert_eq!(json, "[\"99999000039\"]");
    assert_eq!(serde_json::from_str::<GenericNumbers>(&json).unwrap(), generic);
    assert_eq!(format!("{generic:?}"), "GenericNumbers(1)");
}
