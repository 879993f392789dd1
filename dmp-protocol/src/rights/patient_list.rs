//! TD0.4 `patientList` and its answer (patient-and-rights-messages.md §6.3).

use std::fmt;

use dmp_vocabulary::identity::traits::is_absent;
use dmp_xml::{Element, Writer};

use super::output::{child_text, expect_body, expect_output, optional_leaf};
use super::{MessageError, PATIENTS, ServiceStatus};
use crate::patient::{INS_C, InstanceIdentifier, WireTime};

const REQUEST: &str = "patientList";
const RESPONSE: &str = "patientListResponse";

/// Which DMP is the caller authorised on? Without any criterion, all of them (probable).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PatientList {
    /// `startDate`, UTC.
    pub since: Option<WireTime>,
    /// `dateType`: what must be later than that date.
    pub by: Option<ListCriterion>,
    /// `psOwnerId`: PS_IdNat of another professional of the structure, for a CPE card or a non-PS (probable).
    pub owner: Option<String>,
}

/// `dateType`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListCriterion {
    /// `LASTAUTORIZATION` (sic): authorised since.
    LastAuthorization,
    /// `LASTDOC`: documents added since.
    LastDocument,
    /// Anything else, received only.
    Other(String),
}

impl ListCriterion {
    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::LastAuthorization => "LASTAUTORIZATION",
            Self::LastDocument => "LASTDOC",
            Self::Other(text) => text,
        }
    }

    fn from_text(text: &str) -> Self {
        [Self::LastAuthorization, Self::LastDocument]
            .into_iter()
            .find(|criterion| criterion.as_str() == text)
            .unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

impl PatientList {
    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        w.open(REQUEST, &[("xmlns", PATIENTS)]);
        optional_leaf(w, "startDate", self.since.as_ref().map(WireTime::as_str));
        optional_leaf(w, "dateType", self.by.as_ref().map(ListCriterion::as_str));
        optional_leaf(w, "psOwnerId", self.owner.as_deref());
        w.close();
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        expect_body(element, PATIENTS, REQUEST)?;
        let text = |local| child_text(element, PATIENTS, local);
        Ok(Self {
            since: text("startDate").map(|time| WireTime::received(&time)),
            by: text("dateType").map(|by| ListCriterion::from_text(&by)),
            owner: text("psOwnerId"),
        })
    }
}

/// A DMP on which the caller is authorised. Names and numbers are not in `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ListedDmp {
    /// INS and INS-C, in any order.
    pub identifiers: Vec<InstanceIdentifier>,
    /// Nom utilisé.
    pub used_name: Option<String>,
    /// Nom de naissance.
    pub birth_name: Option<String>,
    /// Given names.
    pub given: Option<String>,
    /// `M`, `Mme`.
    pub civility: Option<String>,
    /// `YYYYMMDD` as received.
    pub birth_date: Option<String>,
    /// `MT`: whether the caller is médecin traitant in this DMP.
    pub medecin_traitant: bool,
    /// `message`: meaning unknown, given as it is.
    pub message: bool,
    /// UTC.
    pub last_access: Option<WireTime>,
    /// UTC.
    pub last_update: Option<WireTime>,
    /// UTC: last document added.
    pub last_add: Option<WireTime>,
}

impl ListedDmp {
    /// The identifiers that are not an INS-C.
    pub fn ins(&self) -> impl Iterator<Item = &InstanceIdentifier> {
        self.identifiers.iter().filter(|id| id.root != INS_C)
    }

    fn write(&self, w: &mut Writer) {
        w.open("p:patientlistData", &[]);
        for identifier in &self.identifiers {
            w.open("p:patientIdentifier", &[]);
            w.leaf("p:nationalId", &[], identifier.extension());
            w.leaf("p:nationalIdType", &[], &identifier.root);
            w.close();
        }
        optional_leaf(w, "p:lastName", self.used_name.as_deref());
        optional_leaf(w, "p:patronymicalName", self.birth_name.as_deref());
        optional_leaf(w, "p:firstName", self.given.as_deref());
        optional_leaf(w, "p:civility", self.civility.as_deref());
        optional_leaf(w, "p:dateOfBirth", self.birth_date.as_deref());
        w.leaf("p:MT", &[], if self.medecin_traitant { "true" } else { "false" });
        w.leaf("p:message", &[], if self.message { "true" } else { "false" });
        optional_leaf(w, "p:lastAccessDate", self.last_access.as_ref().map(WireTime::as_str));
        optional_leaf(w, "p:lastUpdateDate", self.last_update.as_ref().map(WireTime::as_str));
        optional_leaf(w, "p:lastAddDate", self.last_add.as_ref().map(WireTime::as_str));
        w.close();
    }

    fn read(element: &Element) -> Self {
        let text = |local| child_text(element, PATIENTS, local);
        let time = |local| text(local).map(|time| WireTime::received(&time));
        let name = |local| text(local).filter(|name| !is_absent(name));
        let flag = |local| text(local).is_some_and(|text| text == "true" || text == "1");
        let identifier = |element: &Element| {
            let root = child_text(element, PATIENTS, "nationalIdType")?;
            Some(InstanceIdentifier::new(root, child_text(element, PATIENTS, "nationalId")?))
        };
        Self {
            identifiers: element.children_named(PATIENTS, "patientIdentifier").filter_map(identifier).collect(),
            used_name: name("lastName"),
            birth_name: name("patronymicalName"),
            given: text("firstName"),
            civility: text("civility"),
            birth_date: text("dateOfBirth"),
            medecin_traitant: flag("MT"),
            message: flag("message"),
            last_access: time("lastAccessDate"),
            last_update: time("lastUpdateDate"),
            last_add: time("lastAddDate"),
        }
    }
}

impl fmt::Debug for ListedDmp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedDmp").field("medecin_traitant", &self.medecin_traitant).finish_non_exhaustive()
    }
}

/// Answer of TD0.4; an empty list is a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientListResponse {
    /// In the order of the DMP; empty when refused.
    pub dmps: Vec<ListedDmp>,
    /// Success or refusal.
    pub output: ServiceStatus,
}

impl PatientListResponse {
    /// A refusal.
    #[must_use]
    pub fn refused(code: impl Into<String>, context: impl Into<String>) -> Self {
        Self { dmps: Vec::new(), output: ServiceStatus::refused(code, context) }
    }

    /// Writes the body element, with a prefix as the DMP does.
    pub fn write(&self, w: &mut Writer) {
        w.open("p:patientListResponse", &[("xmlns:p", PATIENTS)]);
        w.open("p:output", &[]);
        for dmp in &self.dmps {
            dmp.write(w);
        }
        self.output.write(w, "p");
        w.close();
        w.close();
    }

    /// Reads the body element.
    ///
    /// # Errors
    /// [`MessageError`]: another body, or no status.
    pub fn read(element: &Element) -> Result<Self, MessageError> {
        let output = expect_output(element, PATIENTS, RESPONSE)?;
        Ok(Self {
            dmps: output.children_named(PATIENTS, "patientlistData").map(ListedDmp::read).collect(),
            output: ServiceStatus::read(output, PATIENTS)?,
        })
    }
}
