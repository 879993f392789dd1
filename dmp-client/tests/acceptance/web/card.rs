//! TD0.9 by card.

use dmp_client::web_ps::Page;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::CardPair;
use dmp_mock::world::{GrantHolder, PatientId, seed};

use super::web_client;
use crate::modes::people::*;
use crate::support::browser::{Browser, Shown};
use crate::support::*;

struct Desk {
    mock: MockDmp,
    session: DirectSession,
    pair: CardPair,
}

impl Desk {
    async fn new() -> Self {
        let mock = MockDmp::start().await.unwrap();
        let pair = pair(&mock);
        let session =
            web_client(&mock).direct(card_of(&pair), establishment(), roles::of_directory("10", Some("SM26"))).unwrap();
        Self { mock, session, pair }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.mock, Some(&self.pair.authentication))
    }

    /// Answers the question of the first connection, and follows.
    async fn choose(&self, browser: &mut Browser, structure: &str) -> Shown {
        let url = format!("{}/AccesDirect/Situation", self.mock.web_ps_url());
        browser.post(&url, &format!("structure={structure}&suite=%2FAccesDirect%2FTableauDeBord")).await
    }

    async fn settled(&self) -> Browser {
        let mut browser = self.browser();
        assert_eq!(self.choose(&mut browser, seed::STRUCTURE_EG).await.status, 303);
        browser
    }

    async fn opened(&self, browser: &mut Browser, matricule: &str, page: Page) -> Shown {
        let record = self.session.record(patient(matricule), Consent::given()).unwrap();
        browser.open(&record.web_ps(page).await.unwrap()).await
    }
}

#[tokio::test]
async fn a_0_9_010_the_first_connection_asks_the_situation_then_the_dashboard() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    let dashboard = desk.session.web_ps(Page::TableauDeBord).await.unwrap();
    let first = browser.open(&dashboard).await;
    assert_eq!((first.status, first.page()), (200, "Situation"));
    assert!(first.text.contains(seed::STRUCTURE_EG) && !first.text.contains(seed::STRUCTURE_OTHER));
    let foreign = desk.choose(&mut browser, seed::STRUCTURE_OTHER).await;
    assert_eq!((foreign.status, foreign.refusal()), (403, "DMPInvalidData"));
    let chosen = desk.choose(&mut browser, seed::STRUCTURE_EG).await;
    assert_eq!(chosen.location.as_deref(), Some("/AccesDirect/TableauDeBord"));
    let then = browser.open(&dashboard).await;
    assert_eq!((then.status, then.page()), (200, "TableauDeBord"));
    let last = desk.mock.journal().last().unwrap();
    assert_eq!((last.transaction.as_deref(), last.refusal), (Some("TD0.9"), None));
}

#[tokio::test]
async fn a_0_9_040_the_home_page_of_an_authorised_patient() {
    let desk = Desk::new().await;
    let mut browser = desk.settled().await;
    let home = desk.opened(&mut browser, seed::PATIENT_FOLLOWED, Page::DossierPatient).await;
    assert_eq!((home.status, home.page(), home.meta("dmp-record")), (200, "DossierPatient", Some("active VALIDE")));
    assert!(!home.text.contains(seed::PATIENT_FOLLOWED), "the number is in the address, not on the page");
    for page in [Page::CarnetVaccination, Page::HistoriqueAcces, Page::TableauDeBord] {
        assert_eq!(desk.opened(&mut browser, seed::PATIENT_FOLLOWED, page).await.page(), page.segment());
    }
}

#[tokio::test]
async fn without_authorisation_the_page_asks_for_it() {
    let desk = Desk::new().await;
    let mut browser = desk.settled().await;
    let asked = desk.opened(&mut browser, seed::PATIENT_UNKNOWN_TO_ALL, Page::Documents).await;
    assert_eq!((asked.status, asked.page()), (200, "Confirmation"));
    let record = desk.session.record(other(), Consent::given()).unwrap();
    let access = record.web_ps(Page::Documents).await.unwrap();
    assert_eq!(browser.post(access.url(), "confirmation=oui").await.page(), "Documents");
    let Existence::Active(dmp) = record.existence().await.unwrap() else { panic!("active") };
    assert_eq!(dmp.authorisation(), dmp_client::Authorisation::Valide, "as TD0.3 would");
}

#[tokio::test]
async fn closed_absent_and_blocked_records_open_the_dashboard_only() {
    let desk = Desk::new().await;
    let mut browser = desk.settled().await;
    let blocked = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
    desk.mock.with_world(|world| {
        let holder = GrantHolder::Person(seed::MEDECIN.to_owned());
        world.patient_mut(&blocked).unwrap().blocked.insert(holder);
    });
    for (matricule, rule, state) in [
        (seed::PATIENT_CLOSED, "PAT-03", "terminated"),
        (MINOR, "PAT-02", "absent"),
        (seed::PATIENT_UNKNOWN_TO_ALL, "AUT-03", "active INTERDIT"),
    ] {
        let refused = desk.opened(&mut browser, matricule, Page::DossierPatient).await;
        assert_eq!(refused.status, 403, "{rule}");
        assert!(refused.text.contains("TableauDeBord"), "a way back");
        assert_eq!(desk.mock.journal().last().unwrap().refusal.unwrap().rule, rule);
        let dashboard = desk.opened(&mut browser, matricule, Page::TableauDeBord).await;
        assert_eq!((dashboard.status, dashboard.meta("dmp-record")), (200, Some(state)));
    }
}

#[tokio::test]
async fn who_has_no_card_and_what_is_no_page() {
    let desk = Desk::new().await;
    let base = desk.mock.web_ps_url();
    let mut structure = Browser::new(&desk.mock, Some(&desk.mock.pki().org_auth_cli));
    let refused = structure.get(&format!("{base}/AccesDirect/TableauDeBord")).await;
    assert_eq!((refused.status, refused.refusal()), (403, "DMPAuthenticationError"));
    let mut browser = desk.settled().await;
    for (path, status, code) in [
        ("Inconnue", 404, ""),
        ("DossierPatient", 403, "DMPInvalidRequest"),
        ("Parametrages/280057599900151", 403, "DMPInvalidRequest"),
        ("TableauDeBord/%3Cscript%3E/x", 200, ""),
    ] {
        let shown = browser.get(&format!("{base}/AccesDirect/{path}")).await;
        assert_eq!((shown.status, shown.refusal()), (status, code), "{path}");
        assert!(!shown.text.contains("script"), "{path}");
    }
}
