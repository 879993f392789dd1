//! F19, the tests of its page by number.

use crate::support::browser::Browser;
use crate::support::{builder, cards, context, medecin, qualified, traces};
use dmp_client::pro_sante_connect::AccessToken;
use dmp_client::web_ps::{Page, WebMethod};
use dmp_client::*;
use dmp_lps::consent::{ConsentGate, Scope, Stance, StanceChange};
use dmp_lps::trace::Action;
use dmp_lps::web_ps_slot::*;
use dmp_lps::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::web_ps::{SAML_FIELD, read_saml_response};
use jiff::Timestamp;

const INS: &str = seed::PATIENT_FOLLOWED;
const OID: &str = seed::TEST_NIR_OID;

fn addresses() -> WebPsAddresses {
    let none = WebPsAddresses::new();
    let direct = none.cps("https://wps-cps.exemple.test").unwrap().psc("https://wps-psc.exemple.test").unwrap();
    direct.air("https://wps.exemple.test").unwrap()
}

fn card(mock: &MockDmp) -> DirectSession {
    cards::card_of_alix_with(mock, addresses())
}

fn air(mock: &MockDmp, addresses: WebPsAddresses) -> AirSession {
    let client = builder(mock.pki(), &mock.url()).web_ps(addresses).build().unwrap();
    let factor = SecondFactor::passed_at(Timestamp::now(), AuthenticationClass::TimeSyncToken);
    client.air_simplifie(medecin(), factor).unwrap()
}

fn e_cps(mock: &MockDmp) -> ProSanteConnectSession {
    let endpoint =
        ProSanteConnectEndpoint::custom("https://auth.exemple.test/token", "https://api.exemple.test/v2").unwrap();
    let login = PrimaryAuthentication::passed_at(Timestamp::now(), AuthenticationClass::MobileTwoFactorUnregistered);
    let client = builder(mock.pki(), &mock.url()).web_ps(addresses()).build().unwrap();
    client.pro_sante_connect(&endpoint, medecin(), login, AccessToken::new("unused")).unwrap()
}

/// A window over a register in which the followed patient agreed to consultation.
async fn slot(second: SecondPatient) -> (WebPsSlot<Database>, ConsentGate<Database>, AccessContext) {
    let gate = ConsentGate::new(Database::in_memory().unwrap(), SystemClock).with_sentence("Texte du guide.");
    let ctx = context("alix", "team-1", "visit-1");
    for patient in [qualified(), other()] {
        say(&gate, &ctx, &patient, Stance::InformedNotOpposed).await;
    }
    (WebPsSlot::new(gate.clone(), second), gate, ctx)
}

async fn say(gate: &ConsentGate<Database>, ctx: &AccessContext, patient: &QualifiedPatient, stance: Stance) {
    let change = StanceChange::new(Scope::Consultation, stance);
    let _ = gate.record(ctx, &PatientKey::from(patient), change).await.unwrap();
}

fn other() -> QualifiedPatient {
    traces::patient_of(seed::PATIENT_UNKNOWN_TO_ALL)
}

fn refused(error: &DmpError) -> (&str, Outcome) {
    (error.rule().unwrap_or_default(), error.outcome())
}

#[tokio::test]
async fn f19_t1_addresses_and_forms_to_the_byte() {
    let mock = MockDmp::start().await.unwrap();
    let (slot, _, ctx) = slot(SecondPatient::Refused).await;
    let of = |record: &str| format!("https://wps-cps.exemple.test/AccesDirect/{record}");
    // By card: an address.
    let session = card(&mock);
    let dashboard = slot.open_without_patient(&session, Page::TableauDeBord).await.unwrap();
    assert_eq!((dashboard.access().method(), dashboard.access().url()), (WebMethod::Get, of("TableauDeBord").as_str()));
    let record = session.record(qualified(), Consent::given()).unwrap();
    let pages = [
        (Page::TableauDeBord, "TableauDeBord"),
        (Page::DossierPatient, "DossierPatient"),
        (Page::GestionDmpPatient, "GestionDMPPatient"),
        (Page::Documents, "Documents"),
        (Page::ParcoursDeSoins, "ParcoursDeSoins"),
        (Page::HistoriqueAcces, "HistoriqueAcces"),
        (Page::VolontesEtDroits, "VolontesEtDroits"),
        (Page::CarnetVaccination, "CarnetVaccination"),
    ];
    for (page, name) in pages {
        let window = slot.open(&ctx, &qualified(), &record, page).await.unwrap();
        assert_eq!(window.access().url(), of(&format!("{name}/{INS}/{OID}")));
    }
    // Through Pro Santé Connect: a form with the number in hidden fields.
    let record = e_cps(&mock).record(qualified(), Consent::given()).unwrap();
    let window = slot.open(&ctx, &qualified(), &record, Page::Documents).await.unwrap();
    assert_eq!(
        window.access().html().unwrap(),
        format!(
            "<html xmlns=\"http://www.w3.org/1999/xhtml\">\
             <head><title>DMP</title></head><body onload=\"document.forms[0].submit()\"><form method=\"post\" \
             action=\"https://wps-psc.exemple.test/AccesDirect/Documents\">\
             <input type=\"hidden\" name=\"INS\" value=\"{INS}\"/>\
             <input type=\"hidden\" name=\"typeINS\" value=\"{OID}\"/></form></body></html>"
        )
    );
    // In AIR: a form with the token, whose rest is the same each time.
    let record = air(&mock, addresses()).record(qualified(), Consent::given()).unwrap();
    let window = slot.open(&ctx, &qualified(), &record, Page::DossierPatient).await.unwrap();
    let [(name, token)] = window.access().fields() else { panic!("one field") };
    assert_eq!(*name, SAML_FIELD);
    assert!(read_saml_response(token).is_ok());
    assert_eq!(
        window.access().html().unwrap().replace(token, "TOKEN"),
        format!(
            "<html xmlns=\"http://www.w3.org/1999/xhtml\">\
             <head><title>DMP</title></head><body onload=\"document.forms[0].submit()\"><form method=\"post\" \
             action=\"https://wps.exemple.test/AccesIndirectRenforce/DossierPatient/{INS}/{OID}\">\
             <input type=\"hidden\" name=\"SAMLResponse\" value=\"TOKEN\"/></form></body></html>"
        )
    );
    assert!(mock.journal().exchanges().is_empty(), "the software sends nothing by itself");
}

#[tokio::test]
async fn f19_t2_a_second_patient_is_refused_or_closes_the_first() {
    let mock = MockDmp::start().await.unwrap();
    let session = card(&mock);
    let records =
        [qualified(), other()].map(|patient| (session.record(patient.clone(), Consent::given()).unwrap(), patient));
    let [(first, patient), (second, other)] = &records;
    let (slot_refusing, _, ctx) = slot(SecondPatient::Refused).await;
    let open = async |slot: &WebPsSlot<Database>, patient, record| {
        slot.open(&ctx, patient, record, Page::DossierPatient).await.map(|window| window.closes_previous())
    };
    assert!(!open(&slot_refusing, patient, first).await.unwrap());
    let error = open(&slot_refusing.clone(), other, second).await.unwrap_err();
    assert_eq!(refused(&error), ("WEB_PS_WINDOW", Outcome::NotSent));
    // The window is the same for the same patient, and free once it is closed.
    assert!(!open(&slot_refusing, patient, first).await.unwrap());
    slot_refusing.closed();
    assert!(!open(&slot_refusing, other, second).await.unwrap());
    // Two clicks at once: one window.
    slot_refusing.closed();
    let (one, two) = tokio::join!(open(&slot_refusing, patient, first), open(&slot_refusing, other, second));
    assert_eq!((one.is_ok(), two.is_ok()), (true, false));
    // The other policy closes it.
    let (slot_closing, ..) = slot(SecondPatient::Closes).await;
    assert!(!open(&slot_closing, patient, first).await.unwrap());
    assert!(open(&slot_closing, other, second).await.unwrap());
    assert!(!open(&slot_closing, other, second).await.unwrap());
    assert_eq!(WINDOW_NAME, "dmp-web-ps");
    let error = open(&slot_closing, patient, second).await.unwrap_err();
    assert_eq!(refused(&error), ("WEB_PS_WINDOW", Outcome::NotSent), "the record of somebody else");
}

#[tokio::test]
async fn f19_t3_an_opposed_patient_has_no_page() {
    let mock = MockDmp::start().await.unwrap();
    let (slot, gate, ctx) = slot(SecondPatient::Refused).await;
    let tracer = traces::tracer(&crate::support::clock());
    let slot = slot.traced(tracer.clone());
    let session = card(&mock).watched(tracer.of(&ctx));
    // Whatever consent the program pretends.
    let record = session.record(qualified(), Consent::given()).unwrap();
    let _ = slot.open(&ctx, &qualified(), &record, Page::DossierPatient).await.unwrap();
    say(&gate, &ctx, &qualified(), Stance::InformedOpposed).await;
    for page in [Page::TableauDeBord, Page::DossierPatient, Page::Documents] {
        let error = slot.open(&ctx, &qualified(), &record, page).await.unwrap_err();
        assert_eq!(refused(&error), ("OPPOSED", Outcome::NotSent));
    }
    // Without patient there is nobody to ask.
    let _ = slot.open_without_patient(&session, Page::TableauDeBord).await.unwrap();
    let actions: Vec<_> = traces::lines(&tracer).await.iter().map(|line| (line.action, line.code.clone())).collect();
    let denied = (Action::Denied, Some("OPPOSED".to_owned()));
    assert_eq!(actions.iter().filter(|one| **one == denied).count(), 3);
    assert_eq!(actions.iter().filter(|(action, _)| *action == Action::WebPs).count(), 2, "the two pages");
    assert!(mock.journal().exchanges().is_empty());
}

#[tokio::test]
async fn f19_t4_a_token_of_air_serves_once() {
    let mock = MockDmp::start().await.unwrap();
    let (slot, _, ctx) = slot(SecondPatient::Refused).await;
    let tracer = traces::tracer(&crate::support::clock());
    let session = air(&mock, WebPsAddresses::new().air(&mock.web_ps_url()).unwrap()).watched(tracer.of(&ctx));
    let record = session.record(qualified(), Consent::given()).unwrap();
    let window = slot.open(&ctx, &qualified(), &record, Page::DossierPatient).await.unwrap();
    let mut proxy = Browser::new(&mock, Some(&mock.pki().org_auth_cli));
    assert_eq!(proxy.open(window.access()).await.status, 200);
    let again = proxy.open(window.access()).await;
    let error = window.access().check_answer(again.status, &again.text).unwrap_err();
    assert_eq!(error.code().map(Code::as_str), Some("DMPAuthenticationError"));
    assert_eq!(mock.journal().last().unwrap().refusal.unwrap().rule, "V54");
    // Each window has a token of its own, with its own trace.
    let next = slot.open(&ctx, &qualified(), &record, Page::DossierPatient).await.unwrap();
    let tokens = [&window, &next].map(|window| window.access().token_trace().unwrap().vihf_id.clone());
    assert_ne!(tokens[0], tokens[1]);
    let lines = traces::lines(&tracer).await;
    let assertions: Vec<_> = lines.iter().flat_map(|line| line.assertions.clone()).collect();
    assert_eq!(assertions, tokens);
}

#[tokio::test]
async fn f19_t5_a_page_goes_with_its_patient() {
    let mock = MockDmp::start().await.unwrap();
    let (slot, _, ctx) = slot(SecondPatient::Refused).await;
    let session = card(&mock);
    for page in [
        Page::DossierPatient,
        Page::GestionDmpPatient,
        Page::Documents,
        Page::ParcoursDeSoins,
        Page::HistoriqueAcces,
        Page::VolontesEtDroits,
        Page::CarnetVaccination,
    ] {
        let error = slot.open_without_patient(&session, page).await.unwrap_err();
        assert_eq!((refused(&error), error.td()), (("TD0.9", Outcome::NotSent), "TD0.9"), "{page:?}");
    }
    for page in [Page::TableauDeBord, Page::Parametrages] {
        let _ = slot.open_without_patient(&session, page).await.unwrap();
    }
    let record = session.record(qualified(), Consent::given()).unwrap();
    let error = slot.open(&ctx, &qualified(), &record, Page::Parametrages).await.unwrap_err();
    assert_eq!(refused(&error), ("TD0.9", Outcome::NotSent));
    let _ = slot.open(&ctx, &qualified(), &record, Page::TableauDeBord).await.unwrap();
}
