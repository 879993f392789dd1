//! How a vendor tests a software against the mock: each test starts a DMP in the same process, brings it into a state or
//! makes it fail, and looks at what the software shows its user, and at what reached the DMP.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use dmp_client::{Language, QualifiedPatient};
use dmp_examples::clinic::{Clinic, camille, somebody};
use dmp_examples::fictional_lps::FictionalLps;
use dmp_examples::letter::{self, letter};
use dmp_lps::consent::{Scope, Stance, StanceChange};
use dmp_lps::{AccessContext, PatientKey};
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;

/// The software, its clinic, and a user before a patient who was informed.
struct Scene {
    clinic: Clinic,
    lps: FictionalLps,
    alix: AccessContext,
    patient: QualifiedPatient,
}

impl Scene {
    async fn before(patient: QualifiedPatient) -> Self {
        let clinic = Clinic::open().await.unwrap();
        let lps = FictionalLps { gate: clinic.gate.clone(), clock: clinic.clock.clone() };
        let alix = clinic.alix("visite-1").unwrap();
        clinic.inform(&alix, &PatientKey::from(&patient)).await.unwrap();
        Self { clinic, lps, alix, patient }
    }

    async fn tab(&self) -> Vec<String> {
        self.lps.dmp_tab(&self.alix, &self.clinic.consulting(&self.alix).unwrap(), &self.patient).await
    }

    async fn send(&self) -> String {
        let mut letter = letter("Compte rendu").unwrap();
        letter.patient.ins = Some(self.patient.ins().clone());
        let document = letter::document(&letter, "Tout va bien.").await.unwrap();
        self.lps.send(&self.alix, &self.clinic.feeding(&self.alix).unwrap(), &self.patient, document).await
    }

    async fn oppose(&self, scope: Scope) {
        let change = StanceChange::new(scope, Stance::InformedOpposed);
        let _ = self.lps.gate.record(&self.alix, &PatientKey::from(&self.patient), change).await.unwrap();
    }

    fn fault(&self, fault: Fault) {
        self.clinic.dmp().unwrap().faults().add(fault).unwrap();
    }

    /// The transactions that reached the DMP.
    fn reached(&self) -> Vec<String> {
        let journal = self.clinic.dmp().unwrap().journal();
        journal.exchanges().iter().filter_map(|exchange| exchange.transaction.clone()).collect()
    }
}

#[tokio::test]
async fn a_letter_that_is_sent_is_in_the_tab() {
    let scene = Scene::before(camille().unwrap()).await;
    assert_eq!(scene.send().await, "Envoyé au DMP");
    assert_eq!(scene.tab().await, ["CR ou fiche de consultation ou de visite"]);
}

#[tokio::test]
async fn an_empty_dmp_says_so() {
    let scene = Scene::before(somebody(1_790_175_999_002).unwrap()).await;
    assert_eq!(scene.tab().await, ["Aucun document."]);
}

#[tokio::test]
async fn opposition_is_respected_before_the_network_each_scope_for_itself() {
    let scene = Scene::before(camille().unwrap()).await;
    scene.oppose(Scope::Feeding).await;
    let shown = scene.send().await;
    assert!(shown.contains("s'est opposé"), "{shown}");
    assert_eq!(scene.reached(), [""; 0], "nothing was sent");
    assert_eq!(scene.tab().await, ["Aucun document."], "consultation is another question");
    scene.oppose(Scope::Consultation).await;
    let before = scene.reached().len();
    assert_eq!(scene.tab().await, ["Le patient n'a pas été informé, ou s'est opposé."]);
    assert_eq!(scene.reached().len(), before);
}

#[tokio::test]
async fn a_closed_dmp_is_told_from_a_failure() {
    let closed =
        dmp_vocabulary::identity::Ins::parse(seed::PATIENT_CLOSED, seed::TEST_NIR_OID, dmp_vocabulary::Realm::Test);
    let scene = Scene::before(QualifiedPatient::declared(closed.unwrap().value)).await;
    assert_eq!(scene.tab().await, ["Ce DMP ne peut pas être consulté."]);
    assert_eq!(scene.reached(), ["TD0.2", "TD0.2"], "asked for the badge and for the tab; no authorisation");
}

#[tokio::test]
async fn a_dmp_that_is_down_leaves_the_letter_waiting() {
    let scene = Scene::before(camille().unwrap()).await;
    scene.fault(Fault::http(503).times(100));
    assert_eq!(scene.send().await, "En attente : le DMP ne répond pas");
}

#[tokio::test]
async fn an_answer_that_is_lost_is_no_success_although_the_dmp_has_the_letter() {
    let scene = Scene::before(camille().unwrap()).await;
    scene.fault(Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Submit).processed(true).times(1));
    assert_eq!(scene.send().await, "En attente : le DMP ne répond pas");
    assert_eq!(scene.tab().await.len(), 1, "whoever sends it again without asking has it twice");
}

#[tokio::test]
async fn each_refusal_of_the_dmp_is_explained_in_french() {
    for code in ["DMPAccessDeniedByRightsService", "XDSPatientIdDoesNotMatch", "DMPNouveauCode"] {
        let scene = Scene::before(camille().unwrap()).await;
        scene.fault(Fault::code(code).on(Transaction::Submit).times(1));
        let shown = scene.send().await;
        assert!(shown.contains(code) && shown.lines().count() > 1, "{shown}");
        let same = dmp_protocol::error::Code::parse(code).unwrap();
        if let Some(known) = same.known() {
            assert!(shown.contains(known.entry().remedy.get(Language::French)), "{shown}");
        }
    }
}
