//! SOAP faults: the form written (errors.md §2.1) and the forms met.

use std::fmt;

use dmp_xml::{Element, Writer};

use super::namespaces::{SOAP, SOAP_1_1, WSA, WSSE};

/// Reason of the fault for a missing addressing block, word for word.
pub const ADDRESSING_HEADER_MISSING: &str =
    "A required header representing a Message Addressing Property is not present";

/// Bytes of `soap:Detail` that are kept; its content is not specified.
const DETAIL_CAP: usize = 4096;

/// A SOAP fault. The texts may hold an INS: they never appear in `Debug`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// `soap:Code/soap:Value`.
    pub code: FaultCode,
    /// Subcodes, outermost first; the code hidden in the reason (`CODE;text`) when there is no other.
    pub subcodes: Vec<Subcode>,
    /// French reason if there is one, else the first, without a leading `CODE;`.
    pub reason: String,
    /// `xml:lang` of the reason.
    pub lang: Option<String>,
    /// Local name of the addressing block at fault (`wsa:ProblemHeaderQName`).
    pub problem_header: Option<String>,
    /// Text of `soap:Detail`, cut at 4 KiB.
    pub detail: Option<String>,
}

/// The five codes of SOAP 1.2; those of SOAP 1.1 are mapped to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultCode {
    /// The request is at fault.
    Sender,
    /// The server is at fault.
    Receiver,
    /// A flagged header block was not understood.
    MustUnderstand,
    /// The envelope is not SOAP 1.2.
    VersionMismatch,
    /// The encoding of the data is unknown.
    DataEncodingUnknown,
}

/// A subcode: its namespace counts only when it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subcode {
    /// Where a writer puts it; a reader does not resolve prefixes and says [`SubcodeNamespace::Soap`].
    pub namespace: SubcodeNamespace,
    /// Local part: `DMPInvalidCertificate`.
    pub local: String,
}

/// Namespaces in which subcodes live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubcodeNamespace {
    /// The SOAP namespace itself: the quirk of the DMP for its own codes.
    Soap,
    /// WS-Addressing.
    Addressing,
    /// WS-Security.
    Security,
}

/// A fault without any code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the fault carries no code: expected soap:Code/soap:Value, or faultcode in SOAP 1.1")]
pub struct FaultReadError;

impl Subcode {
    /// A DMP or XDS code, in the SOAP namespace.
    #[must_use]
    pub fn dmp(local: impl Into<String>) -> Self {
        Self { namespace: SubcodeNamespace::Soap, local: local.into() }
    }

    /// A WS-Addressing code.
    #[must_use]
    pub fn addressing(local: impl Into<String>) -> Self {
        Self { namespace: SubcodeNamespace::Addressing, local: local.into() }
    }

    /// A WS-Security code.
    #[must_use]
    pub fn security(local: impl Into<String>) -> Self {
        Self { namespace: SubcodeNamespace::Security, local: local.into() }
    }
}

impl FaultCode {
    /// Local part of the code in SOAP 1.2.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "Sender",
            Self::Receiver => "Receiver",
            Self::MustUnderstand => "MustUnderstand",
            Self::VersionMismatch => "VersionMismatch",
            Self::DataEncodingUnknown => "DataEncodingUnknown",
        }
    }

    fn from_local(local: &str) -> Option<Self> {
        Some(match local {
            "Sender" | "Client" => Self::Sender,
            "Receiver" | "Server" => Self::Receiver,
            "MustUnderstand" => Self::MustUnderstand,
            "VersionMismatch" => Self::VersionMismatch,
            "DataEncodingUnknown" => Self::DataEncodingUnknown,
            _ => return None,
        })
    }
}

impl Fault {
    /// A fault with a French reason and no subcode.
    #[must_use]
    pub fn new(code: FaultCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            subcodes: Vec::new(),
            reason: reason.into(),
            lang: Some("fr".to_owned()),
            problem_header: None,
            detail: None,
        }
    }

    /// A refusal of the DMP: `soap:Sender` and a code in the SOAP namespace.
    #[must_use]
    pub fn dmp(code: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(FaultCode::Sender, reason).with_subcode(Subcode::dmp(code))
    }

    /// Adds a subcode inside the ones there are.
    #[must_use]
    pub fn with_subcode(mut self, subcode: Subcode) -> Self {
        self.subcodes.push(subcode);
        self
    }

    /// Names the addressing block at fault.
    #[must_use]
    pub fn with_problem_header(mut self, local: impl Into<String>) -> Self {
        self.problem_header = Some(local.into());
        self
    }

    /// Language of the reason.
    #[must_use]
    pub fn with_lang(mut self, lang: impl Into<String>) -> Self {
        self.lang = Some(lang.into());
        self
    }

    /// Writes `soap:Fault`, inside an envelope that has declared the prefix `soap`.
    pub fn write(&self, w: &mut Writer) {
        w.open("soap:Fault", &[]);
        w.open("soap:Code", &[]);
        w.leaf("soap:Value", &[], &format!("soap:{}", self.code.as_str()));
        for subcode in &self.subcodes {
            w.open("soap:Subcode", &[]);
            match subcode.namespace {
                SubcodeNamespace::Soap => w.leaf("soap:Value", &[], &format!("soap:{}", subcode.local)),
                SubcodeNamespace::Addressing => {
                    w.leaf("soap:Value", &[("xmlns:wsa", WSA)], &format!("wsa:{}", subcode.local));
                }
                SubcodeNamespace::Security => {
                    w.leaf("soap:Value", &[("xmlns:wsse", WSSE)], &format!("wsse:{}", subcode.local));
                }
            }
        }
        for _ in &self.subcodes {
            w.close();
        }
        w.close();
        w.open("soap:Reason", &[]);
        w.leaf("soap:Text", &[("xml:lang", self.lang.as_deref().unwrap_or("fr"))], &self.reason);
        w.close();
        if let Some(header) = &self.problem_header {
            w.open("soap:Detail", &[]);
            w.leaf("wsa:ProblemHeaderQName", &[("xmlns:wsa", WSA)], &format!("wsa:{header}"));
            w.close();
        }
        w.close();
    }

    /// Reads a fault of SOAP 1.2 or 1.1.
    ///
    /// # Errors
    /// [`FaultReadError`] when there is no code.
    pub fn read(element: &Element) -> Result<Self, FaultReadError> {
        let mut fault =
            if element.name.namespace == SOAP_1_1 { Self::read_1_1(element) } else { Self::read_1_2(element) }?;
        if let Some((code, text)) = split_code(&fault.reason) {
            let (code, text) = (code.to_owned(), text.to_owned());
            if fault.subcodes.is_empty() {
                fault.subcodes.push(Subcode::dmp(code));
            }
            fault.reason = text;
        }
        Ok(fault)
    }

    fn read_1_2(element: &Element) -> Result<Self, FaultReadError> {
        let code = element.child(SOAP, "Code").ok_or(FaultReadError)?;
        let value = |e: &Element| e.child(SOAP, "Value").map(|v| local_part(&v.text()).to_owned());
        let outer = value(code).ok_or(FaultReadError)?;
        let mut subcodes: Vec<Subcode> = Vec::new();
        let mut level = code.child(SOAP, "Subcode");
        while let Some(subcode) = level {
            subcodes.extend(value(subcode).filter(|v| !v.is_empty()).map(Subcode::dmp));
            level = subcode.child(SOAP, "Subcode");
        }
        let code = code_or_subcode(&outer, &mut subcodes);

        let texts: Vec<&Element> = element.child(SOAP, "Reason").into_iter().flat_map(Element::elements).collect();
        let lang = |e: &Element| e.attr_ns(XML, "lang").map(str::to_owned);
        let is_french = |e: &&&Element| lang(e).is_some_and(|l| l.to_ascii_lowercase().starts_with("fr"));
        let text = texts.iter().find(is_french).or(texts.first());
        let detail = element.child(SOAP, "Detail");
        Ok(Self {
            code,
            subcodes,
            reason: text.map(|t| t.text().trim().to_owned()).unwrap_or_default(),
            lang: text.and_then(|t| lang(t)),
            problem_header: detail
                .and_then(|d| d.child(WSA, "ProblemHeaderQName"))
                .map(|q| local_part(&q.text()).to_owned()),
            detail: detail.map(|d| cap(d.text().trim())),
        })
    }

    fn read_1_1(element: &Element) -> Result<Self, FaultReadError> {
        // The children are in no namespace by the standard; matched by local name because front-ends differ.
        let child = |local: &str| element.elements().find(|e| e.name.local == local);
        let value = child("faultcode").ok_or(FaultReadError)?.text();
        let mut subcodes = Vec::new();
        let code = code_or_subcode(local_part(&value), &mut subcodes);
        Ok(Self {
            code,
            subcodes,
            reason: child("faultstring").map(|e| e.text().trim().to_owned()).unwrap_or_default(),
            lang: None,
            problem_header: None,
            detail: child("detail").map(|d| cap(d.text().trim())),
        })
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subcodes: Vec<&str> = self.subcodes.iter().map(|s| s.local.as_str()).collect();
        write!(f, "Fault({}, {subcodes:?}, reason of {} bytes)", self.code.as_str(), self.reason.len())
    }
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A value that is none of the standard codes is kept as outermost subcode of `Sender`.
fn code_or_subcode(local: &str, subcodes: &mut Vec<Subcode>) -> FaultCode {
    FaultCode::from_local(local).unwrap_or_else(|| {
        if !local.is_empty() {
            subcodes.insert(0, Subcode::dmp(local));
        }
        FaultCode::Sender
    })
}

/// Text after the last colon: the prefix of a DMP code may be undeclared.
fn local_part(qname: &str) -> &str {
    let qname = qname.trim();
    qname.rsplit_once(':').map_or(qname, |(_, local)| local.trim())
}

/// `DMPClosed;Le DMP…` → code and text (errors.md §2.1).
fn split_code(reason: &str) -> Option<(&str, &str)> {
    let (code, text) = reason.split_once(';')?;
    let code = code.trim();
    let rest = code.strip_prefix("DMP").or_else(|| code.strip_prefix("XDS"))?;
    (!rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphabetic())).then(|| (code, text.trim()))
}

fn cap(text: &str) -> String {
    let mut end = text.len().min(DETAIL_CAP);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
