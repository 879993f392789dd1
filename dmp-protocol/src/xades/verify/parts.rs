//! S01: the file and its pieces, each exactly once.

use std::collections::HashSet;

use dmp_xml::{Element, Limits, parse};

use super::refuse;
use crate::certificate::Certificate;
use crate::rules::{Judge, Refusal};
use crate::signature::{DSIG, Reference, SignedInfo, certificate_of, decode_base64};
use crate::xades::{MAX_FILE, XADES};

const SHAPE: &str = "ds:Signature with SignedInfo, SignatureValue, KeyInfo, one Manifest and one SignedProperties";

/// An element and the way down to it from the root.
pub(super) struct Placed<'a> {
    pub(super) ancestors: Vec<&'a Element>,
    pub(super) element: &'a Element,
}

pub(super) struct Parts<'a> {
    pub(super) root: &'a Element,
    pub(super) signed_info: SignedInfo,
    pub(super) signed_info_element: &'a Element,
    pub(super) signature_value: Vec<u8>,
    key_info: &'a Element,
    pub(super) manifest: Placed<'a>,
    /// The references of the Manifest, in order.
    pub(super) manifest_references: Vec<Reference>,
    pub(super) signed_properties: Placed<'a>,
}

pub(super) fn parse_file(file: &[u8]) -> Result<Element, Refusal> {
    if file.len() > MAX_FILE {
        return Err(shape(format!("a file of {} bytes", file.len())));
    }
    let root = parse(file, &Limits::default()).map_err(|error| shape(error.to_string()))?;
    if root.is(DSIG, "Signature") { Ok(root) } else { Err(shape("another root element")) }
}

impl<'a> Parts<'a> {
    pub(super) fn read(root: &'a Element, judge: &mut Judge<'_>) -> Result<Self, Refusal> {
        let singles =
            [(DSIG, "Signature"), (DSIG, "Manifest"), (XADES, "QualifyingProperties"), (XADES, "SignedProperties")];
        for (namespace, local) in singles {
            let count = root.descendants().filter(|element| element.is(namespace, local)).count();
            if count != 1 {
                judge.weigh(shape(format!("{count} {local}")))?;
            }
        }
        let mut children = root.elements();
        let mut next = |local: &str| {
            children
                .next()
                .filter(|child| child.is(DSIG, local))
                .ok_or_else(|| shape(format!("no {local} in its place")))
        };
        let signed_info_element = next("SignedInfo")?;
        let signature_value = next("SignatureValue")?;
        let key_info = next("KeyInfo")?;
        let signed_info = SignedInfo::read(signed_info_element).map_err(|malformed| shape(malformed.0))?;
        let manifest = placed(root, &[(DSIG, "Object"), (DSIG, "Manifest")])?;
        let manifest_references = manifest.element.elements().map(Reference::read).collect::<Result<_, _>>();
        Ok(Self {
            root,
            signed_info,
            signed_info_element,
            signature_value: decode_base64(&signature_value.text()).map_err(|error| shape(error.to_string()))?,
            key_info,
            manifest,
            manifest_references: manifest_references.map_err(|malformed| shape(malformed.0))?,
            signed_properties: placed(
                root,
                &[(DSIG, "Object"), (XADES, "QualifyingProperties"), (XADES, "SignedProperties")],
            )?,
        })
    }

    /// The certificate that claims to have signed.
    pub(super) fn certificate(&self) -> Result<Certificate, Refusal> {
        certificate_of(self.key_info).map_err(shape)
    }

    /// Whether two elements of the file have the same `Id`.
    pub(super) fn has_duplicate_id(&self) -> bool {
        let mut seen = HashSet::new();
        let attributes = self.root.descendants().flat_map(|element| &element.attributes);
        let mut identifiers = attributes.filter(|attribute| {
            let local = attribute.name.local.as_str();
            matches!(local, "Id" | "ID" | "id")
        });
        !identifiers.all(|attribute| seen.insert(attribute.value.as_str()))
    }
}

/// Follows a path of children; the first step may be any of several `ds:Object`.
fn placed<'a>(root: &'a Element, path: &[(&str, &str)]) -> Result<Placed<'a>, Refusal> {
    let mut candidates = vec![vec![root]];
    for (namespace, local) in path {
        let mut next = Vec::new();
        for way in candidates {
            let last = way.last().copied().unwrap_or(root);
            for child in last.elements().filter(|child| child.is(namespace, local)) {
                next.push(way.iter().copied().chain([child]).collect());
            }
        }
        candidates = next;
    }
    let mut way: Vec<&Element> = candidates.into_iter().next().ok_or_else(|| {
        let local = path.last().map_or("element", |(_, local)| local);
        shape(format!("no {local} in its place"))
    })?;
    // A way has at least the root.
    let element = way.pop().unwrap_or(root);
    Ok(Placed { ancestors: way, element })
}

fn shape(found: impl Into<String>) -> Refusal {
    refuse("S01", found, SHAPE)
}
