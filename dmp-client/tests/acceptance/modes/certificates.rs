//! INDIRECTE by the certificates of every kind of structure.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{LeafProfile, LeafRequest, ThrowawayKey};
use dmp_mock::world::{Structure, seed};
use dmp_vocabulary::identity::StructureId;
use jiff::Timestamp;

use super::people::*;
use crate::support::documents::{document, letter_by, unique_id};
use crate::support::*;

/// A structure of the directory, with its pair of certificates, and the software that has them.
struct Member {
    establishment: Establishment,
    captured: Captured,
}

impl Member {
    fn of(mock: &MockDmp, id: &str, name: &str, sector: &str) -> Self {
        mock.with_world(|world| {
            let structure = world.structure(seed::STRUCTURE_OTHER).unwrap().clone();
            let (id, name, sector) = (id.to_owned(), name.to_owned(), sector.to_owned());
            world.add_structure(Structure { id, name, sector, ..structure });
        });
        let issue = |profile, key| {
            let request = LeafRequest::organisation(profile, id, key, Timestamp::now());
            mock.pki().organisations.issue(&LeafRequest { organisation: name.to_owned(), ..request }).unwrap()
        };
        let tls = issue(LeafProfile::OrganisationAuthentication, ThrowawayKey::EgAuthentication);
        let sign = issue(LeafProfile::OrganisationSignature, ThrowawayKey::EgSignature);
        let client = builder(mock).authentication(pki_authentication(&tls)).signing(pki_signing(&sign));
        let id = StructureId::parse(id, Realm::Test).unwrap().value;
        Self { establishment: Establishment::new(id, name, sector), captured: Captured::of(client) }
    }

    fn indirect(&self, sender: Sender) -> IndirectRecord {
        self.captured.client.indirect(sender).unwrap().record(followed(), Consent::given()).unwrap()
    }
}

fn login() -> (AuthenticationClass, Timestamp) {
    (AuthenticationClass::PasswordProtectedTransport, Timestamp::now())
}

#[tokio::test]
async fn a_0_1_210_a_structure_by_its_certificates() {
    let mock = MockDmp::start().await.unwrap();
    for (id, prefix) in [("10B0990016", "30B0990016"), ("399999999800019", "599999999800019")] {
        let member = Member::of(&mock, id, "CABINET DES EXEMPLES", "SA01");
        let number = internal_id(&format!("{prefix}/UA7QX2M9"));
        let (class, at) = login();
        let infirmier = roles::of_directory("60", None);
        let sender = Sender::person(number, "PRATICIEN", "DANY", infirmier, member.establishment.clone(), class, at);
        let record = member.indirect(sender);
        assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)), "{id}");
        let letter = letter_by(id);
        record.submit(&Submission::of(document(&letter).await)).await.unwrap();
        assert!(record.reference_of(&unique_id(&letter)).await.unwrap().entry_uuid.is_some());
        assert_eq!(record.delete(unique_id(&letter)).await.unwrap(), Change::Done);
    }
    assert!(mock.journal().exchanges().iter().all(|one| one.mode.as_deref() == Some("INDIRECTE")));
}

#[tokio::test]
async fn a_0_1_230_a_professional_of_the_medico_social_by_the_role_in_the_structure() {
    let mock = MockDmp::start().await.unwrap();
    let member = Member::of(&mock, "10B0990024", "FOYER DES EXEMPLES", "SA17");
    let (class, at) = login();
    let number = internal_id("30B0990024/EDU-7");
    let secretary = roles::employee("331");
    let sender = Sender::person(number, "EDUCATEUR", "DANY", secretary, member.establishment.clone(), class, at);
    let record = member.indirect(sender);
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)));
    record.submit(&Submission::of(document(&letter_by("10B0990024")).await)).await.unwrap();
    for request in member.captured.requests() {
        assert!(request.contains(r#"code="99" codeSystem="1.2.250.1.213.1.6.1.140""#), "the profession first");
        assert!(request.contains(r#"code="331" codeSystem="1.2.250.1.213.1.6.1.107""#), "the role of TRE_R85");
    }
    // V39: the profession 99 without a role says nothing.
    let (class, at) = login();
    let alone = roles::employee("331").into_iter().take(1);
    let number = internal_id("30B0990024/EDU-7");
    let sender = Sender::person(number, "EDUCATEUR", "DANY", alone, member.establishment.clone(), class, at);
    assert_eq!(rule(&member.captured.client.indirect(sender).unwrap_err()), "V39");
    // The roles of TRE_R85 go with no professionnel de santé.
    let both = roles::of_directory("60", None).into_iter().chain(roles::employee("331").into_iter().skip(1));
    let sender = Sender::person(
        internal_id("30B0990024/EDU-7"),
        "EDUCATEUR",
        "DANY",
        both,
        member.establishment.clone(),
        class,
        at,
    );
    assert_eq!(rule(&member.captured.client.indirect(sender).unwrap_err()), "V39");
}
