//! Why a connexion secrète is refused, or asked for.

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretRefusal {
    /// The patient is not a minor.
    NotMinor,
    /// Nobody can tell whether the patient is a minor.
    BirthUnknown,
    /// The connexion secrète is closed, or was never opened by this user.
    Closed,
    /// A connexion secrète is open on this patient, and the request does not say so.
    Open,
    /// A document that the legal representatives would see, in connexion secrète.
    VisibleToRepresentatives,
    /// A stay other than the one of the context.
    OtherEpisode,
}

impl SecretRefusal {
    /// `NOT_MINOR`, `BIRTH_UNKNOWN`, `SECRET_CLOSED`, `SECRET_OPEN`, `VISIBILITY`, `OTHER_EPISODE`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotMinor => "NOT_MINOR",
            Self::BirthUnknown => "BIRTH_UNKNOWN",
            Self::Closed => "SECRET_CLOSED",
            Self::Open => "SECRET_OPEN",
            Self::VisibleToRepresentatives => "VISIBILITY",
            Self::OtherEpisode => "OTHER_EPISODE",
        }
    }

    /// The refusal, made here: nothing was sent.
    #[must_use]
    pub fn error(self) -> DmpError {
        let [meaning, meaning_fr, remedy, remedy_fr] = match self {
            Self::NotMinor => [
                "the patient is not a minor: connexion secrète exists for nobody else (EX_0.1-1100)",
                "le patient n'est pas mineur : la connexion secrète n'existe pour personne d'autre (EX_0.1-1100)",
                "use an ordinary access",
                "utiliser un accès ordinaire",
            ],
            Self::BirthUnknown => [
                "the year of birth is missing: nobody can tell whether the patient is a minor (EX_GEN-1550)",
                "l'année de naissance manque : nul ne peut dire si le patient est mineur (EX_GEN-1550)",
                "ask the user for the year of birth",
                "demander l'année de naissance à l'utilisateur",
            ],
            Self::Closed => [
                "the connexion secrète is closed, or was not opened by this user (EX_0.1-1100)",
                "la connexion secrète est terminée, ou n'a pas été ouverte par cet utilisateur (EX_0.1-1100)",
                "ask the minor again, then open another one",
                "redemander à la personne mineure, puis en ouvrir une autre",
            ],
            Self::Open => [
                "a connexion secrète is open on this patient, and the request is an ordinary one (EX_0.1-1100)",
                "une connexion secrète est ouverte sur ce patient, et la demande est ordinaire (EX_0.1-1100)",
                "use the record of the connexion secrète, or close it first",
                "utiliser l'accès de la connexion secrète, ou la terminer d'abord",
            ],
            Self::VisibleToRepresentatives => [
                "a document that the legal representatives would see, in connexion secrète (V46)",
                "un document que verraient les représentants légaux, en connexion secrète (V46)",
                "feed it as not visible to them, or in an ordinary access",
                "l'alimenter comme non visible par eux, ou dans un accès ordinaire",
            ],
            Self::OtherEpisode => [
                "the connexion secrète is for a stay that is not the one of the context (M04)",
                "la connexion secrète porte sur un séjour qui n'est pas celui du contexte (M04)",
                "ask the minor again, for this stay",
                "redemander à la personne mineure, pour ce séjour",
            ],
        };
        let refusal = LocalRefusal::new(self.code()).kind(ErrorKind::Authorisation);
        DmpError::local(refusal.meaning(meaning, meaning_fr).remedy(remedy, remedy_fr))
    }
}
