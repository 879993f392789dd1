//! What the scenarios of documents share: who comes, whose record, what is written, and what holds in all of them.

pub(crate) mod book;
pub(crate) mod imaging;
pub(crate) mod vaccination;
pub(crate) mod writing;

use dmp_client::mode::{AccessMode, Air, Authentication, Centre15, Consults, Direct, Indirect, ProSanteConnect};
use dmp_client::pro_sante_connect::AccessToken;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::journal::Exchange;
use dmp_mock::pki::CardHolder;
use dmp_mock::world::{Grant, GrantHolder, PatientId, seed};
use jiff::Timestamp;

use crate::modes::people::{card_of, make_regulation_centre, other};
use crate::support::*;

/// Médecin CANEVAS NOE, of the same establishment: nobody's médecin traitant.
pub(crate) const CONFRERE: &str = "899999000047";

/// A mock whose establishment may also act as a centre de régulation, with a second médecin.
pub(crate) async fn mock() -> MockDmp {
    mock_with(Switches::default()).await
}

pub(crate) async fn mock_with(switches: Switches) -> MockDmp {
    let mock = MockDmp::builder().switches(switches).start().await.unwrap();
    make_regulation_centre(&mock);
    mock.with_world(|world| {
        let mut confrere = world.professional(seed::MEDECIN).unwrap().clone();
        (confrere.id, confrere.name, confrere.given_name) = (CONFRERE.into(), "CANEVAS".into(), "NOE".into());
        world.add_professional(confrere);
    });
    mock
}

/// P-OPEN: active, empty, nobody authorised.
pub(crate) fn p_open() -> QualifiedPatient {
    other()
}

/// P-MT: the médecin of [`medecin`] is the médecin traitant.
pub(crate) fn p_mt() -> QualifiedPatient {
    followed()
}

pub(crate) fn id_of(patient: &QualifiedPatient) -> PatientId {
    let matricule =
        [seed::PATIENT_FOLLOWED, seed::PATIENT_UNKNOWN_TO_ALL, seed::PATIENT_CLOSED, crate::modes::people::MINOR];
    let found = matricule.into_iter().find(|one| crate::support::patient(one) == *patient);
    PatientId::new(found.unwrap(), seed::TEST_NIR_OID)
}

/// The holder authorises a person.
pub(crate) fn authorise(mock: &MockDmp, patient: &QualifiedPatient, person: &str) {
    mock.with_world(|world| {
        let grants = &mut world.patient_mut(&id_of(patient)).unwrap().grants;
        grants.insert(GrantHolder::Person(person.to_owned()), Grant::Since(Timestamp::now()));
    });
}

pub(crate) fn card(mock: &MockDmp, person: &str) -> DirectSession {
    let holder = match person {
        seed::MEDECIN => CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin"),
        CONFRERE => CardHolder::professional(CONFRERE, "CANEVAS", "NOE", "Médecin"),
        other => CardHolder::professional(other, "TILLEUL", "CHARLIE", "Médecin"),
    };
    let card = card_of(&mock.pki().card(&holder).unwrap());
    client(mock).direct(card, establishment(), roles::of_directory("10", Some("SM26"))).unwrap()
}

/// CPS of the médecin.
pub(crate) fn cps(mock: &MockDmp, patient: &QualifiedPatient) -> Record<Direct> {
    card(mock, seed::MEDECIN).record(patient.clone(), Consent::given()).unwrap()
}

/// CPS of the other médecin.
pub(crate) fn cps_of_confrere(mock: &MockDmp, patient: &QualifiedPatient) -> Record<Direct> {
    card(mock, CONFRERE).record(patient.clone(), Consent::given()).unwrap()
}

/// CPS of the médecin, in regulation.
pub(crate) fn cps_15(mock: &MockDmp, patient: &QualifiedPatient) -> Record<Direct, Centre15> {
    card(mock, seed::MEDECIN).centre_15().record(patient.clone(), Consent::given()).unwrap()
}

/// Pro Santé Connect, of the médecin.
pub(crate) fn psc(mock: &MockDmp, patient: &QualifiedPatient) -> Record<ProSanteConnect> {
    psc_session(mock).record(patient.clone(), Consent::given()).unwrap()
}

pub(crate) fn psc_session(mock: &MockDmp) -> ProSanteConnectSession {
    let endpoint = ProSanteConnectEndpoint::custom(&mock.psc_token_url(), &mock.psc_services_url()).unwrap();
    let login = PrimaryAuthentication::passed_at(Timestamp::now(), AuthenticationClass::MobileTwoFactorUnregistered);
    let token = AccessToken::new(mock.log_in_to_pro_sante_connect(seed::MEDECIN));
    client(mock).pro_sante_connect(&endpoint, medecin(), login, token).unwrap()
}

/// Organisation certificate.
pub(crate) fn es(mock: &MockDmp, patient: &QualifiedPatient) -> Record<Indirect> {
    client(mock).indirect(sender()).unwrap().record(patient.clone(), Consent::given()).unwrap()
}

/// Organisation certificate, in regulation.
pub(crate) fn es_15(mock: &MockDmp, patient: &QualifiedPatient) -> Record<Indirect, Centre15> {
    client(mock).indirect(sender()).unwrap().centre_15().record(patient.clone(), Consent::given()).unwrap()
}

/// CPE of the secretary: TD2.2.
pub(crate) fn cpe(mock: &MockDmp, patient: &QualifiedPatient) -> CpeRecord {
    crate::modes::people::cpe_of(mock, true).record(patient.clone(), Consent::given()).unwrap()
}

/// AIR simplifié, of the médecin.
pub(crate) fn airs(mock: &MockDmp, patient: &QualifiedPatient) -> Record<Air> {
    air(mock).record(patient.clone(), Consent::given()).unwrap()
}

/// TD0.2, which comes before any feeding or search.
pub(crate) async fn open<A: Authentication, X: AccessMode>(record: &Record<A, X>) {
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
}

/// The bytes of a document, with what the retrieval says of them.
pub(crate) async fn retrieved<A: Consults, X: AccessMode>(
    record: &Record<A, X>,
    entry: &DocumentEntry,
) -> (Vec<u8>, Retrieved) {
    let mut bytes = Vec::new();
    let retrieved = record.retrieve_to(entry, &mut bytes).await.unwrap();
    (bytes, retrieved)
}

/// What one scenario said and heard, from the moment it began.
pub(crate) struct Watch<'m> {
    mock: &'m MockDmp,
    from: usize,
}

impl<'m> Watch<'m> {
    pub(crate) fn start(mock: &'m MockDmp) -> Self {
        Self { mock, from: mock.journal().exchanges().len() }
    }

    /// Exchanges with the services: the token of Pro Santé Connect comes from elsewhere.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        let mut exchanges = self.mock.journal().exchanges().split_off(self.from);
        exchanges.retain(|one| one.service != "token");
        exchanges
    }

    /// Transactions, in order.
    pub(crate) fn transactions(&self) -> Vec<String> {
        self.exchanges().into_iter().filter_map(|one| one.transaction).collect()
    }

    pub(crate) fn count(&self, transaction: &str) -> usize {
        self.transactions().iter().filter(|one| *one == transaction).count()
    }

    /// What every scenario checks (book, §0): each request accepted, its assertion in the right mode, TD0.2 first, and
    /// no search after a feeding.
    pub(crate) fn conforms(&self, mode: &str, access: &str) {
        let exchanges = self.exchanges();
        for one in &exchanges {
            assert!(one.refusal.is_none() && one.status == 200, "{one:?}");
            assert_eq!((one.mode.as_deref(), one.access.as_deref()), (Some(mode), Some(access)), "{one:?}");
            assert!(one.message_id.is_some());
        }
        let transactions = self.transactions();
        assert_eq!(transactions.first().map(String::as_str), Some("TD0.2"), "{transactions:?}");
        let searches = |pair: &[String]| pair[0].starts_with("TD2.") && pair[1] == "TD3.1";
        assert!(!transactions.windows(2).any(searches), "a search after a feeding: {transactions:?}");
    }
}
