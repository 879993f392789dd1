//! The world a session talks to.

use serde::{Deserialize, Serialize};

/// Production or test world, chosen together with the endpoint.
///
/// It decides which INS kinds are accepted and how severe a wrong check digit is (identities §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Realm {
    /// Real patients: INS-NIR de test and de démonstration are refused.
    Production,
    /// Test platforms and the mock: published test numbers often carry a wrong check digit.
    Test,
}
