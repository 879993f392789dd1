//! The four cases, and what each text has to say.

/// Who is told what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Case {
    /// 1: the team informs its patient; the most frequent.
    InformationByTeam,
    /// 2: a professional outside the team asks for consent.
    ConsentForOutsider,
    /// 3: a member of the team collects consent for a professional outside it.
    ConsentCollectedByMember,
    /// 4: professionals are made aware (EXI 19, 25; SC.DMP/CONF.11).
    Awareness,
}

/// Something that a text has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Element {
    /// Why the record is read and fed.
    Purpose,
    /// Other authorised professionals may read.
    OtherReaders,
    /// The right to oppose consultation, and feeding with a legitimate reason.
    RightToOppose,
    /// How to oppose, on the channel of the notice.
    HowToOppose,
    /// What an opposition may change in the care.
    EffectOnCare,
    /// The patient's own settings in Mon espace santé: mask, block, close.
    OwnSettings,
    /// Whom to ask, and frequent questions.
    Contact,
    /// Medical information is shared.
    CategoryMedical,
    /// Medico-social information is shared.
    CategoryMedicoSocial,
    /// Administrative information is shared.
    CategoryAdministrative,
    /// Other information is shared.
    CategoryOther,
    /// Secured, for authorised professionals only.
    Secured,
    /// The box to tick, which nobody has ticked beforehand.
    ConsentBox,
    /// Date and identity.
    DateAndIdentity,
    /// The professional outside the team, named or described.
    OtherProfessional,
    /// Topic 1 of EXI 19: the référentiel.
    Referential,
    /// Topic 2: these data are sensitive.
    Sensitivity,
    /// Topic 3: digital hygiene.
    DigitalHygiene,
    /// Topic 4: no records of others than one's patients.
    NoOtherPatients,
    /// Topic 5: means of identification are not lent.
    NoLending,
    /// Topic 6: accesses are traced, here and nationally.
    Tracing,
    /// Topic 7: sanctions.
    Sanctions,
    /// The RPPS is sent and traced (EXI 25).
    RppsSent,
}

impl Case {
    /// The four cases.
    pub const ALL: [Self; 4] =
        [Self::InformationByTeam, Self::ConsentForOutsider, Self::ConsentCollectedByMember, Self::Awareness];

    /// What the text of this case has to say.
    #[must_use]
    pub fn elements(self) -> &'static [Element] {
        match self {
            Self::InformationByTeam => &INFORMATION,
            Self::ConsentForOutsider => &CONSENT,
            Self::ConsentCollectedByMember => &CONSENT_FOR_OTHER,
            Self::Awareness => &AWARENESS,
        }
    }

    pub(super) fn draft(self) -> &'static str {
        match self {
            Self::InformationByTeam => include_str!("../../data/notices/information-team.txt"),
            Self::ConsentForOutsider => include_str!("../../data/notices/consent-outsider.txt"),
            Self::ConsentCollectedByMember => include_str!("../../data/notices/consent-by-member.txt"),
            Self::Awareness => include_str!("../../data/notices/awareness.txt"),
        }
    }
}

const INFORMATION: [Element; 7] = [
    Element::Purpose,
    Element::OtherReaders,
    Element::RightToOppose,
    Element::HowToOppose,
    Element::EffectOnCare,
    Element::OwnSettings,
    Element::Contact,
];

const CONSENT: [Element; 8] = [
    Element::Purpose,
    Element::CategoryMedical,
    Element::CategoryMedicoSocial,
    Element::CategoryAdministrative,
    Element::CategoryOther,
    Element::Secured,
    Element::ConsentBox,
    Element::DateAndIdentity,
];

const CONSENT_FOR_OTHER: [Element; 9] = [
    Element::Purpose,
    Element::OtherProfessional,
    Element::CategoryMedical,
    Element::CategoryMedicoSocial,
    Element::CategoryAdministrative,
    Element::CategoryOther,
    Element::Secured,
    Element::ConsentBox,
    Element::DateAndIdentity,
];

const AWARENESS: [Element; 8] = [
    Element::Referential,
    Element::Sensitivity,
    Element::DigitalHygiene,
    Element::NoOtherPatients,
    Element::NoLending,
    Element::Tracing,
    Element::Sanctions,
    Element::RppsSent,
];

impl Element {
    /// Its marker in a template: `purpose`, `how_to_oppose`…
    #[must_use]
    pub fn marker(self) -> &'static str {
        match self {
            Self::Purpose => "purpose",
            Self::OtherReaders => "other_readers",
            Self::RightToOppose => "right_to_oppose",
            Self::HowToOppose => "how_to_oppose",
            Self::EffectOnCare => "effect_on_care",
            Self::OwnSettings => "own_settings",
            Self::Contact => "contact",
            Self::CategoryMedical => "category_medical",
            Self::CategoryMedicoSocial => "category_medico_social",
            Self::CategoryAdministrative => "category_administrative",
            Self::CategoryOther => "category_other",
            Self::Secured => "secured",
            Self::ConsentBox => "consent_box",
            Self::DateAndIdentity => "date_and_identity",
            Self::OtherProfessional => "other_professional",
            Self::Referential => "referential",
            Self::Sensitivity => "sensitivity",
            Self::DigitalHygiene => "digital_hygiene",
            Self::NoOtherPatients => "no_other_patients",
            Self::NoLending => "no_lending",
            Self::Tracing => "tracing",
            Self::Sanctions => "sanctions",
            Self::RppsSent => "rpps_sent",
        }
    }

    pub(super) fn from_marker(marker: &str) -> Option<Self> {
        let all = Case::ALL.into_iter().flat_map(Case::elements);
        all.copied().find(|element| element.marker() == marker)
    }
}
