//! F24: what a screen says of the DMP, of its documents and of the software itself.

use std::cmp::Reverse;
use std::fmt;

use dmp_client::{DocumentEntry, DocumentState, Language, Software};
use dmp_vocabulary::nomenclature::Nomenclatures;
use jiff::Timestamp;
use jiff::civil::Date;
use xds_model::{CodedValue, Dtm};

/// What is said of content of the DMP, and of nothing else (`EX_3.1-1075`).
pub const DMP_LABEL: &str = "DMP / Mon espace santé";

/// Where what is on the screen comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentSource {
    /// The DMP: its lists, its documents, and the copies imported from it.
    Dmp,
    /// The software's own record.
    LocalRecord,
    /// MSSanté, or another sender.
    Messaging,
}

/// The mark of content of the DMP; `None` for anything else, which must not bear it.
#[must_use]
pub fn source_label(source: ContentSource) -> Option<&'static str> {
    (source == ContentSource::Dmp).then_some(DMP_LABEL)
}

/// The states of a document in French, as the DMP names them (`EX_3.1-1080`); none for a current document that everybody
/// sees.
#[must_use]
pub fn state_labels(entry: &DocumentEntry) -> Vec<&'static str> {
    DocumentState::of(entry).into_iter().map(|state| state.label(Language::French)).collect()
}

/// Label of the type of a document: that of the entry, else of the value sets, else the code itself. A type that nobody
/// knows is shown all the same (`EX_3.1-1050`).
#[must_use]
pub fn type_label(entry: &DocumentEntry) -> String {
    entry.type_code.as_ref().map(label_of).unwrap_or_default()
}

fn label_of(code: &CodedValue) -> String {
    let written = code.display.as_deref().filter(|display| !display.trim().is_empty());
    let label = written.or_else(|| Nomenclatures::embedded().display(&code.code, &code.system));
    label.unwrap_or(&code.code).to_owned()
}

/// Whether the patient put the document there (`EX_3.1-1040`): to be distinguished on the screen.
#[must_use]
pub fn is_patient_document(entry: &DocumentEntry) -> bool {
    entry.is_patient_document()
}

/// Key of the order of a list: date of the act, the latest first, then typeCode; documents without a date come last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey(Reverse<Option<Timestamp>>, String);

/// See [`SortKey`]. The date of the act is its start, failing that the creation of the document.
#[must_use]
pub fn sort_key(entry: &DocumentEntry) -> SortKey {
    let date = entry.service_start_time.as_ref().or(entry.creation_time.as_ref());
    let code = entry.type_code.as_ref().map(|code| code.code.clone()).unwrap_or_default();
    SortKey(Reverse(date.and_then(Dtm::timestamp)), code)
}

/// A date of the wire, UTC, shown in the time of Paris (`EX_3.1-1070`) with the precision it came with. What is no date
/// is shown as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDateTime {
    raw: Dtm,
}

impl LocalDateTime {
    /// As the DMP wrote it.
    #[must_use]
    pub fn raw(&self) -> &Dtm {
        &self.raw
    }
}

impl From<&Dtm> for LocalDateTime {
    fn from(raw: &Dtm) -> Self {
        Self { raw: raw.clone() }
    }
}

/// `02/03/2026 10:15`; `02/03/2026`, `03/2026` or `2026` when the wire says no more.
impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = self.raw.as_str();
        let Some(instant) = self.raw.timestamp() else { return f.write_str(raw) };
        // A day has no hour that could be shifted into another day.
        let zone = if raw.len() <= 8 { jiff::tz::TimeZone::UTC } else { dmp_protocol::paris() };
        let local = instant.to_zoned(zone);
        let (year, month, day) = (local.year(), local.month(), local.day());
        match raw.len() {
            0..=4 => write!(f, "{year:04}"),
            5..=6 => write!(f, "{month:02}/{year:04}"),
            7..=8 => write!(f, "{day:02}/{month:02}/{year:04}"),
            _ => write!(f, "{day:02}/{month:02}/{year:04} {:02}:{:02}", local.hour(), local.minute()),
        }
    }
}

/// A profile that the software is certified for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedProfile {
    /// Its name in the certificate.
    pub name: String,
    /// Day of the certification.
    pub on: Date,
}

/// What the software is; the source of its "À propos" screen.
#[derive(Debug, Clone)]
pub struct LpsInfo {
    /// Its vendor.
    pub vendor: String,
    /// The same value that the assertions are made from, so that both say the same.
    pub software: Software,
    /// Its certified profiles.
    pub profiles: Vec<CertifiedProfile>,
}

/// The "À propos" screen (`EX_GEN-1180`), in French; the homologation number is never on it (`EX_GEN-1490`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Vendor.
    pub vendor: String,
    /// `LPS_Nom` of the assertions.
    pub name: String,
    /// `LPS_Version` of the assertions.
    pub version: String,
    /// Certified profiles.
    pub profiles: Vec<CertifiedProfile>,
}

impl LpsInfo {
    /// What the screen shows.
    #[must_use]
    pub fn about(&self) -> About {
        let Software { name, version, .. } = &self.software;
        let profiles = self.profiles.clone();
        About { vendor: self.vendor.clone(), name: name.clone(), version: version.clone(), profiles }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.name, self.version)?;
        writeln!(f, "Éditeur : {}", self.vendor)?;
        for profile in &self.profiles {
            writeln!(f, "Profil DMP certifié : {}, le {}", profile.name, profile.on.strftime("%d/%m/%Y"))?;
        }
        Ok(())
    }
}
