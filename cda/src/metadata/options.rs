//! What the mapping leaves open.

use std::sync::Arc;

use dmp_vocabulary::Realm;
use dmp_vocabulary::nomenclature::Nomenclatures;
use jiff::tz::TimeZone;

/// Choices of the mapping; [`Default`] is what a sender to the DMP wants.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MappingOptions {
    /// Whose rules apply.
    pub profile: Profile,
    /// World of the INS: its kind is checked (`CDA-PAT-008`). `None`, the default: `.8` to `.11` are accepted, but
    /// never `.9` (NIA) in the DMP profile.
    pub realm: Option<Realm>,
    /// Who may not see the document: never in a CDA, added to the confidentiality codes in this order.
    pub masking: Vec<Masking>,
    /// What becomes of a date to the hour or to the minute. Default: zeros are appended.
    pub short_time: ShortTime,
    /// Zone for an hour without offset. `None`, the default: refused, never guessed.
    pub zone_without_offset: Option<TimeZone>,
    /// Translate the code systems of event codes to those of the XDS tables (CCAM, imaging modality and region).
    /// Default: yes (probable).
    pub translate_event_systems: bool,
    /// Which documents get a referenceIdList. Default: imaging ones.
    pub reference_ids: ReferenceIds,
    /// classCode of a type of unknown class, outside the DMP. Default `10`.
    pub unknown_class: String,
    /// formatCode of a document inside an enveloping signature. Default: that of the inner document.
    pub signed_format: SignedFormat,
    /// Tables to use instead of the embedded edition.
    pub nomenclatures: Option<Arc<Nomenclatures>>,
}

impl Default for MappingOptions {
    fn default() -> Self {
        Self {
            profile: Profile::Dmp,
            realm: None,
            masking: Vec::new(),
            short_time: ShortTime::AppendZeros,
            zone_without_offset: None,
            translate_event_systems: true,
            reference_ids: ReferenceIds::Imaging,
            unknown_class: "10".to_owned(),
            signed_format: SignedFormat::Inner,
            nomenclatures: None,
        }
    }
}

impl MappingOptions {
    /// The defaults outside the DMP: value sets and creation rights of the DMP are not looked at.
    #[must_use]
    pub fn ci_sis() -> Self {
        Self { profile: Profile::CiSis, ..Self::default() }
    }

    pub(super) fn tables(&self) -> &Nomenclatures {
        self.nomenclatures.as_deref().unwrap_or_else(|| Nomenclatures::embedded())
    }

    pub(super) fn is_dmp(&self) -> bool {
        self.profile == Profile::Dmp
    }
}

/// Whose rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// A document meant for the DMP: rules `CDA-DMP-001` to `009` that are errors.
    Dmp,
    /// Any XDS registry of the CI-SIS.
    CiSis,
}

/// A confidentiality code of the DMP (TRE_A07) that no CDA bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Masking {
    /// `MASQUE_PS`: masked to professionals.
    Professionals,
    /// `INVISIBLE_PATIENT`: not yet revealed to the patient.
    Patient,
    /// `INVISIBLE_REPRESENTANTS_LEGAUX`: not revealed to the legal representatives of a minor.
    LegalRepresentatives,
}

impl Masking {
    /// The code on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Professionals => "MASQUE_PS",
            Self::Patient => "INVISIBLE_PATIENT",
            Self::LegalRepresentatives => "INVISIBLE_REPRESENTANTS_LEGAUX",
        }
    }
}

/// What becomes of a date that has an hour but no second. A date without hour stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShortTime {
    /// 14 digits.
    AppendZeros,
    /// As many digits as the document gives.
    Keep,
}

/// Which documents get a referenceIdList.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceIds {
    /// Imaging reports (18748-4) and requests (55115-0).
    Imaging,
    /// All documents that bear an order.
    Always,
    /// None.
    Never,
}

/// formatCode of a signed document (unknown).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedFormat {
    /// That of the document inside.
    Inner,
    /// `urn:ihe:iti:dsg:enveloping:2014`.
    Enveloping,
}
