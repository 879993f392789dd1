//! From what rustls says to why there is no TLS connection.

use dmp_protocol::error::TlsRefusal;
use rustls::{AlertDescription, CertificateError, Error};

/// `answered`: whether the server had begun its handshake. A refusal before that is about our offer, not about our
/// certificate, which it has not seen.
pub(super) fn classify(error: &Error, answered: bool) -> TlsRefusal {
    match error {
        Error::InvalidCertificate(refused) => of_certificate(refused),
        Error::InvalidCertRevocationList(_) => TlsRefusal::RevocationUnknown,
        Error::PeerIncompatible(incompatible) => {
            use rustls::PeerIncompatible as Peer;
            match incompatible {
                Peer::ServerDoesNotSupportTls12Or13
                | Peer::ServerTlsVersionIsDisabledByOurConfig
                | Peer::Tls12NotOffered
                | Peer::Tls12NotOfferedOrEnabled => TlsRefusal::Version,
                Peer::NoCipherSuitesInCommon | Peer::NoKxGroupsInCommon | Peer::NoSignatureSchemesInCommon => {
                    TlsRefusal::Suites
                }
                _ => TlsRefusal::Handshake,
            }
        }
        Error::AlertReceived(alert) => of_alert(*alert, answered),
        _ => TlsRefusal::Handshake,
    }
}

fn of_certificate(refused: &CertificateError) -> TlsRefusal {
    match refused {
        CertificateError::UnknownIssuer => TlsRefusal::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsRefusal::NameMismatch,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsRefusal::Validity,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => TlsRefusal::Purpose,
        CertificateError::Revoked => TlsRefusal::Revoked,
        CertificateError::UnknownRevocationStatus
        | CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. } => TlsRefusal::RevocationUnknown,
        _ => TlsRefusal::Certificate,
    }
}

fn of_alert(alert: AlertDescription, answered: bool) -> TlsRefusal {
    match alert {
        AlertDescription::ProtocolVersion => TlsRefusal::Version,
        AlertDescription::InsufficientSecurity => TlsRefusal::Suites,
        AlertDescription::HandshakeFailure if !answered => TlsRefusal::Suites,
        AlertDescription::UnrecognisedName => TlsRefusal::NameMismatch,
        AlertDescription::HandshakeFailure
        | AlertDescription::NoCertificate
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied
        | AlertDescription::DecryptError
        | AlertDescription::CertificateRequired => TlsRefusal::ClientCertificateRejected,
        _ => TlsRefusal::Handshake,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_before_the_handshake_is_about_our_offer() {
        for (alert, answered, expected) in [
            (AlertDescription::HandshakeFailure, false, TlsRefusal::Suites),
            (AlertDescription::HandshakeFailure, true, TlsRefusal::ClientCertificateRejected),
            (AlertDescription::ProtocolVersion, false, TlsRefusal::Version),
            (AlertDescription::CertificateExpired, true, TlsRefusal::ClientCertificateRejected),
            (AlertDescription::UnrecognisedName, false, TlsRefusal::NameMismatch),
            (AlertDescription::InternalError, true, TlsRefusal::Handshake),
        ] {
            assert_eq!(classify(&Error::AlertReceived(alert), answered), expected, "{alert:?} {answered}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_certificate_is_told_apart() {
        for (refused, expected) in [
            (CertificateError::UnknownIssuer, TlsRefusal::UnknownIssuer),
            (CertificateError::NotValidForName, TlsRefusal::NameMismatch),
            (CertificateError::NotValidYet, TlsRefusal::Validity),
            (CertificateError::InvalidPurpose, TlsRefusal::Purpose),
            (CertificateError::Revoked, TlsRefusal::Revoked),
            (CertificateError::ExpiredRevocationList, TlsRefusal::RevocationUnknown),
            (CertificateError::BadSignature, TlsRefusal::Certificate),
        ] {
            assert_eq!(classify(&Error::InvalidCertificate(refused), true), expected);
        }
    }
}
