//! SC.CDA/DD.02: the PDF/A-1, the CDA N1 and the CDA N3 that a software makes of one act say the same.
//!
//! The three are compared before they leave. Whether the PDF is a PDF/A-1 is asked of a validator
//! ([`validation`](crate::validation)).

use cda::metadata::{MappingOptions, derive};
use cda::{Body, CdaError, CdaLimits, Document, embedded_pdf};
use dmp_client::DocumentEntry;

/// The three documents of one act, whole.
#[derive(Clone, Copy)]
pub struct ActDocumentSet<'a> {
    /// The PDF.
    pub pdf: &'a [u8],
    /// The CDA around it (unstructured body).
    pub n1: &'a [u8],
    /// The structured CDA, with a copy of the PDF.
    pub n3: &'a [u8],
}

/// Where they differ. Never what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActDifference {
    /// The first CDA is not around a PDF or another file.
    NotUnstructured,
    /// The second CDA is not structured.
    NotStructured,
    /// The PDF in the N1 is missing, or another one.
    PdfOfN1,
    /// The copy of the PDF in the N3 is missing, or another one.
    PdfOfN3,
    /// Title.
    Title,
    /// Type of the document.
    DocumentType,
    /// Creation, begin or end of the act.
    Dates,
    /// Identifiers of the patient.
    Patient,
    /// Authors, or who answers for the document.
    Authors,
    /// Identifiers of the orders that the act answers, and of what it made.
    References,
}

impl std::fmt::Debug for ActDocumentSet<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ActDocumentSet")
    }
}

impl ActDocumentSet<'_> {
    /// Every difference; none when the three say the same. The documents are read twice: keep it off the async threads when
    /// they are large.
    ///
    /// # Errors
    /// [`CdaError`]: one of the two is no CDA that can be read.
    pub fn differences(&self) -> Result<Vec<ActDifference>, CdaError> {
        let limits = CdaLimits::default();
        let (n1, n3) = (cda::read(self.n1, &limits)?, cda::read(self.n3, &limits)?);
        let same_pdf = |cda: &[u8]| Ok::<_, CdaError>(embedded_pdf(cda, &limits)?.as_deref() == Some(self.pdf));
        let (one, other) = (entry_of(&n1), entry_of(&n3));
        let dates = |entry: &DocumentEntry| {
            [&entry.creation_time, &entry.service_start_time, &entry.service_stop_time].map(Clone::clone)
        };
        let patients = |entry: &DocumentEntry| (entry.patient_id.clone(), entry.source_patient_id.clone());
        let code =
            |entry: &DocumentEntry| entry.type_code.as_ref().map(|code| (code.code.clone(), code.system.clone()));
        let authors = |entry: &DocumentEntry| (entry.authors.clone(), entry.legal_authenticator.clone());
        let checked = [
            (ActDifference::NotUnstructured, matches!(n1.body, Body::Unstructured(_))),
            (ActDifference::NotStructured, matches!(n3.body, Body::Structured(_))),
            (ActDifference::PdfOfN1, same_pdf(self.n1)?),
            (ActDifference::PdfOfN3, same_pdf(self.n3)?),
            (ActDifference::Title, one.title == other.title),
            (ActDifference::DocumentType, code(&one) == code(&other)),
            (ActDifference::Dates, dates(&one) == dates(&other)),
            (ActDifference::Patient, patients(&one) == patients(&other)),
            (ActDifference::Authors, authors(&one) == authors(&other)),
            (ActDifference::References, one.reference_ids == other.reference_ids),
        ];
        Ok(checked.into_iter().filter(|(_, same)| !same).map(|(difference, _)| difference).collect())
    }
}

/// What a reader sees of a document beside its content.
fn entry_of(document: &Document) -> DocumentEntry {
    derive(document, &MappingOptions::ci_sis()).0
}

#[cfg(test)]
mod tests {
    use super::*;

    const N3: &str = include_str!("../../testdata/cda/n3-lettre-liaison-pdf-copie.xml");

    /// The N1 of the same act: the header of the N3 around the same PDF.
    fn n1() -> String {
        let (header, rest) = N3.split_once("<structuredBody").expect("a structured body");
        let (body, end) = rest.split_once("</structuredBody>").expect("its end");
        let (_, media) = body.split_once("representation=\"B64\"").expect("a copy of the PDF");
        let (_, base64) = media.split_once('>').expect("its bytes");
        let (base64, _) = base64.split_once('<').expect("their end");
        let text = format!("<text mediaType=\"application/pdf\" representation=\"B64\">{base64}</text>");
        format!("{header}<nonXMLBody>{text}</nonXMLBody>{end}")
    }

    #[test]
    fn each_difference_is_told() {
        let pdf = embedded_pdf(N3.as_bytes(), &CdaLimits::default()).unwrap().unwrap();
        let other = [&pdf[..], b"\n"].concat();
        let differences = |pdf: &[u8], n1: &str, n3: &str| {
            ActDocumentSet { pdf, n1: n1.as_bytes(), n3: n3.as_bytes() }.differences().unwrap()
        };
        let n1 = n1();
        assert_eq!(differences(&pdf, &n1, N3), []);
        use ActDifference::*;
        assert_eq!(differences(&other, &n1, N3), [PdfOfN1, PdfOfN3]);
        assert_eq!(differences(&pdf, N3, &n1), [NotUnstructured, NotStructured]);
        let title = cda::read(n1.as_bytes(), &CdaLimits::default()).unwrap().header.title.unwrap();
        let changed = [
            (n1.replace(&format!("<title>{title}</title>"), "<title>Autre</title>"), Title),
            (n1.replacen("<effectiveTime value=\"20", "<effectiveTime value=\"19", 1), Dates),
        ];
        for (changed, difference) in changed {
            assert_ne!(changed, n1);
            assert_eq!(differences(&pdf, &changed, N3), [difference]);
        }
        assert!(ActDocumentSet { pdf: &pdf, n1: b"%PDF-1.4", n3: N3.as_bytes() }.differences().is_err());
    }
}
