//! Invented people and care.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub(crate) mod activity;
pub(crate) mod air;
#[path = "../../../dmp-client/tests/support/browser.rs"]
pub(crate) mod browser;
pub(crate) mod cards;
pub(crate) mod consult;
pub(crate) mod correction;
#[path = "../../../dmp-client/tests/support/documents.rs"]
pub(crate) mod documents;
#[path = "../../../dmp-client/tests/acceptance/transport/log.rs"]
pub(crate) mod log;
pub(crate) mod minor;
#[cfg(feature = "postgresql")]
pub(crate) mod postgres;
pub(crate) mod queue;
pub(crate) mod shelf;
pub(crate) mod traces;
pub(crate) mod written;

use dmp_client::*;
use dmp_lps::{AccessContext, CareRole, CareTeamId, Episode, EpisodeId, InternalUserId, ManualClock, PatientKey};
use dmp_mock::MockDmp;
use dmp_protocol::vihf::Purpose;
use dmp_vocabulary::identity::{Ins, ProfessionalId, StructureId};
use dmp_vocabulary::oids;

pub(crate) fn clock() -> ManualClock {
    ManualClock::at("2026-03-02T08:00:00Z".parse().unwrap())
}

pub(crate) fn qualified() -> QualifiedPatient {
    QualifiedPatient::declared(Ins::parse("280057599900151", oids::INS_NIR_TEST, Realm::Test).unwrap().value)
}

pub(crate) fn patient() -> PatientKey {
    PatientKey::from(&qualified())
}

pub(crate) fn professional(id: &str) -> ProfessionalId {
    ProfessionalId::parse(id, Realm::Test).unwrap().value
}

/// A member of a team; an episode `planned` has not begun, any other has.
pub(crate) fn context(user: &str, team: &str, episode: &str) -> AccessContext {
    let started_at = (episode != "planned").then(|| "2026-03-02T07:30:00Z".parse().unwrap());
    AccessContext {
        user: InternalUserId::new(user).unwrap(),
        professional: Some(professional("899999000013")),
        structure: StructureId::parse("10B0990008", Realm::Test).unwrap().value,
        role: CareRole::TeamMember,
        purpose: Purpose::Normal,
        secret: false,
        episode: Episode { id: EpisodeId::new(episode).unwrap(), started_at },
        team: CareTeamId::new(team).unwrap(),
    }
}

/// A client of the mock's establishment.
pub(crate) fn client(pki: &dmp_mock::pki::Pki, url: &str) -> DmpClient {
    builder(pki, url).build().unwrap()
}

/// As [`client`], for settings of a test.
/// The same, to be completed.
pub(crate) fn builder(pki: &dmp_mock::pki::Pki, url: &str) -> DmpClientBuilder {
    let (auth, sign) = (&pki.org_auth_cli, &pki.org_sign);
    let pem = |identity: &dmp_mock::pki::Identity| {
        (identity.certificate_pem().into_bytes(), identity.key_pem().as_bytes().to_vec())
    };
    let ((auth, auth_key), (sign, sign_key)) = (pem(auth), pem(sign));
    DmpClient::builder(Endpoint::custom(url).unwrap())
        .authentication(AuthenticationIdentity::from_pem(&auth, &auth_key).unwrap())
        .signing(SigningIdentity::from_pem(&sign, &sign_key).unwrap())
        .software(Software::new("LPS Exemple", "4.2.0", "XXX-000000-tmp0").with_instance("2.25.4711"))
        .trust_anchors(TrustAnchors::from_pem(pki.root.certificate_pem().as_bytes()).unwrap())
        .retry(RetryPolicy::never())
}

/// The structure that feeds.
pub(crate) fn feeding(mock: &MockDmp) -> IndirectSession {
    client(mock.pki(), &mock.url()).indirect(sender()).unwrap()
}

pub(crate) fn sender() -> Sender {
    Sender::professional(&medecin(), AuthenticationClass::TimeSyncToken, jiff::Timestamp::now())
}

pub(crate) fn clinic() -> Establishment {
    Establishment::new(StructureId::parse("10B0990008", Realm::Test).unwrap().value, "CLINIQUE DU MODELE", "SA01")
}

pub(crate) fn medecin() -> Professional {
    let rpps = dmp_vocabulary::identity::Rpps::parse("99999000013", Realm::Test).unwrap().value;
    Professional::new(&rpps, "MODELE", "ALIX", roles::of_directory("10", Some("SM26")), clinic())
}

/// A letter whose title is too long: the builder refuses to write one, other producers do not.
pub(crate) fn with_long_title(letter: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(letter.to_vec()).unwrap();
    let long = text.replacen("Compte rendu de consultation</title>", &format!("{}</title>", "t".repeat(129)), 1);
    assert_ne!(long, text);
    long.into_bytes()
}

/// The mock in the world of the acceptance book.
pub(crate) async fn acceptance_world() -> MockDmp {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/worlds/acceptance.toml");
    MockDmp::builder().world_file(file).start().await.unwrap()
}

/// The patient of a role of the book.
pub(crate) fn role(mock: &MockDmp, label: &str) -> QualifiedPatient {
    let id = mock.labelled(label).unwrap();
    QualifiedPatient::declared(Ins::parse(&id.matricule, &id.oid, Realm::Test).unwrap().value)
}

/// Médecin MODELE ALIX in AIR simplifié.
pub(crate) fn consulting(mock: &MockDmp) -> AirSession {
    let factor = SecondFactor::passed_at(jiff::Timestamp::now(), AuthenticationClass::TimeSyncToken);
    client(mock.pki(), &mock.url()).air_simplifie(medecin(), factor).unwrap()
}

/// How many requests of a transaction the mock has seen.
pub(crate) fn count(mock: &MockDmp, transaction: &str) -> usize {
    mock.journal().exchanges().iter().filter(|one| one.transaction.as_deref() == Some(transaction)).count()
}

/// The mock, whose establishment is a centre de régulation.
pub(crate) async fn regulation_centre() -> MockDmp {
    let mock = MockDmp::start().await.unwrap();
    mock.with_world(|world| {
        let mut structure = world.structure(dmp_mock::world::seed::STRUCTURE_EG).unwrap().clone();
        structure.centre_15 = true;
        world.add_structure(structure);
    });
    mock
}
