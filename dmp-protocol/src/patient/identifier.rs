//! HL7 instance identifiers.

use std::fmt;

use dmp_vocabulary::identity::Ins;
use dmp_xml::{Element, Writer};

/// An identifier: OID (or bare UUID) and extension. The extension may be a matricule: it is never in `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InstanceIdentifier {
    /// `@root`.
    pub root: String,
    /// `@extension`.
    pub extension: Option<String>,
}

impl InstanceIdentifier {
    /// An identifier with an extension.
    #[must_use]
    pub fn new(root: impl Into<String>, extension: impl Into<String>) -> Self {
        Self { root: root.into(), extension: Some(extension.into()) }
    }

    /// An identifier that is its root alone.
    #[must_use]
    pub fn bare(root: impl Into<String>) -> Self {
        Self { root: root.into(), extension: None }
    }

    /// The extension, or nothing.
    #[must_use]
    pub fn extension(&self) -> &str {
        self.extension.as_deref().unwrap_or_default()
    }

    pub(super) fn write(&self, w: &mut Writer, name: &str) {
        match &self.extension {
            Some(extension) => w.empty(name, &[("root", &self.root), ("extension", extension)]),
            None => w.empty(name, &[("root", &self.root)]),
        }
    }

    /// `None` when there is no root, which an `xsi:nil` filler has not.
    pub(super) fn read(element: &Element) -> Option<Self> {
        let root = element.attr("root").map(str::trim).filter(|root| !root.is_empty())?;
        Some(Self { root: root.to_owned(), extension: element.attr("extension").map(|e| e.trim().to_owned()) })
    }
}

impl From<&Ins> for InstanceIdentifier {
    fn from(ins: &Ins) -> Self {
        Self::new(ins.oid(), ins.matricule())
    }
}

impl fmt::Debug for InstanceIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstanceIdentifier({}, {} characters)", self.root, self.extension().chars().count())
    }
}
