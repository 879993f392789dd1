//! After an unknown outcome of TD2.1: ask first, by TD3.1b, then send again if need be (`transactions.md` §9.1).

use dmp_protocol::transaction::Transaction;

use super::mode::{AccessMode, Feeds};
use super::record::Record;
use crate::submission::{Receipt, Submission};
use crate::watch::Act;
use crate::{DmpError, ErrorKind, failure};

/// What the DMP knows of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Confirmation {
    /// Every document is stored: what a success would have given, without its warnings.
    Stored(Receipt),
    /// No document is: the same submission may be sent again.
    Absent,
    /// Some documents are, under these uniqueIds. A lot is all or nothing: the others were deleted since, or these came
    /// with another submission. It must not be sent again as it is.
    Partial(Vec<String>),
}

impl<A: Feeds, X: AccessMode> Record<A, X> {
    /// TD3.1b for each document: whether a submission whose outcome is unknown was stored.
    ///
    /// # Errors
    /// [`DmpError`].
    pub async fn confirm(&self, submission: &Submission) -> Result<Confirmation, DmpError> {
        let mut stored = Vec::new();
        for document in submission.documents() {
            let unique_id = &document.entry().unique_id;
            if self.caller.toward(Act::Submit).locate(unique_id).await?.entry_uuid.is_some() {
                stored.push(unique_id.clone());
            }
        }
        Ok(match stored.len() {
            0 => Confirmation::Absent,
            all if all == submission.documents().len() => Confirmation::Stored(submission.receipt(Vec::new())),
            _ => Confirmation::Partial(stored),
        })
    }

    /// Sends a submission whose outcome is unknown again, unless the DMP has it: TD3.1b for each document, then TD2.1
    /// with the same uniqueIds and bytes. A duplicate refused by the DMP is asked for again before it is believed.
    ///
    /// # Errors
    /// As [`Self::submit`]; X08 when only some of the documents are stored.
    pub async fn resend(&self, submission: &Submission) -> Result<Receipt, DmpError> {
        match self.confirm(submission).await? {
            Confirmation::Stored(receipt) => return Ok(receipt),
            Confirmation::Absent => {}
            Confirmation::Partial(_) => {
                return Err(failure::Local {
                    rule: "X08",
                    kind: ErrorKind::PatientState,
                    found: "a submission of which the DMP has some documents only",
                    expected: "a new submission of the documents that it has not",
                }
                .conclusion(Transaction::Submit));
            }
        }
        let error = match self.submit(submission).await {
            Ok(receipt) => return Ok(receipt),
            Err(error) => error,
        };
        // The first attempt may have arrived between the question and this one.
        let duplicate = error.code().is_some_and(|code| code.as_str() == "XDSDuplicateUniqueIdInRegistry");
        match duplicate {
            true => match self.confirm(submission).await? {
                Confirmation::Stored(receipt) => Ok(receipt),
                Confirmation::Absent | Confirmation::Partial(_) => Err(error),
            },
            false => Err(error),
        }
    }
}
