//! Who signs.

use dmp_client::*;
use dmp_mock::MockDmp;

use super::{assert_fault, forced};
use crate::bare::Sender;
use crate::support::*;

#[tokio::test]
async fn v_04_signed_with_the_authentication_key() {
    let mock = MockDmp::start().await.unwrap();
    let authentication = mock.pki().org_auth_cli.pkcs12().unwrap();
    let local = SigningIdentity::from_pkcs12_bytes(&authentication, password()).unwrap_err();
    assert_eq!(local.rule(), Some("V21"));
    let sender = Sender { signer: &mock.pki().org_auth_cli, ..Sender::air(&mock) };
    let text = "Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate";
    assert_fault(&forced(&sender, |_| {}).await, "V21", "DMPInvalidCertificate", text);
}
