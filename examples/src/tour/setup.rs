//! A mock and a client of it.

use dmp_client::{
    AuthenticationClass, AuthenticationIdentity, DmpClient, Endpoint, Establishment, Policy, Professional, SecondFactor,
    Sender, SigningIdentity, Software, TrustAnchors, roles,
};
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{Rpps, StructureId};
use jiff::Timestamp;

use crate::bare::Failure;

/// The documents of a tour were written by other structures than the one that feeds them, about patients with any INS:
/// these rules only warn here (X12 sender is an author; V41 key and OID of the INS; X09, X13 old codes and habits).
pub(super) const LENIENT: &str = "X09,X12,X13,V41";

/// A running mock in an open world, and a client with the two key pairs of its structure.
#[derive(Debug)]
pub struct Tour {
    pub(super) mock: MockDmp,
    pub(super) client: DmpClient,
}

impl Tour {
    /// Starts the mock and builds the client.
    ///
    /// # Errors
    /// A port that cannot be opened, or an identity that is refused.
    pub async fn start() -> Result<Self, Failure> {
        let mock = MockDmp::builder().open_world().lenient("X09,X13").start().await?;
        let pki = mock.pki();
        let client = DmpClient::builder(Endpoint::custom(&mock.url())?.realm(Realm::Test))
            .authentication(AuthenticationIdentity::from_pem(
                pki.org_auth_cli.certificate_pem().as_bytes(),
                pki.org_auth_cli.key_pem().as_bytes(),
            )?)
            .signing(SigningIdentity::from_pem(
                pki.org_sign.certificate_pem().as_bytes(),
                pki.org_sign.key_pem().as_bytes(),
            )?)
            .software(software())
            .trust_anchors(TrustAnchors::from_pem(pki.root.certificate_pem().as_bytes())?)
            .policy(Policy::lenient(LENIENT)?)
            .build()?;
        Ok(Self { mock, client })
    }

    /// Where the mock listens.
    #[must_use]
    pub fn url(&self) -> String {
        self.mock.url()
    }
}

pub(super) fn software() -> Software {
    Software::new("LPS Exemple", "4.2", "XXX-000000-tmp0").with_instance("2.25.169113683135263991924194166893702703888")
}

/// The establishment of the seeded world.
pub(super) fn establishment() -> Result<Establishment, Failure> {
    let id = StructureId::parse(seed::STRUCTURE_EG, Realm::Test)?.value;
    Ok(Establishment::new(id, "CLINIQUE DU MODELE", "SA01"))
}

/// The médecin of the seeded world.
pub(super) fn professional() -> Result<Professional, Failure> {
    let rpps = Rpps::parse(seed::MEDECIN.trim_start_matches('8'), Realm::Test)?.value;
    let roles = roles::of_directory("10", Some("SM26"));
    Ok(Professional::new(&rpps, "MODELE", "ALIX", roles, establishment()?))
}

/// Two factors, passed just now.
pub(super) fn second_factor() -> SecondFactor {
    SecondFactor::passed_at(Timestamp::now(), AuthenticationClass::TimeSyncToken)
}

/// The same professional, as the user who feeds.
pub(super) fn sender() -> Result<Sender, Failure> {
    Ok(Sender::professional(&professional()?, AuthenticationClass::TimeSyncToken, Timestamp::now()))
}
