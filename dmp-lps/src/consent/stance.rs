//! What the patient said, and how the patient was told.

use jiff::Timestamp;

use crate::context::InternalUserId;

/// What the patient is asked about; two questions that are never confused (EXI 02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// New documents go to the record.
    Feeding,
    /// The record is read.
    Consultation,
}

/// What is known of the patient's will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stance {
    /// Nothing: the patient was not informed in this episode, or nobody wrote it down.
    NotRecorded,
    /// Informed, and did not oppose.
    InformedNotOpposed,
    /// Informed, and opposed.
    InformedOpposed,
}

/// Who wrote a stance first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// This software.
    Lps,
    /// Another system of the establishment, such as the admissions.
    ThirdParty,
}

/// How the patient was informed (référentiel §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeEvidence {
    /// At once, or by a text that the patient may read later.
    pub mode: NoticeMode,
    /// By what means.
    pub channel: Channel,
    /// Who informed.
    pub given_by: InternalUserId,
    /// When.
    pub given_at: Timestamp,
    /// Version of the text.
    pub text_version: String,
    /// When the patient made contact again after an asynchronous notice; never deduced from time passing.
    pub contact_resumed_at: Option<Timestamp>,
}

/// Whether silence means anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeMode {
    /// Face to face, by telephone, by a box ticked online: valid at once.
    Synchronous,
    /// A text in a letter: valid when the patient makes contact again, or when the episode starts.
    Asynchronous,
}

/// Means of information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Channel {
    /// Spoken, face to face.
    Spoken,
    /// By telephone.
    Telephone,
    /// On paper handed over or posted.
    Paper,
    /// By e-mail or text message.
    Message,
    /// Online, before a visit.
    Portal,
}

/// A change of stance, by a member of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StanceChange {
    pub(super) scope: Scope,
    pub(super) stance: Stance,
    pub(super) notice: Option<NoticeEvidence>,
    pub(super) provenance: Provenance,
    pub(super) collected_at: Option<Timestamp>,
}

impl StanceChange {
    /// The patient, asked about `scope`, is now of this stance.
    #[must_use]
    pub fn new(scope: Scope, stance: Stance) -> Self {
        Self { scope, stance, notice: None, provenance: Provenance::Lps, collected_at: None }
    }

    /// How the patient was informed.
    #[must_use]
    pub fn informed_by(mut self, notice: NoticeEvidence) -> Self {
        self.notice = Some(notice);
        self
    }

    /// Another system of the establishment said so.
    #[must_use]
    pub fn from_third_party(mut self) -> Self {
        self.provenance = Provenance::ThirdParty;
        self
    }

    /// When the patient said so, if that was not now: what another system learnt earlier.
    #[must_use]
    pub fn collected_at(mut self, at: Timestamp) -> Self {
        self.collected_at = Some(at);
        self
    }

    /// « Opposed » in an interface, or a global flag of another system, is opposition to both; each can be changed after
    /// (rule 4).
    #[must_use]
    pub fn opposed_to_both() -> [Self; 2] {
        [Scope::Feeding, Scope::Consultation].map(|scope| Self::new(scope, Stance::InformedOpposed))
    }
}

/// Texts of the values, as they are kept.
macro_rules! kept_as {
    ($type:ty { $($variant:path => $text:literal),+ $(,)? }) => {
        impl $type {
            pub(crate) fn as_kept(self) -> &'static str {
                match self { $($variant => $text),+ }
            }

            pub(crate) fn from_kept(text: &str) -> Option<Self> {
                match text { $($text => Some($variant),)+ _ => None }
            }
        }
    };
}

kept_as!(Scope { Scope::Feeding => "feeding", Scope::Consultation => "consultation" });
kept_as!(Stance {
    Stance::NotRecorded => "not-recorded",
    Stance::InformedNotOpposed => "informed-not-opposed",
    Stance::InformedOpposed => "informed-opposed",
});
kept_as!(Provenance { Provenance::Lps => "lps", Provenance::ThirdParty => "third-party" });
kept_as!(NoticeMode { NoticeMode::Synchronous => "synchronous", NoticeMode::Asynchronous => "asynchronous" });
kept_as!(Channel {
    Channel::Spoken => "spoken",
    Channel::Telephone => "telephone",
    Channel::Paper => "paper",
    Channel::Message => "message",
    Channel::Portal => "portal",
});
