//! Who comes in these scenarios, beside the people of the seeded world.

use cda::n1::{N1Author, N1Professional};
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{CardHolder, CardPair, Identity};
use dmp_mock::world::{Patient, PatientId, seed};
use dmp_vocabulary::identity::BirthDate;
use jiff::Timestamp;

use crate::support::documents::{concept, letter};
use crate::support::*;

pub(crate) const REASON: &str = "Patiente inconsciente, antécédents inconnus";
/// A test number whose key is right; the birth date is that of the test.
pub(crate) const MINOR: &str = "112097599901588";

pub(crate) fn other() -> QualifiedPatient {
    patient(seed::PATIENT_UNKNOWN_TO_ALL)
}

pub(crate) fn rule(error: &DmpError) -> &str {
    error.rule().unwrap_or_default()
}

pub(crate) fn code(error: &DmpError) -> &str {
    error.code().map(Code::as_str).unwrap_or_default()
}

/// A patient of that age, on whom the médecin is authorised.
pub(crate) fn add_patient_of(mock: &MockDmp, years: i64) -> BirthDate {
    let born = Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .saturating_sub(jiff::Span::new().years(years).days(3));
    let birth = born.strftime("%Y%m%d").to_string();
    let mut patient = Patient::active(PatientId::new(MINOR, seed::TEST_NIR_OID), "EXEMPLE", "CAMILLE");
    patient.birth_date = Some(birth.clone());
    let followed = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
    mock.with_world(|world| {
        patient.grants = world.patient(&followed).unwrap().grants.clone();
        world.add_patient(patient);
    });
    BirthDate::parse_hl7(&birth).unwrap()
}

pub(crate) fn letter_about_the_minor() -> cda::n1::N1Builder {
    let mut builder = letter();
    builder.patient.ins = Some(patient(MINOR).ins().clone());
    builder
}

pub(crate) fn letter_about_the_other() -> cda::n1::N1Builder {
    let mut builder = letter();
    builder.patient.ins = Some(other().ins().clone());
    builder
}

/// The secretary of [`EMPLOYEE`] as an author.
pub(crate) fn secretary() -> N1Author {
    let professional = N1Professional {
        id: Some(internal_id(EMPLOYEE)),
        family: Some("SECRETAIRE".to_owned()),
        given: Some("LOU".to_owned()),
        specialty: Some(concept("JDV_J01", "SECRETARIAT_MEDICAL")),
        ..letter().authors[0].professional.clone()
    };
    N1Author { professional, ..N1Author::default() }
}

pub(crate) fn numbers(listed: &[ListedDmp]) -> Vec<&str> {
    listed.iter().flat_map(|dmp| dmp.ins().map(|id| id.extension())).collect()
}

/// A client whose requests can be read afterwards.
pub(crate) struct Captured {
    pub(crate) client: DmpClient,
    folder: tempfile::TempDir,
}

impl Captured {
    pub(crate) fn by(mock: &MockDmp) -> Self {
        Self::of(builder(mock))
    }

    pub(crate) fn of(builder: DmpClientBuilder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let capture = Capture::directory(folder.path()).unwrap();
        Self { client: builder.capture(capture).build().unwrap(), folder }
    }

    /// Heads and bodies, in the order of sending.
    pub(crate) fn requests(&self) -> Vec<String> {
        let mut paths: Vec<_> = std::fs::read_dir(self.folder.path()).unwrap().map(|one| one.unwrap().path()).collect();
        paths.retain(|path| path.to_string_lossy().ends_with("-request.http"));
        paths.sort();
        paths.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()).collect()
    }
}

pub(crate) fn make_regulation_centre(mock: &MockDmp) {
    mock.with_world(|world| {
        let mut structure = world.structure(seed::STRUCTURE_EG).unwrap().clone();
        structure.centre_15 = true;
        world.add_structure(structure);
    });
}

/// A client of the legal entity (EJ).
pub(crate) fn ej_client(mock: &MockDmp) -> DmpClient {
    let pki = mock.pki();
    builder(mock)
        .authentication(
            AuthenticationIdentity::from_pkcs12_bytes(&pki.ej_auth_cli.pkcs12().unwrap(), password()).unwrap(),
        )
        .signing(SigningIdentity::from_pkcs12_bytes(&pki.ej_sign.pkcs12().unwrap(), password()).unwrap())
        .build()
        .unwrap()
}

pub(crate) fn pair(mock: &MockDmp) -> CardPair {
    mock.pki().card(&CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Médecin")).unwrap()
}

pub(crate) fn pki_authentication(identity: &Identity) -> AuthenticationIdentity {
    AuthenticationIdentity::from_pkcs12_bytes(&identity.pkcs12().unwrap(), password()).unwrap()
}

pub(crate) fn pki_signing(identity: &Identity) -> SigningIdentity {
    SigningIdentity::from_pkcs12_bytes(&identity.pkcs12().unwrap(), password()).unwrap()
}

pub(crate) fn card_of(pair: &CardPair) -> Card {
    let authentication = AuthenticationIdentity::from_pkcs12_bytes(&pair.authentication.pkcs12().unwrap(), password());
    let signature = SigningIdentity::from_pkcs12_bytes(&pair.signature.pkcs12().unwrap(), password());
    Card::new(authentication.unwrap(), Some(signature.unwrap())).unwrap()
}

/// The number of an employee of the establishment.
pub(crate) const EMPLOYEE: &str = "30B0990008/000017";

/// The card of a secretary, who is named on it or not.
pub(crate) fn employee_card(mock: &MockDmp, nominative: bool) -> Card {
    let names = nominative.then_some(("SECRETAIRE", "LOU"));
    card_of(&mock.pki().card(&CardHolder::employee(EMPLOYEE, names, "CLINIQUE DU MODELE")).unwrap())
}

pub(crate) fn cpe_of(mock: &MockDmp, nominative: bool) -> CpeSession {
    let card = employee_card(mock, nominative);
    client(mock).cards().cpe(card, establishment(), Some("ACCUEIL"), roles::employee("331")).unwrap()
}

pub(crate) fn direct(mock: &MockDmp) -> DirectSession {
    let medecin = roles::of_directory("10", Some("SM26"));
    client(mock).direct(card_of(&pair(mock)), establishment(), medecin).unwrap()
}
