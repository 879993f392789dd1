//! Steps 4 to 7 of the procedure: state of the record, emergency accesses, individual authorisation, over-solicitation
//! (access-rules.md §5, §7.3, §8, §15).

use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::Purpose;

use super::actor::ActorClass;
use super::denial::{Carrier, Denial, Hearing, breach};
use super::functional::Action;
use super::situation::Situation;
use crate::world::{Authorisation, Patient, RecordState};
use dmp_protocol::switches::ServerSwitches;
use dmp_protocol::switches::{AuthorRead, BlockedAuthor, EmergencyScope, OnBreach};

/// What the request aims at, as far as the gates look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// No particular document.
    Record,
    /// A document of somebody else.
    OthersDocument,
    /// A document of which the caller is an author.
    OwnDocument {
        /// MASQUE_PS.
        masked: bool,
    },
}

impl<'a> Situation<'a> {
    /// Steps 4 to 6, in their order; the refusals travel by the carrier of the action's service.
    ///
    /// # Errors
    /// PAT-02 to PAT-04, EMG-01 to EMG-05, AUT-01 to AUT-05.
    pub fn admit(
        &self,
        action: Action,
        class: ActorClass,
        aim: Aim,
        hearing: &mut Hearing<'_>,
    ) -> Result<&'a Patient, Denial> {
        let patient = self.record(action)?;
        let state = self.authorisation(patient, class);
        if self.caller.purpose == Purpose::Normal {
            self.normal(action, class, aim, state, hearing)?;
        } else {
            self.emergency(action, aim, patient, state, hearing)?;
        }
        Ok(patient)
    }

    /// PAT-02 to PAT-04: the record exists and is open. TD0.2 and TD1.3a answer without this.
    ///
    /// # Errors
    /// PAT-02 `XDSUnknownPatientId`, `DMPInvalidRequest` on `habilitations`; PAT-03, PAT-04 `DMPClosed`.
    pub fn record(&self, action: Action) -> Result<&'a Patient, Denial> {
        let carrier = action.carrier();
        let refused = |refusal| Err(Denial::new(carrier, refusal));
        let absent_code = if carrier == Carrier::Registry { "XDSUnknownPatientId" } else { "DMPInvalidRequest" };
        let Some(patient) = self.patient else {
            return refused(breach(
                "PAT-02",
                absent_code,
                "Le patient n'a pas de DMP",
                "no record for this number",
                "an existing record: TD0.2 first",
            ));
        };
        if let RecordState::Closed(_) = patient.record {
            return refused(closed("PAT-03", "a closed record"));
        }
        let feeds = matches!(action, Action::Feed | Action::FeedByCpe);
        if feeds && patient.deceased_on.is_some() && !self.switches.deceased_feed {
            return refused(closed("PAT-04", "the record of a deceased patient"));
        }
        Ok(patient)
    }

    /// EMG-01 to EMG-05.
    fn emergency(
        &self,
        action: Action,
        aim: Aim,
        patient: &Patient,
        state: Authorisation,
        hearing: &mut Hearing<'_>,
    ) -> Result<(), Denial> {
        let purpose = self.caller.purpose;
        let opposed = match purpose {
            Purpose::Centre15 if patient.opposes_centre_15 => Some("EMG-01"),
            Purpose::BrisDeGlace if patient.opposes_bris_de_glace => Some("EMG-02"),
            _ => None,
        };
        // TD1.3a says an opposition in a fault.
        let carrier = if action == Action::ReadAdminData { Carrier::Fault } else { action.carrier() };
        if let Some(rule) = opposed
            && is_stopped(action, self.switches.emergency_opposition_scope)
        {
            hearing.weigh(Denial::new(carrier, opposition(rule)))?;
        }
        let is_blocked = state == Authorisation::Interdit && !self.switches.blocked_emergency;
        if is_blocked && concerns_block(action) && !self.keeps_own(action, aim) {
            let rule = if is_feeding(action) { "AUT-05" } else { "EMG-04" };
            if !(is_feeding(action) && self.switches.blocked_feed) {
                hearing.weigh(Denial::new(action.carrier(), blocked(rule)))?;
            }
        }
        let needless = purpose == Purpose::BrisDeGlace
            && state == Authorisation::Valide
            && !self.open_world
            && !matches!(action, Action::Exists | Action::SearchReference | Action::Delete);
        if needless {
            let refusal = breach(
                "EMG-05",
                "DMPAccessForbidden",
                "Bris de glace inutile : autorisation valide",
                "bris de glace by somebody who is authorised",
                "normal access",
            );
            match self.switches.bdg_with_valid_grant {
                OnBreach::Refuse => hearing.weigh(Denial::new(carrier, refusal))?,
                OnBreach::Warn => hearing.observe(refusal),
                OnBreach::Ignore => {}
            }
        }
        Ok(())
    }

    /// AUT-01 to AUT-05, OWN-09.
    fn normal(
        &self,
        action: Action,
        class: ActorClass,
        aim: Aim,
        state: Authorisation,
        hearing: &mut Hearing<'_>,
    ) -> Result<(), Denial> {
        let refused = |refusal| Denial::new(action.carrier(), refusal);
        if state == Authorisation::Interdit {
            if !concerns_block(action) || self.keeps_own(action, aim) {
                return Ok(());
            }
            return match action {
                Action::AuthoriseSelf | Action::RemoveOwnAuthorisation | Action::ResignAsMt => {
                    hearing.weigh(refused(Refusal {
                        expected: "the patient's decision: nobody unblocks himself".to_owned(),
                        ..blocked("AUT-04")
                    }))
                }
                Action::Feed | Action::FeedByCpe if self.switches.blocked_feed => Ok(()),
                Action::Feed | Action::FeedByCpe => hearing.weigh(refused(blocked("AUT-05"))),
                _ => hearing.weigh(refused(blocked("AUT-03"))),
            };
        }
        let own_read = action.is_reading() && matches!(aim, Aim::OwnDocument { .. });
        let exempt = own_read && self.switches.author_read_without_grant == AuthorRead::Always;
        if state == Authorisation::Valide || exempt || !needs_authorisation(action, class, self.switches) {
            return Ok(());
        }
        hearing.weigh(refused(breach(
            if state == Authorisation::Expire { "AUT-02" } else { "AUT-01" },
            "DMPAuthorizationNotFound",
            "Aucune autorisation d'accès pour cet utilisateur",
            format!("authorisation {}", state.code()),
            "VALIDE: with the patient's consent, TD0.3 AJOUT first",
        )))
    }

    /// OWN-09: what a blocked author keeps. Which documents a reference search shows is decided one by one.
    fn keeps_own(&self, action: Action, aim: Aim) -> bool {
        let reads = action.is_reading();
        if !reads && !matches!(action, Action::SearchReference | Action::Delete) {
            return false;
        }
        if reads && self.switches.author_read_without_grant == AuthorRead::Never {
            return false;
        }
        match (self.switches.blocked_author, aim) {
            (BlockedAuthor::LosesAll, _) | (_, Aim::OthersDocument) => false,
            (_, Aim::Record) => action == Action::SearchReference,
            (BlockedAuthor::KeepsOwn, Aim::OwnDocument { .. }) => true,
            (BlockedAuthor::KeepsOwnUnmasked, Aim::OwnDocument { masked }) => !masked,
        }
    }

    /// LIM-01, step 7: metadata searches of the same person in the same structure during the last minute and hour,
    /// this one not counted.
    ///
    /// # Errors
    /// `DMPAccessDeniedByExcededThreshold` (sic).
    pub fn check_threshold(&self, last_minute: u32, last_hour: u32, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
        match self.switches.search_threshold {
            Some(most) if last_minute >= most || last_hour >= most.saturating_mul(10) => hearing.registry(breach(
                "LIM-01",
                "DMPAccessDeniedByExcededThreshold",
                "Nombre de recherches dépassé",
                format!("{last_minute} searches in a minute, {last_hour} in an hour"),
                format!("at most {most} a minute and {} an hour", most.saturating_mul(10)),
            )),
            _ => Ok(()),
        }
    }
}

fn closed(rule: &'static str, found: &str) -> Refusal {
    breach(
        rule,
        "DMPClosed",
        "Le DMP du patient est fermé",
        found,
        "an open record: TD0.2 first, and stop feeding and searching this one",
    )
}

fn opposition(rule: &'static str) -> Refusal {
    breach(
        rule,
        "DMPAccessForbidden",
        "Le patient s'est opposé à ce mode d'accès",
        "an opposition of the holder to this access mode",
        "normal access, with the patient's consent",
    )
}

pub(super) fn blocked(rule: &'static str) -> Refusal {
    breach(
        rule,
        "DMPAccessForbidden",
        "Accès interdit par le patient",
        "a caller blocked by the patient",
        "the patient's decision: do not try again in another mode",
    )
}

fn is_feeding(action: Action) -> bool {
    matches!(action, Action::Feed | Action::FeedByCpe)
}

/// What the block of a professional touches: everything but TD0.2, TD0.4 and TD0.5.
fn concerns_block(action: Action) -> bool {
    !matches!(action, Action::Exists | Action::ListAuthorised | Action::SearchWithoutIns)
}

fn is_stopped(action: Action, scope: EmergencyScope) -> bool {
    let reads = action.is_reading() || matches!(action, Action::ReadAdminData | Action::SearchMetadata | Action::WebPs);
    match scope {
        EmergencyScope::ReadOnly => reads,
        EmergencyScope::AllButExistsAndDelete => {
            reads || is_feeding(action) || matches!(action, Action::Archive | Action::Unarchive)
        }
    }
}

/// The transactions of AUT-01.
fn needs_authorisation(action: Action, class: ActorClass, switches: &ServerSwitches) -> bool {
    match action {
        Action::ReadAdminData => class != ActorClass::StructureCertificate,
        Action::UpdateAdminData
        | Action::CloseRecord
        | Action::ListAuthorisations
        | Action::SearchMetadata
        | Action::Mask
        | Action::Unmask
        | Action::MakeVisible => true,
        Action::Archive | Action::Unarchive => switches.archive_needs_grant,
        action => action.is_reading(),
    }
}

#[cfg(test)]
mod tests {
    use dmp_protocol::rules::Policy;
    use dmp_protocol::vihf::AuthenticationMode;
    use jiff::Timestamp;

    use super::*;
    use crate::rules::{Caller, ReadingMatrix};
    use crate::world::{Grant, GrantHolder, PatientId};

    const ME: &str = "899999000013";

    fn caller(purpose: Purpose) -> Caller {
        Caller {
            name_id: ME.into(),
            structure: "10B0990008".into(),
            mode: AuthenticationMode::AirSimplifie,
            purpose,
            roles: vec![("10".into(), "1.2.250.1.71.1.2.7".into())],
        }
    }

    fn record() -> Patient {
        Patient::active(PatientId::new("280057599900151", "1.2.250.1.213.1.4.10"), "X", "Y")
    }

    /// Rule, code and carrier of the refusal.
    fn outcome(
        patient: Option<&Patient>,
        purpose: Purpose,
        action: Action,
        aim: Aim,
        switches: &ServerSwitches,
    ) -> Option<(&'static str, &'static str, Carrier)> {
        let policy = Policy::strict();
        let caller = caller(purpose);
        let situation = Situation {
            caller: &caller,
            patient,
            now: Timestamp::UNIX_EPOCH,
            secret: false,
            open_world: false,
            switches,
            matrix: ReadingMatrix::embedded(),
            nomenclatures: dmp_protocol::nomenclature::Nomenclatures::embedded(),
        };
        let refused = situation.admit(action, ActorClass::Medecin, aim, &mut Hearing::new(&policy)).err();
        refused.map(|denial| (denial.refusal.rule, denial.refusal.code, denial.carrier))
    }

    #[test]
    fn absent_closed_and_deceased_records_are_refused_by_the_carrier_of_the_service() {
        let defaults = ServerSwitches::default();
        let mut closed = record();
        closed.record = RecordState::Closed(Timestamp::UNIX_EPOCH);
        let mut deceased = record();
        deceased.deceased_on = Some("20260101".into());
        let fed = ServerSwitches { deceased_feed: true, ..ServerSwitches::default() };
        let gate = |patient, action, switches| outcome(patient, Purpose::Normal, action, Aim::Record, switches);
        use Carrier::{Registry, Status};
        assert_eq!(gate(None, Action::Feed, &defaults), Some(("PAT-02", "XDSUnknownPatientId", Registry)));
        assert_eq!(gate(None, Action::AuthoriseSelf, &defaults), Some(("PAT-02", "DMPInvalidRequest", Status)));
        assert_eq!(gate(Some(&closed), Action::Delete, &defaults), Some(("PAT-03", "DMPClosed", Registry)));
        assert_eq!(gate(Some(&closed), Action::AuthoriseSelf, &defaults), Some(("PAT-03", "DMPClosed", Status)));
        assert_eq!(gate(Some(&deceased), Action::Feed, &defaults), Some(("PAT-04", "DMPClosed", Registry)));
        assert_eq!(gate(Some(&deceased), Action::Feed, &fed), None);
        assert_eq!(gate(Some(&deceased), Action::Delete, &defaults), None);
    }

    #[test]
    fn the_two_oppositions_are_independent_and_have_a_scope() {
        use Purpose::{BrisDeGlace, Centre15};
        let defaults = ServerSwitches::default();
        let narrow =
            ServerSwitches { emergency_opposition_scope: EmergencyScope::ReadOnly, ..ServerSwitches::default() };
        let cases = [
            (true, false, Centre15, Action::SearchMetadata, &defaults, Some("EMG-01")),
            (true, false, BrisDeGlace, Action::SearchMetadata, &defaults, None),
            (false, true, BrisDeGlace, Action::Feed, &defaults, Some("EMG-02")),
            (false, true, BrisDeGlace, Action::Feed, &narrow, None),
            (false, true, BrisDeGlace, Action::ReadUnmasked, &narrow, Some("EMG-02")),
            (false, true, Centre15, Action::ReadUnmasked, &defaults, None),
            (true, true, BrisDeGlace, Action::Archive, &defaults, Some("EMG-02")),
            (true, true, BrisDeGlace, Action::Exists, &defaults, None),
            (true, true, Centre15, Action::SearchReference, &defaults, None),
            (true, true, Centre15, Action::Delete, &defaults, None),
        ];
        for (centre_15, bris_de_glace, purpose, action, switches, expected) in cases {
            let mut patient = record();
            patient.opposes_centre_15 = centre_15;
            patient.opposes_bris_de_glace = bris_de_glace;
            let rule = outcome(Some(&patient), purpose, action, Aim::Record, switches).map(|found| found.0);
            assert_eq!(rule, expected, "{purpose:?} {action:?}");
        }
    }

    #[test]
    fn who_needs_an_authorisation_and_what_a_block_leaves() {
        use Aim::{OthersDocument, OwnDocument, Record};
        use Purpose::{BrisDeGlace, Centre15, Normal};
        const OWN: Aim = OwnDocument { masked: false };
        const OWN_MASKED: Aim = OwnDocument { masked: true };
        let defaults = ServerSwitches::default();
        let mut others = Vec::new();
        for (name, value) in [
            ("blocked_author", "keeps_own_unmasked"),
            ("blocked_author", "loses_all"),
            ("blocked_feed", "allow"),
            ("blocked_emergency", "allow"),
            ("author_read_without_grant", "always"),
            ("author_read_without_grant", "never"),
            ("archive_needs_grant", "true"),
        ] {
            let mut switches = ServerSwitches::default();
            switches.set(name, value).unwrap();
            others.push(switches);
        }
        let [unmasked, all, feed, emergency, always, never, archive] = others.try_into().unwrap();
        let absent = record();
        let mut expired = record();
        let long_ago = "1969-01-01T00:00:00Z".parse().unwrap();
        expired.grants.insert(GrantHolder::Person(ME.into()), Grant::Since(long_ago));
        let mut blocked = record();
        blocked.blocked.insert(GrantHolder::Person(ME.into()));
        let cases = [
            (&absent, Normal, Action::SearchMetadata, Record, &defaults, Some("AUT-01")),
            (&expired, Normal, Action::ReadUnmasked, OthersDocument, &defaults, Some("AUT-02")),
            (&absent, Normal, Action::ReadUnmasked, OWN, &defaults, Some("AUT-01")),
            (&absent, Normal, Action::ReadUnmasked, OWN, &always, None),
            (&absent, BrisDeGlace, Action::SearchMetadata, Record, &defaults, None),
            (&absent, Normal, Action::Feed, Record, &defaults, None),
            (&absent, Normal, Action::SearchReference, Record, &defaults, None),
            (&absent, Normal, Action::Delete, OWN, &defaults, None),
            (&absent, Normal, Action::Archive, OWN, &defaults, None),
            (&absent, Normal, Action::Archive, OWN, &archive, Some("AUT-01")),
            (&absent, Normal, Action::Mask, OWN, &defaults, Some("AUT-01")),
            (&absent, Normal, Action::ListAuthorisations, Record, &defaults, Some("AUT-01")),
            (&blocked, Normal, Action::AuthoriseSelf, Record, &defaults, Some("AUT-04")),
            (&blocked, Normal, Action::Exists, Record, &defaults, None),
            (&blocked, Normal, Action::SearchMetadata, Record, &defaults, Some("AUT-03")),
            (&blocked, Normal, Action::Feed, Record, &defaults, Some("AUT-05")),
            (&blocked, Normal, Action::Feed, Record, &feed, None),
            (&blocked, Centre15, Action::SearchMetadata, Record, &defaults, Some("EMG-04")),
            (&blocked, Centre15, Action::SearchMetadata, Record, &emergency, None),
            (&blocked, BrisDeGlace, Action::ReadUnmasked, OWN, &defaults, None),
            (&blocked, Normal, Action::SearchReference, Record, &defaults, None),
            (&blocked, Normal, Action::SearchReference, Record, &all, Some("AUT-03")),
            (&blocked, Normal, Action::ReadMasked, OWN_MASKED, &defaults, None),
            (&blocked, Normal, Action::ReadMasked, OWN_MASKED, &unmasked, Some("AUT-03")),
            (&blocked, Normal, Action::ReadMasked, OWN, &unmasked, None),
            (&blocked, Normal, Action::ReadUnmasked, OWN, &never, Some("AUT-03")),
            (&blocked, Normal, Action::ReadUnmasked, OthersDocument, &defaults, Some("AUT-03")),
            (&blocked, Normal, Action::Delete, OWN, &defaults, None),
            (&blocked, Normal, Action::MakeVisible, OWN, &defaults, Some("AUT-03")),
        ];
        for (index, (patient, purpose, action, aim, switches, expected)) in cases.into_iter().enumerate() {
            let rule = outcome(Some(patient), purpose, action, aim, switches).map(|found| found.0);
            assert_eq!(rule, expected, "case {index}: {purpose:?} {action:?}");
        }
    }
}
