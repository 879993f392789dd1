//! What one examination gives: a report, the reference of its images, the order.

use dmp_client::{Document, DocumentEntry, DocumentError, Hidden, Submission};

use super::{KOS, ORDER, REPORT};

/// Documents of one examination, to be submitted together.
#[derive(Debug, Clone)]
pub struct Examination {
    report: Document,
    kos: Document,
    order: Option<Document>,
}

/// Documents that make no examination, or no new version of one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImagingError {
    /// A file is no document that can be submitted.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Another type of document.
    #[error("F33: a document of another type stands for the {what}; expected {expected}")]
    Kind {
        /// `report` or `order`.
        what: &'static str,
        /// Its typeCode.
        expected: &'static str,
    },
    /// A report that names no examination: nothing could find its images.
    #[error(
        "F33: the report names no order, accession or study; write inFulfillmentOf and the studyInstanceUID (CDA-EVT-010, 011)"
    )]
    NoReference,
    /// Documents of different examinations.
    #[error("F33: the {what} shares no order, accession or study with the report; they would not be found together")]
    NotLinked {
        /// `order` or `former version`.
        what: &'static str,
    },
    /// Several documents of one type that could be replaced.
    #[error("F33: several documents of type {0} could be the former version; replace them one by one")]
    Ambiguous(String),
}

impl Examination {
    /// The report, a CDA, and the reference of its images, a DICOM Key Object Selection; what the reference does not say
    /// comes from the report.
    ///
    /// # Errors
    /// [`ImagingError`].
    pub async fn of(report: Vec<u8>, kos: Vec<u8>) -> Result<Self, ImagingError> {
        let report = Document::from_cda_bytes(report).await?;
        expect(&report, "report", REPORT)?;
        if report.entry().reference_ids.is_empty() {
            return Err(ImagingError::NoReference);
        }
        let kos = Document::from_kos_bytes(kos, &report).await?;
        Ok(Self { report, kos, order: None })
    }

    /// With the order that the report answers, a CDA: they name it alike.
    ///
    /// # Errors
    /// [`ImagingError`].
    pub async fn with_order(self, order: Vec<u8>) -> Result<Self, ImagingError> {
        let order = Document::from_cda_bytes(order).await?;
        expect(&order, "order", ORDER)?;
        match order.entry().shares_reference_with(self.report.entry()) {
            true => Ok(Self { order: Some(order), ..self }),
            false => Err(ImagingError::NotLinked { what: "order" }),
        }
    }

    /// Hides every document of it: one that stays visible would tell of the others.
    #[must_use]
    pub fn hidden(self, hidden: Hidden) -> Self {
        Self {
            report: self.report.hidden(hidden),
            kos: self.kos.hidden(hidden),
            order: self.order.map(|order| order.hidden(hidden)),
        }
    }

    /// In the place of what was submitted before: each document replaces the one of its type among `former`, current
    /// entries of the DMP; what had no former version is new. The identifiers stay, so that whoever knows the old version
    /// finds the new one.
    ///
    /// # Errors
    /// [`ImagingError::NotLinked`], [`ImagingError::Ambiguous`].
    pub fn replacing(self, former: &[DocumentEntry]) -> Result<Self, ImagingError> {
        let replace = |document: Document| -> Result<Document, ImagingError> {
            match former_of(&document, former)? {
                Some(former) => Ok(document.replacing(former)),
                None => Ok(document),
            }
        };
        Ok(Self { report: replace(self.report)?, kos: replace(self.kos)?, order: self.order.map(replace).transpose()? })
    }

    /// One lot: reference, report, order.
    #[must_use]
    pub fn lot(self) -> Submission {
        let lot = Submission::of(self.kos).and(self.report);
        match self.order {
            Some(order) => lot.and(order),
            None => lot,
        }
    }

    /// The report.
    #[must_use]
    pub fn report(&self) -> &Document {
        &self.report
    }

    /// The reference of the images.
    #[must_use]
    pub fn kos(&self) -> &Document {
        &self.kos
    }
}

fn expect(document: &Document, what: &'static str, expected: &'static str) -> Result<(), ImagingError> {
    match is_of(document.entry(), expected) {
        true => Ok(()),
        false => Err(ImagingError::Kind { what, expected }),
    }
}

fn is_of(entry: &DocumentEntry, kind: &str) -> bool {
    entry.type_code.as_ref().is_some_and(|code| code.code == kind)
}

/// The version that a document replaces.
fn former_of<'f>(document: &Document, former: &'f [DocumentEntry]) -> Result<Option<&'f DocumentEntry>, ImagingError> {
    let new = document.entry();
    let kind = [REPORT, KOS, ORDER].into_iter().find(|kind| is_of(new, kind)).unwrap_or_default();
    let mut same = former.iter().filter(|entry| is_of(entry, kind));
    match (same.next(), same.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(ImagingError::Ambiguous(kind.to_owned())),
        (Some(entry), None) if entry.shares_reference_with(new) => Ok(Some(entry)),
        (Some(_), None) => Err(ImagingError::NotLinked { what: "former version" }),
    }
}
