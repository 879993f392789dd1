//! Annexe 2 of the référentiel, as data: what each category of professional may do, and what the patient is asked.

use crate::context::CareRole;

/// A category of professional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Category {
    /// What the person is to the équipe de soins (L. 1110-12 CSP).
    pub role: CareRole,
    /// May read the record.
    pub consults: bool,
    /// May feed it.
    pub feeds: bool,
    /// How the patient agrees; informing beforehand is mandatory for all.
    pub consent: ConsentRule,
    /// How the patient opposes.
    pub opposition: OppositionRule,
}

/// How a patient agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConsentRule {
    /// Presumed of a patient who was informed and did not oppose.
    Presumed,
    /// Express, and valid until it is withdrawn (K13).
    Express,
}

/// How a patient opposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OppositionRule {
    /// To consultation without a reason, to feeding with a legitimate one, to both by blocking the professional.
    EitherOrBoth,
    /// None to feeding, if the patient authorised the professional in charge.
    NoneToFeeding,
    /// Withdrawal of the consent.
    Withdrawal,
}

/// The three categories.
pub const CATEGORIES: [Category; 3] = [
    Category {
        role: CareRole::TeamMember,
        consults: true,
        feeds: true,
        consent: ConsentRule::Presumed,
        opposition: OppositionRule::EitherOrBoth,
    },
    Category {
        role: CareRole::UnderResponsibility,
        consults: false,
        feeds: true,
        consent: ConsentRule::Presumed,
        opposition: OppositionRule::NoneToFeeding,
    },
    Category {
        role: CareRole::OutsideTeam,
        consults: true,
        feeds: true,
        consent: ConsentRule::Express,
        opposition: OppositionRule::Withdrawal,
    },
];

impl Category {
    /// The category of a role.
    #[must_use]
    pub fn of(role: CareRole) -> Self {
        match role {
            CareRole::TeamMember => CATEGORIES[0],
            CareRole::UnderResponsibility => CATEGORIES[1],
            CareRole::OutsideTeam => CATEGORIES[2],
        }
    }
}
