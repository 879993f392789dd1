//! DIRECTE: the holder of a card.

use super::mode::Direct;
use super::opening::Session;
use super::record::Record;

/// The holder of a card, who feeds and consults.
pub type DirectSession = Session<Direct>;

/// One patient's record, opened by the holder of a card.
pub type DirectRecord = Record<Direct>;
