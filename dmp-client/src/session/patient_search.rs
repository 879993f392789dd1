//! TD0.5: finding a patient by traits, in régulation only.

use std::fmt;

use dmp_protocol::patient::{
    Candidate, Candidates, CivilData, PatientCriteria, PatientSearch, PatientSearchResponse, PatientTraits,
    ProcessingCode,
};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::Access;
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::Ins;
use jiff::Timestamp;
use uuid::Uuid;

use super::answer::Answered;
use super::mode::{Centre15, Regulates};
use super::opaque_ins::OpaqueIns;
use super::opening::Session;
use super::patient::{Consent, QualifiedPatient};
use super::record::Record;
use super::watching::About;
use crate::watch::Act;
use crate::{DmpError, ErrorKind, failure};

/// A patient who may be the one searched.
///
/// Its number opens the record and is shown to nobody (`EX_0.5-1020`, `EX_0.5-1030`): there is no way to read it. Keep
/// none of this once one is chosen.
pub struct FoundPatient {
    number: Option<OpaqueIns>,
    traits: PatientTraits,
    civil: CivilData,
    match_percentage: Option<u8>,
}

impl FoundPatient {
    fn of(candidate: Candidate) -> Self {
        let wanted = candidate.ins();
        let position = candidate.identifiers.iter().position(|id| wanted.is_some_and(|ins| std::ptr::eq(id, ins)));
        let Candidate { identifiers, traits, civil, match_percentage, .. } = candidate;
        Self { number: OpaqueIns::among(identifiers, position), traits, civil, match_percentage }
    }

    /// The number that opens the record, if the DMP gave one.
    #[must_use]
    pub fn number(&self) -> Option<&OpaqueIns> {
        self.number.as_ref()
    }

    /// Name, gender, birth: to ask the caller which one it is.
    #[must_use]
    pub fn traits(&self) -> &PatientTraits {
        &self.traits
    }

    /// City and postal code.
    #[must_use]
    pub fn civil(&self) -> &CivilData {
        &self.civil
    }

    /// How much of the criteria is met, 0 to 100.
    #[must_use]
    pub fn match_percentage(&self) -> Option<u8> {
        self.match_percentage
    }

    /// Whether the DMP gave a number that opens a record.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.number.is_some()
    }
}

impl fmt::Debug for FoundPatient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundPatient").field("match_percentage", &self.match_percentage()).finish_non_exhaustive()
    }
}

impl<A: Regulates> Session<A, Centre15> {
    /// TD0.5: the patients of these traits, ten at most. Closed DMP and patients opposed to régulation are not among
    /// them.
    ///
    /// # Errors
    /// [`DmpError`]: criteria that are empty, too short or too long (before sending), `DMPTooManyResult` beyond ten:
    /// ask for more. Nobody found is an empty list.
    pub async fn search_patients(&self, criteria: PatientCriteria) -> Result<Vec<FoundPatient>, DmpError> {
        criteria.check().map_err(|error| {
            let refusal = failure::Local {
                rule: "TD0.5",
                kind: ErrorKind::Validation,
                found: "criteria that say too little, or too long",
                expected: "a name of 2 to 80 characters, a birth date, a sex, a city or a postal code",
            };
            refusal.error(Transaction::SearchPatient).with_source(error)
        })?;
        let processing = match self.shared.realm {
            Realm::Production => ProcessingCode::Production,
            Realm::Test => ProcessingCode::Test,
        };
        let (message, query) = (Uuid::new_v4(), Uuid::new_v4());
        let request = PatientSearch::new(self.shared.lps(), processing, criteria, message, query, Timestamp::now());
        let voice = self.voice(Access::Centre15);
        let read = |answered: &Answered| {
            let response = PatientSearchResponse::read(answered.body())
                .map_err(|error| failure::unreadable(&answered.origin, error))?;
            match response.answer {
                Candidates::Found(candidates) => Ok(candidates.into_iter().map(FoundPatient::of).collect()),
                Candidates::Refused(acknowledgement) => {
                    Err(failure::acknowledgement(&answered.origin, &acknowledgement))
                }
            }
        };
        let about = About::new(Act::SearchPatients, Transaction::SearchPatient);
        voice.call(about, move |w| request.write(w), read).await
    }

    /// The record of a patient who was found. Its number goes to the DMP and to nobody else: watches do not see it.
    ///
    /// # Errors
    /// The DMP gave no number, or not one of this platform.
    pub fn record_of(&self, found: &FoundPatient, consent: Consent) -> Result<Record<A, Centre15>, DmpError> {
        let refusal = failure::Local {
            rule: "0.2-080",
            kind: ErrorKind::Validation,
            found: "a patient found without a number that opens a DMP",
            expected: "a candidate with an INS",
        };
        let Some(number) = found.number() else { return Err(refusal.error(Transaction::SearchPatient)) };
        let (root, extension) = number.parts();
        match Ins::parse(extension, root, self.shared.identities()) {
            Ok(ins) => {
                let mut record = self.record(QualifiedPatient::declared(ins.value), consent)?;
                record.caller.found_by_traits = true;
                Ok(record)
            }
            Err(error) => Err(refusal.error(Transaction::SearchPatient).with_source(error)),
        }
    }
}
