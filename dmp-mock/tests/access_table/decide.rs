//! The verdict of the pure functions on a row.

use dmp_mock::rules::reading::code_of_hidden;
use dmp_mock::rules::situation::{no_longer_by_lps, withdrawn};
use dmp_mock::rules::updating::require_target;
use dmp_mock::rules::{
    Action, ActorClass, Aim, Carrier, Denial, Hearing, Reader, ReadingMatrix, Situation, feeding, visibility,
};
use dmp_mock::world::World;
use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::rules::Policy;
use xds_model::{AvailabilityStatus, DocumentEntry};

use super::row::{Row, Verdict};
use super::scene::{Scene, confidentiality, entry};

/// How a decision ended.
enum Ended {
    Allowed,
    Filtered(&'static str),
    Refused(Denial),
}

impl From<Denial> for Ended {
    fn from(denial: Denial) -> Self {
        Ended::Refused(denial)
    }
}

/// The verdict of the rules, or why they cannot tell.
pub fn verdict(row: &Row) -> Verdict {
    let scene = Scene::of(row, "2026-06-15T10:00:00Z".parse().unwrap());
    let policy = Policy::lenient("V45").unwrap();
    let mut hearing = Hearing::new(&policy);
    let ended = Decision { row, scene: &scene }.end(&mut hearing).err().unwrap_or(Ended::Allowed);
    let (warnings, filtered) = hearing.close();
    match ended {
        Ended::Refused(denial) => {
            let carrier = match denial.carrier {
                Carrier::Fault => "C3",
                Carrier::Acknowledgement => "C4",
                Carrier::Status => "C5",
                Carrier::Registry => "C6",
            };
            Verdict::new("refuse", carrier, denial.refusal.code, denial.refusal.rule)
        }
        Ended::Filtered(rule) => Verdict::new("filter", "-", "-", rule),
        Ended::Allowed => match (filtered.keys().next(), warnings.first()) {
            (Some(rule), _) => Verdict::new("filter", "-", "-", rule),
            (None, Some(warning)) => Verdict::new("warn", "-", "-", warning.rule),
            (None, None) => Verdict::new("allow", "-", "-", "-"),
        },
    }
}

struct Decision<'a> {
    row: &'a Row,
    scene: &'a Scene,
}

impl Decision<'_> {
    fn situation(&self) -> Situation<'_> {
        Situation {
            caller: &self.scene.caller,
            patient: self.scene.patient.as_ref(),
            now: self.scene.now,
            secret: self.scene.secret,
            open_world: false,
            switches: &self.scene.switches,
            matrix: ReadingMatrix::embedded(),
            nomenclatures: Nomenclatures::embedded(),
        }
    }

    fn end(&self, hearing: &mut Hearing<'_>) -> Result<(), Ended> {
        match self.row.cell("action") {
            "create_record" => Err(withdrawn("TD1.1").into()),
            "authorise_as_mt" => Err(no_longer_by_lps().into()),
            "exists" => {
                self.situation().right(Action::Exists, hearing)?;
                Ok(())
            }
            "search_without_ins" => {
                self.situation().right(Action::SearchWithoutIns, hearing)?;
                Ok(())
            }
            "list_authorised" => self.list(hearing),
            "authorise_self" => self.gates(Action::AuthoriseSelf, hearing),
            "resign_as_mt" => self.gates(Action::ResignAsMt, hearing),
            "read_admin_data" => self.gates(Action::ReadAdminData, hearing),
            "search_metadata" | "search_reference" => self.search(hearing),
            "retrieve" => self.retrieve(hearing),
            "feed" => self.feed(Action::Feed, hearing),
            "feed_by_cpe" => self.feed(Action::FeedByCpe, hearing),
            "replace" => self.feed(Action::Feed, hearing),
            "holder_list" => self.holder_list(),
            "archive" => self.change_status(Action::Archive, hearing),
            "delete" => self.change_status(Action::Delete, hearing),
            _ => self.change_codes(hearing),
        }
    }

    fn gates(&self, action: Action, hearing: &mut Hearing<'_>) -> Result<(), Ended> {
        let (class, _) = self.situation().right(action, hearing)?;
        self.situation().admit(action, class, Aim::Record, hearing)?;
        Ok(())
    }

    fn list(&self, hearing: &mut Hearing<'_>) -> Result<(), Ended> {
        let elsewhere = ["1990000010".to_owned()];
        let owner = self.row.config("ps_owner").map(|_| &elsewhere[..]);
        let by_new_authorisation = self.row.config("date_type").is_none_or(|kind| kind == "LASTAUTORIZATION");
        self.situation().right_to_list(owner, by_new_authorisation, hearing)?;
        Ok(())
    }

    /// What the holder, or a representative, sees once time has done what it does.
    fn holder_list(&self) -> Result<(), Ended> {
        let patient = self.scene.patient.clone().unwrap();
        let id = patient.id.clone();
        let calendar = self.scene.switches.visibility_calendar;
        let mut world = World::empty();
        world.add_patient(patient);
        world.registry = self.scene.registry.clone();
        let representative = self.row.cell("actor") == "RL";
        world.reveal_what_is_due(self.scene.now, calendar);
        let noticed = !world.notifications(&id, representative, self.scene.now, calendar).is_empty();
        assert_eq!(noticed, self.row.cell("code") == "notice", "{}", self.row.id());
        if world.documents_seen_by_holder(&id, representative).next().is_some() {
            return Ok(());
        }
        Err(Ended::Filtered(if representative { "VIS-09" } else { "VIS-10" }))
    }

    fn reader(&self, class: ActorClass) -> Reader<'_> {
        let patient = self.scene.patient.as_ref().unwrap();
        Reader { situation: self.situation(), class, patient }
    }

    fn search(&self, hearing: &mut Hearing<'_>) -> Result<(), Ended> {
        let situation = self.situation();
        let known = self.row.cell("action") == "search_reference";
        let leaf = self.row.config("return_type") == Some("LeafClass");
        let action = if known && !leaf { Action::SearchReference } else { Action::SearchMetadata };
        let (class, cell) = situation.right_to_search(action, known, hearing)?;
        situation.admit(action, class, Aim::Record, hearing)?;
        if action == Action::SearchMetadata {
            let calls = self.row.config("search_calls").map_or(0, |calls| calls.parse().unwrap());
            situation.check_threshold(calls, calls, hearing)?;
        }
        let Some(stored) = self.scene.stored() else { return Ok(()) };
        // LIF-07: FindDocuments without another status returns what is Approved; a deleted one is LIF-05.
        let status = stored.entry.status.as_ref();
        if !known && status != Some(&AvailabilityStatus::Approved) && status != Some(&AvailabilityStatus::Deleted) {
            return Err(Ended::Filtered("LIF-07"));
        }
        self.reader(class).may_find(stored, known.then_some(cell), hearing);
        Ok(())
    }

    fn retrieve(&self, hearing: &mut Hearing<'_>) -> Result<(), Ended> {
        let situation = self.situation();
        let (class, _) = situation.right(Action::ReadUnmasked, hearing)?;
        let stored = self.scene.stored().unwrap();
        let reader = self.reader(class);
        situation.admit(Action::ReadUnmasked, class, reader.aim([Some(stored)]), hearing)?;
        let Err(rule) = reader.check_read(stored, hearing) else { return Ok(()) };
        let code = code_of_hidden(rule, self.scene.switches.explicit_denied_retrieve, "XDSDocumentUniqueIdError");
        Err(Denial::new(Carrier::Registry, dmp_mock::rules::breach(rule, code, "", "", "")).into())
    }

    fn feed(&self, action: Action, hearing: &mut Hearing<'_>) -> Result<(), Ended> {
        let situation = self.situation();
        let (class, _) = situation.right(action, hearing)?;
        situation.admit(action, class, Aim::Record, hearing)?;
        let [_, _, codes, _] = self.row.document().unwrap();
        let new = entry(self.row, &self.scene.caller, codes.rsplit('>').next().unwrap());
        feeding::check_type(&new, Nomenclatures::embedded(), hearing)?;
        // A replacement by another sender keeps the sender among the authors of the new document.
        if self.row.cell("action") != "replace" {
            feeding::check_author(&situation, class, &new, hearing)?;
            feeding::check_confidentiality(&situation, &new, None, hearing)?;
            return Ok(());
        }
        let replaced = feeding::check_replaced(&situation, class, self.scene.stored(), hearing)?;
        feeding::check_confidentiality(&situation, &new, Some(&replaced.entry), hearing)?;
        Ok(())
    }

    fn change_status(&self, action: Action, hearing: &mut Hearing<'_>) -> Result<(), Ended> {
        let situation = self.situation();
        let (class, _) = situation.right(action, hearing)?;
        let reader = self.reader(class);
        let stored = self.scene.stored();
        situation.admit(action, class, reader.aim([stored]), hearing)?;
        let stored = require_target(stored)?;
        reader.check_status_change(action, stored, stored.entry.status.as_ref(), hearing)?;
        Ok(())
    }

    fn change_codes(&self, hearing: &mut Hearing<'_>) -> Result<(), Ended> {
        let before = &self.scene.stored().unwrap().entry;
        let [_, _, codes, _] = self.row.document().unwrap();
        let codes = match self.row.cell("action") {
            "mask" => format!("{codes}+MP"),
            "hide_patient" => format!("{codes}+IP"),
            // unmask, make_visible_patient, make_visible_rl
            _ => "N".to_owned(),
        };
        let after = DocumentEntry { confidentiality_codes: confidentiality(&codes), ..before.clone() };
        let actions = visibility::actions_of_change(before, &after);
        let mut admitted = None;
        for action in &actions {
            let (class, _) = self.situation().right(*action, hearing)?;
            self.situation().admit(*action, class, self.reader(class).aim([self.scene.stored()]), hearing)?;
            admitted = Some(class);
        }
        let reader = self.reader(admitted.unwrap());
        let stored = require_target(self.scene.stored())?;
        reader.check_visibility_author(&actions, stored, &after, hearing)?;
        reader.check_new_codes(before, &after, hearing)?;
        Ok(())
    }
}
