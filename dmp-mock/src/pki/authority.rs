//! A certification authority of the look-alike tree: it issues leaves and signs its revocation list.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType, DnValue, IsCa,
    Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use super::identity::{Identity, certificate_pem};
use super::leaf::{LeafRequest, random_serial, seconds_since_epoch, set_validity};
use super::{PkiError, ThrowawayKey};

/// Life of a revocation list.
const CRL_LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// An authority: its certificate, its key, what it revoked.
pub struct Authority {
    params: CertificateParams,
    certificate: CertificateDer<'static>,
    /// Authorities above this one, root last.
    above: Vec<CertificateDer<'static>>,
    key: ThrowawayKey,
    /// Where the leaves say that the revocation list is.
    crl_url: String,
    revoked: Mutex<Vec<(SerialNumber, Timestamp)>>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Authority {
    /// A self-signed root.
    pub(super) fn root(
        common_name: &str,
        key: ThrowawayKey,
        crl_url: String,
        now: Timestamp,
    ) -> Result<Self, PkiError> {
        let params = authority_params(common_name, BasicConstraints::Unconstrained, now)?;
        let certificate = params.self_signed(key.pair()?)?.der().clone();
        Ok(Authority { params, certificate, above: Vec::new(), key, crl_url, revoked: Mutex::default() })
    }

    /// An intermediate authority (pathlen 0) below this one.
    pub(super) fn intermediate(
        &self,
        common_name: &str,
        key: ThrowawayKey,
        crl_url: String,
        now: Timestamp,
    ) -> Result<Self, PkiError> {
        let params = authority_params(common_name, BasicConstraints::Constrained(0), now)?;
        let certificate = params.signed_by(key.pair()?, &self.issuer()?)?.der().clone();
        let above = std::iter::once(&self.certificate).chain(&self.above).cloned().collect();
        Ok(Authority { params, certificate, above, key, crl_url, revoked: Mutex::default() })
    }

    /// Issues a leaf.
    ///
    /// # Errors
    /// [`PkiError::Issue`] when a field of the request cannot be written in a certificate.
    pub fn issue(&self, request: &LeafRequest) -> Result<Identity, PkiError> {
        let params = request.params(&self.crl_url)?;
        let certificate = params.signed_by(request.key.pair()?, &self.issuer()?)?.der().clone();
        let authorities = std::iter::once(&self.certificate).chain(&self.above).cloned().collect();
        Ok(Identity { certificate, authorities, key: request.key })
    }

    /// The certificate of the authority, DER.
    #[must_use]
    pub fn certificate_der(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The certificate of the authority, PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        certificate_pem(&self.certificate)
    }

    /// Adds a serial number (big endian, as in the certificate) to the revocation list.
    pub(super) fn revoke(&self, serial: &[u8], at: Timestamp) {
        let mut revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        revoked.push((SerialNumber::from_slice(serial), at));
    }

    /// The revocation list as of now, DER, valid seven days.
    ///
    /// # Errors
    /// [`PkiError::Issue`] when it cannot be signed.
    pub fn crl(&self, now: Timestamp) -> Result<CertificateRevocationListDer<'static>, PkiError> {
        let revoked_certs = {
            let revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
            revoked
                .iter()
                .map(|(serial, at)| RevokedCertParams {
                    serial_number: serial.clone(),
                    revocation_time: date_time_ymd(1970, 1, 1) + seconds_since_epoch(*at),
                    reason_code: None,
                    invalidity_date: None,
                })
                .collect()
        };
        let this_update = now - SignedDuration::from_mins(5);
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(1970, 1, 1) + seconds_since_epoch(this_update),
            next_update: date_time_ymd(1970, 1, 1) + seconds_since_epoch(this_update + CRL_LIFE),
            crl_number: SerialNumber::from(u64::try_from(now.as_millisecond()).unwrap_or(1)),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(params.signed_by(&self.issuer()?)?.into())
    }

    /// The key of the authority.
    pub(super) fn key(&self) -> ThrowawayKey {
        self.key
    }

    fn issuer(&self) -> Result<Issuer<'_, &'static KeyPair>, PkiError> {
        Ok(Issuer::from_params(&self.params, self.key.pair()?))
    }
}

fn authority_params(
    common_name: &str,
    constraints: BasicConstraints,
    now: Timestamp,
) -> Result<CertificateParams, PkiError> {
    let mut params = CertificateParams::default();
    // Older than any leaf: a clock that is moved back a little still finds them valid.
    set_validity(&mut params, now - SignedDuration::from_hours(24), now + SignedDuration::from_hours(24 * 365 * 10));
    params.serial_number = Some(random_serial());
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CountryName, DnValue::PrintableString("FR".try_into()?));
    // Nobody can take these for the authorities of the IGC-Santé.
    subject.push(DnType::OrganizationName, "DMP-MOCK");
    subject.push(DnType::OrganizationalUnitName, "0002 000000000");
    subject.push(DnType::CommonName, common_name);
    params.distinguished_name = subject;
    params.is_ca = IsCa::Ca(constraints);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}
