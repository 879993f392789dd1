//! Who acts, for whom, in which care: what every function is asked with.

use std::fmt;

use dmp_client::QualifiedPatient;
use dmp_protocol::vihf::Purpose;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::{IdentityError, IdentityPolicy, Ins, KeyCheck, Parsed, ProfessionalId, StructureId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A text that identifies something of the software; never empty.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text).ok_or("a blank identifier")
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> Self {
                identifier.0
            }
        }

        impl $name {
            /// `None` when the text is blank.
            pub fn new(text: impl Into<String>) -> Option<Self> {
                let text = text.into();
                (!text.trim().is_empty()).then_some(Self(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

identifier! {
    /// A user of the software, by the identifier that the software gives.
    InternalUserId
}
identifier! {
    /// An episode of care: a stay, a consultation and what follows.
    EpisodeId
}
identifier! {
    /// A service of the establishment, as the software names it.
    ServiceId
}
identifier! {
    /// An équipe de soins (L. 1110-12 CSP).
    CareTeamId
}

/// A patient as stores know one: the CX of the INS. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PatientKey(String);

impl PatientKey {
    /// `280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the number is a NIA, which opens no DMP.
    pub(crate) fn is_nia(&self) -> bool {
        self.0.contains(&format!("&{}&", dmp_vocabulary::oids::INS_NIA))
    }

    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The INS, of either world: the session checks its kind and key again before anything is sent.
    pub(crate) fn ins(&self) -> Option<Ins> {
        ins_of_cx(&self.0)
    }
}

/// The INS of a CX, of either world.
pub(crate) fn ins_of_cx(cx: &str) -> Option<Ins> {
    of_either_world(|policy| Ins::parse_cx(cx, policy))
}

/// An INS by its number and the OID of its kind, of either world.
pub(crate) fn ins_of(matricule: &str, oid: &str) -> Option<Ins> {
    of_either_world(|policy| Ins::parse(matricule, oid, policy))
}

fn of_either_world(parse: impl Fn(IdentityPolicy) -> Result<Parsed<Ins>, IdentityError>) -> Option<Ins> {
    [Realm::Production, Realm::Test].into_iter().find_map(|realm| {
        let policy = IdentityPolicy::from(realm).with_ins_key_check(KeyCheck::Warn);
        parse(policy).ok().map(|parsed| parsed.value)
    })
}

impl From<&QualifiedPatient> for PatientKey {
    fn from(patient: &QualifiedPatient) -> Self {
        Self::from(patient.ins())
    }
}

impl From<&Ins> for PatientKey {
    fn from(ins: &Ins) -> Self {
        Self(ins.to_cx())
    }
}

impl fmt::Debug for PatientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientKey(…)")
    }
}

/// A professional as stores know one: the PS_IdNat. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfessionalKey(String);

impl ProfessionalKey {
    /// `8` + RPPS, `0` + ADELI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }
}

impl From<&ProfessionalId> for ProfessionalKey {
    fn from(id: &ProfessionalId) -> Self {
        Self(id.as_str().to_owned())
    }
}

impl fmt::Debug for ProfessionalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProfessionalKey(…)")
    }
}

/// The care in which somebody acts (EXI 03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// The episode.
    pub id: EpisodeId,
    /// When the patient came or was admitted; `None` as long as it is only planned.
    pub started_at: Option<Timestamp>,
}

/// What somebody is to the équipe de soins (référentiel §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CareRole {
    /// A professional of the team.
    TeamMember,
    /// Under the responsibility of a member: a secretary, a CPE. Feeds, never consults.
    UnderResponsibility,
    /// A professional outside the team: needs the patient's express consent.
    OutsideTeam,
}

/// Who acts, where, in which mode and care. Made anew for each act; nothing in it is a default.
#[derive(Clone)]
pub struct AccessContext {
    /// The user of the software.
    pub user: InternalUserId,
    /// The professional, by RPPS or ADELI; `None` for a user whom no directory knows.
    pub professional: Option<ProfessionalId>,
    /// The structure that answers.
    pub structure: StructureId,
    /// What the user is to the team.
    pub role: CareRole,
    /// Why the record is opened.
    pub purpose: Purpose,
    /// Connexion secrète of a minor.
    pub secret: bool,
    /// The care.
    pub episode: Episode,
    /// The team.
    pub team: CareTeamId,
}

impl AccessContext {
    /// The professional, as stores know one.
    #[must_use]
    pub fn professional_key(&self) -> Option<ProfessionalKey> {
        self.professional.as_ref().map(ProfessionalKey::from)
    }
}

impl fmt::Debug for AccessContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessContext")
            .field("role", &self.role)
            .field("purpose", &self.purpose)
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}
