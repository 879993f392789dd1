//! How the caller and the person behind the caller are authenticated.

use crate::switches::Switches;

/// The authentication modes of the DMP, as a client chooses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthenticationMode {
    /// DIRECTE with the card of a professionnel de santé (CPS, CPF, CPS remplaçant).
    Directe,
    /// DIRECTE with a CPE, the card of an employee of a structure.
    DirecteCpe,
    /// INDIRECTE: the structure answers for its users; it feeds.
    Indirecte,
    /// AIR, indirecte renforcée: consultation by a professional of the national directory.
    Air,
    /// AIR simplifié: AIR of an auto-homologated structure, after two factors.
    AirSimplifie,
    /// DIRECTE through Pro Santé Connect and a proxy e-santé.
    ProSanteConnect,
}

impl AuthenticationMode {
    /// A name for logs and metrics, `air_simplifie`. What goes on the wire is [`Self::wire_value`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Directe => "directe",
            Self::DirecteCpe => "directe_cpe",
            Self::Indirecte => "indirecte",
            Self::Air => "air",
            Self::AirSimplifie => "air_simplifie",
            Self::ProSanteConnect => "pro_sante_connect",
        }
    }

    /// The value of `Authentification_mode`.
    pub fn wire_value(self, switches: &Switches) -> &str {
        match self {
            Self::Directe | Self::DirecteCpe => WireMode::Directe.as_str(),
            Self::Indirecte => WireMode::Indirecte.as_str(),
            Self::Air | Self::AirSimplifie => WireMode::IndirecteRenforcee.as_str(),
            Self::ProSanteConnect => &switches.psc_mode_value,
        }
    }

    /// AIR and AIR simplifié: one token per request, 30 seconds.
    pub fn is_air(self) -> bool {
        matches!(self, Self::Air | Self::AirSimplifie)
    }

    /// Whether an assertion of this mode must be signed.
    pub fn needs_signature(self, switches: &Switches) -> bool {
        match self {
            Self::Directe | Self::DirecteCpe => false,
            Self::Indirecte | Self::Air | Self::AirSimplifie => true,
            Self::ProSanteConnect => switches.psc_signed,
        }
    }
}

/// The values of `Authentification_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireMode {
    /// `DIRECTE`.
    Directe,
    /// `INDIRECTE`.
    Indirecte,
    /// `INDIRECTE_RENFORCEE`: AIR and AIR simplifié.
    IndirecteRenforcee,
}

impl WireMode {
    /// From the value on the wire.
    pub fn from_value(value: &str) -> Option<Self> {
        [Self::Directe, Self::Indirecte, Self::IndirecteRenforcee].into_iter().find(|mode| mode.as_str() == value)
    }

    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Directe => "DIRECTE",
            Self::Indirecte => "INDIRECTE",
            Self::IndirecteRenforcee => "INDIRECTE_RENFORCEE",
        }
    }
}

/// How the user logged in to the software: a SAML 2.0 authentication context class (EX_0.1-1020).
///
/// An automatic process and a FIDO key are `Unspecified`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the SAML 2.0 classes")]
pub enum AuthenticationClass {
    InternetProtocol,
    InternetProtocolPassword,
    Kerberos,
    MobileOneFactorUnregistered,
    MobileTwoFactorUnregistered,
    MobileOneFactorContract,
    MobileTwoFactorContract,
    Password,
    PasswordProtectedTransport,
    PreviousSession,
    X509,
    Pgp,
    Spki,
    XmlDsig,
    Smartcard,
    SmartcardPki,
    SoftwarePki,
    Telephony,
    NomadTelephony,
    PersonalTelephony,
    AuthenticatedTelephony,
    SecureRemotePassword,
    TlsClient,
    TimeSyncToken,
    Unspecified,
}

/// What precedes the name of a class.
const CLASS_PREFIX: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:";

const CLASSES: [(AuthenticationClass, &str); 25] = [
    (AuthenticationClass::InternetProtocol, "InternetProtocol"),
    (AuthenticationClass::InternetProtocolPassword, "InternetProtocolPassword"),
    (AuthenticationClass::Kerberos, "Kerberos"),
    (AuthenticationClass::MobileOneFactorUnregistered, "MobileOneFactorUnregistered"),
    (AuthenticationClass::MobileTwoFactorUnregistered, "MobileTwoFactorUnregistered"),
    (AuthenticationClass::MobileOneFactorContract, "MobileOneFactorContract"),
    (AuthenticationClass::MobileTwoFactorContract, "MobileTwoFactorContract"),
    (AuthenticationClass::Password, "Password"),
    (AuthenticationClass::PasswordProtectedTransport, "PasswordProtectedTransport"),
    (AuthenticationClass::PreviousSession, "PreviousSession"),
    (AuthenticationClass::X509, "X509"),
    (AuthenticationClass::Pgp, "PGP"),
    (AuthenticationClass::Spki, "SPKI"),
    (AuthenticationClass::XmlDsig, "XMLDSig"),
    (AuthenticationClass::Smartcard, "Smartcard"),
    (AuthenticationClass::SmartcardPki, "SmartcardPKI"),
    (AuthenticationClass::SoftwarePki, "SoftwarePKI"),
    (AuthenticationClass::Telephony, "Telephony"),
    (AuthenticationClass::NomadTelephony, "NomadTelephony"),
    (AuthenticationClass::PersonalTelephony, "PersonalTelephony"),
    (AuthenticationClass::AuthenticatedTelephony, "AuthenticatedTelephony"),
    (AuthenticationClass::SecureRemotePassword, "SecureRemotePassword"),
    (AuthenticationClass::TlsClient, "TLSClient"),
    (AuthenticationClass::TimeSyncToken, "TimeSyncToken"),
    (AuthenticationClass::Unspecified, "unspecified"),
];

impl AuthenticationClass {
    /// From the whole URN, or from the name at its end.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.strip_prefix(CLASS_PREFIX).unwrap_or(text);
        CLASSES.iter().find(|(_, known)| *known == name).map(|(class, _)| *class)
    }

    /// The name at the end of the URN.
    pub fn name(self) -> &'static str {
        CLASSES.iter().find(|(class, _)| *class == self).map_or("unspecified", |(_, name)| name)
    }

    /// The URN on the wire.
    pub fn urn(self) -> String {
        format!("{CLASS_PREFIX}{}", self.name())
    }

    /// Classes of a single factor contradict AIR simplifié (EXI 21).
    pub fn is_one_factor(self) -> bool {
        matches!(
            self,
            Self::InternetProtocol
                | Self::InternetProtocolPassword
                | Self::Password
                | Self::PasswordProtectedTransport
                | Self::PreviousSession
                | Self::MobileOneFactorUnregistered
                | Self::MobileOneFactorContract
        )
    }
}
