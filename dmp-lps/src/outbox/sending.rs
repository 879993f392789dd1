//! One lot on its way: TD0.2; TD2.1 or TD3.3c; and TD3.1b for those whose answer was lost.

use dmp_client::{DmpError, Document, Existence, Submission};
use jiff::Timestamp;

use super::back_off::next_try;
use super::failure::{chance, passes};
use super::worker::take;
use super::{Act, FeedItem, FeedStore, Feeder, LastError, Order, PatientRegister, Reason, State, Worker};
use crate::consent::StanceLedger;
use crate::context::PatientKey;
use crate::store::StoreError;

impl<S: FeedStore, L: StanceLedger, P: PatientRegister, F: Feeder> Worker<S, L, P, F> {
    /// Brings a lot to the DMP; each of its documents says then what became of it. Returns the error that stops every lot.
    pub(super) async fn bring(&self, lot: &mut [FeedItem]) -> Option<DmpError> {
        let first = lot.first().cloned()?;
        let outcome = match first.order {
            Order::Delete => self.delete(&first, lot).await,
            Order::Feed => self.submit(&first.patient, lot).await,
        };
        match outcome {
            Ok(()) => None,
            Err(error) => self.refused(&first.patient, lot, error).await,
        }
    }

    /// Rule 8: TD0.2 before each lot; authorisation is not needed to feed.
    pub(super) async fn absent(&self, patient: &PatientKey) -> Result<Option<Reason>, DmpError> {
        Ok(match self.feeder.existence(patient).await? {
            Existence::Absent => Some(Reason::NoDmp),
            Existence::Closed(..) => Some(Reason::DmpClosed),
            _ => None,
        })
    }

    async fn submit(&self, patient: &PatientKey, lot: &mut [FeedItem]) -> Result<(), DmpError> {
        let Some(submission) = self.submission(lot).await else { return Ok(()) };
        let receipt = self.feeder.submit(patient, &submission).await?;
        let now = self.inner.clock.now();
        for item in lot.iter_mut().filter(|item| item.state == State::Sending) {
            stored(item, Some(receipt.submission_unique_id.clone()), now);
        }
        Ok(())
    }

    /// What is gone already is as the user wants it (F12 rule 11).
    async fn delete(&self, order: &FeedItem, lot: &mut [FeedItem]) -> Result<(), DmpError> {
        match self.feeder.delete(&order.patient, &order.unique_id).await {
            Err(error) if error.rule() != Some("RG_3130") => return Err(error),
            _ => {}
        }
        let now = self.inner.clock.now();
        lot.iter_mut().for_each(|item| stored(item, None, now));
        Ok(())
    }

    /// The lot as a submission; a document that cannot be read any more fails by itself.
    pub(super) async fn submission(&self, lot: &mut [FeedItem]) -> Option<Submission> {
        let mut submission: Option<Submission> = None;
        for item in lot {
            let read = Document::from_cda_file(self.inner.spool.path(item.id)).await;
            // The bytes that were queued, or none.
            let read = match read {
                Ok(document) if document.entry().hash.as_deref() == Some(&item.hash) => document,
                other => {
                    let line =
                        other.err().map_or_else(|| "its bytes have changed".to_owned(), |error| error.to_string());
                    item.error = Some(LastError { kind: "Document".to_owned(), code: None, line });
                    if item.state == State::Sending {
                        item.state = take(item.state, Act::Refuse);
                    }
                    continue;
                }
            };
            let document = item.hidden.iter().fold(read, |document, hidden| document.hidden(*hidden));
            let document = match &item.replaces {
                Some(replaced) => document.replacing(replaced.as_str()),
                None => document,
            };
            submission = Some(match submission {
                Some(submission) => submission.and(document),
                None => Submission::of(document),
            });
        }
        submission
    }

    /// Asks the DMP for each document whose answer was lost: a lot is all or nothing, but nothing here depends on it. A
    /// deletion is done when the document is not there.
    pub(super) async fn ask(&self, mut lost: Vec<FeedItem>) -> Result<(), StoreError> {
        for item in &mut lost {
            let held = self.feeder.holds(&item.patient, &item.unique_id).await;
            let now = self.inner.clock.now();
            match held {
                Ok(held) if held == (item.order == Order::Feed) => {
                    let lot = item.lot.clone();
                    stored(item, lot, now);
                }
                // A request that still travels and arrives later is no harm: the same uniqueId is stored once.
                Ok(_) => {
                    item.attempts += 1;
                    let settings = &self.inner.settings;
                    let over = item.attempts >= settings.tries;
                    item.state = take(item.state, if over { Act::Refuse } else { Act::Miss });
                    // At once the first time; what is lost again and again must not load the DMP (rule 10).
                    item.not_before = match item.attempts {
                        1 => now,
                        attempts => next_try(settings, attempts, None, now, chance()),
                    };
                }
                Err(error) => {
                    item.error = Some(LastError::from(&error));
                    item.attempts += 1;
                    let settings = &self.inner.settings;
                    item.not_before = next_try(settings, item.attempts, passes(&error), now, chance());
                }
            }
        }
        self.settle(lost).await
    }
}

fn stored(item: &mut FeedItem, lot: Option<String>, now: Timestamp) {
    item.state = take(item.state, Act::Store);
    (item.lot, item.sent_at, item.error) = (lot, Some(now), None);
}
