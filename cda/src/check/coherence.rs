//! `CDA-XDS`: an entry says what its document says.

use xds_model::{CodedValue, DocumentEntry};

use super::findings::Findings;
use super::options::CheckOptions;
use super::report::Report;
use super::shape;
use crate::Document;
use crate::metadata::{self, MappingError, MappingOptions};

/// A coded attribute of an entry.
type Coded = fn(&DocumentEntry) -> &Option<CodedValue>;

/// The attributes whose codes may be shown.
const CODED: [(&str, Coded); 5] = [
    ("CDA-XDS-006", |entry| &entry.type_code),
    ("CDA-XDS-007", |entry| &entry.class_code),
    ("CDA-XDS-008", |entry| &entry.format_code),
    ("CDA-XDS-014", |entry| &entry.practice_setting_code),
    ("CDA-XDS-015", |entry| &entry.healthcare_facility_type_code),
];

/// Compares an entry with what the bytes of its document give: rules `CDA-XDS-001` to `020`.
///
/// The comparison is that of [`metadata::differences`]; an attribute that cannot be derived differs from any value. The
/// findings have no line: their XPath is `DocumentEntry`.
///
/// ```
/// # let bytes = include_bytes!("../../../testdata/cda/n1-consultation-v1.xml");
/// use cda::check::{CheckOptions, check_entry};
/// use cda::metadata::{MappingOptions, document_entry};
/// let document = cda::read(bytes.as_slice(), &cda::CdaLimits::default())?;
/// let mapping = MappingOptions::default();
/// let mut entry = document_entry(&document, &mapping).map_err(|errors| errors[0].clone())?;
/// assert!(check_entry(&document, &entry, &mapping, &CheckOptions::produce()).is_clean());
///
/// entry.title = Some("Autre titre".to_owned());
/// let report = check_entry(&document, &entry, &mapping, &CheckOptions::produce());
/// assert_eq!(report.findings[0].rule, "CDA-XDS-009");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn check_entry(
    document: &Document,
    entry: &DocumentEntry,
    mapping: &MappingOptions,
    options: &CheckOptions,
) -> Report {
    let (derived, errors) = metadata::derive(document, mapping);
    let mut findings = Findings::new(options);
    for difference in metadata::differences(&derived, entry) {
        let concerns = |error: &&MappingError| difference.attribute.split(", ").any(|name| name == error.attribute);
        let coded = CODED.iter().find(|(rule, _)| *rule == difference.rule);
        let found = match (errors.iter().find(concerns), coded) {
            (Some(error), _) => format!("{}: the document gives none ({})", difference.attribute, error.rule),
            (None, Some((_, of))) => {
                let code = |entry| shape::code(of(entry).as_ref().map(|coded| coded.code.as_str()));
                format!("{} where the document gives {}", code(entry), code(&derived))
            }
            (None, None) => format!("another {}", difference.attribute),
        };
        findings.report_file(difference.rule, "DocumentEntry", (0, 0), found);
    }
    findings.finish()
}
