//! INS, *Identité Nationale de Santé*: matricule + OID of its kind, never one without the other (identities §2).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{IdentityError, IdentityKind, IdentityProblem, Parsed};
use super::policy::{Examination, IdentityPolicy, InsiOidRewrite, Severity};
use super::shape::{self, Class, tidy};
use crate::{Realm, oids};

const KIND: IdentityKind = IdentityKind::Ins;

/// Kind of INS: only the OID tells, the numbers look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsKind {
    /// INS-NIR: production.
    Nir,
    /// INS-NIA, *numéro identifiant d'attente*: never opens a DMP (test 0.2-080).
    Nia,
    /// INS-NIR de test.
    NirTest,
    /// INS-NIR de démonstration.
    NirDemo,
}

impl InsKind {
    /// OID of the kind.
    #[must_use]
    pub fn oid(self) -> &'static str {
        match self {
            Self::Nir => oids::INS_NIR,
            Self::Nia => oids::INS_NIA,
            Self::NirTest => oids::INS_NIR_TEST,
            Self::NirDemo => oids::INS_NIR_DEMO,
        }
    }

    /// The kind of an OID; `None` for every other OID, INS-C included.
    #[must_use]
    pub fn from_oid(oid: &str) -> Option<Self> {
        [Self::Nir, Self::Nia, Self::NirTest, Self::NirDemo].into_iter().find(|kind| kind.oid() == oid)
    }
}

impl fmt::Display for InsKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Nir => "INS-NIR",
            Self::Nia => "INS-NIA",
            Self::NirTest => "INS-NIR de test",
            Self::NirDemo => "INS-NIR de démonstration",
        };
        write!(formatter, "{name} ({})", self.oid())
    }
}

/// An INS. Two are equal when matricule and OID are: neither sex, birth date nor place is ever read in the digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ins {
    matricule: String,
    kind: InsKind,
}

impl Ins {
    /// Parses a matricule of 15 characters and the OID of its kind (HL7 v3: `extension` and `root`).
    ///
    /// A wrong key is an error, or a warning under [`super::KeyCheck::Warn`]; a kind the realm refuses is an error.
    pub fn parse(matricule: &str, oid: &str, policy: impl Into<IdentityPolicy>) -> Result<Parsed<Self>, IdentityError> {
        let kind = InsKind::from_oid(oid.trim()).ok_or(IdentityProblem::Oid.of(KIND))?;
        let value = Self { matricule: tidy(matricule, Some(DEPARTMENT)), kind };
        let warnings = value.check(policy)?;
        Ok(Parsed { value, warnings })
    }

    /// Parses an answer of the téléservice INSi: `NumIdentifiant` of 13 characters, `Cle` of 2, `OID` (identities §2.6).
    ///
    /// The test service answers `.8` for test persons: under [`InsiOidRewrite::TestNir`], in [`Realm::Test`] only, the
    /// INS becomes an INS-NIR de test and the warnings say so.
    pub fn parse_insi(
        number: &str,
        key: &str,
        oid: &str,
        policy: impl Into<IdentityPolicy>,
    ) -> Result<Parsed<Self>, IdentityError> {
        let policy = policy.into();
        let (number, key) = (number.trim(), key.trim());
        shape::length(KIND, number, 13, "13 characters in NumIdentifiant; the key is apart, in Cle")?;
        let matricule = format!("{number}{key}");
        let answered = Self::parse(&matricule, oid, policy)?;
        let rewrites = policy.realm == Realm::Test && policy.insi_oid_rewrite == InsiOidRewrite::TestNir;
        if !rewrites || answered.value.kind != InsKind::Nir {
            return Ok(answered);
        }
        let value = answered.value.into_test_nir();
        let mut warnings = value.check(policy)?;
        warnings.push(IdentityProblem::OidRewritten.of(KIND));
        Ok(Parsed { value, warnings })
    }

    /// Parses a CX: `280057599900151^^^&1.2.250.1.213.1.4.10&ISO^NH`.
    ///
    /// Only CX.1 and the OID of CX.4 count. Tolerated: a namespace before the OID and type `INS` (HL7 v2 PID-3), a type
    /// in lower case or absent, and what older producers add in CX.6 and CX.7 (a date).
    pub fn parse_cx(text: &str, policy: impl Into<IdentityPolicy>) -> Result<Parsed<Self>, IdentityError> {
        let refuse = |expected| IdentityProblem::Cx { expected }.of(KIND);
        let components: Vec<&str> = text.trim().splitn(8, '^').collect();
        let (Some(&matricule), Some(&authority)) = (components.first(), components.get(3)) else {
            return Err(refuse("<15 characters>^^^&<OID>&ISO^NH"));
        };
        if components.len() > 7 {
            return Err(refuse("at most 7 components"));
        }
        let authority: Vec<&str> = authority.splitn(4, '&').collect();
        let &[_namespace, oid, "ISO"] = authority.as_slice() else {
            return Err(refuse("&<OID>&ISO as fourth component"));
        };
        match components.get(4).map_or("", |kind| kind.trim()) {
            "" | "NH" | "nh" | "INS" => Self::parse(matricule, oid, policy),
            _ => Err(refuse("type NH as fifth component")),
        }
    }

    /// Checks a value read by serde against the policy of the session; answers the tolerated problems.
    pub fn check(&self, policy: impl Into<IdentityPolicy>) -> Result<Vec<IdentityError>, IdentityError> {
        let mut examination = Examination::new(policy.into());
        check_shape(&self.matricule)?;
        check_realm(self.kind, &mut examination)?;
        let (number, key) = self.matricule.split_at_checked(13).unwrap_or_default();
        examination.check_digit(KIND, ins_key(number).is_some_and(|expected| expected == key))?;
        Ok(examination.warnings)
    }

    /// The 15 characters, letters of Corsica included.
    #[must_use]
    pub fn matricule(&self) -> &str {
        &self.matricule
    }

    /// Kind of number.
    #[must_use]
    pub fn kind(&self) -> InsKind {
        self.kind
    }

    /// OID of the kind of number.
    #[must_use]
    pub fn oid(&self) -> &'static str {
        self.kind.oid()
    }

    /// Whether this kind of number may be sent to a DMP: a NIA never (test 0.2-080).
    #[must_use]
    pub fn opens_dmp(&self) -> bool {
        self.kind != InsKind::Nia
    }

    /// The CX of `patientId` and of the VIHF `resource-id`; unescaped.
    #[must_use]
    pub fn to_cx(&self) -> String {
        format!("{}^^^&{}&ISO^NH", self.matricule, self.oid())
    }

    /// The PID-3 of HL7 v2.
    #[must_use]
    pub fn to_pid3(&self) -> String {
        let namespace = match self.kind {
            InsKind::Nia => "ASIP-SANTE-INS-NIA",
            InsKind::Nir | InsKind::NirTest | InsKind::NirDemo => "ASIP-SANTE-INS-NIR",
        };
        format!("{}^^^{namespace}&{}&ISO^INS", self.matricule, self.oid())
    }

    /// The same matricule as INS-NIR de test: for the INSi test service, which answers `.8` for test persons.
    ///
    /// Never done silently: [`Self::parse_insi`] does it under the switch `insi_oid_rewrite`. A kind other than NIR is
    /// returned unchanged; in production the result is refused by [`Self::check`].
    #[must_use]
    pub fn into_test_nir(self) -> Self {
        match self.kind {
            InsKind::Nir => Self { kind: InsKind::NirTest, ..self },
            InsKind::Nia | InsKind::NirTest | InsKind::NirDemo => self,
        }
    }
}

/// The key of the first 13 characters of a matricule; `None` when they have not the shape of one.
///
/// `2A` counts as 19 and `2B` as 18, in the département only; key = 97 - (number mod 97), two digits.
#[must_use]
pub fn ins_key(number: &str) -> Option<String> {
    if number.len() != 13 {
        return None;
    }
    let (start, department, end) =
        (number.get(..DEPARTMENT)?, number.get(DEPARTMENT..DEPARTMENT + 2)?, number.get(7..)?);
    let department = match department {
        "2A" => "19",
        "2B" => "18",
        digits => digits,
    };
    let digits = format!("{start}{department}{end}");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(format!("{:02}", 97 - number % 97))
}

/// Index of the département in a matricule.
pub(super) const DEPARTMENT: usize = 5;

/// `^[1-478][0-9]{4}(2[AB]|[0-9]{2})[0-9]{8}$` (first digit (probable)).
fn check_shape(matricule: &str) -> Result<(), IdentityError> {
    shape::length(KIND, matricule, 15, "15 characters: 13 of the number and 2 of the key")?;
    let first = "1, 2, 3, 4, 7 or 8";
    if !matricule.starts_with(['1', '2', '3', '4', '7', '8']) {
        return Err(IdentityProblem::Character { position: 1, expected: first }.of(KIND));
    }
    let mut digits = matricule.to_owned();
    if matches!(digits.get(DEPARTMENT..DEPARTMENT + 2), Some("2A" | "2B")) {
        digits.replace_range(DEPARTMENT + 1..DEPARTMENT + 2, "0");
    }
    shape::all(KIND, &digits, 0, Class::Digit)
}

fn check_realm(kind: InsKind, examination: &mut Examination) -> Result<(), IdentityError> {
    let realm = examination.policy.realm;
    match (realm, kind) {
        (Realm::Production, InsKind::NirTest | InsKind::NirDemo) => {
            Err(IdentityProblem::KindRefused { kind, realm }.of(KIND))
        }
        (Realm::Test, InsKind::Nir) => {
            examination.report(Severity::Warning, KIND, IdentityProblem::KindSuspect { kind, realm })
        }
        (Realm::Production, InsKind::Nir | InsKind::Nia)
        | (Realm::Test, InsKind::Nia | InsKind::NirTest | InsKind::NirDemo) => Ok(()),
    }
}

impl fmt::Debug for Ins {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Ins(…, {:?})", self.kind)
    }
}

impl Serialize for Ins {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_cx())
    }
}

impl<'de> Deserialize<'de> for Ins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_cx(&text, IdentityPolicy::shape_only()).map(|parsed| parsed.value).map_err(serde::de::Error::custom)
    }
}
