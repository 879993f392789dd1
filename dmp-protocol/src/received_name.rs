//! Names of the other side, repeated in our messages.

/// Characters of a received name that are repeated: enough to recognise it, too few to fill a log.
const SHOWN: usize = 64;

/// The beginning of a received name.
pub(crate) fn shorten(name: &str) -> String {
    name.chars().take(SHOWN).collect()
}
