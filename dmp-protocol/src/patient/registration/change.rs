//! What is changed: the administrative data, or the state of the record.

use std::fmt;

use crate::patient::{Address, AdministrativeData, CivilData, LegalRepresentative, Telecom};

/// `FERMETURE_DEMANDE_PATIENT`, the one closing reason of `1.2.250.1.213.4.1.2.4` that is known.
const PATIENT_ASKED: &str = "FERMETURE_DEMANDE_PATIENT";

/// `reasonCode` of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationReason {
    /// TD1.3b, `MODIF_DATA`.
    Update,
    /// TD1.4, `FERM`.
    Close,
}

/// A change, with what it needs.
#[derive(Clone, PartialEq, Eq)]
pub enum RegistrationChange {
    /// TD1.3b: replaces the administrative data as a whole.
    Update(Box<AdministrativeUpdate>),
    /// TD1.4: closes the record.
    Close {
        /// Code of `1.2.250.1.213.4.1.2.4`.
        reason: String,
        /// In French, why; possibly about the patient.
        text: Option<String>,
    },
}

/// Administrative data that replace those of the record: what is left out is erased. Never in `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct AdministrativeUpdate {
    /// Telephones (`tel:`) and e-mails (`mailto:`).
    pub telecoms: Vec<Telecom>,
    /// Where the patient lives.
    pub address: Option<Address>,
    /// Représentant légal.
    pub representative: Option<LegalRepresentative>,
    /// Where the patient was born.
    pub birth_place: Option<Address>,
    /// Opposition to bris de glace.
    pub opposes_bris_de_glace: bool,
    /// Opposition to régulation (centre 15).
    pub opposes_centre_15: bool,
}

impl AdministrativeUpdate {
    /// What TD1.3a read, to be changed; `None` when it does not tell both oppositions, which must never be guessed. The
    /// message has one address and one représentant légal: the first ones.
    #[must_use]
    pub fn of(data: &AdministrativeData) -> Option<Self> {
        let civil = data.civil();
        Some(Self {
            telecoms: data.traits().telecoms.clone(),
            address: civil.addresses.first().cloned(),
            representative: civil.representatives.first().cloned(),
            birth_place: civil.birth_place.clone(),
            opposes_bris_de_glace: data.opposes_bris_de_glace()?,
            opposes_centre_15: data.opposes_centre_15()?,
        })
    }
}

impl AdministrativeUpdate {
    /// As the end of `patientPerson`.
    pub(super) fn civil(&self) -> CivilData {
        CivilData {
            deceased: None,
            addresses: self.address.iter().cloned().collect(),
            representatives: self.representative.iter().cloned().collect(),
            birth_place: self.birth_place.clone(),
        }
    }
}

impl RegistrationChange {
    /// TD1.4 because the patient asks for it.
    #[must_use]
    pub fn close(text: Option<&str>) -> Self {
        Self::Close { reason: PATIENT_ASKED.to_owned(), text: text.map(str::to_owned) }
    }

    /// Which of the two it is.
    #[must_use]
    pub fn reason(&self) -> RegistrationReason {
        match self {
            Self::Update(_) => RegistrationReason::Update,
            Self::Close { .. } => RegistrationReason::Close,
        }
    }
}

impl RegistrationReason {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Update, Self::Close];

    /// The code on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Update => "MODIF_DATA",
            Self::Close => "FERM",
        }
    }

    /// The label that goes with it.
    pub(super) fn display(self) -> &'static str {
        match self {
            Self::Update => "Modification des données de gestion du dossier",
            Self::Close => "Fermeture de dossier",
        }
    }

    /// `patient/statusCode` of the record once changed.
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Update => "active",
            Self::Close => "terminated",
        }
    }

    /// The reason of a code, compared case-sensitively.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl fmt::Debug for RegistrationChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistrationChange({})", self.reason().code())
    }
}

impl fmt::Debug for AdministrativeUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdministrativeUpdate(hidden)")
    }
}
