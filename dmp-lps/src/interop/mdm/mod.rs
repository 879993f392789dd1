//! A CDA document on its way from the software that makes it (DPI) to the integration platform (PFI) that feeds the DMP:
//! the form MDM (HL7 2.6) of the volet « Transmission d'un document CDA R2 en HL7v2 » 2.1 (DPI.CDA/HL7.01), its
//! acknowledgements (DPI.CDA/HL7.04), and what the VIHF of the platform needs (SC.DMP/CONF.12).
//!
//! The form ORU of the same volet, the way back from a mail (MSSanté) and the delivery receipts of MSSanté (`Z02`, `Z03`)
//! are not read.

mod acknowledgement;
mod error;
mod head;
mod origin;
mod patient;
mod read;
mod receipt;
mod wishes;
mod write;

use dmp_client::{Document, DocumentEntry};
use dmp_vocabulary::identity::Ins;
use xds_model::CodedValue;

pub use acknowledgement::{Acknowledgement, Verdict};
pub use error::MdmError;
pub use head::{Head, Processing, Station};
pub use origin::{Origin, VihfInputs};
pub use patient::{PatientIdentity, PatientName, Visit, VisitClass};
pub use receipt::DmpReceipt;
pub use wishes::{Wish, Wishes};

use crate::context::AccessContext;
use crate::outbox::NewFeed;

/// A document that is transmitted. `Debug` shows no identity and no content.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmission {
    /// Who sends what to whom, and when.
    pub head: Head,
    /// What the platform has to do.
    pub act: Act,
    /// The patient, as the CDA says.
    pub patient: PatientIdentity,
    /// The visit.
    pub visit: Visit,
    /// uniqueId of the document, a bare OID.
    pub unique_id: String,
    /// Type of the document (JDV_J07; the DMP takes JDV_J66).
    pub document_type: CodedValue,
    /// The CDA, byte for byte.
    pub content: Vec<u8>,
    /// Who is at the origin.
    pub origin: VihfInputs,
    /// Visibility, destinations and receipts.
    pub wishes: Wishes,
}

/// What the platform has to do with the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Feed it: `T02`, `NW`, `F`.
    Feed,
    /// Put it in the place of a former version, by uniqueId: `T10`, `RO`, `C`.
    Replace(String),
    /// Delete it: `T04`, `CA`, `D`.
    Delete,
}

impl Act {
    /// Trigger event, ORC-1 and OBX-11.
    pub(super) fn codes(&self) -> [&'static str; 3] {
        match self {
            Self::Feed => ["T02", "NW", "F"],
            Self::Replace(_) => ["T10", "RO", "C"],
            Self::Delete => ["T04", "CA", "D"],
        }
    }
}

impl Transmission {
    /// The transmission of a CDA: uniqueId, type, patient and what is replaced are those of its header.
    ///
    /// # Errors
    /// [`MdmError`]: the bytes are no CDA that the DMP could take.
    pub async fn of_cda(
        head: Head,
        content: Vec<u8>,
        origin: VihfInputs,
        visit: Visit,
        wishes: Wishes,
    ) -> Result<Self, MdmError> {
        let document = Document::from_cda_bytes(content.clone()).await.map_err(|_| MdmError::NOT_A_CDA)?;
        let entry = document.entry();
        let transmission = Self {
            head,
            act: document.version().replaces.clone().map_or(Act::Feed, Act::Replace),
            patient: PatientIdentity::of_entry(entry)?,
            visit,
            unique_id: entry.unique_id.clone(),
            document_type: entry.type_code.clone().ok_or(MdmError::NO_TYPE)?,
            content,
            origin,
            wishes,
        };
        transmission.check()?;
        Ok(transmission)
    }

    /// The same document, to be deleted from the DMP.
    #[must_use]
    pub fn deleting(self) -> Self {
        Self { act: Act::Delete, ..self }
    }

    /// The document to feed, once it says the same as the message: what a platform checks before anything else.
    ///
    /// # Errors
    /// [`MdmError`]: not a CDA, or another document, type or patient than the message names.
    pub async fn document(&self) -> Result<Document, MdmError> {
        let document = Document::from_cda_bytes(self.content.clone()).await.map_err(|_| MdmError::NOT_A_CDA)?;
        self.same_as(document.entry())?;
        Ok(document)
    }

    fn same_as(&self, entry: &DocumentEntry) -> Result<(), MdmError> {
        if entry.unique_id != self.unique_id {
            return Err(MdmError::disagreement("TXA-12", "the id of the CDA"));
        }
        if entry.type_code.as_ref().is_none_or(|code| code.code != self.document_type.code) {
            return Err(MdmError::disagreement("TXA-2", "the type of the CDA"));
        }
        match entry.patient_id.as_str() == self.patient.ins.to_cx() {
            true => Ok(()),
            false => Err(MdmError::disagreement("PID-3", "the INS of the CDA")),
        }
    }

    /// What the queue of a platform is given beside the bytes; `None` for a deletion, which is no feeding, and for what is
    /// not meant for the DMP.
    ///
    /// `patient` is the patient of the message once the platform has a qualified identity for it (PID-32 `VALI` and an
    /// INS, EXI 06).
    #[must_use]
    pub fn feed(&self, mut ctx: AccessContext, patient: crate::PatientKey) -> Option<NewFeed> {
        if !self.wishes.has(Wish::DestDmp) {
            return None;
        }
        ctx.secret = ctx.secret || self.wishes.has(Wish::ConnexionSecrete);
        let feed = match &self.act {
            Act::Feed => NewFeed::of(ctx, patient),
            Act::Replace(former) => NewFeed::of(ctx, patient).replacing(former.as_str()),
            Act::Delete => return None,
        };
        Some(self.wishes.hidden().into_iter().fold(feed.validated(), NewFeed::hidden))
    }

    /// The INS of the patient.
    #[must_use]
    pub fn ins(&self) -> &Ins {
        &self.patient.ins
    }
}

impl std::fmt::Debug for Transmission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transmission")
            .field("head", &self.head)
            .field("act", &self.act)
            .field("document_type", &self.document_type.code)
            .field("bytes", &self.content.len())
            .field("wishes", &self.wishes)
            .finish_non_exhaustive()
    }
}
