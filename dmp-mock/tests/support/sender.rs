//! Who sends: an assertion that a test may spoil, and the messages of each transaction.

use dmp_mock::MockDmp;
use dmp_mock::pki::Identity;
use dmp_mock::world::seed;
use dmp_protocol::certificate::Certificate;
use dmp_protocol::identity::{Ins, ProfessionalId, StructureId};
use dmp_protocol::patient::{Lps, PatientQuery};
use dmp_protocol::rights::SetAuthorization;
use dmp_protocol::signature::RsaSigner;
use dmp_protocol::soap::{MessageId, RequestHeaders, request_content_type, write_request};
use dmp_protocol::switches::Switches;
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::{
    Access, Assertion, AssertionAttribute, AttributeValue, AuthenticationClass, AuthenticationMode, Role, Software,
    Stamp, Vihf,
};
use dmp_protocol::xml::Writer;
use dmp_vocabulary::Realm;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Connection, HttpAnswer};

pub const INSTANCE: &str = "2.25.169113683135263991924194166893702703888";

/// A client of one mock, with the identities it uses.
pub struct Sender<'a> {
    pub mock: &'a MockDmp,
    pub tls: &'a Identity,
    pub signer: &'a Identity,
    pub mode: AuthenticationMode,
    pub patient: (String, String),
    /// NameID, and (code, system, label) of each role.
    pub holder: (&'static str, Vec<Role>),
    pub access: Access,
    /// Connexion secrète.
    pub secret: bool,
}

impl<'a> Sender<'a> {
    pub fn new(mock: &'a MockDmp, mode: AuthenticationMode) -> Self {
        Sender {
            mock,
            tls: &mock.pki().org_auth_cli,
            signer: &mock.pki().org_sign,
            mode,
            patient: (seed::PATIENT_FOLLOWED.to_owned(), seed::TEST_NIR_OID.to_owned()),
            holder: (
                seed::MEDECIN,
                vec![
                    Role::new("10", "1.2.250.1.71.1.2.7", "Médecin"),
                    Role::new("SM26", "1.2.250.1.71.4.2.5", "Qualifié en médecine générale (SM)"),
                ],
            ),
            access: Access::Normal,
            secret: false,
        }
    }

    pub fn by_pharmacist(mut self) -> Self {
        let roles = vec![
            Role::new("21", "1.2.250.1.71.1.2.7", "Pharmacien"),
            Role::new("H", "1.2.250.1.71.4.2.6", "Section H"),
        ];
        self.holder = (seed::PHARMACIEN, roles);
        self
    }

    pub fn air(mock: &'a MockDmp) -> Self {
        Self::new(mock, AuthenticationMode::AirSimplifie)
    }

    pub fn indirecte(mock: &'a MockDmp) -> Self {
        Self::new(mock, AuthenticationMode::Indirecte)
    }

    pub fn with_patient(mut self, matricule: &str) -> Self {
        self.patient.0 = matricule.to_owned();
        self
    }

    pub fn now(&self) -> Timestamp {
        self.mock.clock().now()
    }

    /// A good assertion, fresh.
    pub fn assertion(&self) -> Assertion {
        let switches = Switches::default();
        let patient = Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test).unwrap().value;
        let vihf = Vihf {
            mode: self.mode,
            holder: ProfessionalId::parse(self.holder.0, Realm::Test).unwrap().value,
            holder_name: Some("MODELE ALIX".into()),
            structure: StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value,
            sector: "SA01".into(),
            roles: self.holder.1.clone(),
            patient: Some(patient),
            access: self.access.clone(),
            connexion_secrete: self.secret,
            authentication: AuthenticationClass::MobileTwoFactorContract,
            authenticated_at: self.now() - SignedDuration::from_mins(10),
            software: Software::new("LPS Exemple", "1.0", "XXX-000000-tmp0").with_instance(INSTANCE),
        };
        let issuer = certificate(self.signer).subject().to_rfc4514(switches.dn_style);
        let mut assertion = vihf.to_assertion(&Stamp::new(self.now()), issuer, &switches);
        let (matricule, oid) = &self.patient;
        set_text(&mut assertion, RESOURCE_ID, &format!("{matricule}^^^&{oid}&ISO^NH"));
        assertion
    }

    pub fn sign(&self, assertion: &Assertion) -> String {
        assertion.sign(&signer(self.signer), &Switches::default()).unwrap().into_string()
    }

    pub fn envelope(&self, transaction: Transaction, assertion: &str, body: impl FnOnce(&mut Writer)) -> String {
        let url = transaction.service().url(&self.mock.url());
        let message_id = MessageId::random();
        let headers = RequestHeaders { message_id: &message_id, to: &url, action: transaction.request_action() };
        write_request(&headers, assertion, body).unwrap()
    }

    /// Sends a plain request with an assertion as given.
    pub async fn send_as(
        &self,
        transaction: Transaction,
        assertion: &str,
        body: impl FnOnce(&mut Writer),
    ) -> HttpAnswer {
        let envelope = self.envelope(transaction, assertion, body);
        self.send_envelope(transaction, envelope).await
    }

    pub async fn send_envelope(&self, transaction: Transaction, envelope: String) -> HttpAnswer {
        let content_type = request_content_type(transaction.request_action());
        let mut connection = Connection::to(self.mock, self.tls).await;
        connection.post(transaction.service().path_segment(), &content_type, envelope).await
    }

    /// Sends a plain request with a good assertion.
    pub async fn send(&self, transaction: Transaction, body: impl FnOnce(&mut Writer)) -> HttpAnswer {
        let assertion = self.sign(&self.assertion());
        self.send_as(transaction, &assertion, body).await
    }

    pub fn existence_request(&self) -> PatientQuery {
        let ins = Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test).unwrap().value;
        let lps = Lps { root: INSTANCE.into(), name: "LPS Exemple".into() };
        let mut request = PatientQuery::existence(lps, &ins, Uuid::new_v4(), Uuid::new_v4(), self.now());
        request.patient.root = self.patient.1.clone();
        request.patient.extension = Some(self.patient.0.clone());
        request
    }

    pub async fn existence(&self) -> HttpAnswer {
        self.send(Transaction::Existence, |w| self.existence_request().write(w)).await
    }

    pub async fn authorise(&self, request: &SetAuthorization) -> HttpAnswer {
        self.send(Transaction::SetAuthorization, |w| request.write(w)).await
    }
}

pub const RESOURCE_ID: &str = "urn:oasis:names:tc:xacml:2.0:resource:resource-id";

pub fn certificate(identity: &Identity) -> Certificate {
    Certificate::from_der(identity.certificate_der()).unwrap()
}

pub fn signer(identity: &Identity) -> RsaSigner {
    let chain = identity.authorities_der().iter().map(|der| Certificate::from_der(der).unwrap()).collect();
    RsaSigner::from_pkcs8(identity.key_der().unwrap().secret_der(), certificate(identity), chain).unwrap()
}

/// Replaces the text of an attribute, or adds it.
pub fn set_text(assertion: &mut Assertion, name: &str, value: &str) {
    let values = vec![AttributeValue::Text(value.to_owned())];
    match assertion.attributes.iter_mut().find(|attribute| attribute.is(name)) {
        Some(attribute) => attribute.values = values,
        None => assertion.attributes.push(AssertionAttribute { name: name.to_owned(), values }),
    }
}

pub fn remove(assertion: &mut Assertion, name: &str) {
    assertion.attributes.retain(|attribute| !attribute.is(name));
}
