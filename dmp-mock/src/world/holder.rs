//! What the holder decides in Mon espace santé, and what time decides for him (access-rules.md §10, §13).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use dmp_protocol::nomenclature::{DocumentCreator, Nomenclatures};
use dmp_protocol::switches::VisibilityCalendar;
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;
use xds_model::{Association, AvailabilityStatus, CodedValue, Cx, DocumentEntry, Dtm, SubmissionSet};

use super::{Content, Deposit, Grant, GrantHolder, PatientId, RecordState, StoredEntry, Vaccination, World};
use crate::rules::calendar::Calendar;
use crate::rules::visibility::{INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS, MASQUE_PS, flag};

/// A decision of the holder; the JSON of the control API has the same names.
#[derive(Clone, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum HolderAction {
    /// Blocks a professional or a structure: INTERDIT.
    Block {
        /// Whom.
        who: GrantHolder,
    },
    /// Ends a block.
    Unblock {
        /// Whom.
        who: GrantHolder,
    },
    /// Authorises a professional or a structure.
    Permit {
        /// Whom.
        who: GrantHolder,
    },
    /// Takes an authorisation back.
    Withdraw {
        /// Whom.
        who: GrantHolder,
    },
    /// Masks a document to professionals.
    Mask {
        /// uniqueId.
        document: String,
    },
    /// Ends the mask of a document.
    Unmask {
        /// uniqueId.
        document: String,
    },
    /// Adds a document of the holder, Approved, to be read by the matrix like any other.
    AddDocument {
        /// uniqueId, an OID.
        document: String,
        /// One of the types of the holder: `DOCPAT01`, `EXPPAT_1`, `74465-6`.
        type_code: String,
        /// Title.
        title: String,
        /// `application/pdf`.
        mime_type: String,
        /// The bytes, in base64.
        content: String,
    },
    /// Tells of a vaccination, which the vaccination history lists until a professional validates it by a note.
    AddVaccination {
        /// Day, `AAAAMMJJ`.
        date: String,
        /// CIS code of the vaccine.
        product: String,
        /// Its name.
        label: String,
    },
    /// Chooses the médecin traitant DMP, who becomes authorised, or nobody.
    MedecinTraitant {
        /// NameID.
        person: Option<String>,
    },
    /// Chooses the médecin administrateur, or nobody.
    Administrator {
        /// NameID.
        person: Option<String>,
    },
    /// Opposes bris de glace, or no longer.
    OpposeBrisDeGlace {
        /// Whether the holder opposes.
        value: bool,
    },
    /// Opposes the accesses of the centre 15, or no longer.
    #[serde(rename = "oppose_centre_15")]
    OpposeCentre15 {
        /// Whether the holder opposes.
        value: bool,
    },
    /// Lets masked documents be read in an emergency, or no longer.
    MaskedInEmergency {
        /// Whether they may be read.
        value: bool,
    },
    /// Masks every present and future document, or only no longer the future ones.
    DefaultMasking {
        /// Whether everything is masked.
        value: bool,
    },
    /// Closes the DMP.
    Close,
}

impl std::fmt::Debug for HolderAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A title and a content are health data.
        f.write_str("HolderAction(…)")
    }
}

/// Why a decision of the holder could not be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolderError {
    /// No record has that number.
    #[error("no record has that number")]
    NoRecord,
    /// The record is closed.
    #[error("the record is closed: its holder decides nothing any more")]
    Closed,
    /// The holder sees no such document.
    #[error("the holder sees no current document of that uniqueId")]
    NoDocument,
    /// The document to add is not one.
    #[error("the document cannot be added: {0}")]
    BadDocument(&'static str),
}

impl World {
    /// Records a decision of the holder at `now`.
    ///
    /// # Errors
    /// [`HolderError`]; nothing is changed then.
    pub fn decide(&mut self, id: &PatientId, action: HolderAction, now: Timestamp) -> Result<(), HolderError> {
        let patient = self.patient_mut(id).ok_or(HolderError::NoRecord)?;
        if patient.record != RecordState::Active {
            return Err(HolderError::Closed);
        }
        match action {
            HolderAction::Block { who } => {
                patient.blocked.insert(who);
            }
            HolderAction::Unblock { who } => {
                patient.blocked.remove(&who);
            }
            HolderAction::Permit { who } => {
                patient.grants.insert(who, Grant::ByHolder(now));
            }
            HolderAction::Withdraw { who } => {
                patient.grants.remove(&who);
            }
            HolderAction::MedecinTraitant { person } => {
                if let Some(person) = &person {
                    patient.grants.insert(GrantHolder::Person(person.clone()), Grant::ByHolder(now));
                }
                patient.medecin_traitant = person;
            }
            HolderAction::Administrator { person } => patient.administrator = person,
            HolderAction::OpposeBrisDeGlace { value } => patient.opposes_bris_de_glace = value,
            HolderAction::OpposeCentre15 { value } => patient.opposes_centre_15 = value,
            HolderAction::MaskedInEmergency { value } => patient.masked_in_emergency = value,
            HolderAction::Close => patient.record = RecordState::Closed(now),
            HolderAction::DefaultMasking { value } => {
                patient.default_masking = value;
                if value {
                    self.mask_everything(id, now);
                }
            }
            HolderAction::Mask { document } => self.set_mask(id, &document, true, now)?,
            HolderAction::Unmask { document } => self.set_mask(id, &document, false, now)?,
            HolderAction::AddVaccination { date, product, label } => {
                let day = date.len() == 8 && date.bytes().all(|digit| digit.is_ascii_digit());
                if !day || product.is_empty() {
                    return Err(HolderError::BadDocument("a vaccination has a day of 8 digits and a product"));
                }
                let told = Vaccination { id: None, date, product, label, note: None };
                self.settle_vaccinations(id, vec![told], now);
            }
            HolderAction::AddDocument { document, type_code, title, mime_type, content } => {
                let content =
                    STANDARD.decode(content).map_err(|_| HolderError::BadDocument("content is not base64"))?;
                self.add_own_document(id, [document, type_code, title, mime_type], content.into(), now)?;
            }
        }
        Ok(())
    }

    /// The current documents that the holder sees, or his representative (VIS-13).
    pub fn documents_seen_by_holder<'a>(
        &'a self,
        id: &'a PatientId,
        by_representative: bool,
    ) -> impl Iterator<Item = &'a StoredEntry> {
        self.registry.entries_of(id).filter(move |stored| {
            let entry = &stored.entry;
            let current = matches!(entry.status, Some(AvailabilityStatus::Approved | AvailabilityStatus::Archived));
            let hidden = entry.has_confidentiality(INVISIBLE_PATIENT)
                || (by_representative && entry.has_confidentiality(INVISIBLE_REPRESENTANTS));
            current && !hidden && !entry.is_signature()
        })
    }

    /// VIS-11: documents whose time of invisibility is over get a new metadata version, as TD3.3b makes one. A mask
    /// that waited (VIS-06) comes then.
    pub fn reveal_what_is_due(&mut self, now: Timestamp, calendar: VisibilityCalendar) {
        let due = |stored: &&StoredEntry| {
            let dates = stored.hidden_since.and_then(|since| Calendar::of_deposit(calendar, since));
            dates.is_some_and(|dates| dates.visible_at <= now)
        };
        let due: Vec<StoredEntry> = self.registry.hidden().filter(due).cloned().collect();
        for stored in due {
            let masks = self.patient(&stored.patient).is_some_and(|patient| patient.default_masking);
            let mut entry = stored.entry.clone();
            entry.confidentiality_codes.retain(|code| code.code != INVISIBLE_PATIENT);
            if masks && !entry.has_confidentiality(MASQUE_PS) {
                entry.confidentiality_codes.push(flag(MASQUE_PS));
            }
            let lot = self.registry.add_update(own_lot(&stored.patient, now), stored.patient.clone());
            self.registry.add_version(&lot, entry, &stored.entry.entry_uuid);
        }
    }

    fn set_mask(&mut self, id: &PatientId, unique_id: &str, masked: bool, now: Timestamp) -> Result<(), HolderError> {
        let stored = self.documents_seen_by_holder(id, false).find(|stored| stored.entry.unique_id == unique_id);
        let mut entry = stored.ok_or(HolderError::NoDocument)?.entry.clone();
        if entry.has_confidentiality(MASQUE_PS) == masked {
            return Ok(());
        }
        if masked {
            entry.confidentiality_codes.push(flag(MASQUE_PS));
        } else {
            entry.confidentiality_codes.retain(|code| code.code != MASQUE_PS);
        }
        let current = entry.entry_uuid.clone();
        let lot = self.registry.add_update(own_lot(id, now), id.clone());
        self.registry.add_version(&lot, entry, &current);
        Ok(())
    }

    fn mask_everything(&mut self, id: &PatientId, now: Timestamp) {
        let all: Vec<String> =
            self.documents_seen_by_holder(id, false).map(|stored| stored.entry.unique_id.clone()).collect();
        for unique_id in all {
            // Every one of them was just seen.
            let _ = self.set_mask(id, &unique_id, true, now);
        }
    }

    fn add_own_document(
        &mut self,
        id: &PatientId,
        [unique_id, type_code, title, mime_type]: [String; 4],
        content: Bytes,
        now: Timestamp,
    ) -> Result<(), HolderError> {
        let nomenclatures = Nomenclatures::embedded();
        let types = nomenclatures.value_set("JDV_J66").map(|set| set.concepts()).unwrap_or_default();
        let kind = types.iter().find(|concept| concept.code == type_code);
        let by_holder = kind
            .and_then(|kind| nomenclatures.document_type(&kind.code, &kind.system))
            .is_some_and(|kind| kind.creator == DocumentCreator::Holder);
        let Some(kind) = kind.filter(|_| by_holder) else {
            return Err(HolderError::BadDocument("not a type of document of the holder"));
        };
        if dmp_vocabulary::Oid::parse(&unique_id).is_err() || self.registry.knows_unique_id(&unique_id) {
            return Err(HolderError::BadDocument("the uniqueId is not an OID, or is known already"));
        }
        let document = OwnDocument {
            unique_id,
            kind: CodedValue::new(kind.code.as_str(), kind.display.as_str(), kind.system.as_str()),
            title,
            mime_type,
            format: None,
            content: Content::from_bytes(content),
        };
        self.deposit_own(id, document, None, now);
        Ok(())
    }

    /// Stores a document of the holder or of the DMP, which may replace the entry of that entryUUID.
    pub(crate) fn deposit_own(
        &mut self,
        id: &PatientId,
        document: OwnDocument,
        replaces: Option<&str>,
        now: Timestamp,
    ) {
        let OwnDocument { unique_id, kind, title, mime_type, format, content } = document;
        let class = Nomenclatures::embedded().class_of_type(&kind.code, &kind.system);
        let entry = DocumentEntry {
            entry_uuid: "Document01".to_owned(),
            unique_id,
            patient_id: Cx::ins(&id.matricule, &id.oid),
            source_patient_id: Some(Cx::ins(&id.matricule, &id.oid)),
            mime_type,
            title: Some(title),
            language_code: Some("fr-FR".to_owned()),
            creation_time: Some(Dtm::from_timestamp(now)),
            service_start_time: Some(Dtm::from_timestamp(now)),
            class_code: class.map(|one| CodedValue::new(one.code.as_str(), one.display.as_str(), one.system.as_str())),
            type_code: Some(kind),
            format_code: format,
            confidentiality_codes: vec![CodedValue::new("N", "Normal", "2.16.840.1.113883.5.25")],
            ..DocumentEntry::default()
        };
        let set = own_lot(id, now);
        let mut associations = vec![Association::has_member("Member01", &set.entry_uuid, "Document01")];
        associations.extend(replaces.map(|old| Association::replaces("Replaces01", "Document01", old)));
        self.registry.deposit(Deposit {
            set,
            entries: vec![(entry, content)],
            associations,
            patient: id.clone(),
            depositor: String::new(),
            at: now,
        });
    }
}

/// A document that no professional wrote.
pub(crate) struct OwnDocument {
    pub(crate) unique_id: String,
    pub(crate) kind: CodedValue,
    pub(crate) title: String,
    pub(crate) mime_type: String,
    pub(crate) format: Option<CodedValue>,
    pub(crate) content: Content,
}

/// The lot of what the holder, or the DMP itself, does.
pub(super) fn own_lot(id: &PatientId, now: Timestamp) -> SubmissionSet {
    SubmissionSet {
        entry_uuid: "SubmissionSet01".to_owned(),
        unique_id: format!("2.25.{}", Uuid::new_v4().as_u128()),
        patient_id: Cx::ins(&id.matricule, &id.oid),
        submission_time: Some(Dtm::from_timestamp(now)),
        ..SubmissionSet::default()
    }
}
