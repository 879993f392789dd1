//! DIRECTE with keys that never leave their token: SoftHSM stands for the card. Runs where SoftHSM is installed
//! (`apt-get install softhsm2`), and says that it was skipped elsewhere.
//!
//! The driver takes its configuration from the environment, which a process must not change under its own threads: the
//! test prepares the token, then runs itself again beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]
#![allow(clippy::print_stderr, reason = "a test says that it was skipped")]

use std::path::{Path, PathBuf};
use std::process::Command;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass};
use cryptoki::session::UserType;
use dmp_client::credentials::pkcs11::{Pkcs11Error, Token};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{CardHolder, CardPair, Identity};
use dmp_mock::world::seed;
use dmp_vocabulary::identity::{Ins, StructureId};
use secrecy::SecretString;

const LABEL: &str = "CARD";
/// A token with nothing on it.
const EMPTY: &str = "EMPTY";
const PIN: &str = "1234";
/// CKA_ID of a CPS3: the authentication key ends in 20, the signature key in 10.
const AUTHENTICATION: u8 = 0x20;
const SIGNATURE: u8 = 0x10;
const FOLDER: &str = "DMP_TEST_TOKEN_FOLDER";

fn driver() -> Option<PathBuf> {
    let places = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
        "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    ];
    places.into_iter().map(PathBuf::from).find(|place| place.exists())
}

fn pin() -> SecretString {
    SecretString::from(PIN)
}

fn softhsm(folder: &Path, arguments: &[&str]) -> bool {
    let tool =
        Command::new("softhsm2-util").args(arguments).env("SOFTHSM2_CONF", folder.join("softhsm2.conf")).output();
    tool.is_ok_and(|output| output.status.success())
}

#[test]
fn a_card_behind_pkcs11() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("tokens")).unwrap();
    let configuration =
        format!("directories.tokendir = {}\nobjectstore.backend = file\n", folder.join("tokens").display());
    std::fs::write(folder.join("softhsm2.conf"), configuration).unwrap();
    let token =
        |label| softhsm(folder, &["--init-token", "--free", "--label", label, "--so-pin", "5678", "--pin", PIN]);
    if driver().is_none() || !token(LABEL) || !token(EMPTY) {
        eprintln!("skipped: SoftHSM is not installed");
        return;
    }
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "beside_the_token", "--ignored", "--nocapture"])
        .env("SOFTHSM2_CONF", folder.join("softhsm2.conf"))
        .env(FOLDER, folder)
        .status();
    assert!(status.unwrap().success());
}

/// Puts a key pair on the token: the key by the tool, as one that cannot be read; the certificate beside it.
fn put(folder: &Path, identity: &Identity, label: &str, id: u8) {
    let file = folder.join("key.pem");
    std::fs::write(&file, identity.key_pem()).unwrap();
    let id_text = format!("{id:02x}");
    let file = file.to_str().unwrap();
    let arguments = ["--import", file, "--token", LABEL, "--label", label, "--id", &id_text, "--pin", PIN];
    assert!(softhsm(folder, &arguments), "{label}");
}

fn put_certificates(pair: &CardPair) {
    let context = Pkcs11::new(driver().unwrap()).unwrap();
    context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    let slots = context.get_slots_with_initialized_token().unwrap();
    let labelled = |slot: &&_| context.get_token_info(**slot).unwrap().label().trim_end() == LABEL;
    let slot = *slots.iter().find(labelled).unwrap();
    let session = context.open_rw_session(slot).unwrap();
    session.login(UserType::User, Some(&pin())).unwrap();
    let authority = &pair.authentication.authorities_der()[0];
    let certificates = [
        (pair.authentication.certificate_der(), AUTHENTICATION),
        (pair.signature.certificate_der(), SIGNATURE),
        (authority, 0x99),
    ];
    for (der, id) in certificates {
        let object = [
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Subject(Vec::new()),
            Attribute::Id(vec![id]),
            Attribute::Value(der.to_vec()),
        ];
        session.create_object(&object).unwrap();
    }
    for key in session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)]).unwrap() {
        let kept = session.get_attributes(key, &[AttributeType::Extractable, AttributeType::Sensitive]).unwrap();
        assert_eq!(kept, [Attribute::Extractable(false), Attribute::Sensitive(true)]);
        let secret = session.get_attributes(key, &[AttributeType::PrivateExponent]);
        assert!(secret.is_err() || secret.unwrap().is_empty(), "the key stays on the token");
    }
}

#[tokio::test]
#[ignore = "run by a_card_behind_pkcs11, beside a token"]
async fn beside_the_token() {
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    let driver = driver().unwrap();
    let mock = MockDmp::start().await.unwrap();
    let pair = mock.pki().card(&CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin")).unwrap();

    put(&folder, &pair.authentication, "authentication", AUTHENTICATION);
    put(&folder, &pair.signature, "signature", SIGNATURE);
    put_certificates(&pair);

    let open = |label: Option<&str>, pin: &str| Token::open(&driver, label, &SecretString::from(pin));
    assert!(matches!(Token::open("/nowhere.so", None, &pin()), Err(Pkcs11Error::Driver { .. })));
    assert!(matches!(open(Some("ABSENT"), PIN), Err(Pkcs11Error::NoToken)));
    assert!(matches!(open(None, PIN), Err(Pkcs11Error::SeveralTokens { .. })));
    assert!(matches!(open(Some(LABEL), "0000"), Err(Pkcs11Error::PinIncorrect)));
    let empty = open(Some(EMPTY), PIN).unwrap();
    assert!(matches!(empty.card(), Err(Pkcs11Error::NoKey { use_of: "authentication" })));

    let token = open(Some(LABEL), PIN).unwrap();
    let card = token.card().unwrap();
    assert_eq!(card.holder().as_str(), seed::MEDECIN);
    assert!(!format!("{token:?} {card:?}").contains(seed::MEDECIN));

    let cards = DmpClient::builder(Endpoint::custom(&mock.url()).unwrap())
        .software(Software::new("LPS Exemple", "4.2.0", "XXX-000000-tmp0").with_instance("2.25.1"))
        .trust_anchors(TrustAnchors::from_pem(mock.pki().root.certificate_pem().as_bytes()).unwrap())
        .build_for_cards()
        .unwrap();
    let id = StructureId::parse(seed::STRUCTURE_EG, Realm::Test).unwrap().value;
    let establishment = Establishment::new(id, "CLINIQUE DU MODELE", "SA01");
    let session = cards.direct(card, establishment, roles::of_directory("10", Some("SM26"))).unwrap();
    let ins = Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test).unwrap().value;
    let record = session.record(QualifiedPatient::declared(ins), Consent::given()).unwrap();
    assert!(matches!(record.existence().await.unwrap(), Existence::Active(_)), "handshake and VIHF, by the token");
    assert!(record.find(Search::approved()).await.unwrap().is_empty());
    let last = mock.journal().last().unwrap();
    assert_eq!((last.mode.as_deref(), last.refusal.as_ref()), (Some("DIRECTE"), None));
}
