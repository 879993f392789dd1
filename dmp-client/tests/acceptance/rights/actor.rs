//! The actors of the tables: a card, a structure's certificates or AIR simplifié, with their roles.

use dmp_mock::MockDmp;
use dmp_mock::pki::{CardHolder, CardPair};
use dmp_mock::world::seed;
use dmp_protocol::vihf::{Access, AuthenticationMode, Role};

use super::scene::roles;
use crate::bare::Sender;

/// A secretary of the establishment: `3` + FINESS, `/`, internal id.
const SECRETARY: &str = "30B0990008/SEC01";

pub(crate) const REASON: &str = "Patiente inconsciente, antécédents inconnus";

/// Who sends, and by what.
pub(crate) struct Actor {
    pub(crate) name_id: &'static str,
    pub(crate) roles: Vec<Role>,
    pub(crate) mode: AuthenticationMode,
    card: Option<CardPair>,
}

impl Actor {
    /// An actor of access-rules.md §18, by its name: `MED`, `INF_AIR`, `CPE`, `CERT`.
    pub(crate) fn named(mock: &MockDmp, name: &str) -> Self {
        let mode = match name {
            "CERT" => AuthenticationMode::Indirecte,
            "PE" | "COORD" => AuthenticationMode::AirSimplifie,
            air if air.ends_with("_AIR") => AuthenticationMode::AirSimplifie,
            _ => AuthenticationMode::Directe,
        };
        let roles: Vec<(String, String)> = roles(name);
        Actor::of(mock, mode, &roles, name == "CPE")
    }

    /// Somebody with these roles; the secretary when `by_cpe`.
    pub(crate) fn of(mock: &MockDmp, mode: AuthenticationMode, roles: &[(String, String)], by_cpe: bool) -> Self {
        let holder = if by_cpe {
            CardHolder {
                id: SECRETARY.to_owned(),
                names: None,
                title: None,
                organisation: Some("CLINIQUE DU MODELE".to_owned()),
                disordered: false,
            }
        } else {
            CardHolder::professional(seed::MEDECIN, "MODELE", "ALIX", "Professionnel")
        };
        Actor {
            name_id: if by_cpe { SECRETARY } else { seed::MEDECIN },
            roles: roles.iter().map(|(code, system)| Role::new(code, system, code)).collect(),
            mode,
            card: (mode == AuthenticationMode::Directe).then(|| mock.pki().card(&holder).unwrap()),
        }
    }

    /// Ready to send about the followed patient.
    pub(crate) fn sender<'a>(&'a self, mock: &'a MockDmp) -> Sender<'a> {
        let mut sender = Sender::new(mock, self.mode);
        if let Some(card) = &self.card {
            (sender.tls, sender.signer) = (&card.authentication, &card.signature);
        }
        sender.holder = (self.name_id, self.roles.clone());
        sender
    }
}

/// The access mode of a word of the tables: `bdg` or `bris_de_glace`, `c15` or `centre_15`, else normal.
pub(crate) fn access(word: &str) -> Access {
    match word {
        "bdg" | "bris_de_glace" => Access::BrisDeGlace { reason: REASON.to_owned() },
        "c15" | "centre_15" => Access::Centre15,
        _ => Access::Normal,
    }
}
