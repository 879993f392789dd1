//! DIRECTE: the holder of a card, or a user of Pro Santé Connect.

use super::mode::{Direct, ProSanteConnect};
use super::opening::Session;
use super::record::Record;

/// The holder of a card, who feeds and consults.
pub type DirectSession = Session<Direct>;

/// One patient's record, opened by the holder of a card.
pub type DirectRecord = Record<Direct>;

/// A professional who logged in through Pro Santé Connect: what a card offers, under the certificate of a structure.
pub type ProSanteConnectSession = Session<ProSanteConnect>;

/// One patient's record, opened through Pro Santé Connect.
pub type ProSanteConnectRecord = Record<ProSanteConnect>;
