//! A patient and the record attached to an INS.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::administrative::Administrative;
use super::authorisation::{Grant, GrantHolder};

/// A patient's number as the world knows it: 15 characters and the OID of its kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PatientId {
    /// Matricule with key, 15 characters.
    pub matricule: String,
    /// OID of the kind of number, `1.2.250.1.213.1.4.10`.
    pub oid: String,
}

impl PatientId {
    /// From its two parts, unchecked: the rules of admission check them.
    #[must_use]
    pub fn new(matricule: &str, oid: &str) -> Self {
        PatientId { matricule: matricule.to_owned(), oid: oid.to_owned() }
    }
}

impl fmt::Debug for PatientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientId(…)")
    }
}

/// State of the DMP of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Open.
    Active,
    /// Closed since that time (UTC).
    Closed(Timestamp),
}

/// Administrative sex as HL7 V3 writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sex {
    /// Male.
    M,
    /// Female.
    F,
}

/// Who the patient is and what the holder allows.
#[derive(Clone, Serialize, Deserialize)]
pub struct Patient {
    /// The number.
    pub id: PatientId,
    /// Nom de naissance.
    pub birth_name: String,
    /// Nom utilisé; `NON RENSEIGNE` in the open world.
    pub used_name: Option<String>,
    /// Prénoms, the first one first.
    pub given_names: Vec<String>,
    /// Sex, when known.
    pub sex: Option<Sex>,
    /// `AAAAMMJJ`, possibly incomplete; absent in the open world.
    pub birth_date: Option<String>,
    /// State of the record.
    pub record: RecordState,
    /// NameID of the médecin traitant DMP.
    pub medecin_traitant: Option<String>,
    /// Individual authorisations of persons and structures.
    #[serde(with = "pairs")]
    pub grants: BTreeMap<GrantHolder, Grant>,
    /// Persons and structures that the patient blocked (INTERDIT).
    pub blocked: BTreeSet<GrantHolder>,
    /// Whether the patient opposes régulation (centre 15).
    pub opposes_centre_15: bool,
    /// Whether the patient opposes bris de glace.
    pub opposes_bris_de_glace: bool,
    /// Whether masked documents may be read in an emergency (consent MASKED; refused unless said).
    pub masked_in_emergency: bool,
    /// NameID of the médecin administrateur that the holder designated (R. 1111-54); shown nowhere.
    pub administrator: Option<String>,
    /// Whether the holder masks every present and future document (DEFAULT_MASKING, VIS-06).
    pub default_masking: bool,
    /// When the patient died, `AAAAMMJJ`; the record may still be active (PAT-04).
    pub deceased_on: Option<String>,
    /// Contacts, addresses, legal representatives.
    pub administrative: Administrative,
    /// Last time that each person or structure used the record, by its identifier.
    pub accesses: BTreeMap<String, Timestamp>,
    /// RATTACHEMENT_ENS of TD0.2.
    pub linked_to_mon_espace_sante: bool,
    /// Whether the DMP was created by the API v1 and never since: no transaction reaches it (PAT-02, EMG-03).
    pub only_api_v1: bool,
}

impl Patient {
    /// An open record without any authorisation.
    #[must_use]
    pub fn active(id: PatientId, birth_name: &str, given_name: &str) -> Self {
        Patient {
            id,
            birth_name: birth_name.to_owned(),
            used_name: None,
            given_names: vec![given_name.to_owned()],
            sex: None,
            birth_date: None,
            record: RecordState::Active,
            medecin_traitant: None,
            grants: BTreeMap::new(),
            blocked: BTreeSet::new(),
            opposes_centre_15: false,
            opposes_bris_de_glace: false,
            masked_in_emergency: false,
            administrator: None,
            default_masking: false,
            deceased_on: None,
            administrative: Administrative::default(),
            accesses: BTreeMap::new(),
            linked_to_mon_espace_sante: true,
            only_api_v1: false,
        }
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patient").field("record", &self.record).finish_non_exhaustive()
    }
}

/// A map whose keys are no texts, as a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Grant, GrantHolder};

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<GrantHolder, Grant>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<GrantHolder, Grant>, D::Error> {
        Ok(Vec::deserialize(from)?.into_iter().collect())
    }
}
