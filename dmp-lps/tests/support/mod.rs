//! Invented people and care.

#![allow(dead_code, reason = "each test program uses a part of it")]

#[path = "../../../dmp-client/tests/support/documents.rs"]
pub(crate) mod documents;
pub(crate) mod queue;

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
        .build()
        .unwrap()
}

/// The structure that feeds.
pub(crate) fn feeding(mock: &MockDmp) -> IndirectSession {
    client(mock.pki(), &mock.url()).indirect(sender()).unwrap()
}

pub(crate) fn sender() -> Sender {
    let id = StructureId::parse("10B0990008", Realm::Test).unwrap().value;
    let clinic = Establishment::new(id, "CLINIQUE DU MODELE", "SA01");
    let rpps = dmp_vocabulary::identity::Rpps::parse("99999000013", Realm::Test).unwrap().value;
    let medecin = Professional::new(&rpps, "MODELE", "ALIX", roles::of_directory("10", Some("SM26")), clinic);
    Sender::professional(&medecin, AuthenticationClass::TimeSyncToken, jiff::Timestamp::now())
}

/// A letter whose title is too long: the builder refuses to write one, other producers do not.
pub(crate) fn with_long_title(letter: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(letter.to_vec()).unwrap();
    let long = text.replacen("Compte rendu de consultation</title>", &format!("{}</title>", "t".repeat(129)), 1);
    assert_ne!(long, text);
    long.into_bytes()
}
