//! Which problem is an error, a warning or nothing (identities §1, switches of §11).

use serde::{Deserialize, Serialize};

use super::error::{IdentityError, IdentityKind, IdentityProblem};
use crate::Realm;

/// How a problem is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Not looked at.
    Silent,
    /// Accepted and reported in [`super::Parsed::warnings`].
    Warning,
    /// Refused.
    Error,
}

/// Treatment of a wrong INS key: the switch `ins_key_check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyCheck {
    /// A wrong key is refused, in both realms.
    #[default]
    Error,
    /// A wrong key is accepted with a warning: several published example documents carry one.
    Warn,
}

/// What becomes of the OID `.8` that the INSi test service answers for test persons: the switch `insi_oid_rewrite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InsiOidRewrite {
    /// Kept: the INS is then refused or suspect, and the integrator sees it.
    #[default]
    Off,
    /// Replaced by `.10` in [`Realm::Test`], with a warning; never in production.
    TestNir,
}

/// Validation policy of a session. `IdentityPolicy::from(realm)` is the table of identities §1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityPolicy {
    /// World of the session.
    pub realm: Realm,
    /// Switch `ins_key_check`.
    pub ins_key_check: KeyCheck,
    /// Switch `insi_oid_rewrite`: only [`super::Ins::parse_insi`] looks at it.
    pub insi_oid_rewrite: InsiOidRewrite,
    /// Switch `finess_check`: overrides the severity of a wrong FINESS check digit; `None` = the table.
    pub finess_check: Option<Severity>,
    /// Switch `adeli_check`, default silent: the algorithm (Luhn, A=1, B=2) is only probable.
    pub adeli_check: Severity,
    /// Switch `production_refuses_test_ranges`, default warning.
    pub test_ranges_in_production: Severity,
    /// Switch `internal_id_max`: longest internal part of a PS_IdNat, in characters, default 64.
    pub internal_id_max: usize,
}

impl From<Realm> for IdentityPolicy {
    fn from(realm: Realm) -> Self {
        Self {
            realm,
            ins_key_check: KeyCheck::Error,
            insi_oid_rewrite: InsiOidRewrite::Off,
            finess_check: None,
            adeli_check: Severity::Silent,
            test_ranges_in_production: Severity::Warning,
            internal_id_max: 64,
        }
    }
}

impl IdentityPolicy {
    /// The same policy with another `ins_key_check`.
    #[must_use]
    pub fn with_ins_key_check(mut self, check: KeyCheck) -> Self {
        self.ins_key_check = check;
        self
    }

    /// The same policy with another `insi_oid_rewrite`.
    #[must_use]
    pub fn with_insi_oid_rewrite(mut self, rewrite: InsiOidRewrite) -> Self {
        self.insi_oid_rewrite = rewrite;
        self
    }

    /// The same policy with another `finess_check`.
    #[must_use]
    pub fn with_finess_check(mut self, severity: Severity) -> Self {
        self.finess_check = Some(severity);
        self
    }

    /// The same policy with another `adeli_check`.
    #[must_use]
    pub fn with_adeli_check(mut self, severity: Severity) -> Self {
        self.adeli_check = severity;
        self
    }

    /// The same policy with another `production_refuses_test_ranges`.
    #[must_use]
    pub fn with_test_ranges_in_production(mut self, severity: Severity) -> Self {
        self.test_ranges_in_production = severity;
        self
    }

    /// The same policy with another `internal_id_max`.
    #[must_use]
    pub fn with_internal_id_max(mut self, characters: usize) -> Self {
        self.internal_id_max = characters;
        self
    }

    /// What a stored value is read with: the shape, which every realm checks.
    pub(super) fn shape_only() -> Self {
        Self { internal_id_max: usize::MAX, ..Self::from(Realm::Test).with_ins_key_check(KeyCheck::Warn) }
    }

    /// Severity of a wrong check digit: the table of identities §1.
    #[must_use]
    pub fn check_digit(&self, kind: IdentityKind) -> Severity {
        let by_realm = |production, test| match self.realm {
            Realm::Production => production,
            Realm::Test => test,
        };
        match kind {
            IdentityKind::Ins => match self.ins_key_check {
                KeyCheck::Error => Severity::Error,
                KeyCheck::Warn => Severity::Warning,
            },
            IdentityKind::Rpps => by_realm(Severity::Error, Severity::Warning),
            IdentityKind::Finess => self.finess_check.unwrap_or(by_realm(Severity::Warning, Severity::Silent)),
            IdentityKind::RppsRang | IdentityKind::Siren | IdentityKind::Siret => {
                by_realm(Severity::Warning, Severity::Silent)
            }
            IdentityKind::Adeli => self.adeli_check,
            // No check digit of their own; the number inside a PS_IdNat or Struct_IdNat is checked under its own kind.
            IdentityKind::AdeliRang
            | IdentityKind::InsC
            | IdentityKind::ProfessionalId
            | IdentityKind::StructureId
            | IdentityKind::BirthDate
            | IdentityKind::BirthName
            | IdentityKind::GivenNames
            | IdentityKind::UsedName
            | IdentityKind::Sex
            | IdentityKind::BirthPlace
            | IdentityKind::Datamatrix => Severity::Silent,
        }
    }
}

/// A policy at work: refuses, or collects warnings.
pub(super) struct Examination {
    pub(super) policy: IdentityPolicy,
    pub(super) warnings: Vec<IdentityError>,
}

impl Examination {
    pub(super) fn new(policy: IdentityPolicy) -> Self {
        Self { policy, warnings: Vec::new() }
    }

    pub(super) fn report(
        &mut self,
        severity: Severity,
        kind: IdentityKind,
        problem: IdentityProblem,
    ) -> Result<(), IdentityError> {
        match severity {
            Severity::Silent => Ok(()),
            Severity::Warning => {
                self.warnings.push(problem.of(kind));
                Ok(())
            }
            Severity::Error => Err(problem.of(kind)),
        }
    }

    pub(super) fn check_digit(&mut self, kind: IdentityKind, passes: bool) -> Result<(), IdentityError> {
        if passes { Ok(()) } else { self.report(self.policy.check_digit(kind), kind, IdentityProblem::CheckDigit) }
    }

    pub(super) fn test_range(&mut self, kind: IdentityKind, is_test: bool) -> Result<(), IdentityError> {
        if is_test && self.policy.realm == Realm::Production {
            self.report(self.policy.test_ranges_in_production, kind, IdentityProblem::TestRange)
        } else {
            Ok(())
        }
    }
}
