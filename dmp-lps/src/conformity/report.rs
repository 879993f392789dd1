//! The report: one row for each identifier.

use std::collections::BTreeSet;

use super::{DmpFunction, Requirement, Status, requirements};
use crate::page::{Cell, Page};

/// What the SDK does of each requirement, and which functions of the DMP a software offers.
///
/// The report certifies nothing: a vendor certifies the vendor's own software, with the vendor's own homologation number.
///
/// ```
/// use dmp_lps::conformity::{ConformityReport, DmpFunction, Status};
///
/// let report = ConformityReport::of("LPS Exemple 4.2.0").offers([DmpFunction::Existence, DmpFunction::Feeding]);
/// let row = report.rows().iter().find(|row| row.id == "EXI 27").unwrap();
/// assert_eq!(row.status, Status::Organisation);
/// assert!(report.functions_table().to_markdown().contains("TD2.1"));
/// ```
#[derive(Debug, Clone)]
pub struct ConformityReport {
    software: String,
    functions: BTreeSet<DmpFunction>,
}

impl ConformityReport {
    /// The report of a software, named with its version as in « À propos ».
    #[must_use]
    pub fn of(software: impl Into<String>) -> Self {
        Self { software: software.into(), functions: BTreeSet::new() }
    }

    /// The software offers these functions to its users.
    #[must_use]
    pub fn offers(mut self, functions: impl IntoIterator<Item = DmpFunction>) -> Self {
        self.functions.extend(functions);
        self
    }

    /// One row for each identifier, in the order of the texts.
    #[must_use]
    pub fn rows(&self) -> &'static [Requirement] {
        requirements()
    }

    /// How many identifiers have this status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.rows().iter().filter(|row| row.status == status).count()
    }

    /// The functions of the DMP that the software offers and those that it does not, in French, for its user
    /// documentation (`EX_GEN-1190`).
    #[must_use]
    pub fn functions_table(&self) -> Page {
        let rows = DmpFunction::ALL.into_iter().map(|function| {
            let offered = if self.functions.contains(&function) { "oui" } else { "non" };
            [function.transactions().into(), function.title().into(), offered.into()]
        });
        Page::french(format!("Fonctions du DMP dans {}", self.software))
            .table(["Transaction", "Fonction", "Présente"], rows)
    }

    /// The whole report as a page, to be written as Markdown or HTML.
    #[must_use]
    pub fn page(&self) -> Page {
        let summary = format!(
            "{}: {} identifiers; {} met by the SDK for the part of a library, {} by the vendor, {} by the organisation, {} \
             withdrawn or unknown. The SDK certifies nothing: each vendor certifies a software.",
            self.software,
            self.rows().len(),
            self.count(Status::Sdk),
            self.count(Status::Vendor),
            self.count(Status::Organisation),
            self.count(Status::Void),
        );
        let legend = "A test is named by the identifier in its name: F09-T3 is a function f09_t3_…, S-08 is s_08_…, 2.1-060 is \
                      a_2_1_060_…; F18 alone stands for all the tests of that function.";
        let mut page = Page::english("Requirements").paragraph(summary).paragraph(legend);
        for part in self.rows().chunk_by(|one, next| one.text == next.text) {
            let text = part.first().map_or("", |row| row.text);
            let head = ["id", "demand", "status", "served by", "shown by", "what remains"];
            page = page.heading(text).table(head, part.iter().map(cells));
        }
        page
    }

    /// `id;text;status;demand;items;tests;remains`, UTF-8, one line for each identifier.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = "id;text;status;demand;items;tests;remains\n".to_owned();
        for row in self.rows() {
            let (items, tests) = (row.items.join(" "), row.tests.join(" "));
            let fields = [row.id, row.text, row.status.as_str(), row.demand, &items, &tests, row.remains];
            csv.push_str(&fields.map(crate::csv::quoted).join(";"));
            csv.push('\n');
        }
        csv
    }
}

fn cells(row: &Requirement) -> [Cell; 6] {
    let codes = |words: &[&str]| Cell::Codes(words.iter().map(|word| (*word).to_owned()).collect());
    let status = row.status.as_str();
    [row.id.into(), row.demand.into(), status.into(), codes(&row.items), codes(&row.tests), row.remains.into()]
}
