//! Addresses of pages, both ways.

use std::fmt;

use super::Page;
use crate::identity::Ins;

/// Path of TD0.9, for a card and for Pro Santé Connect.
pub const DIRECT_PATH: &str = "AccesDirect";
/// Path of TD0.10 (probable).
pub const AIR_PATH: &str = "AccesIndirectRenforce";

/// `<base>/<path>/<page>[/<INS>/<OID of the INS>]`: health data as soon as there is a patient.
///
/// ```
/// use dmp_protocol::web_ps::{DIRECT_PATH, Page, page_url};
/// let url = page_url("https://wps-cps.exemple.test/", DIRECT_PATH, Page::TableauDeBord, None);
/// assert_eq!(url, "https://wps-cps.exemple.test/AccesDirect/TableauDeBord");
/// ```
#[must_use]
pub fn page_url(base: &str, path: &str, page: Page, patient: Option<&Ins>) -> String {
    let page = format!("{}/{}/{}", base.trim_end_matches('/'), path.trim_matches('/'), page.segment());
    match patient {
        Some(ins) => format!("{page}/{}/{}", ins.matricule(), ins.oid()),
        None => page,
    }
}

/// What the path of a request asks; nothing is judged but its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedPage {
    /// Segment of the page, known or not.
    pub segment: String,
    /// The patient, if the path names one.
    pub patient: Option<AskedPatient>,
}

/// A patient as an address or a form names it. Never in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct AskedPatient {
    /// 15 characters when it is right.
    pub matricule: String,
    /// OID of the INS; links without it circulate.
    pub oid: Option<String>,
}

impl fmt::Debug for AskedPatient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AskedPatient(hidden)")
    }
}

impl AskedPage {
    /// Reads `/<path>/<page>[/<INS>[/<OID>]]`; `None` for any other shape.
    #[must_use]
    pub fn read(request_path: &str, path: &str) -> Option<Self> {
        let rest = request_path.strip_prefix('/')?.strip_prefix(path)?.strip_prefix('/')?;
        let segments: Vec<&str> = rest.split('/').collect();
        let (segment, patient) = match segments.as_slice() {
            [segment] => (segment, None),
            [segment, matricule] => (segment, Some((matricule, None))),
            [segment, matricule, oid] => (segment, Some((matricule, Some((*oid).to_owned())))),
            _ => return None,
        };
        let patient = patient.map(|(matricule, oid)| AskedPatient { matricule: (*matricule).to_owned(), oid });
        Some(Self { segment: (*segment).to_owned(), patient })
    }
}
