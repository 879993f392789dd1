//! The request, as it is made and written.

use dmp_vocabulary::identity::Ins;
use dmp_xml::Writer;
use jiff::Timestamp;
use uuid::Uuid;

use super::{AdministrativeUpdate, REQUEST, RegistrationAuthor, RegistrationChange};
use crate::patient::answer_write::{XSI, write_closing_reason, write_observation};
use crate::patient::wrapper::{RequestHead, write_reason};
use crate::patient::{Closing, InstanceIdentifier, Lps, Observation, PatientTraits, ProcessingCode, WireTime};

/// Beginning of a message that asks for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageHead {
    /// Identifier of the message: `<LPS root>.1` and a UUID.
    pub id: InstanceIdentifier,
    /// UTC.
    pub creation_time: WireTime,
    /// Production or test; whatever a received request says that is not `P` is a test.
    pub processing: ProcessingCode,
    /// The software that asks.
    pub lps: Lps,
}

/// TD1.3b or TD1.4: asks the DMP to change a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRequest {
    /// Who asks, and under which identifier.
    pub head: MessageHead,
    /// INS OID and matricule as on the wire, not checked when received.
    pub patient: InstanceIdentifier,
    /// Name, and for TD1.3b gender and birth date. The contacts are those of the change.
    pub traits: PatientTraits,
    /// What to change.
    pub change: RegistrationChange,
    /// Who changes it.
    pub author: RegistrationAuthor,
}

impl RegistrationRequest {
    /// A change of that patient's record; the processing code follows the nature of the INS.
    #[must_use]
    pub fn new(
        lps: Lps,
        patient: &Ins,
        mut traits: PatientTraits,
        change: RegistrationChange,
        author: RegistrationAuthor,
        message: Uuid,
        now: Timestamp,
    ) -> Self {
        traits.telecoms.clear();
        if let RegistrationChange::Close { .. } = change {
            (traits.gender, traits.birth_time) = (None, None);
        }
        let head = MessageHead {
            id: InstanceIdentifier::new(format!("{}.1", lps.root), message.hyphenated().to_string()),
            creation_time: WireTime::at(now),
            processing: ProcessingCode::of(patient),
            lps,
        };
        Self { head, patient: patient.into(), traits, change, author }
    }

    /// Writes the body element.
    pub fn write(&self, w: &mut Writer) {
        let MessageHead { id, creation_time, processing, lps } = &self.head;
        let head = RequestHead { id, creation_time, processing: *processing, lps };
        let reason = self.change.reason();
        head.open(w, REQUEST, &[("xmlns:xsi", XSI)]);
        write_reason(w, reason.code(), reason.display());
        w.open("subject", &[("typeCode", "SUBJ"), ("contextConductionInd", "false")]);
        w.open("registrationRequest", &[("classCode", "REG"), ("moodCode", "RQO")]);
        w.empty("statusCode", &[("code", "active")]);
        w.open("subject1", &[("typeCode", "SBJ")]);
        w.open("patient", &[("classCode", "PAT")]);
        self.patient.write(w, "id");
        w.empty("statusCode", &[("code", reason.status())]);
        w.open("patientPerson", &[("classCode", "PSN"), ("determinerCode", "INSTANCE")]);
        self.write_name(w);
        match &self.change {
            RegistrationChange::Update(update) => self.write_update(w, update),
            RegistrationChange::Close { .. } => w.close(),
        }
        w.close();
        w.close();
        self.author.write(w);
        w.close();
        w.close();
        if let RegistrationChange::Close { reason, text } = &self.change {
            write_closing_reason(w, &Closing { on: None, reason: Some(reason.clone()), text: text.clone() });
        }
        w.close();
        w.close();
    }

    /// Unlike the server, without `NON RENSEIGNE` for a name that is not known.
    fn write_name(&self, w: &mut Writer) {
        w.open("name", &[]);
        if let Some(prefix) = &self.traits.prefix {
            w.leaf("prefix", &[], prefix);
        }
        for (qualifier, name) in [("SP", &self.traits.used_name), ("BR", &self.traits.birth_name)] {
            if let Some(name) = name {
                w.leaf("family", &[("qualifier", qualifier)], name);
            }
        }
        for given in &self.traits.given {
            w.leaf("given", &[], given);
        }
        w.close();
    }

    /// The end of `patientPerson`, and the two oppositions.
    fn write_update(&self, w: &mut Writer, update: &AdministrativeUpdate) {
        for telecom in &update.telecoms {
            telecom.write(w);
        }
        self.traits.write_gender_and_birth(w);
        update.civil().write(w);
        w.close();
        write_observation(w, &Observation::opposes_bris_de_glace(update.opposes_bris_de_glace));
        write_observation(w, &Observation::opposes_centre_15(update.opposes_centre_15));
    }
}
