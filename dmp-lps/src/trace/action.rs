//! What was done, in the words of the trace.

use dmp_client::watch::Act;
use serde::{Deserialize, Serialize};

/// An act, on the DMP or only in the software.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// TD0.2.
    Existence,
    /// TD0.3 AJOUT.
    Authorise,
    /// TD0.3 SUPPRESSION.
    RemoveAuthorisation,
    /// TD0.4.
    ListAuthorised,
    /// TD0.5.
    SearchPatients,
    /// TD0.9, TD0.10.
    WebPs,
    /// TD1.3a.
    AdministrativeData,
    /// TD1.3b.
    UpdateAdministrativeData,
    /// TD1.4.
    CloseRecord,
    /// TD1.6.
    ListAuthorisations,
    /// TD2.1, TD2.2.
    Feed,
    /// TD2.1 with a document that replaces another.
    Replace,
    /// TD3.1; the criteria are in the detail.
    Search,
    /// TD3.1b.
    Locate,
    /// TD3.2.
    Retrieve,
    /// TD3.3a.
    Mask,
    /// TD3.3a: shown to professionals again.
    Unmask,
    /// TD3.3b.
    RevealToPatient,
    /// TD3.3b.
    RevealToRepresentatives,
    /// TD3.3c.
    Delete,
    /// TD3.3d.
    Archive,
    /// TD3.3d, out of the archive.
    Unarchive,
    /// A document was shown to the user.
    View,
    /// A document of the DMP was kept in the software (F06).
    Save,
    /// A document was queued for feeding.
    Queue,
    /// A queued document was validated.
    Validate,
    /// A queued document was hidden from somebody, or shown again.
    Hide,
    /// A document was held back from feeding.
    Hold,
    /// A held document goes on.
    Release,
    /// A document was withdrawn before it was sent.
    Cancel,
    /// A failed, excluded or cancelled document is sent after all.
    Retry,
    /// A record was opened in bris de glace, with its reason (F21).
    BrisDeGlace,
    /// The patient's will was recorded (F01).
    StanceChange,
    /// An express consent was recorded, or taken back (F01 rule 6).
    ExpressConsent,
    /// A gate, a right or a guard said no; nothing was sent.
    Denied,
    /// Documents or traces were erased.
    Purge,
    /// Traces were read.
    ReadTraces,
    /// Traces were extracted.
    ExtractTraces,
    /// A user was shown a notice, and took note (F18).
    Notice,
    /// An alert was raised, looked into or lifted (F15).
    Alert,
    /// A user confirmed an act that cannot be undone (F26).
    Confirm,
    /// A transaction that this version does not name: its number tells.
    Other,
}

impl Action {
    /// The word of the extractions, `stance-change`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Existence => "existence",
            Self::Authorise => "authorise",
            Self::RemoveAuthorisation => "remove-authorisation",
            Self::ListAuthorised => "list-authorised",
            Self::SearchPatients => "search-patients",
            Self::WebPs => "web-ps",
            Self::AdministrativeData => "administrative-data",
            Self::UpdateAdministrativeData => "update-administrative-data",
            Self::CloseRecord => "close-record",
            Self::ListAuthorisations => "list-authorisations",
            Self::Feed => "feed",
            Self::Replace => "replace",
            Self::Search => "search",
            Self::Locate => "locate",
            Self::Retrieve => "retrieve",
            Self::Mask => "mask",
            Self::Unmask => "unmask",
            Self::RevealToPatient => "reveal-to-patient",
            Self::RevealToRepresentatives => "reveal-to-representatives",
            Self::Delete => "delete",
            Self::Archive => "archive",
            Self::Unarchive => "unarchive",
            Self::View => "view",
            Self::Save => "save",
            Self::Queue => "queue",
            Self::Validate => "validate",
            Self::Hide => "hide",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Cancel => "cancel",
            Self::Retry => "retry",
            Self::BrisDeGlace => "bris-de-glace",
            Self::StanceChange => "stance-change",
            Self::ExpressConsent => "express-consent",
            Self::Denied => "denied",
            Self::Purge => "purge",
            Self::ReadTraces => "read-traces",
            Self::ExtractTraces => "extract-traces",
            Self::Notice => "notice",
            Self::Alert => "alert",
            Self::Confirm => "confirm",
            Self::Other => "other",
        }
    }

    /// Of a transaction; one that submits a replacement replaces.
    pub(super) fn of(act: Act, replaces: bool) -> Option<Self> {
        Some(match act {
            Act::Existence => Self::Existence,
            Act::Authorise => Self::Authorise,
            Act::RemoveAuthorisation => Self::RemoveAuthorisation,
            Act::ListAuthorised => Self::ListAuthorised,
            Act::SearchPatients => Self::SearchPatients,
            Act::WebPs(_) => Self::WebPs,
            Act::AdministrativeData => Self::AdministrativeData,
            Act::UpdateAdministrativeData => Self::UpdateAdministrativeData,
            Act::Close => Self::CloseRecord,
            Act::ListAuthorisations => Self::ListAuthorisations,
            Act::Submit if replaces => Self::Replace,
            Act::Submit => Self::Feed,
            Act::Search => Self::Search,
            Act::Locate => Self::Locate,
            Act::Retrieve => Self::Retrieve,
            Act::Mask => Self::Mask,
            Act::Unmask => Self::Unmask,
            Act::RevealToPatient => Self::RevealToPatient,
            Act::RevealToRepresentatives => Self::RevealToRepresentatives,
            Act::Delete => Self::Delete,
            Act::Archive => Self::Archive,
            Act::Unarchive => Self::Unarchive,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_an_extraction_is_that_of_the_store() {
        for action in [Action::Existence, Action::RevealToRepresentatives, Action::WebPs, Action::BrisDeGlace] {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
        }
    }
}
