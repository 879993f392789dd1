//! Request of TD0.5.

use dmp_xml::{Element, Writer};
use jiff::Timestamp;
use uuid::Uuid;

use super::{PatientCriteria, REQUEST, TRIGGERS};
use crate::patient::element::child;
use crate::patient::query_head::{QueryHead, query};
use crate::patient::wrapper::control_act;
use crate::patient::{InstanceIdentifier, Lps, MessageError, ProcessingCode};

/// Which patients have these traits?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientSearch {
    /// Who asks, and under which identifiers.
    pub head: QueryHead,
    /// What is known of the patient; not checked here.
    pub criteria: PatientCriteria,
}

impl PatientSearch {
    /// A search by these criteria.
    #[must_use]
    pub fn new(
        lps: Lps,
        processing: ProcessingCode,
        criteria: PatientCriteria,
        message: Uuid,
        query: Uuid,
        now: Timestamp,
    ) -> Self {
        Self { head: QueryHead::new(lps, processing, message, query, now), criteria }
    }

    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        self.head.open(w, REQUEST);
        w.empty("code", &[("code", "PRPA_TE201305UV02"), ("codeSystem", TRIGGERS)]);
        write_query(w, &self.head.query_id, &self.criteria, None);
        w.close();
        w.close();
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, no message identifier or no query.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        control_act(element, REQUEST)?;
        let head = QueryHead::read(element)?;
        let criteria = child(query(element)?, "parameterList").map(PatientCriteria::read).unwrap_or_default();
        Ok(Self { head, criteria })
    }
}

/// `queryByParameter`, of the request or of its echo.
pub(super) fn write_query(
    w: &mut Writer,
    id: &InstanceIdentifier,
    criteria: &PatientCriteria,
    exact_use: Option<&str>,
) {
    w.open("queryByParameter", &[]);
    id.write(w, "queryId");
    w.empty("statusCode", &[("code", "new")]);
    criteria.write(w, exact_use);
    w.close();
}
