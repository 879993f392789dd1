//! Certificates: what is read, which chains are trusted, what may sign and what may authenticate.

use dmp_protocol::certificate::chain::ChainError;
use dmp_protocol::certificate::{Certificate, CertificateError, ExtendedKeyUsage, Product, ProductClass, Requirement};
use dmp_protocol::signature::{RsaSigner, Signer, SignerError};
use dmp_protocol::switches::DnStyle;
use dmp_vocabulary::Realm;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

use super::support::*;

#[test]
fn an_organisation_certificate_is_read() {
    let organisation = certificate("org_sign");
    assert_eq!(organisation.structure_id(), Some("10B0990008"));
    assert_eq!(organisation.holder_id(), None);
    assert!(!organisation.names_a_person() && !organisation.is_authority());
    assert_eq!(organisation.rsa_bits(), Some(2048));
    assert_eq!(organisation.rsa_exponent(), Some(65_537));
    assert_eq!(organisation.product_class(), Some(ProductClass { product: Product::Software, test: true }));
    assert_eq!(organisation.not_before(), "2026-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(organisation.not_after(), "2045-12-31T00:00:00Z".parse().unwrap());
    let usage = organisation.key_usage().unwrap();
    assert!(usage.digital_signature && usage.non_repudiation && !usage.key_cert_sign);
    assert_eq!(organisation.extended_key_usage().unwrap(), ["1.3.6.1.5.5.7.3.4"]);
    assert_eq!(
        organisation.issuer().to_rfc4514(DnStyle::OidHex),
        "CN=TEST AC EXEMPLE ORGANISATIONS,OU=SANS VALEUR,OU=0002 000000000,O=DMP-EXEMPLE,C=FR"
    );
    assert!(certificate("organisations").is_authority());
    assert_eq!(certificate("organisations").structure_id(), None, "two OU name no structure");
}

#[test]
fn cards_are_read_whatever_the_order_of_their_names() {
    for name in ["card_auth", "card_sign", "old_card_sign"] {
        assert_eq!(certificate(name).holder_id(), Some("899999000013"), "{name}");
    }
    let cpe = certificate("cpe_auth");
    assert_eq!(cpe.holder_id(), Some("30B0990008/000017"));
    assert!(cpe.names_a_person() && !cpe.subject().names_a_person(), "a CPE that is not nominative");
    assert_ne!(
        certificate("card_auth").subject().to_rfc4514(DnStyle::OidHex),
        certificate("card_sign").subject().to_rfc4514(DnStyle::OidHex),
        "the order of the certificate is kept"
    );
    assert!(certificate("card_auth").subject().matches(certificate("card_sign").subject(), Default::default()));
    assert_eq!(
        certificate("old_card_sign").subject().to_rfc4514(DnStyle::Long),
        "GIVENNAME=ALIX+SURNAME=MODÈLE+CN=899999000013,OU=Médecin,O=GIP-CPS,C=FR"
    );
}

#[test]
fn the_serial_number_is_decimal_of_any_length() {
    // xades.md §7: pki-signer.pem of the example messages.
    let signer = Certificate::from_pem(&read("xds/pki-signer.pem")).unwrap();
    assert_eq!(signer.serial(), "119723492967275775023533770677728449359");
}

#[test]
fn bytes_that_are_no_certificate_are_refused() {
    let der = certificate("org_sign").der().to_vec();
    let longer = [der.as_slice(), &[0]].concat();
    for bytes in [&[][..], b"-----", &der[..der.len() - 1], &longer, &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]] {
        assert!(matches!(Certificate::from_der(bytes), Err(CertificateError::Malformed { .. })), "{}", bytes.len());
    }
    assert_eq!(Certificate::from_der(&vec![0; 70_000]).unwrap_err(), CertificateError::TooLarge);
    for pem in [&b""[..], b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n", &read("pki/org_sign.key.pem")]
    {
        assert!(matches!(Certificate::from_pem(pem), Err(CertificateError::Pem { .. })));
    }
    for cut in 0..der.len() {
        // Whatever is changed, nothing panics.
        let mut broken = der.clone();
        broken[cut] ^= 0xff;
        let _ = Certificate::from_der(&broken).map(|certificate| format!("{certificate:?}"));
    }
}

#[test]
fn chains_are_trusted_or_refused_for_a_reason() {
    use ExtendedKeyUsage::{ClientAuth, EmailProtection};
    let wrong = |usage: ExtendedKeyUsage| Err(ChainError::WrongUsage { expected: usage.oid() });
    let cases = [
        ("org_sign", EmailProtection, Ok(())),
        ("org_auth", ClientAuth, Ok(())),
        ("card_sign", EmailProtection, Ok(())),
        ("old_card_sign", EmailProtection, Ok(())),
        ("cpe_auth", ClientAuth, Ok(())),
        ("org_auth", EmailProtection, wrong(EmailProtection)),
        ("org_sign", ClientAuth, wrong(ClientAuth)),
        ("expired_sign", EmailProtection, Err(ChainError::Expired)),
        ("future_sign", EmailProtection, Err(ChainError::NotYetValid)),
        ("revoked_sign", EmailProtection, Err(ChainError::Revoked)),
        ("stranger_sign", EmailProtection, Err(ChainError::UnknownIssuer)),
        ("sha1_sign", EmailProtection, Err(ChainError::UntrustedAlgorithm)),
        ("organisations", EmailProtection, Err(ChainError::AuthorityMisuse)),
    ];
    for (name, usage, expected) in cases {
        assert_eq!(trust().verify(&certificate(name), &[], at(), usage), expected, "{name}");
    }
    let presented = [certificate("org_sign")];
    let grandchild = trust().verify(&certificate("grandchild_sign"), &presented, at(), EmailProtection);
    assert_eq!(grandchild, Err(ChainError::AuthorityMisuse));
    let late = "2046-01-02T00:00:00Z".parse().unwrap();
    assert_eq!(trust().verify(&certificate("org_sign"), &[], late, EmailProtection), Err(ChainError::Expired));
    let early = "1969-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(trust().verify(&certificate("org_sign"), &[], early, EmailProtection), Err(ChainError::NotYetValid));
}

#[test]
fn signing_and_authentication_cannot_be_swapped() {
    let signature = |name: &str| {
        let checked = certificate(name).check_signature_profile(Some(Realm::Test));
        checked.err().map(|error| error.requirement)
    };
    let authentication = |name: &str| {
        let checked = certificate(name).check_authentication_profile(Some(Realm::Test));
        checked.err().map(|error| error.requirement)
    };
    for name in ["org_sign", "card_sign", "group_sign"] {
        assert_eq!(signature(name), None, "{name}");
    }
    for name in ["org_auth", "card_auth", "cpe_auth"] {
        assert_eq!(authentication(name), None, "{name}");
        assert_eq!(signature(name), Some(Requirement::NonRepudiation), "{name}");
    }
    assert_eq!(authentication("org_sign"), Some(Requirement::ClientAuth));
    assert_eq!(authentication("card_sign"), Some(Requirement::DigitalSignature));
    assert_eq!(signature("weak_sign"), Some(Requirement::RsaKey));
    assert_eq!(signature("production_sign"), Some(Requirement::Branch));
    assert!(certificate("production_sign").check_signature_profile(Some(Realm::Production)).is_ok());
}

#[test]
fn a_signer_needs_the_key_of_its_certificate() {
    let pem = read("pki/org_sign.key.pem");
    let key = PrivatePkcs8KeyDer::from_pem_slice(&pem).unwrap();
    let mismatch = RsaSigner::from_pkcs8(key.secret_pkcs8_der(), certificate("org_auth"), vec![]);
    assert_eq!(mismatch.unwrap_err(), SignerError::Mismatch);
    let broken = RsaSigner::from_pkcs8(&[0x30, 0], certificate("org_sign"), vec![]);
    assert!(matches!(broken.unwrap_err(), SignerError::Key { .. }));
    let signer = signer_with("org_sign", "org_sign");
    assert_eq!(signer.sign_sha256_rsa(b"x").unwrap().len(), 256);
    assert!(!format!("{signer:?}").contains("key"));
}
