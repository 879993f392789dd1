//! Why there is no TLS connection.

use std::fmt;

/// What was refused, by this side or by the server. Nothing of the request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsRefusal {
    /// The certificate of the server leads to no authority of the trust store.
    UnknownIssuer,
    /// The host called is not in subjectAltName of the server's certificate; its CN never counts.
    NameMismatch,
    /// The certificate of the server has expired or is not valid yet.
    Validity,
    /// The certificate of the server is not one for servers.
    Purpose,
    /// The certificate of the server is on the revocation list of its authority.
    Revoked,
    /// Revocation is to be known (`Revocation::Hard`), and no current list can be had.
    RevocationUnknown,
    /// The certificate of the server is unusable for another reason: encoding, signature, extension.
    Certificate,
    /// No common version: TLS 1.2 at least.
    Version,
    /// No common cipher suite.
    Suites,
    /// The server refused the client certificate: absent, of the wrong kind, expired, revoked.
    ClientCertificateRejected,
    /// The handshake failed otherwise.
    Handshake,
}

impl TlsRefusal {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::UnknownIssuer,
        Self::NameMismatch,
        Self::Validity,
        Self::Purpose,
        Self::Revoked,
        Self::RevocationUnknown,
        Self::Certificate,
        Self::Version,
        Self::Suites,
        Self::ClientCertificateRejected,
        Self::Handshake,
    ];

    /// Name in the catalogue.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::UnknownIssuer => "tls-unknown-issuer",
            Self::NameMismatch => "tls-name-mismatch",
            Self::Validity => "tls-validity",
            Self::Purpose => "tls-purpose",
            Self::Revoked => "tls-revoked",
            Self::RevocationUnknown => "tls-revocation-unknown",
            Self::Certificate => "tls-certificate",
            Self::Version => "tls-version",
            Self::Suites => "tls-suites",
            Self::ClientCertificateRejected => "client-certificate",
            Self::Handshake => "tls-handshake",
        }
    }
}

impl fmt::Display for TlsRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
