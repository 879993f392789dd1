//! The rights tables as data: tab separated, one header row (see `data/README.md`).

use std::collections::HashMap;

/// Rows of a table, each a map from the header's names to the cells.
pub(super) fn rows(text: &'static str) -> impl Iterator<Item = HashMap<&'static str, &'static str>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    lines.map(move |line| header.iter().copied().zip(line.split('\t')).collect())
}
