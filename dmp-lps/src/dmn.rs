//! F35: which profiles of the référentiel of dispositifs médicaux numériques (DMN, V1.2.2) a product must meet, and the
//! numbers of their requirements.
//!
//! The text gives themes to profiles, not the exact split of requirements 1 to 65: those ranges are marked as a part.
//!
//! ```
//! use dmp_lps::dmn::{self, DmnDescription, Profile};
//!
//! // A remote monitoring product of practices: its professionals log in, its patients do not.
//! let profiles = dmn::select_profiles(&DmnDescription { remote_monitoring: true, ..DmnDescription::default() })?;
//! assert_eq!(profiles.iter().collect::<Vec<_>>(), [Profile::General, Profile::ProfessionalAccess]);
//! assert!(dmn::ranges(&profiles).iter().any(|range| range.contains(66)));
//! # Ok::<(), dmn::ProfileConflict>(())
//! ```

use std::collections::BTreeSet;
use std::fmt;

/// A profile of the référentiel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Profile {
    /// « Général »: every product.
    General,
    /// « Accès Professionnel »: remote monitoring, or any access of professionals (K18).
    ProfessionalAccess,
    /// « Référentiel d'identité »: the product creates or modifies identities.
    IdentityRepository,
    /// « Référentiel d'identités en Etablissement de Santé ».
    IdentityRepositoryInEstablishment,
    /// « Référentiel d'identités hors Etablissement de Santé ».
    IdentityRepositoryElsewhere,
    /// « Stockage des copies de titres d'identité ».
    IdentityTitleCopies,
    /// « Accès Usager »: patients log in.
    UserAccess,
    /// « Accès Usager - ApCV »: patients log in with the application carte Vitale.
    UserAccessApcv,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 8] = [
        Self::General,
        Self::ProfessionalAccess,
        Self::IdentityRepository,
        Self::IdentityRepositoryInEstablishment,
        Self::IdentityRepositoryElsewhere,
        Self::IdentityTitleCopies,
        Self::UserAccess,
        Self::UserAccessApcv,
    ];

    /// French name of the référentiel.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::General => "Général",
            Self::ProfessionalAccess => "Accès Professionnel",
            Self::IdentityRepository => "Référentiel d'identité",
            Self::IdentityRepositoryInEstablishment => "Référentiel d'identités en Etablissement de Santé",
            Self::IdentityRepositoryElsewhere => "Référentiel d'identités hors Etablissement de Santé",
            Self::IdentityTitleCopies => "Stockage des copies de titres d'identité",
            Self::UserAccess => "Accès Usager",
            Self::UserAccessApcv => "Accès Usager - ApCV",
        }
    }

    fn ranges(self) -> Vec<RequirementRange> {
        let range = |first, last, share, theme| RequirementRange { profile: self, first, last, share, theme };
        let (whole, part) = (Share::Whole, Share::Part);
        match self {
            Self::General => vec![
                range(1, 65, part, "INS, minimal part"),
                range(77, 77, whole, "portability"),
                range(102, 102, whole, "profiles, rights and habilitations"),
                range(103, 103, whole, "data protection declaration"),
            ],
            Self::ProfessionalAccess => vec![
                range(66, 71, whole, "Pro Santé Connect"),
                range(72, 76, whole, "Annuaire Santé"),
                range(79, 88, whole, "identification of professionals"),
            ],
            Self::IdentityRepository => vec![range(1, 65, part, "INS, identities created or modified")],
            Self::IdentityRepositoryInEstablishment => vec![range(1, 65, part, "INS, in an establishment")],
            Self::IdentityRepositoryElsewhere => vec![range(1, 65, part, "INS, outside establishments")],
            Self::IdentityTitleCopies => vec![range(46, 46, whole, "copies of identity documents")],
            Self::UserAccess => vec![
                range(78, 78, whole, "identification of patients"),
                range(89, 101, whole, "identification of patients, two factors"),
            ],
            Self::UserAccessApcv => {
                vec![range(78, 78, part, "application carte Vitale"), range(89, 101, part, "application carte Vitale")]
            }
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// What decides about the profiles of a product. The default is a product that only receives identities and has no login.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DmnDescription {
    /// It is a product of télésurveillance.
    pub remote_monitoring: bool,
    /// Professionals log in.
    pub professional_access: bool,
    /// Patients log in.
    pub patient_access: bool,
    /// Patients log in with the application carte Vitale.
    pub apcv: bool,
    /// It creates or modifies identities, rather than receiving them.
    pub creates_identities: bool,
    /// It is used in establishments.
    pub in_establishment: bool,
    /// It is used outside establishments.
    pub outside_establishment: bool,
    /// It keeps copies of identity documents.
    pub keeps_identity_titles: bool,
}

/// What does not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileConflict {
    /// Every product has the general profile.
    #[error("F35: the profile Général is missing; every product has it: add it")]
    NoGeneral,
    /// Identities are created, and nothing says where.
    #[error(
        "F35: a product that creates or modifies identities is used in an establishment, outside, or both: found neither; \
         say where it is used"
    )]
    IdentitiesNowhere,
    /// A profile that only goes with another.
    #[error("F35: the profile {profile} goes only with {needs}, which is missing: add it, or take the first away")]
    Needs {
        /// The profile that was chosen.
        profile: Profile,
        /// The one it goes with.
        needs: Profile,
    },
    /// The application carte Vitale without patients who log in.
    #[error("F35: the application carte Vitale authenticates patients, and the product has no access for patients")]
    ApcvWithoutPatients,
}

/// Profiles that go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSet(BTreeSet<Profile>);

impl ProfileSet {
    /// Profiles that somebody chose.
    ///
    /// # Errors
    /// [`ProfileConflict`]: they do not go together.
    pub fn of(profiles: impl IntoIterator<Item = Profile>) -> Result<Self, ProfileConflict> {
        let set = Self(profiles.into_iter().collect());
        if !set.contains(Profile::General) {
            return Err(ProfileConflict::NoGeneral);
        }
        let places = [Profile::IdentityRepositoryInEstablishment, Profile::IdentityRepositoryElsewhere];
        let pairs = places.map(|place| (place, Profile::IdentityRepository));
        for (profile, needs) in pairs.into_iter().chain([(Profile::UserAccessApcv, Profile::UserAccess)]) {
            if set.contains(profile) && !set.contains(needs) {
                return Err(ProfileConflict::Needs { profile, needs });
            }
        }
        let placed = places.into_iter().any(|place| set.contains(place));
        if set.contains(Profile::IdentityRepository) && !placed {
            return Err(ProfileConflict::IdentitiesNowhere);
        }
        Ok(set)
    }

    /// Whether a profile is among them.
    #[must_use]
    pub fn contains(&self, profile: Profile) -> bool {
        self.0.contains(&profile)
    }

    /// The profiles, in the order of [`Profile::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Profile> {
        self.0.iter().copied()
    }
}

/// The profiles that a product must meet.
///
/// # Errors
/// [`ProfileConflict`]: the description contradicts itself.
pub fn select_profiles(description: &DmnDescription) -> Result<ProfileSet, ProfileConflict> {
    if description.apcv && !description.patient_access {
        return Err(ProfileConflict::ApcvWithoutPatients);
    }
    let creates = description.creates_identities;
    let chosen = [
        (Profile::General, true),
        (Profile::ProfessionalAccess, description.remote_monitoring || description.professional_access),
        (Profile::IdentityRepository, creates),
        (Profile::IdentityRepositoryInEstablishment, creates && description.in_establishment),
        (Profile::IdentityRepositoryElsewhere, creates && description.outside_establishment),
        (Profile::IdentityTitleCopies, description.keeps_identity_titles),
        (Profile::UserAccess, description.patient_access),
        (Profile::UserAccessApcv, description.apcv),
    ];
    ProfileSet::of(chosen.into_iter().filter_map(|(profile, applies)| applies.then_some(profile)))
}

/// Whether a profile takes all requirements of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Share {
    /// All of them.
    Whole,
    /// Those of its theme; the text does not list them.
    Part,
}

/// Requirements that a profile brings, both numbers included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequirementRange {
    /// The profile.
    pub profile: Profile,
    /// First number.
    pub first: u16,
    /// Last number.
    pub last: u16,
    /// All of them, or some.
    pub share: Share,
    /// What they are about.
    pub theme: &'static str,
}

impl RequirementRange {
    /// Whether a requirement lies in it.
    #[must_use]
    pub fn contains(&self, number: u16) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

impl fmt::Display for RequirementRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = if self.share == Share::Part { "part of " } else { "" };
        match self.first == self.last {
            true => write!(f, "{part}{}: {}", self.first, self.theme),
            false => write!(f, "{part}{}-{}: {}", self.first, self.last, self.theme),
        }
    }
}

/// The requirements of profiles, in the order of the profiles.
#[must_use]
pub fn ranges(profiles: &ProfileSet) -> Vec<RequirementRange> {
    profiles.iter().flat_map(Profile::ranges).collect()
}
