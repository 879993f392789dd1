//! From DER to the fields that matter.

use jiff::Timestamp;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{CRLDistributionPoints, DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;

use super::{Certificate, CertificateError, KeyUsage, MAX_DER, Product, ProductClass, RsaPublicKey};
use crate::distinguished_name::DistinguishedName;

const PRODUCT_CLASS: &str = "1.2.250.1.71.1.2.5";

pub(super) fn read(der: &[u8]) -> Result<Certificate, CertificateError> {
    if der.len() > MAX_DER {
        return Err(CertificateError::TooLarge);
    }
    let (rest, x509) = X509Certificate::from_der(der).map_err(malformed)?;
    if !rest.is_empty() {
        return Err(malformed("bytes after the certificate"));
    }
    let mut certificate = Certificate {
        der: der.to_vec(),
        subject: DistinguishedName::from_x509(x509.subject()).map_err(malformed)?,
        issuer: DistinguishedName::from_x509(x509.issuer()).map_err(malformed)?,
        serial: x509.tbs_certificate.serial.to_string(),
        not_before: timestamp(x509.validity().not_before)?,
        not_after: timestamp(x509.validity().not_after)?,
        key_usage: None,
        extended_key_usage: None,
        product_class: None,
        revocation_lists: Vec::new(),
        authority: x509.is_ca(),
        rsa: rsa_key(&x509),
    };
    for extension in x509.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::KeyUsage(usage) => {
                certificate.key_usage = Some(KeyUsage {
                    digital_signature: usage.digital_signature(),
                    non_repudiation: usage.non_repudiation(),
                    key_encipherment: usage.key_encipherment(),
                    key_cert_sign: usage.key_cert_sign(),
                    crl_sign: usage.crl_sign(),
                });
            }
            ParsedExtension::CRLDistributionPoints(points) => certificate.revocation_lists = addresses(points),
            ParsedExtension::ExtendedKeyUsage(usage) => {
                let known = [
                    (usage.server_auth, "1.3.6.1.5.5.7.3.1"),
                    (usage.client_auth, "1.3.6.1.5.5.7.3.2"),
                    (usage.code_signing, "1.3.6.1.5.5.7.3.3"),
                    (usage.email_protection, "1.3.6.1.5.5.7.3.4"),
                    (usage.time_stamping, "1.3.6.1.5.5.7.3.8"),
                    (usage.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
                    (usage.any, "2.5.29.37.0"),
                ];
                let known = known.iter().filter(|(present, _)| *present).map(|(_, oid)| (*oid).to_owned());
                let others = usage.other.iter().map(|oid| oid.to_id_string());
                certificate.extended_key_usage = Some(known.chain(others).collect());
            }
            _ if extension.oid.to_id_string() == PRODUCT_CLASS => {
                certificate.product_class = product_class(extension.value);
            }
            _ => {}
        }
    }
    Ok(certificate)
}

/// The extension's value is itself a DER OCTET STRING of one byte: `04 01 83`.
fn product_class(value: &[u8]) -> Option<ProductClass> {
    let &[0x04, 0x01, class] = value else { return None };
    let product = match class & 0x7f {
        0 => Product::Card,
        2 => Product::Module,
        3 => Product::Software,
        other => Product::Other(other),
    };
    Some(ProductClass { product, test: class & 0x80 != 0 })
}

fn rsa_key(x509: &X509Certificate<'_>) -> Option<RsaPublicKey> {
    let PublicKey::RSA(key) = x509.public_key().parsed().ok()? else { return None };
    let modulus: &[u8] = significant(key.modulus);
    let bits = modulus.len() * 8 - usize::try_from(modulus.first()?.leading_zeros()).ok()?;
    let exponent = significant(key.exponent);
    let exponent = (exponent.len() <= 8).then(|| exponent.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    let pkcs1 = x509.public_key().subject_public_key.data.to_vec();
    Some(RsaPublicKey { pkcs1, bits, exponent })
}

fn significant(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    &integer[zeros..]
}

fn timestamp(time: ASN1Time) -> Result<Timestamp, CertificateError> {
    Timestamp::from_second(time.timestamp()).map_err(malformed)
}

fn malformed(reason: impl ToString) -> CertificateError {
    CertificateError::Malformed { reason: reason.to_string() }
}

/// Every URI of every distribution point, in order.
fn addresses(points: &CRLDistributionPoints<'_>) -> Vec<String> {
    let names = points.points.iter().filter_map(|point| match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    let uris = names.flatten().filter_map(|name| match name {
        GeneralName::URI(uri) => Some((*uri).to_owned()),
        _ => None,
    });
    uris.collect()
}
