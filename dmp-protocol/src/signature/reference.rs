//! `ds:SignedInfo` and its references, read as they are written; what is allowed is the business of each profile.

use dmp_xml::Element;
use dmp_xml::c14n;

use super::{Canonicalization, DSIG, decode_base64};

const EXCLUSIVE_NAMESPACE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// Longest `InclusiveNamespaces/@PrefixList`, in names (V13).
pub(crate) const MAX_PREFIXES: usize = 16;

/// A signed list of references.
pub(crate) struct SignedInfo {
    pub(crate) canonicalization: Transform,
    pub(crate) signature_method: String,
    pub(crate) references: Vec<Reference>,
}

/// One digested thing.
pub(crate) struct Reference {
    pub(crate) uri: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) transforms: Vec<Transform>,
    pub(crate) digest_method: String,
    pub(crate) digest_value: Vec<u8>,
}

/// A transform or canonicalisation method: its URI and what is inside.
pub(crate) struct Transform {
    pub(crate) uri: String,
    /// The names of `InclusiveNamespaces/@PrefixList`, `#default` as the empty text.
    prefixes: Vec<String>,
    /// Whether it holds anything but one such list of at most [`MAX_PREFIXES`] names.
    foreign_content: bool,
}

/// An element that is missing, repeated or misplaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl SignedInfo {
    pub(crate) fn read(element: &Element) -> Result<Self, Malformed> {
        let mut children = element.elements();
        let canonicalization = named(children.next(), "CanonicalizationMethod")?;
        let method = named(children.next(), "SignatureMethod")?;
        let references = children.map(Reference::read).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            canonicalization: Transform::read(canonicalization)?,
            signature_method: algorithm(method)?,
            references,
        })
    }
}

impl Reference {
    pub(crate) fn read(element: &Element) -> Result<Self, Malformed> {
        if !element.is(DSIG, "Reference") {
            return Err(Malformed("Reference"));
        }
        let mut children = element.elements().peekable();
        let transforms = match children.next_if(|child| child.is(DSIG, "Transforms")) {
            Some(transforms) => transforms.elements().map(Transform::read).collect::<Result<Vec<_>, _>>()?,
            None => Vec::new(),
        };
        let method = named(children.next(), "DigestMethod")?;
        let value = named(children.next(), "DigestValue")?;
        if children.next().is_some() {
            return Err(Malformed("Reference"));
        }
        Ok(Self {
            uri: element.attr("URI").map(str::to_owned),
            kind: element.attr("Type").map(str::to_owned),
            transforms,
            digest_method: algorithm(method)?,
            digest_value: decode_base64(&value.text()).map_err(|_| Malformed("DigestValue"))?,
        })
    }
}

impl Transform {
    fn read(element: &Element) -> Result<Self, Malformed> {
        let is_method = element.is(DSIG, "Transform") || element.is(DSIG, "CanonicalizationMethod");
        if !is_method {
            return Err(Malformed("Transform"));
        }
        let mut children = element.elements();
        let list = children.next();
        let is_list = list.is_none_or(|list| list.is(EXCLUSIVE_NAMESPACE, "InclusiveNamespaces"));
        let names = list.and_then(|list| list.attr("PrefixList")).unwrap_or_default();
        let prefixes: Vec<String> = names
            .split_ascii_whitespace()
            .take(MAX_PREFIXES + 1)
            .map(|name| if name == "#default" { String::new() } else { name.to_owned() })
            .collect();
        let foreign_content = !is_list || children.next().is_some() || prefixes.len() > MAX_PREFIXES;
        Ok(Self { uri: algorithm(element)?, prefixes, foreign_content })
    }

    /// The canonical form, if this is one that is known and holds nothing strange.
    pub(crate) fn canonicalization(&self) -> Option<Canonicalization> {
        Canonicalization::from_uri(&self.uri).filter(|_| !self.foreign_content)
    }

    /// How to compute it.
    pub(crate) fn c14n(&self) -> Option<c14n::Algorithm> {
        Some(match self.canonicalization()? {
            Canonicalization::Inclusive { comments } => {
                c14n::Algorithm { mode: c14n::Mode::Inclusive, with_comments: comments }
            }
            Canonicalization::Exclusive { comments } => {
                c14n::Algorithm { mode: c14n::Mode::Exclusive(self.prefixes.clone()), with_comments: comments }
            }
        })
    }

    /// Whether nothing is inside.
    pub(crate) fn is_bare(&self) -> bool {
        self.prefixes.is_empty() && !self.foreign_content
    }
}

fn named<'a>(element: Option<&'a Element>, local: &'static str) -> Result<&'a Element, Malformed> {
    element.filter(|element| element.is(DSIG, local)).ok_or(Malformed(local))
}

fn algorithm(element: &Element) -> Result<String, Malformed> {
    element.attr("Algorithm").map(str::to_owned).ok_or(Malformed("Algorithm"))
}
