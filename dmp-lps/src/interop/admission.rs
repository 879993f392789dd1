//! What another system of the establishment learnt of the patient's will goes to the register (F01, provenance
//! `ThirdParty`), and back.

use jiff::Timestamp;
use jiff::civil::Time;

use super::zfa::{Answer, Zfa};
use crate::clock::day;
use crate::consent::{
    ConsentGate, Provenance, RecordError, Recorded, Scope, Stance, StanceChange, StanceLedger, StanceRecord,
};
use crate::context::{AccessContext, PatientKey};
use crate::store::StoreError;

/// What became of the answers of a ZFA.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "an opposition has consequences: the authorisation is given back, the queue looked at again"]
pub struct Applied {
    /// The answer on feeding was written to the register.
    pub feeding: Option<Recorded>,
    /// The answer on consultation was.
    pub consultation: Option<Recorded>,
}

impl Zfa {
    /// Writes the answers to the register, for the team and the episode of the context (the visit of PV1-19).
    ///
    /// Every message of an admission repeats its ZFA, so an answer is written only if it says something new (project
    /// default): it differs from the last line of the register, it was not collected before that line, and `NA` (nobody
    /// asked) takes back nothing but what another system had said. An opposition is lifted only by an answer whose date
    /// is after it: an answer without date, or with a date alone of the same day, may be an old one repeated.
    ///
    /// # Errors
    /// [`RecordError`].
    pub async fn apply<L: StanceLedger>(
        &self,
        gate: &ConsentGate<L>,
        ctx: &AccessContext,
        patient: &PatientKey,
    ) -> Result<Applied, RecordError> {
        Ok(Applied {
            feeding: apply(self.feeding, Scope::Feeding, gate, ctx, patient).await?,
            consultation: apply(self.consultation, Scope::Consultation, gate, ctx, patient).await?,
        })
    }

    /// What the register says, for a message to the other systems.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_gate<L: StanceLedger>(
        gate: &ConsentGate<L>,
        ctx: &AccessContext,
        patient: &PatientKey,
    ) -> Result<Self, StoreError> {
        let feeding = gate.last(Scope::Feeding, ctx, patient).await?;
        let consultation = gate.last(Scope::Consultation, ctx, patient).await?;
        Ok(Self::of_records(feeding.as_ref(), consultation.as_ref()))
    }
}

async fn apply<L: StanceLedger>(
    answer: Option<Answer>,
    scope: Scope,
    gate: &ConsentGate<L>,
    ctx: &AccessContext,
    patient: &PatientKey,
) -> Result<Option<Recorded>, RecordError> {
    let Some(answer) = answer else { return Ok(None) };
    if !is_news(&answer, gate.last(scope, ctx, patient).await?.as_ref()) {
        return Ok(None);
    }
    let change = StanceChange::new(scope, answer.stance).from_third_party();
    let change = match answer.at {
        Some(at) => change.collected_at(at),
        None => change,
    };
    gate.record(ctx, patient, change).await.map(Some)
}

fn is_news(answer: &Answer, last: Option<&StanceRecord>) -> bool {
    let Some(last) = last else { return answer.stance != Stance::NotRecorded };
    let takes_back_ours = answer.stance == Stance::NotRecorded && last.provenance == Provenance::Lps;
    // In doubt, an answer may oppose but not lift an opposition.
    let in_time = if last.stance == Stance::InformedOpposed {
        answer.at.is_some_and(|at| is_after(at, last.collected_at()))
    } else {
        answer.at.is_none_or(|at| !is_before(at, last.collected_at()))
    };
    answer.stance != last.stance && in_time && !takes_back_ours
}

/// A time of midnight is a date: it is before nothing of its day.
fn is_before(at: Timestamp, last: Timestamp) -> bool {
    if is_date(at) { day(at) < day(last) } else { at < last }
}

/// Nor is a date after anything of its day.
fn is_after(at: Timestamp, last: Timestamp) -> bool {
    if is_date(at) { day(at) > day(last) } else { at > last }
}

fn is_date(at: Timestamp) -> bool {
    at.to_zoned(dmp_protocol::paris()).time() == Time::midnight()
}
