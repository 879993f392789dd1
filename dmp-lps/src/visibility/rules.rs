//! Rules V1 to V6 of F08, as pure functions. What the DMP refuses of every sender is decided where the submission is
//! checked before the network ([`dmp_client::submission::restriction`]); here it is told while the user still chooses.

use dmp_client::submission::restriction::{hidden_again, hides_from_everybody, hides_vaccination};
use dmp_client::{DmpError, DocumentEntry, Hidden, Parameters};
use dmp_protocol::error::LocalRefusal;

/// Whether the patient sees a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatientSight {
    /// Seen.
    Visible,
    /// Not before it is announced (EXI 07): `INVISIBLE_PATIENT`.
    Invisible,
}

/// Whether the legal representatives of a minor see a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RepresentativeSight {
    /// Seen.
    Visible,
    /// Not seen: `INVISIBLE_REPRESENTANTS_LEGAUX`.
    Invisible,
    /// An adult has none. For a minor: nobody chose yet.
    NotApplicable,
}

/// Whether professionals see a document, beyond what the rights decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProfessionalSight {
    /// Seen.
    Open,
    /// Hidden from all but its authors and the médecin traitant: `MASQUE_PS`.
    Masked,
}

/// Who sees a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Visibility {
    /// The patient.
    pub patient: PatientSight,
    /// The legal representatives.
    pub representatives: RepresentativeSight,
    /// The professionals.
    pub professionals: ProfessionalSight,
}

/// What must be said beside the choice of masking, in French: it is the holder's wish, not the professional's (V3).
pub const MASKING_NOTICE: &str =
    "Le masquage aux professionnels n'est posé qu'à la demande et pour le compte du titulaire du DMP.";

/// Whose document it is, as far as visibility goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// An adult.
    Adult,
    /// A minor, as the parameter file of the DMP says who is one.
    Minor {
        /// In connexion secrète.
        secret: bool,
    },
}

/// The two constraints that the DMP may lift one day (`REC_2.1-1065`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisibilityPolicy {
    /// A document may be invisible to the patient and masked at once (`cumul-invisible_patient-masque_ps`; V1).
    pub cumulation: bool,
    /// What was visible stays visible (V2).
    pub irreversible: bool,
}

impl Default for VisibilityPolicy {
    fn default() -> Self {
        Self { cumulation: false, irreversible: true }
    }
}

impl From<&Parameters> for VisibilityPolicy {
    /// As the parameter file of the DMP says.
    fn from(parameters: &Parameters) -> Self {
        Self { cumulation: parameters.cumul_invisible_patient_masque_ps, ..Self::default() }
    }
}

/// A choice of visibility, and what it depends on.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// What is wished.
    pub wished: Visibility,
    /// Whose document.
    pub holder: Holder,
    /// typeCode.
    pub type_code: &'a str,
    /// Visibility of the version that is replaced.
    pub former: Option<Visibility>,
    /// The holder asked for the mask that is wished.
    pub mask_asked_by_holder: bool,
}

/// Why a visibility is refused. Never an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum VisibilityRefusal {
    /// V1.
    #[error("V1: invisible to the patient and masked to professionals at once")]
    Cumulation,
    /// V2.
    #[error("V2: {} again, on a document that was visible", .0.code())]
    HiddenAgain(Hidden),
    /// V3.
    #[error("V3: a mask that the holder did not ask for")]
    MaskNotAsked,
    /// V4, in connexion secrète.
    #[error("V4: a document of a connexion secrète that the representatives would see")]
    SecretSeen,
    /// V4, ordinary access.
    #[error("V4: nobody chose whether the representatives of the minor see the document")]
    MinorNotChosen,
    /// V4, an adult.
    #[error("V4: an adult has no legal representatives")]
    AdultRepresented,
    /// V5.
    #[error("V5: a note de vaccination is restricted to nobody")]
    Vaccination,
}

impl Visibility {
    /// Visible to all; of a minor, to the representatives too.
    #[must_use]
    pub fn open(holder: Holder) -> Self {
        let representatives = match holder {
            Holder::Adult => RepresentativeSight::NotApplicable,
            Holder::Minor { .. } => RepresentativeSight::Visible,
        };
        Self { patient: PatientSight::Visible, representatives, professionals: ProfessionalSight::Open }
    }

    /// That of restrictions that are set.
    #[must_use]
    pub fn of(hidden: &[Hidden], holder: Holder) -> Self {
        let mut visibility = Self::open(holder);
        for one in hidden {
            match one {
                Hidden::FromPatient => visibility.patient = PatientSight::Invisible,
                Hidden::FromRepresentatives => visibility.representatives = RepresentativeSight::Invisible,
                Hidden::FromProfessionals => visibility.professionals = ProfessionalSight::Masked,
            }
        }
        visibility
    }

    /// That of a document of the DMP. It is also what is proposed for the version that replaces it (V6): somebody may
    /// have changed it there since it was sent.
    #[must_use]
    pub fn of_entry(entry: &DocumentEntry, holder: Holder) -> Self {
        Self::of(&Hidden::of(entry), holder)
    }

    /// The restrictions to send, beside the level `N`: for [`Document::hidden`](dmp_client::Document::hidden) and
    /// [`NewFeed::hidden`](crate::outbox::NewFeed::hidden).
    #[must_use]
    pub fn hidden(self) -> Vec<Hidden> {
        let restrictions = [
            (Hidden::FromProfessionals, self.professionals == ProfessionalSight::Masked),
            (Hidden::FromPatient, self.patient == PatientSight::Invisible),
            (Hidden::FromRepresentatives, self.representatives == RepresentativeSight::Invisible),
        ];
        restrictions.into_iter().filter(|(_, set)| *set).map(|(hidden, _)| hidden).collect()
    }
}

impl Choice<'_> {
    /// Everything that speaks against the choice; empty when nothing does.
    #[must_use]
    pub fn refusals(&self, policy: VisibilityPolicy) -> Vec<VisibilityRefusal> {
        let hidden = self.wished.hidden();
        let former = self.former.map(Visibility::hidden);
        let mut refusals = Vec::new();
        if !policy.cumulation && hides_from_everybody(&hidden) {
            refusals.push(VisibilityRefusal::Cumulation);
        }
        if let Some(former) = former.as_deref().filter(|_| policy.irreversible) {
            refusals.extend(hidden_again(former, &hidden).map(VisibilityRefusal::HiddenAgain));
        }
        // A mask that is there already was asked for then.
        let masks = |hidden: &[Hidden]| hidden.contains(&Hidden::FromProfessionals);
        if masks(&hidden) && !former.as_deref().is_some_and(masks) && !self.mask_asked_by_holder {
            refusals.push(VisibilityRefusal::MaskNotAsked);
        }
        refusals.extend(self.of_representatives());
        if hides_vaccination(self.type_code, &hidden) {
            refusals.push(VisibilityRefusal::Vaccination);
        }
        refusals
    }

    /// V4.
    fn of_representatives(&self) -> Option<VisibilityRefusal> {
        use RepresentativeSight::{Invisible, NotApplicable};
        match (self.holder, self.wished.representatives) {
            (Holder::Adult, NotApplicable) | (Holder::Minor { secret: true }, Invisible) => None,
            (Holder::Adult, _) => Some(VisibilityRefusal::AdultRepresented),
            (Holder::Minor { secret: true }, _) => Some(VisibilityRefusal::SecretSeen),
            (Holder::Minor { secret: false }, NotApplicable) => Some(VisibilityRefusal::MinorNotChosen),
            (Holder::Minor { secret: false }, _) => None,
        }
    }

    /// The restrictions to send.
    ///
    /// # Errors
    /// The first of [`Self::refusals`], as a call that was never sent.
    pub fn decide(&self, policy: VisibilityPolicy) -> Result<Vec<Hidden>, DmpError> {
        match self.refusals(policy).first() {
            Some(refusal) => Err(refusal.error()),
            None => Ok(self.wished.hidden()),
        }
    }
}

impl VisibilityRefusal {
    /// The rule by which the same would be refused before the network, or by the DMP; else that of this function.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Cumulation => "X21",
            Self::HiddenAgain(_) => "X20",
            Self::Vaccination => "X23",
            Self::MaskNotAsked | Self::MinorNotChosen | Self::AdultRepresented => "EX_2.1-1050",
            Self::SecretSeen => "V46",
        }
    }

    /// The refusal, as a call that was never sent.
    #[must_use]
    pub fn error(self) -> DmpError {
        let (english, french) = match self {
            Self::Cumulation => ("choose one of the two", "choisir l'un des deux"),
            Self::HiddenAgain(_) => ("leave visible what was visible once", "laisser visible ce qui l'a été une fois"),
            Self::MaskNotAsked => (
                "mask to professionals only what the holder asks to mask",
                "ne masquer aux professionnels que ce que le titulaire demande de masquer",
            ),
            Self::SecretSeen => (
                "hide from the representatives everything that is fed in connexion secrète",
                "cacher aux représentants tout ce qui est versé en connexion secrète",
            ),
            Self::MinorNotChosen => (
                "ask whether the representatives of the minor see the document",
                "demander si les représentants du mineur voient le document",
            ),
            Self::AdultRepresented => (
                "leave out what concerns representatives: the patient is an adult",
                "retirer ce qui concerne les représentants : le patient est majeur",
            ),
            Self::Vaccination => ("leave the note unrestricted", "ne pas restreindre la note"),
        };
        let refusal = LocalRefusal::new(self.rule())
            .meaning("this visibility is refused [EX_2.1-1050]", "cette visibilité est refusée [EX_2.1-1050]")
            .found(self.to_string())
            .remedy(english, french);
        DmpError::local(refusal)
    }
}
