//! Whether a document is about the patient whose record is open (rule 1).

use std::fmt;

use cda::header::Patient;
use cda::{InstanceIdentifier, PersonName};
use dmp_client::QualifiedPatient;
use dmp_vocabulary::identity::Ins;
use dmp_vocabulary::identity::traits::{StrictTrait, StrictTraits};
use dmp_vocabulary::oids;

use crate::context::PatientKey;
use crate::identity_gap::ReceivedTraits;

/// Into whose record documents are imported. `Debug` shows nothing of them.
#[derive(Clone)]
pub struct ImportPatient {
    ins: Ins,
    former: Vec<Ins>,
    traits: Option<Box<StrictTraits>>,
}

impl ImportPatient {
    /// The patient of the open record.
    #[must_use]
    pub fn new(patient: &QualifiedPatient) -> Self {
        Self { ins: patient.ins().clone(), former: Vec::new(), traits: None }
    }

    /// Their former numbers, under which documents may have been written.
    #[must_use]
    pub fn former(self, former: impl IntoIterator<Item = Ins>) -> Self {
        Self { former: former.into_iter().collect(), ..self }
    }

    /// Their traits of INSi: those of the document are compared with them.
    #[must_use]
    pub fn traits(self, traits: StrictTraits) -> Self {
        Self { traits: Some(Box::new(traits)), ..self }
    }

    /// The patient, as stores know one.
    #[must_use]
    pub fn key(&self) -> PatientKey {
        PatientKey::from(&QualifiedPatient::declared(self.ins.clone()))
    }
}

impl fmt::Debug for ImportPatient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportPatient(…)")
    }
}

/// The document names the patient by a number that is no longer theirs: the user decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityDoubt {
    /// A former number of the patient.
    FormerIns,
    /// An INS-C, written before the INS was known; it tells nothing of the INS.
    InsC,
}

/// What the header says of whose document it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    Doubt(IdentityDoubt),
    /// Another person; which traits differ, when the number is the same.
    Other(Vec<StrictTrait>),
}

impl ImportPatient {
    pub(super) fn compare(&self, patient: Option<&Patient>) -> Verdict {
        let Some(patient) = patient else { return Verdict::Other(Vec::new()) };
        let bears = |ins: &Ins| patient.ids.iter().any(|id| is(id, ins));
        let verdict = if bears(&self.ins) {
            Verdict::Same
        } else if self.former.iter().any(bears) {
            Verdict::Doubt(IdentityDoubt::FormerIns)
        } else if self.has_only_ins_c(patient) {
            Verdict::Doubt(IdentityDoubt::InsC)
        } else {
            return Verdict::Other(Vec::new());
        };
        let gap = self.traits.as_deref().map(|traits| received(patient).gap_with(traits)).unwrap_or_default();
        if gap.is_empty() { verdict } else { Verdict::Other(gap) }
    }

    fn has_only_ins_c(&self, patient: &Patient) -> bool {
        let is_ins = |id: &InstanceIdentifier| cda::header::is_ins_root(&id.root);
        patient.ids.iter().any(|id| id.root == oids::INS_C) && !patient.ids.iter().any(is_ins)
    }
}

/// Matricule and OID.
fn is(id: &InstanceIdentifier, ins: &Ins) -> bool {
    id.root == ins.oid() && id.extension.as_deref() == Some(ins.matricule())
}

fn received(patient: &Patient) -> ReceivedTraits<'_> {
    let name: &PersonName = &patient.name;
    ReceivedTraits {
        birth_name: name.family(Some("BR")),
        given_names: name.given(None).or_else(|| name.given(Some("BR"))),
        birth_date: patient.birth_time.as_ref().map(|time| time.as_str()),
        sex: patient.gender.as_deref(),
    }
}
