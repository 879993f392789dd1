//! Reading an envelope, and what a server demands of a request.

use dmp_xml::{Element, Limits, XmlError};

use super::fault::{ADDRESSING_HEADER_MISSING, Fault, FaultCode, FaultReadError, Subcode};
use super::headers::Headers;
use super::namespaces::{SAML2, SOAP, SOAP_1_1, WSA, WSSE};
use crate::received_name::shorten;

/// A received SOAP message. Values are read from the tree, which is kept whole for signature checks.
#[derive(Debug, Clone)]
pub struct Envelope {
    root: Element,
    version: SoapVersion,
    /// Addressing blocks.
    pub headers: Headers,
}

/// Version of the envelope, from its namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoapVersion {
    /// SOAP 1.1: front-ends and some tools.
    V1_1,
    /// SOAP 1.2: the binding of the DMP.
    V1_2,
}

impl SoapVersion {
    fn namespace(self) -> &'static str {
        match self {
            Self::V1_1 => SOAP_1_1,
            Self::V1_2 => SOAP,
        }
    }
}

/// Tolerances of a server towards requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestRules {
    /// Accept SOAP 1.1 envelopes (unknown whether the DMP does; default refuse).
    pub accept_soap_1_1: bool,
    /// Demand `wsa:ReplyTo` (transactions.md §12: strict mode only).
    pub require_reply_to: bool,
}

/// Why a message is not an acceptable envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Not well-formed, a DOCTYPE, or over a limit.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// The root is not an `Envelope` of any SOAP version.
    #[error("the root element is not a SOAP envelope (found local name {found}): expected {{{SOAP}}}Envelope")]
    NotAnEnvelope {
        /// Local name of the root.
        found: String,
    },
    /// Another version than SOAP 1.2.
    #[error("the envelope is not SOAP 1.2: use the namespace {SOAP}")]
    VersionMismatch,
    /// `soap:Body` missing or repeated.
    #[error("found {found} soap:Body elements, expected exactly one")]
    BodyCount {
        /// How many.
        found: usize,
    },
    /// The body holds no element or several.
    #[error("soap:Body holds {found} elements, expected exactly one (document/literal)")]
    BodyContent {
        /// How many.
        found: usize,
    },
    /// A required addressing block is absent or empty.
    #[error("{ADDRESSING_HEADER_MISSING} (wsa:{block})")]
    MissingAddressing {
        /// Local name of the block.
        block: &'static str,
    },
    /// An addressing block is invalid.
    #[error("wsa:{block} is not valid: {why}")]
    InvalidAddressing {
        /// Local name of the block.
        block: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A block flagged `soap:mustUnderstand` that this service does not process as such.
    #[error("header block {block} carries soap:mustUnderstand, which is not supported on it: remove the attribute")]
    MustUnderstand {
        /// Local name of the block.
        block: String,
    },
}

impl EnvelopeError {
    /// The fault that answers it.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let text = self.to_string();
        let fault = match self {
            Self::VersionMismatch => Fault::new(FaultCode::VersionMismatch, text),
            Self::MustUnderstand { .. } => Fault::new(FaultCode::MustUnderstand, text),
            Self::MissingAddressing { block } => Fault::new(FaultCode::Sender, ADDRESSING_HEADER_MISSING)
                .with_subcode(Subcode::addressing("MessageAddressingHeaderRequired"))
                .with_problem_header(*block),
            Self::InvalidAddressing { block, .. } => Fault::new(FaultCode::Sender, text)
                .with_subcode(Subcode::addressing("InvalidAddressingHeader"))
                .with_problem_header(*block),
            Self::Xml(_) | Self::NotAnEnvelope { .. } | Self::BodyCount { .. } | Self::BodyContent { .. } => {
                Fault::new(FaultCode::Sender, text)
            }
        };
        fault.with_lang("en")
    }
}

impl Envelope {
    /// Reads an envelope of either SOAP version with one body element; headers are optional here.
    ///
    /// # Errors
    /// [`EnvelopeError`] when the bytes are not XML, not an envelope, or the body is not one element.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, EnvelopeError> {
        Self::from_root(dmp_xml::parse(bytes, limits)?)
    }

    /// As [`Envelope::parse`], from a tree that was read already.
    ///
    /// # Errors
    /// As [`Envelope::parse`].
    pub fn from_root(root: Element) -> Result<Self, EnvelopeError> {
        if root.name.local != "Envelope" {
            return Err(EnvelopeError::NotAnEnvelope { found: shorten(&root.name.local) });
        }
        let version = match root.name.namespace.as_str() {
            SOAP => SoapVersion::V1_2,
            SOAP_1_1 => SoapVersion::V1_1,
            _ => return Err(EnvelopeError::VersionMismatch),
        };
        let bodies = root.children_named(version.namespace(), "Body").count();
        if bodies != 1 {
            return Err(EnvelopeError::BodyCount { found: bodies });
        }
        let content = root.child(version.namespace(), "Body").map_or(0, |b| b.elements().count());
        if content != 1 {
            return Err(EnvelopeError::BodyContent { found: content });
        }
        let headers = Headers::read(blocks(&root, version));
        Ok(Self { root, version, headers })
    }

    /// What a server demands: SOAP version, `mustUnderstand`, addressing blocks (transactions.md §3.1, §3.3).
    ///
    /// # Errors
    /// [`EnvelopeError`] with its [`EnvelopeError::fault`].
    pub fn check_request(&self, rules: &RequestRules) -> Result<(), EnvelopeError> {
        if self.version == SoapVersion::V1_1 && !rules.accept_soap_1_1 {
            return Err(EnvelopeError::VersionMismatch);
        }
        // A mustUnderstand in no namespace is a habit without meaning: only the SOAP attribute counts.
        for block in self.blocks().filter(|b| b.name.namespace != WSA) {
            let flag = block.attr_ns(self.version.namespace(), "mustUnderstand").map(str::trim);
            if matches!(flag, Some("1" | "true")) {
                return Err(EnvelopeError::MustUnderstand { block: shorten(&block.name.local) });
            }
        }
        self.headers.check_request(rules.require_reply_to)
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// Version of the envelope.
    #[must_use]
    pub fn version(&self) -> SoapVersion {
        self.version
    }

    /// The body element.
    #[must_use]
    pub fn body(&self) -> &Element {
        // `from_root` has checked that there is one; the root stands in for what cannot happen.
        self.root.child(self.version.namespace(), "Body").and_then(|body| body.elements().next()).unwrap_or(&self.root)
    }

    /// All `wsse:Security` blocks; the rules V03 and V04 ask for exactly one with exactly one assertion.
    pub fn security_blocks(&self) -> impl Iterator<Item = &Element> {
        self.blocks().filter(|b| b.is(WSSE, "Security"))
    }

    /// The first `saml2:Assertion` that is a direct child of a `wsse:Security` block.
    #[must_use]
    pub fn assertion(&self) -> Option<&Element> {
        self.security_blocks().find_map(|security| security.child(SAML2, "Assertion"))
    }

    /// Whether the body is a SOAP fault.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        self.body().is(self.version.namespace(), "Fault")
    }

    /// The fault, when the body is one.
    ///
    /// # Errors
    /// [`FaultReadError`] when the fault has no code at all.
    pub fn fault(&self) -> Result<Option<Fault>, FaultReadError> {
        if self.is_fault() { Fault::read(self.body()).map(Some) } else { Ok(None) }
    }

    fn blocks(&self) -> impl Iterator<Item = &Element> {
        blocks(&self.root, self.version)
    }
}

fn blocks(root: &Element, version: SoapVersion) -> impl Iterator<Item = &Element> {
    root.children_named(version.namespace(), "Header").flat_map(Element::elements)
}
