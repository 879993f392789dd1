//! Certificates of persons: the pair of a card, as a software pair of the look-alike PERSONNES authority.
//!
//! A card holder's name is one RDN of several attributes (`CN+SN+GN`), which the certificate library cannot write:
//! the certificate is issued with a stand-in subject, which is then replaced, and signed again.

use std::fmt;

use jiff::Timestamp;
use rcgen::SigningKey as _;

use super::authority::Authority;
use super::identity::Identity;
use super::leaf::{LeafProfile, LeafRequest};
use super::{PkiError, ThrowawayKey};

const COMMON_NAME: [u8; 3] = [0x55, 4, 3];
const SURNAME: [u8; 3] = [0x55, 4, 4];
const COUNTRY: [u8; 3] = [0x55, 4, 6];
const ORGANISATION: [u8; 3] = [0x55, 4, 10];
const TITLE: [u8; 3] = [0x55, 4, 12];
const GIVEN_NAME: [u8; 3] = [0x55, 4, 42];

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const BIT_STRING: u8 = 0x03;

/// Who holds a card.
#[derive(Clone)]
pub struct CardHolder {
    /// CN: PS_IdNat (`8` + RPPS), or of a CPE `structure/internal id`.
    pub id: String,
    /// SN and GN; absent on a card that names nobody (a CPE).
    pub names: Option<(String, String)>,
    /// `title`, the profession in words; absent when `None`.
    pub title: Option<String>,
    /// O, the raison sociale of a CPE; absent when `None`.
    pub organisation: Option<String>,
    /// Write the name in the order CN, SN, GN instead of that of DER: some real cards do.
    pub disordered: bool,
}

impl fmt::Debug for CardHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardHolder").field("disordered", &self.disordered).finish_non_exhaustive()
    }
}

impl CardHolder {
    /// A professionnel de santé.
    #[must_use]
    pub fn professional(id: &str, name: &str, given_name: &str, title: &str) -> Self {
        CardHolder {
            id: id.to_owned(),
            names: Some((name.to_owned(), given_name.to_owned())),
            title: Some(title.to_owned()),
            organisation: None,
            disordered: false,
        }
    }

    /// An employee of a structure (CPE), by `structure/internal id` with the person's prefix (`3` + FINESS); a card that
    /// is not nominative has no names.
    #[must_use]
    pub fn employee(id: &str, names: Option<(&str, &str)>, organisation: &str) -> Self {
        CardHolder {
            id: id.to_owned(),
            names: names.map(|(name, given_name)| (name.to_owned(), given_name.to_owned())),
            title: None,
            organisation: Some(organisation.to_owned()),
            disordered: false,
        }
    }

    /// The subject in DER: C, then O or title, then the holder in one RDN.
    fn subject(&self) -> Vec<u8> {
        let mut names = vec![rdn(&[attribute(&COUNTRY, PRINTABLE_STRING, "FR")])];
        names.extend(self.organisation.iter().map(|name| rdn(&[attribute(&ORGANISATION, UTF8_STRING, name)])));
        names.extend(self.title.iter().map(|title| rdn(&[attribute(&TITLE, UTF8_STRING, title)])));
        let mut holder = vec![attribute(&COMMON_NAME, UTF8_STRING, &self.id)];
        if let Some((surname, given_name)) = &self.names {
            holder.push(attribute(&SURNAME, UTF8_STRING, surname));
            holder.push(attribute(&GIVEN_NAME, UTF8_STRING, given_name));
        }
        if !self.disordered {
            holder.sort();
        }
        names.push(rdn(&holder));
        element(SEQUENCE, &names.concat())
    }
}

/// The two certificates of one card.
#[derive(Debug, Clone)]
pub struct CardPair {
    /// Opens TLS connections.
    pub authentication: Identity,
    /// Signs assertions and submissions.
    pub signature: Identity,
}

impl Authority {
    /// Issues the pair of a card; both certificates have the same subject and the product class of a test card.
    ///
    /// # Errors
    /// [`PkiError::Issue`] when a certificate cannot be made.
    pub fn issue_card(&self, holder: &CardHolder, now: Timestamp) -> Result<CardPair, PkiError> {
        Ok(CardPair {
            authentication: self.issue_person(
                holder,
                &LeafRequest::card(LeafProfile::CardAuthentication, ThrowawayKey::CardAuthentication, now),
            )?,
            signature: self.issue_person(
                holder,
                &LeafRequest::card(LeafProfile::CardSignature, ThrowawayKey::CardSignature, now),
            )?,
        })
    }

    /// Issues one certificate of a person, of which the request gives all but the subject.
    ///
    /// # Errors
    /// As [`Authority::issue_card`].
    pub fn issue_person(&self, holder: &CardHolder, request: &LeafRequest) -> Result<Identity, PkiError> {
        // Never in another field: the place of the subject is found by it.
        let stand_in = uuid::Uuid::new_v4().to_string();
        let issued = self.issue(&LeafRequest { common_name: stand_in, ..request.clone() })?;
        let (_, parsed) =
            x509_parser::parse_x509_certificate(&issued.certificate).map_err(|_| PkiError::NotACertificate)?;
        let (tbs, subject) = (parsed.tbs_certificate.as_ref(), parsed.tbs_certificate.subject.as_raw());
        let (_, content) = split_element(tbs).ok_or(PkiError::NotACertificate)?;
        let start =
            content.windows(subject.len()).position(|window| window == subject).ok_or(PkiError::NotACertificate)?;
        let (before, rest) = content.split_at(start);
        let after = rest.get(subject.len()..).unwrap_or_default();
        let tbs = element(SEQUENCE, &[before, &holder.subject(), after].concat());

        let signature = self.key().pair()?.sign(&tbs)?;
        // Algorithm and, after it, the signature: only the latter changes.
        let algorithm = element(SEQUENCE, SHA256_WITH_RSA);
        let bits = element(BIT_STRING, &[&[0], signature.as_slice()].concat());
        let certificate = element(SEQUENCE, &[tbs, algorithm, bits].concat());
        Ok(Identity { certificate: certificate.into(), ..issued })
    }
}

/// sha256WithRSAEncryption with its NULL parameters.
const SHA256_WITH_RSA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 0x05, 0];

fn rdn(attributes: &[Vec<u8>]) -> Vec<u8> {
    element(SET, &attributes.concat())
}

fn attribute(kind: &[u8], string: u8, value: &str) -> Vec<u8> {
    element(SEQUENCE, &[element(OBJECT_IDENTIFIER, kind), element(string, value.as_bytes())].concat())
}

/// One DER element: tag, length, content.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut der = vec![tag];
    if length < 0x80 {
        der.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let significant: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
        der.push(0x80 | significant.len() as u8);
        der.extend(significant);
    }
    der.extend_from_slice(content);
    der
}

/// Head and content of one DER element, which fills the input.
fn split_element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = *der.get(1)?;
    let head = if first < 0x80 { 2 } else { 2 + usize::from(first & 0x7f) };
    (head <= der.len()).then(|| der.split_at(head))
}

#[cfg(test)]
mod tests {
    use dmp_protocol::certificate::Certificate;
    use dmp_protocol::switches::DnStyle;

    use super::*;
    use crate::pki::Pki;

    #[test]
    fn a_card_names_its_holder_in_one_rdn() {
        let now = Timestamp::now();
        let pki = Pki::create("http://127.0.0.1:9", &[], now).unwrap();
        let mut holder = CardHolder::professional("899999000013", "MODELE", "ALIX", "Médecin");
        for disordered in [false, true] {
            holder.disordered = disordered;
            let pair = pki.personnes.issue_card(&holder, now).unwrap();
            for identity in [&pair.authentication, &pair.signature] {
                let certificate = Certificate::from_der(identity.certificate_der()).unwrap();
                assert_eq!(certificate.holder_id(), Some("899999000013"));
                assert!(certificate.names_a_person());
                assert_eq!(certificate.structure_id(), None);
            }
            let subject = Certificate::from_der(pair.signature.certificate_der()).unwrap();
            let name = subject.subject().to_rfc4514(DnStyle::OidHex);
            let first = if disordered { "CN=899999000013+" } else { "2.5.4.42=#0c04414c4958+2.5.4.4=#" };
            assert!(name.starts_with(first), "{name}");
            assert!(name.ends_with("2.5.4.12=#0c084dc3a9646563696e,C=FR"), "{name}");
        }
    }
}
