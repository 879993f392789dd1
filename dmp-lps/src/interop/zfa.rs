//! ZFA, the French segment of IHE PAM that carries what the patient said: information and opposition to feeding (ZFA-9,
//! ZFA-10) and to consultation (ZFA-11, ZFA-12) (SC.DMP/CONF.13). The other fields are left to whoever reads them.

use jiff::Timestamp;

use super::er7::{Line, Message, Segment, Value, read_time, write_time};
use crate::consent::{Scope, Stance, StanceRecord};

/// Where a question stands in the segment: the answer, then its date.
const FEEDING: usize = 9;
const CONSULTATION: usize = 11;

/// What a ZFA says of the patient's will. A question without an answer is not asked: what is known stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Zfa {
    /// ZFA-9 and ZFA-10.
    pub feeding: Option<Answer>,
    /// ZFA-11 and ZFA-12.
    pub consultation: Option<Answer>,
}

/// An answer of the patient, and when it was collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// `INO`, `IO` or `NA` for feeding; `IC`, `INC` or `NA` for consultation.
    pub stance: Stance,
    /// When, to the second; `None`: not said.
    pub at: Option<Timestamp>,
}

/// A ZFA that is not of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZfaError {
    /// Another code.
    #[error("ZFA-{field}: an unknown code; expected {expected}")]
    Code {
        /// 9 or 11.
        field: usize,
        /// The codes.
        expected: &'static str,
    },
    /// Not a date.
    #[error("ZFA-{field}: not a date of a day at least, such as 20260302 or 20260302090000+0100")]
    Date {
        /// 10 or 12.
        field: usize,
    },
}

impl Zfa {
    /// The ZFA of a message of IHE PAM; `None` when it has none.
    ///
    /// # Errors
    /// [`ZfaError`].
    pub fn of_message(message: &Message) -> Result<Option<Self>, ZfaError> {
        message.segment("ZFA").map(|segment| Self::read(&segment)).transpose()
    }

    /// Reads a segment.
    ///
    /// # Errors
    /// [`ZfaError`]: what is not understood is not guessed.
    pub fn read(segment: &Segment<'_>) -> Result<Self, ZfaError> {
        let answer = |scope: Scope| {
            let field = place(scope);
            answer(scope, segment.field(field), segment.field(field + 1))
        };
        Ok(Self { feeding: answer(Scope::Feeding)?, consultation: answer(Scope::Consultation)? })
    }

    /// What two lines of the register say: that of feeding, and that of consultation; no line is `NA`.
    #[must_use]
    pub fn of_records(feeding: Option<&StanceRecord>, consultation: Option<&StanceRecord>) -> Self {
        let answer = |record: Option<&StanceRecord>| {
            Some(Answer {
                stance: record.map_or(Stance::NotRecorded, |record| record.stance),
                at: record.map(StanceRecord::collected_at),
            })
        };
        Self { feeding: answer(feeding), consultation: answer(consultation) }
    }

    /// The segment, for a message that this software sends.
    #[must_use]
    pub fn to_line(&self) -> Line {
        let mut line = Line::new("ZFA");
        for scope in [Scope::Feeding, Scope::Consultation] {
            if let Some(answer) = self.answer(scope) {
                line = line.text(place(scope), code(scope, answer.stance));
                if let Some(at) = answer.at {
                    line = line.text(place(scope) + 1, &write_time(at));
                }
            }
        }
        line
    }

    /// The answer to a question.
    #[must_use]
    pub fn answer(&self, scope: Scope) -> Option<Answer> {
        match scope {
            Scope::Feeding => self.feeding,
            Scope::Consultation => self.consultation,
        }
    }
}

fn place(scope: Scope) -> usize {
    match scope {
        Scope::Feeding => FEEDING,
        Scope::Consultation => CONSULTATION,
    }
}

fn code(scope: Scope, stance: Stance) -> &'static str {
    match (scope, stance) {
        (_, Stance::NotRecorded) => "NA",
        (Scope::Feeding, Stance::InformedNotOpposed) => "INO",
        (Scope::Feeding, Stance::InformedOpposed) => "IO",
        (Scope::Consultation, Stance::InformedNotOpposed) => "IC",
        (Scope::Consultation, Stance::InformedOpposed) => "INC",
    }
}

fn answer(scope: Scope, said: Value<'_>, when: Value<'_>) -> Result<Option<Answer>, ZfaError> {
    let field = place(scope);
    if said.is_empty() {
        return Ok(None);
    }
    let text = said.component(1).text();
    // A deleted value is a question that nobody has put.
    let text = if said.is_null() { "NA" } else { text.trim() };
    let stances = [Stance::NotRecorded, Stance::InformedNotOpposed, Stance::InformedOpposed];
    let stance = stances.into_iter().find(|stance| code(scope, *stance) == text);
    let expected = match scope {
        Scope::Feeding => "INO, IO or NA",
        Scope::Consultation => "IC, INC or NA",
    };
    let stance = stance.ok_or(ZfaError::Code { field, expected })?;
    let at = match when.is_empty() || when.is_null() {
        true => None,
        false => Some(read_time(&when.component(1).text()).ok_or(ZfaError::Date { field: field + 1 })?),
    };
    Ok(Some(Answer { stance, at }))
}
