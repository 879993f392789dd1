//! Cards of the mock: a professional's, an employee's.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::{CardHolder, CardPair, Identity};

use super::clinic;

fn card_of(pair: &CardPair) -> Card {
    let pem = |identity: &Identity| (identity.certificate_pem().into_bytes(), identity.key_pem().as_bytes().to_vec());
    let ((auth, auth_key), (sign, sign_key)) = (pem(&pair.authentication), pem(&pair.signature));
    let authentication = AuthenticationIdentity::from_pem(&auth, &auth_key).unwrap();
    Card::new(authentication, Some(SigningIdentity::from_pem(&sign, &sign_key).unwrap())).unwrap()
}

/// A physician with a card (CPS), DIRECTE.
pub(crate) fn card(mock: &MockDmp, id: &str, family: &str, given: &str) -> DirectSession {
    of_client(mock, &super::client(mock.pki(), &mock.url()), [id, family, given])
}

fn of_client(mock: &MockDmp, client: &DmpClient, [id, family, given]: [&str; 3]) -> DirectSession {
    let pair = mock.pki().card(&CardHolder::professional(id, family, given, "Médecin")).unwrap();
    client.direct(card_of(&pair), clinic(), roles::of_directory("10", Some("SM26"))).unwrap()
}

/// The médecin of the letters with a card.
pub(crate) fn card_of_alix(mock: &MockDmp) -> DirectSession {
    card(mock, "899999000013", "MODELE", "ALIX")
}

/// The same, with addresses of the Web-PS.
pub(crate) fn card_of_alix_with(mock: &MockDmp, addresses: WebPsAddresses) -> DirectSession {
    let client = super::builder(mock.pki(), &mock.url()).web_ps(addresses).build().unwrap();
    of_client(mock, &client, ["899999000013", "MODELE", "ALIX"])
}

/// An employee with a card (CPE).
pub(crate) fn employee(mock: &MockDmp) -> CpeSession {
    let holder = CardHolder::employee("30B0990008/000017", Some(("SECRETAIRE", "LOU")), "CLINIQUE DU MODELE");
    let card = card_of(&mock.pki().card(&holder).unwrap());
    let client = super::client(mock.pki(), &mock.url());
    client.cards().cpe(card, clinic(), Some("ACCUEIL"), roles::employee("331")).unwrap()
}
