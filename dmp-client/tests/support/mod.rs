//! A client wired to an in-process mock, and the invented people of its world.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub(crate) mod browser;
pub(crate) mod desk;
pub(crate) mod documents;
pub(crate) mod server;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::PKCS12_PASSWORD;
use dmp_mock::world::seed;
use dmp_vocabulary::identity::{Ins, ProfessionalId, Rpps, StructureId};
use jiff::Timestamp;
use secrecy::SecretString;

pub(crate) fn password() -> SecretString {
    SecretString::from(PKCS12_PASSWORD)
}

/// A client of the establishment, with its two key pairs in PKCS#12.
pub(crate) fn builder(mock: &MockDmp) -> DmpClientBuilder {
    builder_for(mock, &mock.url())
}

pub(crate) fn builder_for(mock: &MockDmp, url: &str) -> DmpClientBuilder {
    builder_at(mock, Endpoint::custom(url).unwrap())
}

pub(crate) fn builder_at(mock: &MockDmp, endpoint: Endpoint) -> DmpClientBuilder {
    let pki = mock.pki();
    let authentication =
        AuthenticationIdentity::from_pkcs12_bytes(&pki.org_auth_cli.pkcs12().unwrap(), password()).unwrap();
    let signing = SigningIdentity::from_pkcs12_bytes(&pki.org_sign.pkcs12().unwrap(), password()).unwrap();
    DmpClient::builder(endpoint)
        .authentication(authentication)
        .signing(signing)
        .software(software())
        .trust_anchors(TrustAnchors::from_pem(pki.root.certificate_pem().as_bytes()).unwrap())
        // What a failure is must be seen; tests of what is tried again ask for it.
        .retry(RetryPolicy::never())
}

pub(crate) fn client(mock: &MockDmp) -> DmpClient {
    builder(mock).build().unwrap()
}

pub(crate) fn software() -> Software {
    Software::new("LPS Exemple", "4.2.0", "XXX-000000-tmp0")
        .with_instance("2.25.169113683135263991924194166893702703888")
}

pub(crate) fn establishment() -> Establishment {
    let id = StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value;
    Establishment::new(id, "CLINIQUE DU MODELE", "SA01")
}

/// Médecin MODELE ALIX, médecin traitant of the followed patient.
pub(crate) fn medecin() -> Professional {
    let rpps = Rpps::parse("99999000013", Realm::Test).unwrap().value;
    Professional::new(&rpps, "MODELE", "ALIX", roles::of_directory("10", Some("SM26")), establishment())
}

pub(crate) fn factor() -> SecondFactor {
    SecondFactor::passed_at(Timestamp::now(), AuthenticationClass::TimeSyncToken)
}

pub(crate) fn sender() -> Sender {
    Sender::professional(&medecin(), AuthenticationClass::TimeSyncToken, Timestamp::now())
}

pub(crate) fn air(mock: &MockDmp) -> AirSession {
    client(mock).air_simplifie(medecin(), factor()).unwrap()
}

pub(crate) fn internal_id(text: &str) -> ProfessionalId {
    ProfessionalId::parse(text, Realm::Test).unwrap().value
}

pub(crate) fn patient(matricule: &str) -> QualifiedPatient {
    QualifiedPatient::declared(Ins::parse(matricule, seed::TEST_NIR_OID, Realm::Test).unwrap().value)
}

pub(crate) fn followed() -> QualifiedPatient {
    patient(seed::PATIENT_FOLLOWED)
}
