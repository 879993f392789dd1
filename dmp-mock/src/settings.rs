//! How a mock behaves: open world, strictness of each rule, the choices where the texts are silent on the server's side,
//! and the tables that an operator may replace.

use std::path::Path;
use std::sync::Arc;

use dmp_protocol::nomenclature::{NomenclatureError, Nomenclatures};
use dmp_protocol::rules::{Policy, PolicyError, Strictness};
use dmp_protocol::switches::{SwitchError, Switches};

use crate::rules::ReadingMatrix;
use crate::rules::ids::{UnknownRule, check_known};
use crate::rules::matrix::MatrixError;

/// Rules that warn: those that vihf.md §12 says so of, and the differences between an entry and its document with which
/// deposits are known to be accepted (xds.md §13).
const LENIENT_BY_DEFAULT: &str = "V37,V45,CDA-XDS-005,CDA-XDS-007,CDA-XDS-008,CDA-XDS-009,CDA-XDS-010,CDA-XDS-011,\
    CDA-XDS-014,CDA-XDS-015,CDA-XDS-020";

/// Rules that the open world turns into warnings: a wrong INS key and a production OID.
const LENIENT_IN_OPEN_WORLD: &str = "V41";

/// A setting that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// An item of a list of rules has not the shape of a rule id.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// No rule of this DMP has that id.
    #[error(transparent)]
    Rule(#[from] UnknownRule),
    /// No switch of that name, or no such value.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// The reading matrix cannot be read.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// The value sets cannot be read.
    #[error(transparent)]
    ValueSets(#[from] NomenclatureError),
}

/// Everything that a request asks about how the mock behaves.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) open_world: bool,
    pub(crate) policy: Policy,
    pub(crate) switches: Switches,
    matrix: Option<Arc<ReadingMatrix>>,
    nomenclatures: Option<Arc<Nomenclatures>>,
}

impl Settings {
    /// The default policy, and that of the open world.
    pub(crate) fn new(open_world: bool, mut switches: Switches) -> Result<Self, SettingsError> {
        let mut policy = Policy::lenient(LENIENT_BY_DEFAULT)?;
        if open_world {
            policy = policy.with(LENIENT_IN_OPEN_WORLD, Strictness::Lenient)?;
            switches.server.depositor_is_author = true;
            switches.server.air_author_by_structure = true;
        }
        Ok(Settings { open_world, policy, switches, matrix: None, nomenclatures: None })
    }

    /// Applies the rules of a list, separated by commas, with that strictness.
    pub(crate) fn apply(&mut self, rules: &str, strictness: Strictness) -> Result<(), SettingsError> {
        let policy = self.policy.clone().with(rules, strictness)?;
        rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).try_for_each(check_known)?;
        self.policy = policy;
        Ok(())
    }

    pub(crate) fn replace_matrix(&mut self, file: &Path) -> Result<(), SettingsError> {
        self.matrix = Some(Arc::new(ReadingMatrix::from_file(file)?));
        Ok(())
    }

    pub(crate) fn replace_value_sets(&mut self, folder: &Path) -> Result<(), SettingsError> {
        self.nomenclatures = Some(Arc::new(Nomenclatures::load(folder)?));
        Ok(())
    }

    /// Who may read which type.
    pub(crate) fn matrix(&self) -> &ReadingMatrix {
        self.matrix.as_deref().unwrap_or_else(|| ReadingMatrix::embedded())
    }

    /// The value sets of the affinity domain.
    pub(crate) fn nomenclatures(&self) -> &Nomenclatures {
        self.nomenclatures.as_deref().unwrap_or_else(|| Nomenclatures::embedded())
    }
}
