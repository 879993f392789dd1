//! Invented people, throwaway keys, and the envelope around an assertion.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use dmp_protocol::certificate::Certificate;
use dmp_protocol::certificate::chain::{RevocationList, Trust};
use dmp_protocol::identity::{Ins, ProfessionalId, StructureId};
use dmp_protocol::rules::{Policy, Refusal};
use dmp_protocol::signature::{RsaSigner, Signer};
use dmp_protocol::switches::Switches;
use dmp_protocol::vihf::verify::{Channel, Check, Verification, verify};
use dmp_protocol::vihf::{
    Access, AuthenticationClass, AuthenticationMode, Role, SerializedVihf, Software, Stamp, Vihf,
};
use dmp_protocol::xml::{Limits, parse};
use dmp_vocabulary::Realm;
use jiff::Timestamp;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

/// When everything happens.
pub(crate) fn at() -> Timestamp {
    "2026-03-02T08:16:30.500Z".parse().unwrap()
}

pub(crate) fn testdata(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata")).join(path)
}

pub(crate) fn read(path: &str) -> Vec<u8> {
    std::fs::read(testdata(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn certificate(name: &str) -> Certificate {
    Certificate::from_pem(&read(&format!("pki/{name}.pem"))).unwrap()
}

/// A signer with a key and a certificate of `testdata/pki`.
pub(crate) fn signer_with(key: &str, name: &str) -> RsaSigner {
    let pem = read(&format!("pki/{key}.key.pem"));
    let key = PrivatePkcs8KeyDer::from_pem_slice(&pem).unwrap();
    let authority = if key_is_card(name) { "personnes" } else { "organisations" };
    RsaSigner::from_pkcs8(key.secret_pkcs8_der(), certificate(name), vec![certificate(authority)]).unwrap()
}

fn key_is_card(name: &str) -> bool {
    name.contains("card") || name.contains("cpe")
}

pub(crate) fn org_sign() -> Arc<dyn Signer> {
    static SIGNER: OnceLock<Arc<dyn Signer>> = OnceLock::new();
    SIGNER.get_or_init(|| Arc::new(signer_with("org_sign", "org_sign"))).clone()
}

pub(crate) fn trust() -> &'static Trust {
    static TRUST: OnceLock<Trust> = OnceLock::new();
    TRUST.get_or_init(|| Trust {
        anchors: vec![certificate("root")],
        intermediates: vec![certificate("organisations"), certificate("personnes")],
        revocation_lists: vec![RevocationList::from_der(&read("pki/organisations.crl")).unwrap()],
    })
}

pub(crate) fn holder(text: &str) -> ProfessionalId {
    ProfessionalId::parse(text, Realm::Test).unwrap().value
}

pub(crate) fn structure(text: &str) -> StructureId {
    StructureId::parse(text, Realm::Test).unwrap().value
}

pub(crate) fn medecin() -> Vec<Role> {
    vec![
        Role::new("10", "1.2.250.1.71.1.2.7", "Médecin"),
        Role::new("SM26", "1.2.250.1.71.4.2.5", "Qualifié en médecine générale (SM)"),
    ]
}

pub(crate) fn software() -> Software {
    Software::new("LPS Exemple", "4.2.0", "XXX-000000-tmp0")
        .with_instance("2.25.169113683135263991924194166893702703888")
}

/// A médecin in AIR simplifié with a one-time password.
pub(crate) fn air_simplifie() -> Vihf {
    Vihf {
        mode: AuthenticationMode::AirSimplifie,
        holder: holder("899999000013"),
        holder_name: Some("MODELE ALIX".to_owned()),
        structure: structure("10B0990008"),
        sector: "SA01".to_owned(),
        roles: medecin(),
        patient: Some(Ins::parse("280057599900151", "1.2.250.1.213.1.4.10", Realm::Test).unwrap().value),
        access: Access::Normal,
        connexion_secrete: false,
        authentication: AuthenticationClass::TimeSyncToken,
        authenticated_at: "2026-03-02T08:12:00Z".parse().unwrap(),
        software: software(),
    }
}

pub(crate) fn air() -> Vihf {
    Vihf {
        mode: AuthenticationMode::Air,
        authentication: AuthenticationClass::SmartcardPki,
        roles: vec![
            Role::new("21", "1.2.250.1.71.1.2.7", "Pharmacien"),
            Role::new("H", "1.2.250.1.71.4.2.6", "Pharmacien d'établissement de santé"),
        ],
        holder: holder("899999000021"),
        holder_name: Some("PATRON SACHA".to_owned()),
        ..air_simplifie()
    }
}

pub(crate) fn indirecte() -> Vihf {
    Vihf {
        mode: AuthenticationMode::Indirecte,
        holder: holder("30B0990008/UA7QX2M9"),
        holder_name: Some("GABARIT NOA".to_owned()),
        roles: vec![
            Role::new("99", "1.2.250.1.213.1.6.1.140", "Acteur participant au système de santé caractérisé par rôle"),
            Role::new("331", "1.2.250.1.213.1.6.1.107", "Secrétaire médicale"),
        ],
        authentication: AuthenticationClass::Password,
        ..air_simplifie()
    }
}

pub(crate) fn directe() -> Vihf {
    Vihf {
        mode: AuthenticationMode::Directe,
        sector: "SA07".to_owned(),
        structure: structure("499999000013008"),
        authentication: AuthenticationClass::SmartcardPki,
        ..air_simplifie()
    }
}

pub(crate) fn stamp() -> Stamp {
    Stamp::with_id("_0d1f5a52-6c3b-4a0e-9f51-2f6f6d0c7a04", at())
}

pub(crate) fn sign(vihf: &Vihf, switches: &Switches) -> SerializedVihf {
    vihf.sign(&stamp(), org_sign().as_ref(), switches).unwrap()
}

/// What a client sends, `security` being the content of `wsse:Security`.
pub(crate) fn envelope(security: &str) -> String {
    format!(
        concat!(
            r#"<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header>"#,
            r#"<Action xmlns="http://www.w3.org/2005/08/addressing">urn:test</Action>"#,
            r#"<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/"#,
            r#"oasis-200401-wss-wssecurity-secext-1.0.xsd">{}</wsse:Security></soap:Header>"#,
            r#"<soap:Body><q xmlns="urn:q" Id="body"/></soap:Body></soap:Envelope>"#
        ),
        security
    )
}

/// How a test verifies.
pub(crate) struct Verifier {
    pub(crate) tls: Certificate,
    pub(crate) at: Timestamp,
    pub(crate) realm: Option<Realm>,
    pub(crate) channel: Channel,
    pub(crate) switches: Switches,
    pub(crate) policy: Policy,
}

impl Default for Verifier {
    fn default() -> Self {
        Self {
            tls: certificate("org_auth"),
            at: at(),
            realm: Some(Realm::Test),
            channel: Channel::Lps,
            switches: Switches::default(),
            policy: Policy::strict(),
        }
    }
}

impl Verifier {
    /// A TLS certificate other than the one of the structure.
    pub(crate) fn with_tls(name: &str) -> Self {
        Self { tls: certificate(name), ..Self::default() }
    }

    pub(crate) fn verify(&self, envelope: &str) -> Verification {
        let tree = parse(envelope.as_bytes(), &Limits::default()).unwrap();
        let check = Check {
            trust: trust(),
            tls: &self.tls,
            at: self.at,
            realm: self.realm,
            channel: self.channel,
            switches: &self.switches,
            policy: &self.policy,
        };
        verify(&tree, &check)
    }

    /// The rule that refuses, or `accepted`.
    pub(crate) fn rule(&self, envelope: &str) -> &'static str {
        self.verify(envelope).outcome.map_or_else(|refusal| refusal.rule, |_| "accepted")
    }

    pub(crate) fn refusal(&self, envelope: &str) -> Refusal {
        self.verify(envelope).outcome.expect_err("the assertion is refused")
    }
}
