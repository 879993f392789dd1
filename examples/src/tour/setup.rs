//! A mock and a client of it.

use std::path::Path;

use dmp_client::{
    AirRecord, AirSession, AuthenticationClass, AuthenticationIdentity, Capture, Consent, DmpClient, DmpClientBuilder,
    Document, Endpoint, Establishment, IndirectRecord, IndirectSession, Policy, Professional, QualifiedPatient,
    SecondFactor, Sender, SigningIdentity, Software, TrustAnchors, roles,
};
use dmp_mock::MockDmp;
use dmp_mock::pki::PKCS12_PASSWORD;
use dmp_mock::world::seed;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{IdentityPolicy, Ins, KeyCheck, Rpps, StructureId};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::bare::Failure;

/// The documents of a tour were written by other structures than the one that feeds them, about patients with any INS:
/// these rules only warn here (X12 sender is an author; V41 key and OID of the INS; X09, X13 old codes and habits).
const LENIENT: &str = "X09,X12,X13,V41";

/// A client of a mock in an open world.
#[derive(Debug)]
pub struct Tour {
    /// The mock, when it runs in this process.
    pub(super) mock: Option<MockDmp>,
    pub(super) client: DmpClient,
}

impl Tour {
    /// Starts the mock and builds the client, which writes its exchanges to `capture` if one asks for it.
    ///
    /// # Errors
    /// A port that cannot be opened, an identity that is refused, a folder that cannot be written.
    pub async fn start(capture: Option<&Path>) -> Result<Self, Failure> {
        let mock = Self::mock().await?;
        let capture = capture.map(Capture::directory).transpose()?;
        let tour = Self::of_mock(&mock, |builder| match capture {
            Some(capture) => builder.capture(capture),
            None => builder,
        })?;
        Ok(Self { mock: Some(mock), ..tour })
    }

    /// The client of a mock, which lives as long as the tour.
    ///
    /// # Errors
    /// An identity that is refused.
    pub(crate) fn with(mock: MockDmp) -> Result<Self, Failure> {
        let tour = Self::of_mock(&mock, |builder| builder)?;
        Ok(Self { mock: Some(mock), ..tour })
    }

    /// A client of a mock of this process, with what `change` adds.
    pub(crate) fn of_mock(
        mock: &MockDmp,
        change: impl FnOnce(DmpClientBuilder) -> DmpClientBuilder,
    ) -> Result<Self, Failure> {
        let pki = mock.pki();
        let authentication = AuthenticationIdentity::from_pem(
            pki.org_auth_cli.certificate_pem().as_bytes(),
            pki.org_auth_cli.key_pem().as_bytes(),
        )?;
        let signing =
            SigningIdentity::from_pem(pki.org_sign.certificate_pem().as_bytes(), pki.org_sign.key_pem().as_bytes())?;
        let anchors = TrustAnchors::from_pem(pki.root.certificate_pem().as_bytes())?;
        let builder = change(builder(&mock.url(), authentication, signing, anchors)?);
        Ok(Self { mock: None, client: builder.build()? })
    }

    /// A client of a mock that another process runs and whose PKI it wrote to `folder`.
    ///
    /// # Errors
    /// A file that cannot be read, or an identity that is refused.
    pub fn of_other_process(url: &str, folder: &Path) -> Result<Self, Failure> {
        let password = || SecretString::from(PKCS12_PASSWORD);
        let authentication = AuthenticationIdentity::from_pkcs12(folder.join("org_auth_cli.p12"), password())?;
        let signing = SigningIdentity::from_pkcs12(folder.join("org_sign.p12"), password())?;
        let anchors = TrustAnchors::from_pem(&std::fs::read(folder.join("ca.pem"))?)?;
        Ok(Self { mock: None, client: builder(url, authentication, signing, anchors)?.build()? })
    }

    /// A mock where any patient has a DMP.
    ///
    /// # Errors
    /// A port that cannot be opened.
    pub async fn mock() -> Result<MockDmp, Failure> {
        Ok(MockDmp::builder().open_world().lenient("X09,X13").start().await?)
    }

    /// The mock, when it runs in this process.
    #[must_use]
    pub fn mock_in_process(&self) -> Option<&MockDmp> {
        self.mock.as_ref()
    }

    /// The record of the document's patient, to feed.
    ///
    /// # Errors
    /// An INS that cannot be one, or what the SDK refuses.
    pub fn feeding_of(&self, document: &Document) -> Result<IndirectRecord, Failure> {
        Ok(self.feeding()?.record(patient_of(document)?, Consent::given())?)
    }

    /// The record of the document's patient, to consult.
    ///
    /// # Errors
    /// An INS that cannot be one, or what the SDK refuses.
    pub fn consulting_of(&self, document: &Document) -> Result<AirRecord, Failure> {
        Ok(self.consulting()?.record(patient_of(document)?, Consent::given())?)
    }

    /// The structure that feeds.
    pub(crate) fn feeding(&self) -> Result<IndirectSession, Failure> {
        Ok(self.client.indirect(sender()?)?)
    }

    /// The médecin who consults.
    pub(crate) fn consulting(&self) -> Result<AirSession, Failure> {
        Ok(self.client.air_simplifie(professional()?, second_factor())?)
    }
}

fn builder(
    url: &str,
    authentication: AuthenticationIdentity,
    signing: SigningIdentity,
    anchors: TrustAnchors,
) -> Result<DmpClientBuilder, Failure> {
    Ok(DmpClient::builder(Endpoint::custom(url)?.realm(Realm::Test))
        .authentication(authentication)
        .signing(signing)
        .software(software())
        .trust_anchors(anchors)
        .policy(Policy::lenient(LENIENT)?))
}

/// The patient that the document names. The published documents hold some wrong keys: only a warning here.
fn patient_of(document: &Document) -> Result<QualifiedPatient, Failure> {
    let policy = IdentityPolicy::from(Realm::Test).with_ins_key_check(KeyCheck::Warn);
    let ins = Ins::parse_cx(document.entry().patient_id.as_str(), policy)?;
    Ok(QualifiedPatient::declared(ins.value))
}

pub(super) fn software() -> Software {
    Software::new("LPS Exemple", "4.2", "XXX-000000-tmp0").with_instance("2.25.169113683135263991924194166893702703888")
}

/// The establishment of the seeded world.
fn establishment() -> Result<Establishment, Failure> {
    let id = StructureId::parse(seed::STRUCTURE_EG, Realm::Test)?.value;
    Ok(Establishment::new(id, "CLINIQUE DU MODELE", "SA01"))
}

/// The médecin of the seeded world.
fn professional() -> Result<Professional, Failure> {
    let rpps = Rpps::parse(seed::MEDECIN.trim_start_matches('8'), Realm::Test)?.value;
    let roles = roles::of_directory("10", Some("SM26"));
    Ok(Professional::new(&rpps, "MODELE", "ALIX", roles, establishment()?))
}

/// Two factors, passed just now.
fn second_factor() -> SecondFactor {
    SecondFactor::passed_at(Timestamp::now(), AuthenticationClass::TimeSyncToken)
}

/// The same professional, as the user who feeds.
fn sender() -> Result<Sender, Failure> {
    Ok(Sender::professional(&professional()?, AuthenticationClass::TimeSyncToken, Timestamp::now()))
}
