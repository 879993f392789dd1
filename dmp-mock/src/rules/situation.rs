//! Everything a decision depends on, and the first steps of the procedure: who acts, and the functional right
//! (access-rules.md §4, steps 2 and 3).

use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::Purpose;
use jiff::Timestamp;

use super::actor::{ActorClass, Caller};
use super::denial::{Carrier, Denial, Hearing, breach};
use super::functional::{self, Action, Cell};
use super::grants;
use super::matrix::ReadingMatrix;
use crate::world::{Authorisation, Patient};
use dmp_protocol::switches::RightsCarrier;
use dmp_protocol::switches::ServerSwitches;

/// One caller in front of one record at one time. Every rule is a function of it and of the request.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// Who calls, from where, why.
    pub caller: &'a Caller,
    /// The record, when there is one.
    pub patient: Option<&'a Patient>,
    /// Time of the mock, UTC.
    pub now: Timestamp,
    /// Connexion secrète (V46).
    pub secret: bool,
    /// Everybody who is not blocked is authorised.
    pub open_world: bool,
    /// The choices of the server.
    pub switches: &'a ServerSwitches,
    /// Who may read which type.
    pub matrix: &'a ReadingMatrix,
    /// The value sets of the affinity domain.
    pub nomenclatures: &'a Nomenclatures,
}

impl<'a> Situation<'a> {
    /// Step 2, ACT-01 to ACT-07: class of the caller on this record.
    ///
    /// # Errors
    /// ACT-02, ACT-07, in a fault.
    pub fn class(&self) -> Result<ActorClass, Denial> {
        let class = self.caller.class(self.patient).map_err(|refusal| Denial::new(Carrier::Fault, refusal))?;
        let promoted = self.switches.administrator_as_mt
            && class == ActorClass::Medecin
            && self.caller.purpose != Purpose::Centre15
            && self.is_administrator();
        Ok(if promoted { ActorClass::MedecinTraitant } else { class })
    }

    /// Whether the holder designated this caller as médecin administrateur (R. 1111-54).
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.patient.and_then(|patient| patient.administrator.as_deref()) == Some(self.caller.name_id.as_str())
    }

    /// The cell of an action for this caller; `non_ps_consultation` opens reading to the non-PS of the matrix (C-09).
    #[must_use]
    pub fn cell(&self, action: Action, class: ActorClass) -> Cell {
        let non_ps = matches!(class, ActorClass::CpeNonPs | ActorClass::PeNonPs);
        let opened = self.switches.non_ps_consultation && non_ps && self.caller.matrix_column(class).is_some();
        let class = if opened && (action == Action::SearchMetadata || action.is_reading()) {
            ActorClass::PsNonMedecin
        } else {
            class
        };
        if class == ActorClass::PeNonPs && !self.switches.air_allow_non_ps {
            return Cell::No;
        }
        functional::cell(action, class, self.caller.purpose, self.caller.mode)
    }

    /// Steps 2 and 3: class, and the cell of the action when it is not a no (FUN-01, V80).
    ///
    /// # Errors
    /// The class is refused, or the right is missing.
    pub fn right(&self, action: Action, hearing: &mut Hearing<'_>) -> Result<(ActorClass, Cell), Denial> {
        let class = self.class()?;
        self.observe_old_profession(hearing);
        let cell = self.cell(action, class);
        if cell == Cell::No {
            hearing.weigh(self.insufficient("FUN-01", action, class))?;
        }
        Ok((class, cell))
    }

    /// The refusal of a functional right, by the carrier that `rights_carrier` chooses (C-19).
    #[must_use]
    pub fn insufficient(&self, rule: &'static str, action: Action, class: ActorClass) -> Denial {
        let refusal = functional::insufficient(rule, action, class, self.caller.purpose, self.caller.mode);
        let carrier = match self.switches.rights_carrier {
            RightsCarrier::Fault => Carrier::Fault,
            RightsCarrier::Service => action.carrier(),
        };
        Denial::new(carrier, refusal)
    }

    /// FUN-03 on TD3.1: who may only search a reference asked for metadata of a known document.
    ///
    /// # Errors
    /// FUN-03 instead of FUN-01.
    pub fn right_to_search(
        &self,
        action: Action,
        known_document: bool,
        hearing: &mut Hearing<'_>,
    ) -> Result<(ActorClass, Cell), Denial> {
        let class = self.class()?;
        let only_reference = self.cell(Action::SearchReference, class) == Cell::ReferenceOnly;
        let refused = action == Action::SearchMetadata && self.cell(action, class) == Cell::No;
        if refused && known_document && only_reference {
            hearing.weigh(self.insufficient("FUN-03", action, class))?;
        }
        self.right(action, hearing)
    }

    /// FUN-03 on TD0.4: a non-PS asks for a professional of the same structure, a structure only for new
    /// authorisations by date.
    ///
    /// # Errors
    /// FUN-03.
    pub fn right_to_list(
        &self,
        owner_structures: Option<&[String]>,
        by_new_authorisation: bool,
        hearing: &mut Hearing<'_>,
    ) -> Result<(ActorClass, Cell), Denial> {
        let (class, cell) = self.right(Action::ListAuthorised, hearing)?;
        let met = match cell {
            Cell::SameStructurePs => owner_structures.is_some_and(|all| all.contains(&self.caller.structure)),
            Cell::RecentByDate => by_new_authorisation,
            _ => true,
        };
        if !met {
            hearing.weigh(self.insufficient("FUN-03", Action::ListAuthorised, class))?;
        }
        Ok((class, cell))
    }

    /// Effective authorisation; in the open world everybody who is not blocked is authorised.
    #[must_use]
    pub fn authorisation(&self, patient: &Patient, class: ActorClass) -> Authorisation {
        match grants::authorisation(patient, self.caller, class, self.now, self.switches) {
            Authorisation::Interdit => Authorisation::Interdit,
            _ if self.open_world => Authorisation::Valide,
            state => state,
        }
    }

    /// C-10: préparateurs en pharmacie as a profession of TRE_G15, retired at the end of 2024.
    fn observe_old_profession(&self, hearing: &mut Hearing<'_>) {
        let old = self.caller.roles.first().is_some_and(|(code, system)| {
            system == super::actor::TRE_G15 && matches!(code.as_str(), "35" | "36" | "37" | "38" | "39")
        });
        if old {
            hearing.observe(breach(
                "ACT-07",
                "DMPInvalidData",
                "",
                "a préparateur en pharmacie as a profession of TRE_G15, retired at the end of 2024",
                "316 or 317 of TRE_R85",
            ));
        }
    }
}

/// The refusal of a withdrawn transaction (FUN-02): TD0.0, TD1.1, TD1.2, TD1.5.
#[must_use]
pub fn withdrawn(td: &str) -> Denial {
    let refusal: Refusal = breach(
        "FUN-02",
        "DMPAccessDeniedByRightsService",
        "Transaction retirée",
        format!("{td}, withdrawn"),
        "a transaction of the current contract",
    );
    Denial::new(Carrier::Fault, refusal)
}

/// AUT-08: no software of a professional declares a médecin traitant any more, unless `mt_role_by_lps`.
#[must_use]
pub fn no_longer_by_lps() -> Denial {
    let refusal = breach(
        "AUT-08",
        "DMPAccessDeniedByRightsService",
        "Droit fonctionnel insuffisant",
        "AJOUT with MEDECIN_TRAITANT",
        "AJOUT alone: this role is no longer given by the software of professionals",
    );
    Denial::new(Carrier::Fault, refusal)
}
