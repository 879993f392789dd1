//! The facts of the DMP that are believed rather than known, each as a named switch with a default.
//!
//! Fields of the client column change what is emitted, fields of the mock column what is accepted; the same structure
//! serves both ends. A switch exists here only if code honours it.

mod choices;
mod named;
mod server;

use jiff::SignedDuration;

pub use choices::{
    AuthorRead, BlockedAuthor, DeletedDocuments, EmergencyScope, MaskedEmergency, MatrixDenied, MatrixUnknown,
    OnBreach, RightsCarrier, VisibilityCalendar,
};
pub use named::SwitchError;
pub use server::ServerSwitches;

/// What to do where the texts are silent or contradict each other.
///
/// ```
/// use dmp_protocol::switches::{Switches, VihfVersion};
/// let switches = Switches { vihf_version: VihfVersion::V3, ..Switches::default() };
/// # let _ = switches;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switches {
    /// `VIHF_Version` that is emitted. Default `4.0`.
    pub vihf_version: VihfVersion,
    /// Spelling of the attribute that carries the mode. Default `Authentification_mode`; both are read.
    pub mode_attribute_spelling: ModeAttributeSpelling,
    /// Emit `xsi:type="xs:string"` on text values. Default off, because exclusive canonicalisation drops `xmlns:xs`.
    pub typed_string_values: bool,
    /// Emit `Conditions` that last this long from `IssueInstant`. Default none.
    pub conditions: Option<SignedDuration>,
    /// Prefixes of the `InclusiveNamespaces` list that is emitted; empty means no such element. Default empty.
    pub inclusive_namespaces: Vec<String>,
    /// Spelling of the types without a keyword in emitted distinguished names. Default [`DnStyle::OidHex`].
    pub dn_style: DnStyle,
    /// Element that carries the primary authentication method in AIR. Default `AuthnContextDecl`.
    pub air_method_element: AirMethodElement,
    /// Primary authentication method of plain AIR; none repeats the class URN. Default none.
    pub air_method_value: Option<String>,
    /// Let a professional known by an ADELI number act in AIR. Default on.
    pub air_allow_adeli: bool,
    /// Let a professional who is not a professionnel de santé act in AIR. Default off for what is emitted.
    pub air_allow_non_ps: bool,
    /// `Authentification_mode` of Pro Santé Connect. Default `DIRECTE`.
    pub psc_mode_value: String,
    /// Scopes asked in the token exchange of Pro Santé Connect, separated by spaces. Default empty: none is asked.
    pub psc_scopes: String,
    /// Sign the assertion of Pro Santé Connect. Default on.
    pub psc_signed: bool,
    /// Name of the attribute that carries the reason of a bris de glace; none omits it. Default `Mode_Acces_Raison`.
    pub bdg_reason_attribute: Option<String>,
    /// Longest reason, in characters. Default 255.
    pub bdg_reason_max: usize,
    /// Code system of `purposeofuse`. Default `1.2.250.1.213.1.1.4.248`.
    pub purpose_code_system: String,
    /// Let a document that was fed before be replaced after the patient opposed feeding (OPP-04, C-05). Default on.
    pub replace_after_opposition: bool,

    /// Accept a distinguished name written in the opposite order. Default off.
    pub dn_accept_reversed: bool,
    /// Let `?` in a received distinguished name stand for one character outside ASCII. Default off.
    pub dn_question_mark: bool,
    /// Accept SHA-1 digests and signatures in a received VIHF; never emitted. Default off.
    pub legacy_sha1: bool,
    /// Accept a VIHF signed with an authentication certificate. Default off.
    pub accept_auth_certificate_as_signer: bool,
    /// Ask for the same whole distinguished name, not only the same structure, in both certificates. Default off.
    pub same_dn: bool,
    /// Accept a signed assertion of Pro Santé Connect only, an unsigned one only, or both. Default off: both.
    pub psc_signature_required: bool,

    /// URI written in the `CertDigest` of XAdES signatures; both are read. Default `xmlenc`.
    pub xades_cert_digest_uri: CertDigestUri,
    /// Namespace of `SignatureProperties` in XAdES signatures; both are read. Default none.
    pub signature_properties_ns: SignaturePropertiesNamespace,
    /// Accept SHA-1 in received XAdES signatures; never written. Default on.
    pub xades_accept_sha1: bool,
    /// Largest distance between `SigningTime` and the request. Default 24 h.
    pub xades_signing_window: SignedDuration,
    /// How far in the future `SigningTime` may lie. Default 60 s.
    pub xades_signing_skew: SignedDuration,

    /// What only a server decides.
    pub server: ServerSwitches,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            vihf_version: VihfVersion::default(),
            mode_attribute_spelling: ModeAttributeSpelling::default(),
            typed_string_values: false,
            conditions: None,
            inclusive_namespaces: Vec::new(),
            dn_style: DnStyle::default(),
            air_method_element: AirMethodElement::default(),
            air_method_value: None,
            air_allow_adeli: true,
            air_allow_non_ps: false,
            psc_mode_value: "DIRECTE".to_owned(),
            psc_scopes: String::new(),
            psc_signed: true,
            bdg_reason_attribute: Some("Mode_Acces_Raison".to_owned()),
            bdg_reason_max: 255,
            purpose_code_system: "1.2.250.1.213.1.1.4.248".to_owned(),
            replace_after_opposition: true,
            dn_accept_reversed: false,
            dn_question_mark: false,
            legacy_sha1: false,
            accept_auth_certificate_as_signer: false,
            same_dn: false,
            psc_signature_required: false,
            xades_cert_digest_uri: CertDigestUri::default(),
            signature_properties_ns: SignaturePropertiesNamespace::default(),
            xades_accept_sha1: true,
            xades_signing_window: SignedDuration::from_hours(24),
            xades_signing_skew: SignedDuration::from_secs(60),
            server: ServerSwitches::default(),
        }
    }
}

/// Versions of the VIHF; only the number and the hash are known to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VihfVersion {
    /// `3.0`.
    V3,
    /// `4.0`.
    #[default]
    V4,
}

impl VihfVersion {
    /// As written in `VIHF_Version`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V3 => "3.0",
            Self::V4 => "4.0",
        }
    }
}

/// Two spellings of one attribute name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ModeAttributeSpelling {
    /// `Authentification_mode`.
    #[default]
    LowerCase,
    /// `Authentification_Mode`.
    UpperCase,
}

impl ModeAttributeSpelling {
    /// The attribute name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LowerCase => "Authentification_mode",
            Self::UpperCase => "Authentification_Mode",
        }
    }
}

/// How a distinguished name spells surname, given name and title; `CN OU O ST L C` are keywords in every style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DnStyle {
    /// Dotted OID and `#` + hexadecimal DER, as RFC 4514 asks.
    #[default]
    OidHex,
    /// `SURNAME`, `GIVENNAME`, `T`: seen in accepted requests.
    Long,
    /// `SN`, `GN`, `title`: never seen on the wire.
    Keyword,
}

/// Where AIR says how the professional authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AirMethodElement {
    /// `AuthnContextDecl`, after the class.
    #[default]
    AuthnContextDecl,
    /// `AuthnContextClassRef` itself holds the method.
    AuthnContextClassRef,
}

/// Two URIs for SHA-256 in `CertDigest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CertDigestUri {
    /// `http://www.w3.org/2001/04/xmlenc#sha256`.
    #[default]
    Xmlenc,
    /// `http://www.w3.org/2000/09/xmldsig#sha256`: not a registered URI, yet what current signatures carry.
    Xmldsig,
}

/// Namespace of the `SignatureProperties` block, which no digest covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignaturePropertiesNamespace {
    /// No namespace (`xmlns=""`).
    #[default]
    None,
    /// The XML-DSig namespace.
    XmlDsig,
}
