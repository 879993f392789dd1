//! PID and PV1: the patient, with the same identifiers as in the CDA, and the visit.

use std::fmt;

use dmp_client::DocumentEntry;
use dmp_vocabulary::identity::{IdentityPolicy, Ins};
use jiff::Timestamp;
use xds_model::{Cx, hl7};

use super::MdmError;
use crate::context::ins_of_cx;
use crate::interop::er7::{Line, Message, read_time, write_time};

/// The patient of a message. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientIdentity {
    /// PID-3: the INS.
    pub ins: Ins,
    /// PID-3: identifiers of the establishments (IPP).
    pub local_ids: Vec<Cx>,
    /// PID-5: at birth, and in use.
    pub names: Vec<PatientName>,
    /// PID-7, `AAAAMMJJ`.
    pub birth_date: Option<String>,
    /// PID-8.
    pub sex: Option<String>,
    /// PID-32 holds `VALI`: with an INS, the identity is qualified.
    pub validated: bool,
}

/// A name of a patient.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientName {
    /// Family name.
    pub family: String,
    /// First given name.
    pub given: String,
    /// Every given name, at birth.
    pub all_given: String,
    /// `L` at birth, `D` in use.
    pub kind: String,
}

/// The visit. Dates to the second.
#[derive(Clone, PartialEq, Eq)]
pub struct Visit {
    /// PV1-2.
    pub class: VisitClass,
    /// PV1-19; needed for a visit that took place in the establishment.
    pub number: Option<String>,
    /// PV1-44.
    pub admitted_at: Option<Timestamp>,
    /// PV1-45.
    pub discharged_at: Option<Timestamp>,
}

/// PV1-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VisitClass {
    /// `I`: a stay.
    Inpatient,
    /// `O`: external consultation.
    Outpatient,
    /// `E`: emergency.
    Emergency,
    /// `R`: sessions.
    Recurring,
    /// `N`: no visit.
    NotApplicable,
}

impl VisitClass {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Inpatient, "I", "03"),
        (Self::Outpatient, "O", "07"),
        (Self::Emergency, "E", "07"),
        (Self::Recurring, "R", "19"),
        (Self::NotApplicable, "N", "97"),
    ];

    fn row(self) -> (&'static str, &'static str) {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or(("N", "97"), |(_, code, content)| (code, content))
    }

    /// The contentTypeCode of the lot (JDV_J59) that the volet suggests.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        self.row().1
    }
}

impl PatientIdentity {
    /// The patient of a document, from its metadata; a document for the DMP is about a qualified identity.
    pub(super) fn of_entry(entry: &DocumentEntry) -> Result<Self, MdmError> {
        let ins = ins_of_cx(entry.patient_id.as_str());
        let info = entry.source_patient_info.clone().unwrap_or_default();
        let value = |name: &str| info.values(name).next().map(str::to_owned);
        let local = entry.source_patient_id.iter().filter(|id| !id.same_identifier(&entry.patient_id));
        Ok(Self {
            ins: ins.ok_or(MdmError::missing("PID-3", "a CDA whose first patient id is an INS"))?,
            local_ids: local.cloned().collect(),
            names: info
                .values("PID-5")
                .map(|raw| PatientName::read(|n| hl7::component(raw, n), hl7::unescape))
                .collect(),
            birth_date: value("PID-7"),
            sex: value("PID-8"),
            validated: true,
        })
    }

    pub(super) fn to_line(&self) -> Line {
        let mut ids = vec![self.ins.to_pid3()];
        ids.extend(self.local_ids.iter().map(|id| id.as_str().to_owned()));
        let names: Vec<String> = self.names.iter().map(PatientName::to_xpn).collect();
        Line::new("PID")
            .raw(3, ids.join("~"))
            .raw(5, names.join("~"))
            .text(7, self.birth_date.as_deref().unwrap_or_default())
            .text(8, self.sex.as_deref().unwrap_or_default())
            .text(32, if self.validated { "VALI" } else { "" })
    }

    pub(super) fn read(message: &Message, policy: IdentityPolicy) -> Result<Self, MdmError> {
        let pid = message.segment("PID").ok_or(MdmError::missing("PID", "the patient"))?;
        let (mut ins, mut local_ids) = (None, Vec::new());
        for id in pid.field(3).repetitions().filter(|id| !id.is_empty()) {
            let (number, authority) = (id.component(1).text(), id.component(4));
            let kind = id.component(5).text();
            let oid = authority.subcomponent(2).text();
            if kind == "INS" {
                let read = Ins::parse(&number, &oid, policy);
                // The first INS is the one in force.
                ins = ins.or(Some(read.map_err(|_| MdmError::value("PID-3", "an INS of this platform"))?.value));
            } else {
                local_ids.push(Cx::from_raw(format!(
                    "{}^^^{}^{}",
                    hl7::escape(&number),
                    hl7::authority(&oid),
                    hl7::escape(&kind)
                )));
            }
        }
        let text = |field| Some(pid.field(field).text().into_owned()).filter(|text: &String| !text.is_empty());
        let names = pid.field(5).repetitions().filter(|name| !name.is_empty());
        Ok(Self {
            ins: ins.ok_or(MdmError::missing("PID-3", "an identifier of type INS"))?,
            local_ids,
            names: names.map(|name| PatientName::read(|n| n, |n| name.component(n).text())).collect(),
            birth_date: text(7),
            sex: text(8),
            validated: pid.field(32).repetitions().any(|code| code.component(1).text() == "VALI"),
        })
    }
}

impl PatientName {
    /// The parts of an XPN, each by its number.
    fn read<'t, T>(part: impl Fn(usize) -> T, text: impl Fn(T) -> std::borrow::Cow<'t, str>) -> Self {
        let text = |number| text(part(number)).into_owned();
        Self { family: text(1), given: text(2), all_given: text(3), kind: text(7) }
    }

    fn to_xpn(&self) -> String {
        let Self { family, given, all_given, kind } = self;
        let [family, given, all_given, kind] = [family, given, all_given, kind].map(|part| hl7::escape(part));
        format!("{family}^{given}^{all_given}^^^^{kind}")
    }
}

impl Visit {
    /// A visit by its number.
    #[must_use]
    pub fn new(class: VisitClass, number: impl Into<String>) -> Self {
        Self { class, number: Some(number.into()), admitted_at: None, discharged_at: None }
    }

    /// A document of no visit.
    #[must_use]
    pub fn none() -> Self {
        Self { class: VisitClass::NotApplicable, number: None, admitted_at: None, discharged_at: None }
    }

    pub(super) fn check(&self) -> Result<(), MdmError> {
        let numbered = self.number.as_ref().is_some_and(|number| !number.trim().is_empty());
        match numbered || self.class == VisitClass::NotApplicable {
            true => Ok(()),
            false => Err(MdmError::missing("PV1-19", "the number of the visit, when PV1-2 is E, I, O or R")),
        }
    }

    pub(super) fn to_line(&self) -> Line {
        let time = |at: Option<Timestamp>| at.map(write_time).unwrap_or_default();
        Line::new("PV1")
            .text(2, self.class.row().0)
            .text(19, self.number.as_deref().unwrap_or_default())
            .text(44, &time(self.admitted_at))
            .text(45, &time(self.discharged_at))
    }

    pub(super) fn read(message: &Message) -> Result<Self, MdmError> {
        let pv1 = message.segment("PV1").ok_or(MdmError::missing("PV1", "the visit"))?;
        let class = VisitClass::ALL.into_iter().find(|(_, code, _)| *code == pv1.field(2).component(1).text());
        let number = pv1.field(19).component(1).text().into_owned();
        let time = |field: usize, name: &'static str| match &*pv1.field(field).component(1).text() {
            "" => Ok(None),
            text => read_time(text).map(Some).ok_or(MdmError::value(name, "a date and time")),
        };
        let visit = Self {
            class: class.ok_or(MdmError::value("PV1-2", "E, I, N, O or R"))?.0,
            number: Some(number).filter(|number| !number.is_empty()),
            admitted_at: time(44, "PV1-44")?,
            discharged_at: time(45, "PV1-45")?,
        };
        visit.check()?;
        Ok(visit)
    }
}

impl fmt::Debug for PatientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientIdentity").field("validated", &self.validated).finish_non_exhaustive()
    }
}

impl fmt::Debug for PatientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientName(…)")
    }
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").field("class", &self.class).finish_non_exhaustive()
    }
}
