//! One file, from the disk to the DMP and back.

use std::path::Path;

use bytes::Bytes;
use dmp_client::{
    AirRecord, AvailabilityStatus, Change, DmpError, Document, DocumentError, Existence, Hidden, IndirectRecord,
    Language, Search, Submission,
};

use super::wrap::{Content, wrap};
use super::{Ending, Journey, Step, Tour};
use crate::bare::Failure;

/// typeCode of the note de vaccination, which may not be hidden (EX_2.1-2005).
const VACCINATION_NOTE: &str = "87273-9";

/// Why a journey stops.
enum Stop {
    Refused(DmpError),
    /// Not a CDA that can be read: X14.
    Unreadable(String),
    Failed(String),
}

impl From<DmpError> for Stop {
    fn from(error: DmpError) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.to_string())
    }
}

struct Fed {
    bytes: Bytes,
    unique_id: String,
    sha1: String,
    invisible: bool,
}

/// The step under way, and those that are done.
#[derive(Default)]
struct Progress {
    current: Option<Step>,
    done: Vec<Step>,
}

impl Progress {
    fn begin(&mut self, step: Step) {
        self.finish();
        self.current = Some(step);
    }

    fn finish(&mut self) {
        self.done.extend(self.current.take());
    }
}

impl Tour {
    /// Feeds a file, finds it, and so on; with `invisible` it is fed invisible to the patient and revealed later.
    pub(super) async fn journey(&self, file: &Path, invisible: bool) -> Journey {
        let mut progress = Progress::default();
        let ending = match self.travel(file, invisible, &mut progress).await {
            Ok(fed) => {
                progress.finish();
                Ending::Identical { unique_id: fed.unique_id, sha1: fed.sha1, size: fed.bytes.len() as u64 }
            }
            Err(stop) => {
                let step = progress.current.take().unwrap_or(Step::Read);
                match stop {
                    Stop::Refused(error) if step == Step::Feed => refused(&error),
                    Stop::Refused(error) => Ending::Failed { step, why: error.explain(Language::English).to_string() },
                    Stop::Unreadable(explanation) => Ending::Refused { rule: "X14".into(), explanation },
                    Stop::Failed(why) => Ending::Failed { step, why },
                }
            }
        };
        Journey { file: file.to_owned(), ending, steps: progress.done }
    }

    async fn travel(&self, file: &Path, invisible: bool, progress: &mut Progress) -> Result<Fed, Stop> {
        progress.begin(Step::Read);
        let bytes = read(file).await?;
        let document = Document::from_cda_bytes(bytes.clone()).await.map_err(unreadable)?;
        let feeding = self.feeding_of(&document)?;
        let consulting = self.consulting_of(&document)?;

        progress.begin(Step::Existence);
        expect(matches!(feeding.existence().await?, Existence::Active(_)), "the DMP is not active")?;
        progress.begin(Step::Authorise);
        consulting.authorise().await?;
        progress.begin(Step::Feed);
        let fed = feed(&feeding, document, bytes, invisible).await?;

        progress.begin(Step::Find);
        // A search that the user asked for: nothing automatic follows a feed (EX_3.1-2030).
        let found = consulting.find(Search::approved()).await?;
        let entry = found.iter().find(|entry| entry.unique_id == fed.unique_id);
        let entry = entry.ok_or_else(|| Stop::Failed("fed, but not found".into()))?;
        progress.begin(Step::Retrieve);
        let retrieved = consulting.retrieve(entry).await?;
        expect(retrieved == fed.bytes, "the bytes retrieved are not those fed")?;

        if fed.invisible {
            progress.begin(Step::Reveal);
            expect(consulting.reveal_to_patient(&fed.unique_id).await? == Change::Done, "it was visible already")?;
            expect(!is(&consulting, &fed, Hidden::FromPatient).await?, "revealed, but still invisible")?;
        }
        progress.begin(Step::Mask);
        expect(consulting.mask(&fed.unique_id).await? == Change::Done, "it was masked already")?;
        expect(is(&consulting, &fed, Hidden::FromProfessionals).await?, "masked, but not marked so")?;
        progress.begin(Step::Unmask);
        expect(consulting.unmask(&fed.unique_id).await? == Change::Done, "it was not masked")?;
        expect(!is(&consulting, &fed, Hidden::FromProfessionals).await?, "unmasked, but still marked")?;

        progress.begin(Step::Archive);
        expect(consulting.archive(&fed.unique_id).await? == Change::Done, "it was archived already")?;
        let status = consulting.entry(&fed.unique_id).await?.status;
        expect(status == Some(AvailabilityStatus::Archived), "archived, but not marked so")?;
        progress.begin(Step::Unarchive);
        expect(consulting.unarchive(&fed.unique_id).await? == Change::Done, "it was not archived")?;

        progress.begin(Step::Delete);
        feeding.delete(&fed.unique_id).await?;
        expect(consulting.reference_of(&fed.unique_id).await?.entry_uuid.is_none(), "deleted, but still found")?;
        Ok(fed)
    }
}

async fn is(consulting: &AirRecord, fed: &Fed, hidden: Hidden) -> Result<bool, Stop> {
    Ok(consulting.entry(&fed.unique_id).await?.has_confidentiality(hidden.code()))
}

/// A CDA as it is; a PDF or a text wrapped in an N1 document.
async fn read(file: &Path) -> Result<Bytes, Failure> {
    let bytes = tokio::fs::read(file).await?;
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    Ok(match extension.to_ascii_lowercase().as_str() {
        "pdf" => wrap(&Content::Pdf(&bytes))?.into(),
        "txt" => wrap(&Content::Text(&String::from_utf8(bytes)?))?.into(),
        _ => bytes.into(),
    })
}

async fn feed(feeding: &IndirectRecord, document: Document, bytes: Bytes, invisible: bool) -> Result<Fed, Stop> {
    let entry = document.entry();
    let hideable = entry.type_code.as_ref().is_none_or(|code| code.code != VACCINATION_NOTE);
    let invisible = invisible && hideable;
    let fed =
        Fed { unique_id: entry.unique_id.clone(), sha1: entry.hash.clone().unwrap_or_default(), bytes, invisible };
    let document = if invisible { document.hidden(Hidden::FromPatient) } else { document };
    feeding.submit(&Submission::of(document)).await?;
    Ok(fed)
}

/// X14: a CDA is well-formed UTF-8 and not empty; what else stops the reading is no rule.
fn unreadable(error: DocumentError) -> Stop {
    match &error {
        DocumentError::Cda(cda) if cda.kind.rule().is_some() => Stop::Unreadable(error.to_string()),
        _ => Stop::Failed(error.to_string()),
    }
}

fn refused(error: &DmpError) -> Ending {
    let code = || error.code().map(|code| code.as_str().to_owned());
    let rule = error.rule().map(str::to_owned).or_else(code).unwrap_or_else(|| "unknown".into());
    Ending::Refused { rule, explanation: error.explain(Language::English).to_string() }
}

fn expect(condition: bool, otherwise: &str) -> Result<(), Stop> {
    if condition { Ok(()) } else { Err(Stop::Failed(otherwise.to_owned())) }
}
