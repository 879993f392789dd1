//! How a mock behaves: open world, rule policy, and the choices where the texts are silent on the server's side.

use dmp_protocol::rules::{Policy, PolicyError, Strictness};
use dmp_protocol::switches::Switches;

use crate::rules::ReadingMatrix;

/// Rules that warn: those that vihf.md §12 says so of, and coherence rules that are not enforced yet: what differs
/// between an entry and its document, but for its uniqueId (CDA-XDS-001) and its patient (CDA-XDS-002).
const LENIENT_BY_DEFAULT: &str = "V37,V45,X14,X15,CDA-XDS-003,CDA-XDS-004,CDA-XDS-005,CDA-XDS-006,CDA-XDS-007,\
    CDA-XDS-008,CDA-XDS-009,CDA-XDS-010,CDA-XDS-011,CDA-XDS-012,CDA-XDS-013,CDA-XDS-014,CDA-XDS-015,CDA-XDS-016,\
    CDA-XDS-017,CDA-XDS-018,CDA-XDS-019,CDA-XDS-020";

/// Rules that the open world turns into warnings: a wrong INS key and a production OID.
const LENIENT_IN_OPEN_WORLD: &str = "V41";

/// Everything that is decided before the first request.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) open_world: bool,
    pub(crate) policy: Policy,
    pub(crate) switches: Switches,
    pub(crate) matrix: ReadingMatrix,
}

impl Settings {
    /// Puts together the default policy, the open world's, and the rules of `lenient`.
    pub(crate) fn new(open_world: bool, lenient: &str, mut switches: Switches) -> Result<Self, PolicyError> {
        let mut policy = Policy::lenient(LENIENT_BY_DEFAULT)?;
        if open_world {
            policy = policy.with(LENIENT_IN_OPEN_WORLD, Strictness::Lenient)?;
            switches.server.depositor_is_author = true;
            switches.server.air_author_by_structure = true;
        }
        let policy = policy.with(lenient, Strictness::Lenient)?;
        Ok(Settings { open_world, policy, switches, matrix: ReadingMatrix::embedded().clone() })
    }
}
