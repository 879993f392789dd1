//! Checks of a document by the 208 rules of `data/rules.tsv`, in one pass and bounded memory.
//!
//! They come before, and do not replace, the official schema and schematrons \[EX_2.1-1071\]: 113 of these rules are not
//! enforced there. Clinical entries are opaque here.
//!
//! ```
//! # let bytes = include_bytes!("../../../testdata/cda/n1-consultation-v1.xml");
//! use cda::check::{CheckOptions, check};
//! let report = check(bytes, &CheckOptions::produce().for_the_dmp());
//! assert!(report.is_valid(), "{report}");
//!
//! let options = CheckOptions::receive();
//! let report = check(br#"<ClinicalDocument xmlns="urn:hl7-org:v3"><title> </title></ClinicalDocument>"#, &options);
//! assert!(report.errors().any(|finding| finding.rule == "CDA-HDR-015" && finding.xpath == "/ClinicalDocument/title"));
//! ```

mod address;
mod authenticator;
mod author;
mod coherence;
mod custodian;
mod data_types;
mod dmp;
mod document;
mod encounter;
mod event;
mod findings;
mod identifier;
mod ids;
mod media;
mod options;
mod order;
mod participation;
mod patient;
mod pdf_copy;
mod place;
mod report;
mod rule;
mod schema;
mod section;
mod shape;
mod stylesheet;
mod subject;
mod traits;
mod tree;
mod unstructured;
mod value_sets;
mod version;
mod walk;

use std::io::Read;

pub use coherence::check_entry;
pub use media::declares_pdf_a1;
pub use options::{CheckOptions, Clock, Mode, RulePolicy};
pub use report::{Finding, Report, Severity};
pub use rule::{Rule, RuleSeverity, UnknownRule, by_id, rules};

use self::findings::Findings;
use self::subject::Subject;
use crate::{CdaError, CdaErrorKind};

/// The families of rules that look at the header, in the order of the specification.
const FAMILIES: [fn(&Subject<'_>, &mut Findings<'_>); 12] = [
    document::check,
    patient::check,
    author::check,
    custodian::check,
    authenticator::check,
    participation::check,
    event::check,
    version::check,
    encounter::check,
    value_sets::check,
    data_types::check,
    unstructured::check,
];

/// Checks a document.
///
/// What the reader refuses (`CDA-DOC-001` to `006`) is the only finding of its report. Time is linear in the size of the
/// document; memory holds its header, the open elements and the identifiers of its body.
#[must_use]
pub fn check(bytes: &[u8], options: &CheckOptions) -> Report {
    // Reading from memory cannot fail; if it did, it would be a refusal like any other.
    check_reader(bytes, options).unwrap_or_else(|error| Findings::refuse("CDA-DOC-002", (1, 1), error.to_string()))
}

/// As [`check`], from any source, which is read once to its end.
///
/// # Errors
/// The source could not be read.
pub fn check_reader(source: impl Read, options: &CheckOptions) -> std::io::Result<Report> {
    let mut findings = Findings::new(options);
    let walked = match walk::walk(source, options, &mut findings) {
        Ok(walked) => walked,
        Err(error) => return refused(error),
    };
    if let Some(root) = walked.header.root() {
        let subject = Subject { root, contents: &walked.contents, options };
        for family in FAMILIES {
            family(&subject, &mut findings);
        }
        if options.dmp {
            dmp::check(&subject, &mut findings);
        }
    }
    Ok(findings.finish())
}

/// Looks at a stylesheet that stands alone, as [`check`] does at that of a document autoprésentable: `CDA-DOC-012`, and
/// what the reader refuses. The stylesheet that a software shows received documents with deserves it too.
#[must_use]
pub fn lint_stylesheet(bytes: &[u8], options: &CheckOptions) -> Report {
    let mut findings = Findings::new(options);
    match walk::walk_stylesheet(bytes, options, &mut findings) {
        Ok(()) => findings.finish(),
        // Reading from memory cannot fail; if it did, it would be a refusal like any other.
        Err(error) => refused(error).unwrap_or_else(|error| Findings::refuse("CDA-DOC-002", (1, 1), error.to_string())),
    }
}

fn refused(error: CdaError) -> std::io::Result<Report> {
    match error.kind {
        CdaErrorKind::Io(kind) => Err(kind.into()),
        kind => {
            let rule = kind.rule().unwrap_or("CDA-DOC-002");
            Ok(Findings::refuse(rule, (error.line, error.column), kind.to_string()))
        }
    }
}
