//! The table of requirements, compiled in: `data/requirements.tsv`.

use std::sync::OnceLock;

/// Who has to meet a requirement. The SDK may help the others, and what it leaves to them stands in
/// [`Requirement::remains`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// The SDK meets it, for the part that a library can.
    Sdk,
    /// The vendor: the software around the SDK, or the vendor's own process.
    Vendor,
    /// The professional or the establishment.
    Organisation,
    /// Nobody: the text is withdrawn, or not known.
    Void,
}

impl Status {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Sdk, "sdk"), (Self::Vendor, "vendor"), (Self::Organisation, "organisation"), (Self::Void, "void")];

    /// `sdk`, `vendor`, `organisation` or `void`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, text)| text)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == text).map(|(status, _)| *status)
    }
}

/// One identifier of the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirement {
    /// `EXI 05`, `EX_2.1-1050`, `SC.DMP/UX.15`…
    pub id: &'static str,
    /// The text it is in.
    pub text: &'static str,
    /// Who has to meet it.
    pub status: Status,
    /// What it asks for, in the words of the project.
    pub demand: &'static str,
    /// Items of the SDK that serve it, as paths: `dmp_lps::outbox::Outbox`.
    pub items: Vec<&'static str>,
    /// Tests that show it, by the identifiers in their names: `F09-T3`, `S-08`, `2.1-060`.
    pub tests: Vec<&'static str>,
    /// What the others still do; empty when nothing.
    pub remains: &'static str,
}

/// Every identifier of the texts, in their order.
#[must_use]
pub fn requirements() -> &'static [Requirement] {
    static ROWS: OnceLock<Vec<Requirement>> = OnceLock::new();
    ROWS.get_or_init(|| read(include_str!("../../data/requirements.tsv")))
}

/// A line `# …` names the text of the lines below it; identifiers that share a line are separated by `, `.
fn read(table: &'static str) -> Vec<Requirement> {
    let mut text = "";
    let mut rows = Vec::new();
    for line in table.lines().skip(1) {
        if let Some(heading) = line.strip_prefix("# ") {
            text = heading;
            continue;
        }
        // A line of another form is a fault of the file, which a test finds: it counts them.
        let [ids, status, demand, items, tests, remains] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let Some(status) = Status::parse(status) else { continue };
        let words = |cell: &'static str| cell.split_whitespace().collect::<Vec<_>>();
        rows.extend(ids.split(", ").map(|id| Requirement {
            id,
            text,
            status,
            demand,
            items: words(items),
            tests: words(tests),
            remains,
        }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let table = include_str!("../../data/requirements.tsv");
        let lines = table.lines().skip(1).filter(|line| !line.starts_with("# "));
        let ids: usize = lines.map(|line| line.split('\t').next().unwrap_or_default().split(", ").count()).sum();
        assert_eq!(requirements().len(), ids);
    }
}
