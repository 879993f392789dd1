//! The table of test cases of the access rules, each row over TLS against one mock: a fresh world, a request, the
//! verdict with its rule, its code and its carrier. The holder asks by the control port. Rows of the SDK are in
//! `table_of_the_sdk`; a row that cannot be executed says why in its column `not_over_the_wire`.

use dmp_mock::MockDmp;
use dmp_mock::world::{Patient, PatientId, Professional, StoredEntry, Structure, World, seed};
use dmp_protocol::rights::{AuthorizationAction, AuthorizationRole, ListCriterion};
use dmp_protocol::switches::Switches;
use dmp_protocol::vihf::Access;
use jiff::SignedDuration;
use xds_model::AvailabilityStatus;
use xds_model::iti18::ReturnType;

use super::actor::{Actor, access};
use super::answer::{refusal, shown, word};
use super::request::Request;
use super::row::{Row, Verdict};
use super::scene::{DOCUMENT, STRANGER, Scene, confidentiality, entry};
use crate::bare::control::Control;
use crate::bare::sender::remove;
use crate::bare::{HttpAnswer, Sender};

/// Not what this table is about: what differs between an entry and its document, and the pace of one mock for all rows.
const ASIDE: &str = "X14,X15,X13,LIM-05,LIM-06";
const NIA: (&str, &str) = ("785079999900107", "1.2.250.1.213.1.4.9");

#[tokio::test]
async fn every_row_of_the_access_table_over_the_wire() {
    let mock = MockDmp::builder().off(ASIDE).start().await.unwrap();
    let rows = Row::all();
    assert_eq!(rows.len(), 181);
    let mut wrong = Vec::new();
    let executed = rows.iter().filter(|row| row.cell("actor") != "SDK" && row.cell("not_over_the_wire") == "-");
    for row in executed {
        let expected = row.expected();
        let found = Execution::prepare(&mock, row).verdict().await;
        if found != expected {
            wrong.push(format!("{}: expected {expected:?}, found {found:?}", row.id()));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// One row in its fresh world.
struct Execution<'a> {
    mock: &'a MockDmp,
    row: &'a Row,
    scene: Scene,
    actor: Actor,
}

impl<'a> Execution<'a> {
    fn prepare(mock: &'a MockDmp, row: &'a Row) -> Self {
        let scene = Scene::of(row, mock.clock().now());
        for (name, value, _) in Switches::default().named() {
            mock.set_switch(name, &value).unwrap();
        }
        for (name, value) in row.configured() {
            // Conditions are not switches; each is read where it matters.
            let _ = mock.set_switch(name, value);
        }
        let world = world_of(row, &scene, mock);
        mock.with_world(|old| *old = world);
        let actor = match row.cell("actor") {
            "HOLDER" | "RL" => Actor::named(mock, "MED"),
            name => Actor::named(mock, name),
        };
        Execution { mock, row, scene, actor }
    }

    async fn verdict(&self) -> Verdict {
        if matches!(self.row.cell("actor"), "HOLDER" | "RL") {
            return self.holders().await;
        }
        let sender = self.sender();
        self.searches_before(&sender).await;
        let request = self.request(&sender);
        if self.row.config("token") == Some("replayed") {
            self.act(&request).await;
        }
        let answer = self.act(&request).await;
        self.judge(&answer, &sender).await
    }

    fn sender(&self) -> Sender<'_> {
        let mut sender = self.actor.sender(self.mock);
        let (mode, secret) = self.row.mode();
        sender.access = access(mode);
        sender.secret = secret;
        if self.row.cell("patient") == "NIA" {
            sender.patient = (NIA.0.to_owned(), NIA.1.to_owned());
        }
        match (self.row.config("rpps"), self.row.config("generic")) {
            (Some("unknown"), _) => sender.holder.0 = "899999000054",
            (_, Some("yes")) => sender.holder.0 = seed::GENERIC,
            _ => {}
        }
        sender
    }

    fn request<'s, 'm>(&self, sender: &'s Sender<'m>) -> Request<'s, 'm> {
        let mut assertion = sender.assertion();
        if self.row.config("bdg_reason") == Some("absent") {
            remove(&mut assertion, "Mode_Acces_Raison");
        }
        Request { sender, assertion: sender.sign(&assertion) }
    }

    /// `search_calls`: made already during the minute.
    async fn searches_before(&self, sender: &Sender<'_>) {
        let Some(calls) = self.row.config("search_calls") else { return };
        // The searches of the rows before are forgotten after an hour.
        self.mock.clock().advance(SignedDuration::from_hours(2));
        for _ in 0..calls.parse::<u32>().unwrap() {
            let answer = Request::by(sender).find(vec![AvailabilityStatus::Approved]).await;
            assert_eq!(refusal(&answer), None);
        }
    }

    /// The document of the row, as the world holds it.
    fn stored(&self) -> StoredEntry {
        self.mock.with_world(|world| world.registry.last_version(DOCUMENT).cloned()).unwrap()
    }

    async fn act(&self, request: &Request<'_, '_>) -> HttpAnswer {
        match self.row.cell("action") {
            "exists" => request.exists().await,
            "create_record" => request.create_record().await,
            "read_admin_data" => request.read_admin_data().await,
            "search_without_ins" => request.search_without_ins("EXEMPLE").await,
            "list_authorised" => {
                let by_document = self.row.config("date_type").map(|_| ListCriterion::LastDocument);
                request.list_authorised(by_document, self.row.config("ps_owner").map(|_| STRANGER)).await
            }
            "authorise_self" => request.set_authorization(AuthorizationAction::Ajout, None).await,
            "authorise_as_mt" => {
                let role = Some(AuthorizationRole::MedecinTraitant);
                request.set_authorization(AuthorizationAction::Ajout, role).await
            }
            "resign_as_mt" => {
                let role = Some(AuthorizationRole::MedecinTraitant);
                request.set_authorization(AuthorizationAction::Suppression, role).await
            }
            "search_metadata" => request.find(vec![AvailabilityStatus::Approved]).await,
            "search_reference" => {
                let leaf = self.row.config("return_type") == Some("LeafClass");
                let returned = if leaf { ReturnType::LeafClass } else { ReturnType::ObjectRef };
                request.locate(DOCUMENT, returned).await
            }
            "retrieve" => request.retrieve(&[DOCUMENT.to_owned()]).await,
            "feed" | "feed_by_cpe" => request.feed(&self.written(), None).await,
            "replace" => {
                let target = self.stored().entry.entry_uuid;
                let mut written = self.written();
                if self.row.document().unwrap()[1] == "other" {
                    // Who replaces the document of another is an author of the new one.
                    written.authors = crate::bare::lot::document(1).0.authors;
                }
                request.feed(&written, Some(&target)).await
            }
            "archive" => request.set_status(&self.stored(), AvailabilityStatus::Archived).await,
            "delete" => request.set_status(&self.stored(), AvailabilityStatus::Deleted).await,
            change => {
                let [_, _, codes, _] = self.row.document().unwrap();
                let codes = match change {
                    "mask" => format!("{codes}+MP"),
                    "hide_patient" => format!("{codes}+IP"),
                    // unmask, make_visible_patient, make_visible_rl
                    _ => "N".to_owned(),
                };
                request.set_codes(&self.stored().entry, confidentiality(&codes)).await
            }
        }
    }

    /// The document to feed.
    fn written(&self) -> xds_model::DocumentEntry {
        let [_, _, codes, _] = self.row.document().unwrap();
        entry(self.row, &self.scene.caller, codes.rsplit('>').next().unwrap())
    }

    async fn judge(&self, answer: &HttpAnswer, sender: &Sender<'_>) -> Verdict {
        let exchange = self.mock.journal().last().unwrap();
        if let Some((carrier, code)) = refusal(answer) {
            // A document that TD3.2 does not give is counted; everything else has its rule.
            let rule = exchange.refusal.map(|refusal| refusal.rule).or(exchange.filtered.into_keys().next());
            return Verdict::new("refuse", carrier, &code, &rule.unwrap_or_default());
        }
        let expected_word = self.row.cell("code");
        if self.row.cell("expect") == "allow" && expected_word != "-" {
            assert_eq!(word(answer).as_deref(), Some(expected_word), "{}", self.row.id());
        }
        if self.is_left_out(answer) {
            let rule = match exchange.filtered.keys().next() {
                Some(rule) => rule.clone(),
                None => self.rule_of_status(sender).await.to_owned(),
            };
            return Verdict::new("filter", "-", "-", &rule);
        }
        match exchange.warnings.first() {
            Some(warning) => Verdict::new("warn", "-", "-", &warning.rule),
            None => Verdict::new("allow", "-", "-", "-"),
        }
    }

    /// Whether what the row looks for is absent from a search that succeeded.
    fn is_left_out(&self, answer: &HttpAnswer) -> bool {
        match self.row.cell("action") {
            "search_metadata" | "search_reference" if self.row.document().is_some() => {
                let (entries, references) = shown(answer);
                !entries.iter().any(|id| id == DOCUMENT) && references == 0
            }
            "search_without_ins" => {
                let found = dmp_protocol::patient::PatientSearchResponse::read(answer.envelope().body()).unwrap();
                let dmp_protocol::patient::Candidates::Found(found) = found.answer else { panic!("refused") };
                found.is_empty()
            }
            _ => false,
        }
    }

    /// LIF-07 when the document is there once its status is asked for, else what hides it then.
    async fn rule_of_status(&self, sender: &Sender<'_>) -> String {
        let status = self.stored().entry.status.unwrap();
        let answer = Request::by(sender).find(vec![AvailabilityStatus::Approved, status]).await;
        if shown(&answer).0.iter().any(|id| id == DOCUMENT) {
            return "LIF-07".to_owned();
        }
        self.mock.journal().last().unwrap().filtered.into_keys().next().unwrap()
    }

    /// What the holder or a representative sees, by the control port.
    async fn holders(&self) -> Verdict {
        let representative = self.row.cell("actor") == "RL";
        let viewer = if representative { "?viewer=representative" } else { "" };
        let path = |what: &str| format!("/patients/{}/{what}{viewer}", seed::PATIENT_FOLLOWED);
        let control = Control::of(self.mock);
        if self.row.cell("action") == "holder_traces" {
            let sender = self.sender();
            assert_eq!(refusal(&Request::by(&sender).exists().await), None);
            let (_, traces) = control.get(&path("history")).await;
            let traced = traces.as_array().unwrap().len() == 1;
            return if traced {
                Verdict::new("allow", "-", "-", "-")
            } else {
                Verdict::new("filter", "-", "-", "MIN-05")
            };
        }
        let (_, documents) = control.get(&path("documents")).await;
        let (_, notices) = control.get(&path("notifications")).await;
        let noticed = notices.as_array().unwrap().iter().any(|one| one["kind"] == "hidden_document_notice");
        assert_eq!(noticed, self.row.cell("code") == "notice", "{}", self.row.id());
        if documents.as_array().unwrap().is_empty() {
            let rule = if representative { "VIS-09" } else { "VIS-10" };
            return Verdict::new("filter", "-", "-", rule);
        }
        Verdict::new("allow", "-", "-", "-")
    }
}

fn world_of(row: &Row, scene: &Scene, mock: &MockDmp) -> World {
    let bare = row.config("whitelist") == Some("absent") || scene.patient.is_none();
    let mut world = if bare { directory_alone() } else { World::seeded() };
    if row.config("whitelist") == Some("withdrawn") {
        world.withdraw_from_white_list(seed::STRUCTURE_EG, mock.clock().now());
    }
    let centre_15 = access(row.mode().0) == Access::Centre15 && row.config("structure_kind") != Some("care");
    let establishment = world.structure(seed::STRUCTURE_EG).unwrap().clone();
    world.add_structure(Structure { centre_15, ..establishment });
    let colleague = world.professional(seed::PHARMACIEN).unwrap().clone();
    let structures = vec![seed::STRUCTURE_OTHER.to_owned()];
    world.add_professional(Professional { id: STRANGER.to_owned(), structures, ..colleague });
    world.registry = scene.registry.clone();
    if let Some(patient) = &scene.patient {
        world.add_patient(patient.clone());
    }
    let matches: u32 = row.config("pdq_matches").map_or(0, |count| count.parse().unwrap());
    for number in 1..matches {
        let id = PatientId::new(&format!("2800575999{number:05}"), seed::TEST_NIR_OID);
        world.add_patient(Patient::active(id, "EXEMPLE", "CAMILLE"));
    }
    world
}

/// No patient and no white list.
fn directory_alone() -> World {
    let (seeded, mut world) = (World::seeded(), World::empty());
    seeded.structures().for_each(|one| world.add_structure(one.clone()));
    seeded.professionals().for_each(|one| world.add_professional(one.clone()));
    world
}
