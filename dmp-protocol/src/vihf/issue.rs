//! Stamping and signing an assertion.

use std::fmt;

use dmp_xml::c14n::{Algorithm, Mode, canonicalize_element};
use dmp_xml::{Element, Limits, WriteError, Writer, XmlError, parse};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Assertion, Guarantee, Vihf};
use crate::certificate::{Certificate, ProfileError};
use crate::signature::{DSIG, DigestAlgorithm, SignError, SignatureAlgorithm, Signer, encode_base64};
use crate::switches::Switches;

const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Identity and birth of one assertion. A new one for each attempt: AIR accepts an assertion once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    id: String,
    issued_at: Timestamp,
}

impl Stamp {
    /// A fresh `_` + UUID v4, issued now; `now` is UTC, written to the millisecond.
    pub fn new(now: Timestamp) -> Self {
        Self::with_id(format!("_{}", Uuid::new_v4()), now)
    }

    /// A stamp with a given id, for tests and for tools that forge; the id should be an NCName.
    pub fn with_id(id: impl Into<String>, issued_at: Timestamp) -> Self {
        Self { id: id.into(), issued_at }
    }

    /// `@ID`, the `vihfId` of traces (EX_AIR-070).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `@IssueInstant`.
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }
}

/// The bytes of an assertion: to be inserted in an envelope unchanged. `Debug` shows the length only.
#[derive(Clone, PartialEq, Eq)]
pub struct SerializedVihf(String);

impl SerializedVihf {
    /// The XML, one line without declaration.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The XML, one line without declaration.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for SerializedVihf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerializedVihf({} bytes)", self.0.len())
    }
}

/// An assertion that was not issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VihfError {
    /// The DMP would refuse the content.
    #[error(transparent)]
    Guarantee(#[from] Guarantee),
    /// The certificate may not sign, or is out of its validity.
    #[error("V21: {0}")]
    Certificate(#[from] ProfileError),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A value that XML cannot carry.
    #[error("the assertion cannot be written: {0}")]
    Write(#[from] WriteError),
    /// What was written cannot be read back: a switch holds something that is no XML name.
    #[error("the assertion cannot be read back, check the switches: {0}")]
    ReadBack(#[from] XmlError),
}

impl Vihf {
    /// Checks the content, then signs it with the signature key of the card or of the structure (ORG_SIGN).
    ///
    /// # Errors
    /// A broken [`Guarantee`], a certificate without signature profile or out of its validity, a key that refuses.
    pub fn sign(&self, stamp: &Stamp, signer: &dyn Signer, switches: &Switches) -> Result<SerializedVihf, VihfError> {
        self.check(stamp, switches)?;
        let certificate = signer.certificate();
        self.check_issuer(certificate)?;
        certificate.check_signature_profile(None)?;
        certificate.check_validity(stamp.issued_at())?;
        let issuer = certificate.subject().to_rfc4514(switches.dn_style);
        self.to_assertion(stamp, issuer, switches).sign(signer, switches)
    }

    /// Checks the content, then writes it unsigned: DIRECTE, with the authentication certificate of the card.
    ///
    /// # Errors
    /// A broken [`Guarantee`], a mode that must be signed among them.
    pub fn without_signature(
        &self,
        stamp: &Stamp,
        authentication: &Certificate,
        switches: &Switches,
    ) -> Result<SerializedVihf, VihfError> {
        if self.mode.needs_signature(switches) {
            return Err(Guarantee::Unsigned.into());
        }
        self.check(stamp, switches)?;
        self.check_issuer(authentication)?;
        let issuer = authentication.subject().to_rfc4514(switches.dn_style);
        self.to_assertion(stamp, issuer, switches).serialize(switches)
    }
}

impl Assertion {
    /// Writes the assertion unsigned. Nothing is checked: tools that test a DMP write what they want refused.
    ///
    /// # Errors
    /// A value that XML cannot carry.
    pub fn serialize(&self, switches: &Switches) -> Result<SerializedVihf, VihfError> {
        Ok(SerializedVihf(self.write(None, switches)?))
    }

    /// Signs the assertion as it is. Nothing is checked, not even the certificate: see [`Vihf::sign`].
    ///
    /// # Errors
    /// A value that XML cannot carry, or a key that refuses.
    pub fn sign(&self, signer: &dyn Signer, switches: &Switches) -> Result<SerializedVihf, VihfError> {
        let unsigned = parse(self.write(None, switches)?.as_bytes(), &Limits::default())?;
        let digest = DigestAlgorithm::Sha256.digest(&exclusive(&[], &unsigned, switches));
        let signature = |value: &str| write_signature(&self.id, &digest, value, signer.certificate(), switches);

        let draft = parse(self.write(Some(&signature("")?), switches)?.as_bytes(), &Limits::default())?;
        let path = [(DSIG, "Signature"), (DSIG, "SignedInfo")];
        let signed_bytes = match (draft.child(DSIG, "Signature"), draft.descend(&path)) {
            (Some(parent), Some(signed_info)) => exclusive(&[&draft, parent], signed_info, switches),
            // Both are written two lines above.
            _ => return Err(WriteError::Unbalanced.into()),
        };
        let value = signer.sign_sha256_rsa(&signed_bytes)?;
        Ok(SerializedVihf(self.write(Some(&signature(&encode_base64(&value))?), switches)?))
    }
}

fn exclusive(ancestors: &[&Element], element: &Element, switches: &Switches) -> Vec<u8> {
    let listed = switches.inclusive_namespaces.iter();
    let prefixes = listed.map(|prefix| if prefix == "#default" { String::new() } else { prefix.clone() });
    let algorithm = Algorithm { mode: Mode::Exclusive(prefixes.collect()), with_comments: false };
    canonicalize_element(ancestors, element, &algorithm, None)
}

fn write_signature(
    id: &str,
    digest: &[u8],
    value: &str,
    certificate: &Certificate,
    switches: &Switches,
) -> Result<String, WriteError> {
    let mut w = Writer::new();
    w.open("ds:Signature", &[("xmlns:ds", DSIG)]);
    w.open("ds:SignedInfo", &[]);
    write_c14n(&mut w, "ds:CanonicalizationMethod", switches);
    w.empty("ds:SignatureMethod", &[("Algorithm", SignatureAlgorithm::RsaSha256.uri())]);
    w.open("ds:Reference", &[("URI", &format!("#{id}"))]);
    w.open("ds:Transforms", &[]);
    w.empty("ds:Transform", &[("Algorithm", ENVELOPED)]);
    write_c14n(&mut w, "ds:Transform", switches);
    w.close();
    w.empty("ds:DigestMethod", &[("Algorithm", DigestAlgorithm::Sha256.uri())]);
    w.leaf("ds:DigestValue", &[], &encode_base64(digest));
    w.close();
    w.close();
    w.leaf("ds:SignatureValue", &[], value);
    w.open("ds:KeyInfo", &[]);
    w.open("ds:X509Data", &[]);
    w.leaf("ds:X509Certificate", &[], &encode_base64(certificate.der()));
    w.close();
    w.close();
    w.close();
    w.finish()
}

fn write_c14n(w: &mut Writer, element: &str, switches: &Switches) {
    if switches.inclusive_namespaces.is_empty() {
        return w.empty(element, &[("Algorithm", EXCLUSIVE_C14N)]);
    }
    let prefixes = switches.inclusive_namespaces.join(" ");
    w.open(element, &[("Algorithm", EXCLUSIVE_C14N)]);
    w.empty("ec:InclusiveNamespaces", &[("xmlns:ec", EXCLUSIVE_C14N), ("PrefixList", &prefixes)]);
    w.close();
}
