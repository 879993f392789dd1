//! What the software tells of its activity.

use std::collections::BTreeSet;
use std::future::Future;

use dmp_vocabulary::identity::Finess;
use jiff::Timestamp;

use super::Period;
use crate::context::{EpisodeId, InternalUserId, PatientKey};

/// The software's register of stays, consultations, users and messages.
pub trait ActivitySource: Send + Sync {
    /// What happened in a period: stays that were under way in it (closed or not), consultations held in it, messages and
    /// integrations of it, and the users and correspondents that the establishment has.
    fn activity(&self, period: Period) -> impl Future<Output = Result<Activity, ActivityError>> + Send;

    /// Where an episode took place that [`activity`](Self::activity) does not name, such as one of former years whose
    /// documents are fed now.
    fn site_of(&self, episode: &EpisodeId) -> impl Future<Output = Result<Option<Finess>, ActivityError>> + Send;
}

/// The register did not answer.
#[derive(Debug, thiserror::Error)]
#[error("F16: the register of activity does not answer: {0}")]
pub struct ActivityError(
    /// Why, without health data.
    pub String,
);

/// The activity of a period.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    /// The sites (FINESS géographique) of the report; each has its lines even when nothing happened there.
    pub sites: BTreeSet<Finess>,
    /// Hospital stays, full or ambulatory.
    pub stays: Vec<Stay>,
    /// Consultations.
    pub consultations: Vec<Consultation>,
    /// Users who may consult the DMP.
    pub users: Vec<User>,
    /// External correspondents.
    pub correspondents: Vec<Correspondent>,
    /// Documents sent by MSSanté.
    pub messages: Vec<Message>,
    /// Documents that came by MSSanté and were integrated.
    pub integrations: Vec<Integration>,
}

/// A hospital stay. A day of entry and a day of exit; the exit closes it.
#[derive(Debug, Clone)]
pub struct Stay {
    /// Its episode, as the other functions know it.
    pub episode: EpisodeId,
    /// Its patient.
    pub patient: PatientKey,
    /// Where.
    pub site: Finess,
    /// Entry.
    pub entered: Timestamp,
    /// Exit; `None` while the patient is there.
    pub left: Option<Timestamp>,
    /// It had surgical activity.
    pub surgical: bool,
    /// At least one prescription was produced.
    pub prescribed: bool,
}

/// A consultation.
#[derive(Debug, Clone)]
pub struct Consultation {
    /// Its episode.
    pub episode: EpisodeId,
    /// Its patient.
    pub patient: PatientKey,
    /// Where.
    pub site: Finess,
    /// When.
    pub at: Timestamp,
    /// A report was produced.
    pub reported: bool,
}

/// A user.
#[derive(Debug, Clone)]
pub struct User {
    /// The user.
    pub id: InternalUserId,
    /// The profile, such as the profession: column `profil`.
    pub profile: String,
    /// Where.
    pub site: Finess,
}

/// An external correspondent.
#[derive(Debug, Clone)]
pub struct Correspondent {
    /// An identifier of the software.
    pub id: String,
    /// The site that writes to them.
    pub site: Finess,
    /// An MSSanté address is known.
    pub has_address: bool,
}

/// A document sent by MSSanté, once for each recipient.
#[derive(Debug, Clone)]
pub struct Message {
    /// From where.
    pub site: Finess,
    /// When its outcome was known.
    pub at: Timestamp,
    /// typeCode of the document.
    pub type_code: String,
    /// The episode.
    pub episode: Option<EpisodeId>,
    /// To whom.
    pub recipient: Recipient,
    /// The INS was qualified.
    pub qualified_ins: bool,
    /// It was delivered.
    pub delivered: bool,
}

/// Whom a message is for.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// A professional or a structure, by the software's identifier.
    Correspondent(String),
    /// The patient, by MSSanté citoyenne.
    Patient(PatientKey),
}

/// A document that came by MSSanté.
#[derive(Debug, Clone)]
pub struct Integration {
    /// Where.
    pub site: Finess,
    /// When.
    pub at: Timestamp,
    /// How.
    pub how: Integrated,
}

/// How a document was integrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrated {
    /// A CDA, by itself, on request of the platform.
    ByItself,
    /// The same, and it failed.
    FailedByItself,
    /// A CDA, by hand.
    ByHand,
    /// Something else than a CDA, by hand.
    OtherByHand,
}
