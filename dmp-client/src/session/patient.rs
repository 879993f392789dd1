//! Whose record, and what that person wants.

use std::fmt;

use dmp_vocabulary::identity::Ins;
use dmp_vocabulary::identity::status::QualifiedIdentity;

/// A patient whose INS is *qualifiée*: obtained from INSi, and the person's identity checked on a document.
///
/// Only such an identity may feed or read a DMP (`EX_GEN-1530`). It is made from a [`QualifiedIdentity`], which weighs
/// the two proofs, or from a declaration, for which the program that makes it answers.
#[derive(Clone, PartialEq, Eq)]
pub struct QualifiedPatient {
    ins: Ins,
}

impl QualifiedPatient {
    /// Declares that the identity behind this INS is qualified.
    #[must_use]
    pub fn declared(ins: Ins) -> Self {
        Self { ins }
    }

    /// The INS.
    #[must_use]
    pub fn ins(&self) -> &Ins {
        &self.ins
    }
}

/// An identity whose two proofs were weighed.
impl From<&QualifiedIdentity> for QualifiedPatient {
    fn from(identity: &QualifiedIdentity) -> Self {
        Self::declared(identity.ins().clone())
    }
}

impl fmt::Debug for QualifiedPatient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QualifiedPatient").field("kind", &self.ins.kind()).finish_non_exhaustive()
    }
}

/// What the patient said, recorded by the caller; two questions that are never confused (`EXI 02`).
///
/// There is no default: a program that has asked nothing has no consent to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    pub(crate) consultation: bool,
    pub(crate) feeding: bool,
}

impl Consent {
    /// `consultation`: the patient agrees that the record is consulted. `feeding`: the patient was informed and is
    /// not opposed to new documents.
    #[must_use]
    pub fn expressed(consultation: bool, feeding: bool) -> Self {
        Self { consultation, feeding }
    }

    /// Agrees to both.
    #[must_use]
    pub fn given() -> Self {
        Self::expressed(true, true)
    }

    /// Opposed to both.
    #[must_use]
    pub fn refused() -> Self {
        Self::expressed(false, false)
    }
}
