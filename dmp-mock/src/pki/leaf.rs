//! What is asked of an authority: the profiles of `identities.md` §7 and the freedom to break them one by one.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SanType, SerialNumber, date_time_ymd,
};

use super::{PkiError, ThrowawayKey};

/// TRE_G01 class extension of the IGC-Santé.
const PRODUCT_CLASS: &[u64] = &[1, 2, 250, 1, 71, 1, 2, 5];
/// Class of a software certificate in the test branch.
pub const CLASS_SOFTWARE_TEST: u8 = 0x83;
/// Class of a CPx card in the test branch.
pub const CLASS_CARD_TEST: u8 = 0x80;
/// Class of a software certificate in production: refused by a test world.
pub const CLASS_SOFTWARE_PRODUCTION: u8 = 0x03;

/// Which of the IGC-Santé products a leaf looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafProfile {
    /// ORG_AUTH_CLI: digitalSignature, clientAuth.
    OrganisationAuthentication,
    /// ORG_SIGN: digitalSignature + nonRepudiation, emailProtection.
    OrganisationSignature,
    /// Authentication certificate of a card: digitalSignature, clientAuth.
    CardAuthentication,
    /// Signature certificate of a card: nonRepudiation, emailProtection.
    CardSignature,
    /// SSL_SERV_SSL: digitalSignature + keyEncipherment, serverAuth.
    Server,
}

/// A certificate to issue. Start from a constructor and change the fields under test.
#[derive(Debug, Clone)]
pub struct LeafRequest {
    /// Key usage and extended key usage.
    pub profile: LeafProfile,
    /// CN.
    pub common_name: String,
    /// OU, the Struct_IdNat (`1`+FINESS…); absent when `None`.
    pub structure_id: Option<String>,
    /// O.
    pub organisation: String,
    /// ST, `Département (nn)`.
    pub department: String,
    /// Product class, [`CLASS_SOFTWARE_TEST`]; absent when `None`.
    pub product_class: Option<u8>,
    /// Start of validity, UTC.
    pub not_before: Timestamp,
    /// End of validity, UTC.
    pub not_after: Timestamp,
    /// Names of a server: DNS names and IP addresses.
    pub subject_alternative_names: Vec<String>,
    /// Which shipped key the certificate is for.
    pub key: ThrowawayKey,
}

impl LeafRequest {
    /// A good certificate of a structure, valid three years from five minutes ago. AUTH and SIGN of one structure
    /// share one DN.
    #[must_use]
    pub fn organisation(profile: LeafProfile, structure_id: &str, key: ThrowawayKey, now: Timestamp) -> Self {
        LeafRequest {
            profile,
            common_name: "dmp-mock".to_owned(),
            structure_id: Some(structure_id.to_owned()),
            organisation: "CLINIQUE DU MODELE".to_owned(),
            department: "Paris (75)".to_owned(),
            product_class: Some(CLASS_SOFTWARE_TEST),
            not_before: now - SignedDuration::from_mins(5),
            not_after: now + SignedDuration::from_hours(24 * 365 * 3),
            subject_alternative_names: Vec::new(),
            key,
        }
    }

    /// A good certificate of a card but for its subject, which [`super::Authority::issue_person`] gives.
    #[must_use]
    pub fn card(profile: LeafProfile, key: ThrowawayKey, now: Timestamp) -> Self {
        LeafRequest { product_class: Some(CLASS_CARD_TEST), ..LeafRequest::organisation(profile, "", key, now) }
    }

    /// The mock's own server certificate; only the names in `names` count, never the CN.
    #[must_use]
    pub fn server(names: Vec<String>, now: Timestamp) -> Self {
        LeafRequest {
            common_name: "localhost".to_owned(),
            structure_id: None,
            organisation: "DMP-MOCK".to_owned(),
            product_class: None,
            subject_alternative_names: names,
            ..LeafRequest::organisation(LeafProfile::Server, "", ThrowawayKey::Server, now)
        }
    }

    /// Validity in the past.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.not_after = self.not_before - SignedDuration::from_hours(24);
        self.not_before = self.not_after - SignedDuration::from_hours(24 * 365);
        self
    }

    /// Validity in the future.
    #[must_use]
    pub fn not_yet_valid(mut self) -> Self {
        self.not_before += SignedDuration::from_hours(48);
        self
    }

    /// The rcgen parameters of this leaf.
    pub(super) fn params(&self, crl_url: &str) -> Result<CertificateParams, PkiError> {
        let mut params = CertificateParams::default();
        set_validity(&mut params, self.not_before, self.not_after);
        params.serial_number = Some(random_serial());
        params.distinguished_name = self.subject()?;
        params.is_ca = IsCa::NoCa;
        params.use_authority_key_identifier_extension = true;
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![crl_url.to_owned()] }];
        (params.key_usages, params.extended_key_usages) = match self.profile {
            LeafProfile::OrganisationAuthentication | LeafProfile::CardAuthentication => {
                (vec![KeyUsagePurpose::DigitalSignature], vec![ExtendedKeyUsagePurpose::ClientAuth])
            }
            LeafProfile::OrganisationSignature => (
                vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment],
                vec![ExtendedKeyUsagePurpose::EmailProtection],
            ),
            LeafProfile::CardSignature => {
                (vec![KeyUsagePurpose::ContentCommitment], vec![ExtendedKeyUsagePurpose::EmailProtection])
            }
            LeafProfile::Server => (
                vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment],
                vec![ExtendedKeyUsagePurpose::ServerAuth],
            ),
        };
        for name in &self.subject_alternative_names {
            params.subject_alt_names.push(match name.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(name.as_str().try_into()?),
            });
        }
        let subject_key_id = params.key_identifier(self.key.pair()?);
        params.custom_extensions = self.extensions(&subject_key_id);
        Ok(params)
    }

    fn subject(&self) -> Result<DistinguishedName, PkiError> {
        // DER order of an organisation: C, ST, O, OU, CN; UTF8String but for C.
        let mut subject = DistinguishedName::new();
        subject.push(DnType::CountryName, DnValue::PrintableString("FR".try_into()?));
        subject.push(DnType::StateOrProvinceName, self.department.as_str());
        subject.push(DnType::OrganizationName, self.organisation.as_str());
        if let Some(structure_id) = &self.structure_id {
            subject.push(DnType::OrganizationalUnitName, structure_id.as_str());
        }
        subject.push(DnType::CommonName, self.common_name.as_str());
        Ok(subject)
    }

    fn extensions(&self, subject_key_id: &[u8]) -> Vec<CustomExtension> {
        // rcgen writes basicConstraints of a leaf as critical; the IGC-Santé does not, hence by hand.
        let mut extensions = vec![
            CustomExtension::from_oid_content(&[2, 5, 29, 14], octet_string(subject_key_id)),
            CustomExtension::from_oid_content(&[2, 5, 29, 19], vec![0x30, 0x00]),
            // certificatePolicies: anyPolicy, because a throwaway PKI has no policy.
            CustomExtension::from_oid_content(&[2, 5, 29, 32], vec![0x30, 8, 0x30, 6, 6, 4, 0x55, 0x1d, 0x20, 0]),
        ];
        if let Some(class) = self.product_class {
            extensions.push(CustomExtension::from_oid_content(PRODUCT_CLASS, octet_string(&[class])));
        }
        if self.profile == LeafProfile::OrganisationSignature {
            let mut period = vec![0x30, 34];
            for (tag, at) in [(0x80, self.not_before), (0x81, self.not_after)] {
                period.extend([tag, 15]);
                period.extend(at.strftime("%Y%m%d%H%M%SZ").to_string().bytes());
            }
            extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 16], period));
        }
        extensions
    }
}

/// An OCTET STRING of fewer than 128 bytes.
fn octet_string(bytes: &[u8]) -> Vec<u8> {
    debug_assert!(bytes.len() < 128, "short form of the length only");
    let mut der = vec![0x04, bytes.len() as u8];
    der.extend_from_slice(bytes);
    der
}

/// A positive serial of 128 random bits.
pub(super) fn random_serial() -> SerialNumber {
    let mut bytes = uuid::Uuid::new_v4().into_bytes();
    bytes[0] = bytes[0] & 0x7f | 0x40;
    SerialNumber::from_slice(&bytes)
}

/// Writes the validity: rcgen speaks the `time` crate, the project speaks jiff; whole seconds since the epoch.
pub(super) fn set_validity(params: &mut CertificateParams, not_before: Timestamp, not_after: Timestamp) {
    params.not_before = date_time_ymd(1970, 1, 1) + seconds_since_epoch(not_before);
    params.not_after = date_time_ymd(1970, 1, 1) + seconds_since_epoch(not_after);
}

/// Whole seconds since 1970, UTC; a time before it counts as 1970.
pub(super) fn seconds_since_epoch(at: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0))
}
