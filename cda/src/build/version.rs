//! Identifiers and versions of a document.

use dmp_vocabulary::Oid;
use dmp_xml::Writer;

use super::faults::Faults;
use super::parts::nested;
use crate::{Document, InstanceIdentifier};

/// One version of a document: its own identifier, that of the set, its number, and what it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentVersion {
    /// Identifier of this version, ≤ 64 characters; `2.25.<uuid>` or an arc of the instance.
    pub unique_id: Oid,
    /// Identifier common to all versions.
    pub set_id: Oid,
    /// Number, from 1, step 1.
    pub number: u32,
    /// What this version does to another document.
    pub relation: Option<Relation>,
}

/// `relatedDocument`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// `RPLC`: replaces the previous version, named by its uniqueId. Required from version 2 on.
    Replaces(Oid),
    /// `XFRM`: is a transformation of another document. The schematron in force does not know it.
    Transforms(Oid),
}

/// Why a document that was read cannot have a successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoSuccessor {
    /// Without identifier, nothing can be named as replaced.
    #[error("the document has no id (CDA-HDR-010)")]
    NoId,
    /// An extension, or a root that is no OID.
    #[error("{0} of the document is no bare OID, which the DMP asks for (CDA-DMP-001)")]
    NotAnOid(&'static str),
    /// The number of the document cannot be followed.
    #[error("the version number of the document cannot be followed by another (CDA-HDR-026)")]
    Number,
}

impl DocumentVersion {
    /// A first version.
    #[must_use]
    pub fn first(unique_id: Oid, set_id: Oid) -> Self {
        Self { unique_id, set_id, number: 1, relation: None }
    }

    /// The next version: a new identifier, the same set, one more, replacing this one.
    #[must_use]
    pub fn successor(&self, unique_id: Oid) -> Self {
        Self {
            unique_id,
            set_id: self.set_id.clone(),
            number: self.number.saturating_add(1),
            relation: Some(Relation::Replaces(self.unique_id.clone())),
        }
    }

    /// uniqueId of the version that this one replaces.
    #[must_use]
    pub fn replaced(&self) -> Option<&Oid> {
        match &self.relation {
            Some(Relation::Replaces(parent)) => Some(parent),
            _ => None,
        }
    }

    /// Checks identifiers and number; version 2 and following must replace one.
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.oid("unique_id", &self.unique_id);
        faults.oid("set_id", &self.set_id);
        faults.check("version", self.number >= 1, "CDA-HDR-026", "versions are numbered from 1");
        if self.number >= 2 && self.replaced().is_none() {
            faults.missing("replaces");
        }
        if let Some(Relation::Replaces(parent) | Relation::Transforms(parent)) = &self.relation {
            faults.oid("replaces", parent);
            let another = *parent != self.unique_id;
            faults.check("replaces", another, "CDA-VER-003", "a document cannot replace itself");
        }
    }

    pub(super) fn write_relation(&self, w: &mut Writer) {
        let (kind, parent) = match &self.relation {
            None => return,
            Some(Relation::Replaces(parent)) => ("RPLC", parent),
            Some(Relation::Transforms(parent)) => ("XFRM", parent),
        };
        w.open("relatedDocument", &[("typeCode", kind)]);
        nested(w, &["parentDocument"], |w| w.empty("id", &[("root", parent.as_str())]));
        w.close();
    }
}

impl Document {
    /// What the version after this one must say: a new identifier, the same set, one more, replacing this one.
    ///
    /// A document of before the end of 2024 may lack `setId` and `versionNumber`: it counts as version 1 of a set
    /// that its own identifier names (probable).
    ///
    /// # Errors
    /// [`NoSuccessor`] when its identifiers cannot go to the DMP.
    pub fn successor(&self, unique_id: Oid) -> Result<DocumentVersion, NoSuccessor> {
        let id = bare(self.header.id.as_ref().ok_or(NoSuccessor::NoId)?, "the id")?;
        let set_id = self.header.set_id.as_ref().map(|set_id| bare(set_id, "the setId")).transpose()?;
        let number = u32::try_from(self.header.version_number.unwrap_or(1)).map_err(|_| NoSuccessor::Number)?;
        Ok(DocumentVersion {
            unique_id,
            set_id: set_id.unwrap_or_else(|| id.clone()),
            number: number.checked_add(1).ok_or(NoSuccessor::Number)?,
            relation: Some(Relation::Replaces(id)),
        })
    }
}

fn bare(id: &InstanceIdentifier, which: &'static str) -> Result<Oid, NoSuccessor> {
    match Oid::parse(&id.root) {
        Ok(oid) if id.extension.is_none() => Ok(oid),
        _ => Err(NoSuccessor::NotAnOid(which)),
    }
}
