//! Documents of a world file: rows, and the documents that a row stands for.

use dmp_vocabulary::Oid;
use jiff::{Span, Timestamp};
use serde::Deserialize;
use xds_model::AvailabilityStatus;

use super::moment::Moment;
use super::{DocumentProblem, patient_named};
use crate::world::{PatientId, World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentRow {
    pub(super) patient: String,
    pub(super) oid: Option<String>,
    pub(super) id: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) structure: Option<String>,
    pub(super) content: Option<Sample>,
    pub(super) model: Option<String>,
    pub(super) file: Option<String>,
    pub(super) created: Option<Moment>,
    pub(super) started: Option<Moment>,
    pub(super) ended: Option<Moment>,
    pub(super) submitted: Option<Moment>,
    pub(super) lot: Option<String>,
    #[serde(default)]
    pub(super) status: Status,
    pub(super) replaces: Option<String>,
    #[serde(default)]
    pub(super) masked: bool,
    #[serde(default)]
    pub(super) invisible: bool,
    #[serde(default)]
    pub(super) invisible_to_representatives: bool,
    pub(super) hidden_since: Option<Moment>,
    pub(super) order: Option<String>,
    pub(super) accession: Option<String>,
    pub(super) study: Option<String>,
    pub(super) patient_id: Option<String>,
    #[serde(default = "one")]
    pub(super) count: u32,
    pub(super) every: Option<Span>,
}

/// What a document contains when no file is given.
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sample {
    #[default]
    Text,
    Pdf,
    Jpeg,
    Tiff,
    Rtf,
    /// A structured body of the row's `model`.
    Structured,
    /// The same, with a stylesheet around it.
    Autopresentable,
    /// A DICOM object, not a CDA.
    Kos,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    #[default]
    Approved,
    Archived,
    Deprecated,
    Deleted,
}

fn one() -> u32 {
    1
}

/// More documents than that in one row are a mistake of the file.
const COUNT_MAX: u32 = 100_000;

/// One document to make, every default filled in.
pub(super) struct Draft<'r> {
    pub(super) row: &'r DocumentRow,
    pub(super) patient: PatientId,
    pub(super) unique_id: Oid,
    /// Its rank among the documents of the row, from 1; absent when the row is one document.
    pub(super) rank: Option<u32>,
    pub(super) created: Timestamp,
    pub(super) started: Timestamp,
    pub(super) ended: Option<Timestamp>,
    pub(super) submitted: Timestamp,
    pub(super) hidden_since: Option<Timestamp>,
    pub(super) replaces: Option<Oid>,
}

impl DocumentRow {
    /// The documents of the row, number `row_number` of the file, in a world that starts at `start`.
    pub(super) fn drafts(
        &self,
        row_number: usize,
        world: &World,
        start: Timestamp,
    ) -> Result<Vec<Draft<'_>>, DocumentProblem> {
        let patient = patient_named(world, &self.patient, self.oid.as_deref()).ok_or(DocumentProblem::Patient)?;
        if self.count == 0 || self.count > COUNT_MAX || (self.count > 1 && self.replaces.is_some()) {
            return Err(DocumentProblem::Count);
        }
        let oid = |text: &str| Oid::parse(text).map_err(|_| DocumentProblem::Oid);
        let replaces = self.replaces.as_deref().map(oid).transpose()?;
        (1..=self.count)
            .map(|rank| {
                let rank = (self.count > 1).then_some(rank);
                let unique_id = match (&self.id, rank) {
                    (Some(id), None) => oid(id)?,
                    (Some(id), Some(rank)) => oid(&format!("{id}.{rank}"))?,
                    (None, rank) => generated_id(&patient, row_number, rank.unwrap_or(1)),
                };
                let at = |moment: Option<Moment>| moment.map(|moment| self.later(moment.resolve(start), rank));
                let created = at(self.created).unwrap_or_else(|| self.later(default_creation(start), rank));
                Ok(Draft {
                    row: self,
                    patient: patient.clone(),
                    unique_id,
                    rank,
                    created,
                    started: at(self.started).unwrap_or(created),
                    ended: at(self.ended),
                    submitted: at(self.submitted).unwrap_or(created),
                    hidden_since: self.hidden_since.map(|moment| moment.resolve(start)),
                    replaces: replaces.clone(),
                })
            })
            .collect()
    }

    /// The time of the document of that rank: `every` after the one before.
    fn later(&self, first: Timestamp, rank: Option<u32>) -> Timestamp {
        let (Some(every), Some(rank)) = (self.every, rank) else { return first };
        let steps = every.checked_mul(i64::from(rank - 1));
        let moved = steps.and_then(|span| first.to_zoned(dmp_protocol::paris()).checked_add(span));
        moved.map_or(Timestamp::MAX, |moved: jiff::Zoned| moved.timestamp())
    }

    pub(super) fn status(&self) -> AvailabilityStatus {
        match self.status {
            Status::Approved => AvailabilityStatus::Approved,
            Status::Archived => AvailabilityStatus::Archived,
            Status::Deprecated => AvailabilityStatus::Deprecated,
            Status::Deleted => AvailabilityStatus::Deleted,
        }
    }
}

/// A month before the start: long ago for a document, not for an authorisation.
fn default_creation(start: Timestamp) -> Timestamp {
    Moment::FromStart(Span::new().months(-1)).resolve(start)
}

/// The same file gives the same identifiers.
fn generated_id(patient: &PatientId, row_number: usize, rank: u32) -> Oid {
    let text = format!("{}^{}^{row_number}^{rank}", patient.matricule, patient.oid);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let number = digest.as_ref().iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    Oid::from_uuid(number)
}
