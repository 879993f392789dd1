//! What the holder is told: each kind of access over TLS, in each access mode, its trace and its notification (TRC-01,
//! TRC-02, EMG-06, MIN-05); and what the clock changes by itself.

use dmp_mock::MockDmp;
use dmp_mock::world::{Access, EventKind, Grant, GrantHolder, Patient, PatientId, World, seed};
use dmp_protocol::rights::AuthorizationAction;
use dmp_protocol::rules::Strictness;
use jiff::Span;
use xds_model::AvailabilityStatus;
use xds_model::iti18::ReturnType;

use super::actor::{Actor, REASON, access};
use super::answer::refusal;
use super::request::Request;
use super::scene::{DOCUMENT, ME, confidentiality, store, written};
use crate::bare::HttpAnswer;

const OWN: (&str, &str) = (ME, seed::STRUCTURE_EG);

fn camille() -> PatientId {
    PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID)
}

/// A record of somebody of that birth date with one document of the médecin; the médecin is authorised.
fn prepare(mock: &MockDmp, birth_date: &str) {
    let mut world = World::seeded();
    let mut establishment = world.structure(seed::STRUCTURE_EG).unwrap().clone();
    establishment.centre_15 = true;
    world.add_structure(establishment);
    let mut patient = Patient::active(camille(), "EXEMPLE", "CAMILLE");
    patient.birth_date = Some(birth_date.to_owned());
    patient.medecin_traitant = Some(seed::PHARMACIEN.to_owned());
    patient.grants.insert(GrantHolder::Person(ME.to_owned()), Grant::Permanent);
    world.add_patient(patient);
    store(&mut world.registry, written("11490-0", OWN, "N"), "A", &camille(), mock.clock().now());
    mock.with_world(|old| *old = world);
}

async fn act(mock: &MockDmp, request: &Request<'_, '_>, transaction: &str) -> HttpAnswer {
    let stored = || mock.with_world(|world| world.registry.last_version(DOCUMENT).cloned()).unwrap();
    match transaction {
        "TD0.2" => request.exists().await,
        "TD0.3" => request.set_authorization(AuthorizationAction::Ajout, None).await,
        "TD1.3a" => request.read_admin_data().await,
        "TD1.6" => request.list_authorisations().await,
        "TD2.1" => request.feed(&written("11490-0", OWN, "N"), None).await,
        "TD3.1" => request.find(vec![AvailabilityStatus::Approved]).await,
        "TD3.1b" => request.locate(DOCUMENT, ReturnType::ObjectRef).await,
        "TD3.2" => request.retrieve(&[DOCUMENT.to_owned()]).await,
        "TD3.3a" => request.set_codes(&stored().entry, confidentiality("MP")).await,
        "TD3.3c" => request.set_status(&stored(), AvailabilityStatus::Deleted).await,
        _ => request.set_status(&stored(), AvailabilityStatus::Archived).await,
    }
}

#[tokio::test]
async fn each_access_is_traced_and_told_to_whom_it_concerns() {
    use EventKind::{Access as Ordinary, EmergencyAccess};
    let mock = MockDmp::builder().off("X13,X14,X15").start().await.unwrap();
    let actor = Actor::named(&mock, "MED");
    let told = Some(Ordinary);
    let emergency = Some(EmergencyAccess);
    // Transaction, action of its trace, whether a document is named in it, event in normal access, in an emergency.
    let rows = [
        ("TD0.2", "exists", false, None, emergency),
        ("TD1.3a", "read_admin_data", false, None, emergency),
        ("TD0.3", "authorise_self", false, None, None),
        ("TD1.6", "list_authorisations", false, None, None),
        ("TD2.1", "feed", true, told, emergency),
        ("TD3.1", "search_metadata", false, told, emergency),
        ("TD3.1b", "search_reference", false, told, emergency),
        ("TD3.2", "read_unmasked", true, told, emergency),
        ("TD3.3a", "mask", true, told, None),
        ("TD3.3d", "archive", true, told, emergency),
        ("TD3.3c", "delete", true, told, emergency),
    ];
    for (transaction, action, names_document, in_normal, in_emergency) in rows {
        for (mode, expected) in [("normal", in_normal), ("bris_de_glace", in_emergency), ("centre_15", in_emergency)] {
            prepare(&mock, "19800514");
            let mut sender = actor.sender(&mock);
            sender.access = access(mode);
            let answer = act(&mock, &Request::by(&sender), transaction).await;
            let at = format!("{transaction} {mode}");
            // What no emergency allows is refused, traced with its rule, and not told.
            let forbidden = mode != "normal" && in_emergency.is_none();
            assert_eq!(refusal(&answer).is_some(), forbidden, "{at}: {:?}", answer.rule());

            let traces: Vec<Access> =
                mock.with_world(|world| world.access_history(&camille(), false).into_iter().cloned().collect());
            let [trace] = traces.as_slice() else { panic!("{at}: {traces:?}") };
            assert_eq!((trace.professional.as_str(), trace.structure.as_str()), (ME, seed::STRUCTURE_EG), "{at}");
            assert_eq!((trace.action.as_deref(), trace.mode.as_str()), (Some(action), mode), "{at}");
            assert_eq!(trace.refused_by.as_deref(), forbidden.then_some("FUN-01"), "{at}");
            assert_eq!(trace.reason.as_deref(), (mode == "bris_de_glace").then_some(REASON), "{at}");
            if !forbidden {
                assert_eq!(trace.transaction, transaction, "{at}");
                assert_eq!(trace.documents.len(), usize::from(names_document), "{at}");
            }

            let events = mock.notifications(&camille());
            assert_eq!(events.first().map(|event| event.kind), expected, "{at}");
            assert_eq!(events.len(), usize::from(expected.is_some()), "{at}");
            let also = events.first().and_then(|event| event.told_to.as_deref());
            assert_eq!(
                also,
                (expected == emergency).then_some(seed::PHARMACIEN).filter(|_| expected.is_some()),
                "{at}"
            );
        }
    }
}

#[tokio::test]
async fn a_connexion_secrete_ends_on_the_day_of_majority_and_is_hidden_from_the_representatives() {
    let mock = MockDmp::start().await.unwrap();
    let today = mock.clock().now().to_zoned(dmp_protocol::paris()).date();
    let born = today.checked_sub(Span::new().years(18)).unwrap().checked_add(Span::new().days(2)).unwrap();
    prepare(&mock, &born.strftime("%Y%m%d").to_string());
    let actor = Actor::named(&mock, "MED");
    let mut sender = actor.sender(&mock);
    sender.secret = true;
    assert_eq!(refusal(&Request::by(&sender).find(vec![AvailabilityStatus::Approved]).await), None);
    let told = |by_representative| {
        let now = mock.clock().now();
        mock.with_world(|world| {
            let calendar = dmp_protocol::switches::VisibilityCalendar::default();
            let events = world.notifications(&camille(), by_representative, now, calendar).len();
            (world.access_history(&camille(), by_representative).len(), events)
        })
    };
    assert_eq!((told(false), told(true)), ((1, 1), (0, 0)), "MIN-05");
    mock.clock().advance_calendar(Span::new().days(2)).unwrap();
    let answer = Request::by(&sender).find(vec![AvailabilityStatus::Approved]).await;
    assert_eq!((refusal(&answer), answer.rule()), (Some(("C3", "DMPInvalidData".to_owned())), Some("V46")));
}

/// C-25: the assertion says no first; switched off, the registry does.
#[tokio::test]
async fn a_visible_document_in_connexion_secrete_is_refused_by_v46_or_by_the_registry() {
    let mock = MockDmp::builder().off("X13,X14,X15").start().await.unwrap();
    let today = mock.clock().now().to_zoned(dmp_protocol::paris()).date();
    prepare(&mock, &today.checked_sub(Span::new().years(12)).unwrap().strftime("%Y%m%d").to_string());
    let actor = Actor::named(&mock, "MED");
    let mut sender = actor.sender(&mock);
    sender.secret = true;
    for (strictness, carrier, code, rule) in [
        (Strictness::Strict, "C3", "DMPInvalidData", "V46"),
        (Strictness::Off, "C6", "XDSRegistryMetadataError", "X22"),
    ] {
        mock.set_rules("V46", strictness).unwrap();
        let answer = Request::by(&sender).feed(&written("11490-0", OWN, "N"), None).await;
        assert_eq!((refusal(&answer), answer.rule()), (Some((carrier, code.to_owned())), Some(rule)));
    }
}

#[tokio::test]
async fn assertions_and_certificates_age_with_the_clock_of_the_mock() {
    let mock = MockDmp::start().await.unwrap();
    let actor = Actor::named(&mock, "MED_AIR");
    let sender = actor.sender(&mock);
    let before = Request::by(&sender);
    mock.clock().advance(jiff::SignedDuration::from_secs(36));
    assert_eq!(before.exists().await.rule(), Some("V51"), "30 seconds and the skew");
    let structure = Actor::named(&mock, "CERT");
    let sender = structure.sender(&mock);
    let before = Request::by(&sender);
    mock.clock().advance(jiff::SignedDuration::from_mins(59));
    assert_eq!(before.exists().await.rule(), None, "an hour outside AIR");
    mock.clock().advance(jiff::SignedDuration::from_mins(3));
    assert_eq!(before.exists().await.rule(), Some("V51"));
    mock.clock().advance_calendar(Span::new().years(4)).unwrap();
    let answer = Request::by(&sender).exists().await;
    assert_eq!((answer.rule(), answer.fault_code().as_deref()), (Some("V20"), Some("DMPInvalidCertificate")));
}
