//! each cell of the functional-rights matrices over TLS, yes and no, with what a cell makes depend on the
//! document: own documents, documents of the holder, consent MASKED.

use std::collections::{BTreeMap, HashMap};

use dmp_mock::MockDmp;
use dmp_mock::world::{Grant, GrantHolder, PatientId, StoredEntry, Structure, World, seed};
use dmp_protocol::rights::{AuthorizationAction, AuthorizationRole, ListCriterion};
use xds_model::AvailabilityStatus;
use xds_model::iti18::ReturnType;

use super::actor::{Actor, access};
use super::answer::{refusal, shown};
use super::request::Request;
use super::scene::{DOCUMENT, ME, OTHERS, STRANGER, confidentiality, store, written};
use crate::bare::HttpAnswer;

const DIRECT_AND_INDIRECT: &str = include_str!("../../../../dmp-mock/data/functional-rights.tsv");
const AIR: &str = include_str!("../../../../dmp-mock/data/functional-rights-air.tsv");

const DENIED: &str = "DMPAccessDeniedByRightsService";
const OWN: (&str, &str) = (ME, seed::STRUCTURE_EG);
/// EXPPAT_2: a document of the holder.
const HOLDERS: &str = "EXPPAT_2";
const REPORT: &str = "11490-0";

#[tokio::test]
async fn r_01_and_r_02_every_cell_direct_and_indirect() {
    every_cell(DIRECT_AND_INDIRECT, "").await;
}

#[tokio::test]
async fn r_01_and_r_02_every_cell_in_air() {
    every_cell(AIR, "_AIR").await;
}

async fn every_cell(table: &'static str, suffix: &str) {
    let mock =
        MockDmp::builder().off("X13,X14,X15").switch("deleted_documents", "retrieve_only").start().await.unwrap();
    let (mut wrong, mut executed, mut others) = (Vec::new(), 0, BTreeMap::<&str, usize>::new());
    for cell in cells(table) {
        let actor = Actor::named(&mock, &cell.actor(suffix));
        let attempt = Attempt { mock: &mock, cell: &cell, actor: &actor };
        if let Some(reason) = cell.not_over_the_wire() {
            *others.entry(reason).or_default() += 1;
            continue;
        }
        executed += 1;
        for mode in cell.modes() {
            let faults = attempt.check(mode).await;
            wrong.extend(faults.into_iter().map(|fault| format!("{} {} {mode}: {fault}", cell.action, cell.column)));
        }
    }
    assert!(executed > 200, "{executed} cells executed; not over the wire: {others:?}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// One cell.
struct Cell {
    td: &'static str,
    action: &'static str,
    column: &'static str,
    word: &'static str,
    /// Whether the médecin traitant alone may do it to a document of the holder.
    mt_only: bool,
}

fn cells(table: &'static str) -> Vec<Cell> {
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<&'static str>>());
    let header = lines.next().unwrap();
    let mut cells = Vec::new();
    for line in lines {
        let row: HashMap<&'static str, &'static str> = header.iter().copied().zip(line).collect();
        for column in
            header.iter().filter(|name| ["_normal", "_any", "_15", "_glace"].iter().any(|e| name.ends_with(e)))
        {
            let (td, action, word) = (row["td"], row["action"], row[column]);
            cells.push(Cell { td, action, column, word, mt_only: row["document_of_holder"] == "mt_only" });
        }
    }
    cells
}

impl Cell {
    fn actor(&self, suffix: &str) -> String {
        let name = match self.column.split("_normal").next().unwrap_or_default() {
            class if class.starts_with("ps_non_medecin") => "INF",
            class if class.starts_with("medecin_du_travail") => "MDT",
            class if class.starts_with("medecin_traitant") => "MT",
            class if class.starts_with("medecin") => "MED",
            class if class.starts_with("cpe") => return "CPE".to_owned(),
            class if class.starts_with("pe_") => return "PE".to_owned(),
            _ => return "CERT".to_owned(),
        };
        format!("{name}{suffix}")
    }

    fn modes(&self) -> Vec<&'static str> {
        match self.column {
            any if any.ends_with("_any") => vec!["normal", "centre_15", "bris_de_glace"],
            emergency if emergency.ends_with("_centre_15") => vec!["centre_15"],
            emergency if emergency.ends_with("_bris_de_glace") => vec!["bris_de_glace"],
            _ => vec!["normal"],
        }
    }

    /// Why no message of a service can ask for it.
    fn not_over_the_wire(&self) -> Option<&'static str> {
        let cpe = self.column.starts_with("cpe");
        match self.action {
            "web_ps" => Some("opens a browser, see the scenarios of the Web-PS"),
            "feed" if cpe => Some("TD2.1 and TD2.2 are one message: a CPE card sends TD2.2"),
            "feed_by_cpe" if !cpe => Some("TD2.1 and TD2.2 are one message: anybody else sends TD2.1"),
            _ => None,
        }
    }

    /// How the service says no when `rights_carrier` is `service`.
    fn carrier(&self) -> &'static str {
        match self.td {
            "TD0.1" | "TD0.2" => "C3",
            "TD0.5" | "TD1.3a" => "C4",
            "TD0.3" | "TD0.4" | "TD1.6" => "C5",
            _ => "C6",
        }
    }
}

/// Which document the request is about.
#[derive(Clone, Copy)]
struct Target {
    kind: &'static str,
    author: (&'static str, &'static str),
    masked_consent: bool,
}

const OTHERS_REPORT: Target = Target { kind: REPORT, author: OTHERS, masked_consent: true };
const OWN_REPORT: Target = Target { kind: REPORT, author: OWN, masked_consent: true };
const HOLDERS_DOCUMENT: Target = Target { kind: HOLDERS, author: OTHERS, masked_consent: true };

struct Attempt<'a> {
    mock: &'a MockDmp,
    cell: &'a Cell,
    actor: &'a Actor,
}

impl Attempt<'_> {
    async fn check(&self, mode: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let refused = |carrier: &'static str, code: &'static str, rule: &'static str| Some((carrier, code, rule));
        let registry = |rule| refused("C6", DENIED, rule);
        let mut expect = async |target, expected| faults.extend(self.expect(mode, target, expected).await);
        match self.cell.word {
            "no" => {
                expect(OWN_REPORT, refused("C3", DENIED, "FUN-01")).await;
                self.mock.set_switch("rights_carrier", "service").unwrap();
                expect(OWN_REPORT, refused(self.cell.carrier(), DENIED, "FUN-01")).await;
                self.mock.set_switch("rights_carrier", "fault").unwrap();
            }
            "own" if self.cell.action == "read_masked" => {
                expect(OWN_REPORT, None).await;
                expect(OTHERS_REPORT, refused("C6", "XDSDocumentUniqueIdError", "VIS-01")).await;
            }
            "if_masked_consent" => {
                expect(OTHERS_REPORT, None).await;
                let without = Target { masked_consent: false, ..OTHERS_REPORT };
                expect(without, refused("C6", "XDSDocumentUniqueIdError", "VIS-02")).await;
            }
            "own" | "own_structure" => {
                let rule = match (self.cell.action, self.cell.word) {
                    ("delete", "own") => "OWN-06",
                    ("delete", _) => "OWN-07",
                    ("unmask", _) => "OWN-04",
                    _ => "OWN-05",
                };
                // C-06 lets every physician archive: without it, the sheet.
                self.mock.set_switch("archive_by_any_medecin", "false").unwrap();
                expect(OWN_REPORT, None).await;
                expect(OTHERS_REPORT, registry(rule)).await;
                self.mock.set_switch("archive_by_any_medecin", "true").unwrap();
            }
            "reference_only" => {
                expect(OWN_REPORT, None).await;
                expect(OTHERS_REPORT, refused("filter", "", "OWN-10")).await;
            }
            "same_structure_ps" | "recent_by_date" => {
                expect(OWN_REPORT, None).await;
                expect(OTHERS_REPORT, refused("C3", DENIED, "FUN-03")).await;
            }
            "as_structure" => expect(OWN_REPORT, None).await,
            _ => expect(OTHERS_REPORT, None).await,
        }
        if self.cell.mt_only && self.cell.word != "no" {
            let treats = self.cell.column.starts_with("medecin_traitant");
            expect(HOLDERS_DOCUMENT, if treats { None } else { registry("OWN-08") }).await;
        }
        faults
    }

    /// One request in a fresh world; what is not as expected.
    async fn expect(
        &self,
        mode: &str,
        target: Target,
        expected: Option<(&'static str, &'static str, &'static str)>,
    ) -> Option<String> {
        self.prepare(mode, target);
        let mut sender = self.actor.sender(self.mock);
        sender.access = access(mode);
        let answer = self.act(&Request::by(&sender), target).await;
        let exchange = self.mock.journal().last().unwrap();
        let hidden = exchange.filtered.into_keys().next();
        let rule = exchange.refusal.map(|refusal| refusal.rule).or(hidden.clone());
        let found = match refusal(&answer) {
            None if hidden.is_some() && self.cell.action == "search_reference" => {
                Some(("filter".to_owned(), String::new(), rule.unwrap_or_default()))
            }
            None => None,
            Some((carrier, code)) => Some((carrier.to_owned(), code, rule.unwrap_or_default())),
        };
        let wanted = expected.map(|(carrier, code, rule)| (carrier.to_owned(), code.to_owned(), rule.to_owned()));
        let served = wanted.is_some() || self.is_served(&answer);
        let about = format!("{} by {}", target.kind, target.author.0);
        (found != wanted || !served).then(|| format!("{about}: expected {wanted:?}, found {found:?}, served {served}"))
    }

    /// A search also shows what it is for.
    fn is_served(&self, answer: &HttpAnswer) -> bool {
        match self.cell.action {
            "search_metadata" => shown(answer).0 == [DOCUMENT],
            "search_reference" => shown(answer).1 == 1,
            _ => true,
        }
    }

    fn prepare(&self, mode: &str, target: Target) {
        let mut world = World::seeded();
        let establishment = world.structure(seed::STRUCTURE_EG).unwrap().clone();
        world.add_structure(Structure { centre_15: mode == "centre_15", ..establishment });
        let mut elsewhere = world.professional(seed::PHARMACIEN).unwrap().clone();
        (elsewhere.id, elsewhere.structures) = (STRANGER.to_owned(), vec![seed::STRUCTURE_OTHER.to_owned()]);
        world.add_professional(elsewhere);
        let id = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
        let patient = world.patient_mut(&id).unwrap();
        let treats = self.cell.column.starts_with("medecin_traitant");
        patient.medecin_traitant = treats.then(|| ME.to_owned());
        patient.masked_in_emergency = target.masked_consent;
        patient.grants.clear();
        if mode == "normal" {
            patient.grants.insert(GrantHolder::Person(ME.to_owned()), Grant::Permanent);
            patient.grants.insert(GrantHolder::Structure(seed::STRUCTURE_EG.to_owned()), Grant::Permanent);
        }
        let (codes, status) = match self.cell.action {
            "read_masked" | "unmask" => ("MP", "A"),
            "read_invisible" | "make_visible" => ("IP", "A"),
            "read_archived" | "unarchive" => ("N", "R"),
            "read_obsolete" => ("N", "D"),
            "read_deleted" => ("N", "X"),
            _ => ("N", "A"),
        };
        let entry = written(target.kind, target.author, codes);
        store(&mut world.registry, entry, status, &id, self.mock.clock().now());
        self.mock.with_world(|old| *old = world);
    }

    async fn act(&self, request: &Request<'_, '_>, target: Target) -> HttpAnswer {
        let own = target.author == OWN;
        let stored: StoredEntry = self.mock.with_world(|world| world.registry.last_version(DOCUMENT).cloned()).unwrap();
        let mt = || Some(AuthorizationRole::MedecinTraitant);
        match self.cell.action {
            "secure_access" | "exists" => request.exists().await,
            "authorise_self" => request.set_authorization(AuthorizationAction::Ajout, None).await,
            "remove_own_authorisation" => request.set_authorization(AuthorizationAction::Suppression, None).await,
            "resign_as_mt" => request.set_authorization(AuthorizationAction::Suppression, mt()).await,
            "list_authorised" => match self.cell.word {
                "same_structure_ps" => request.list_authorised(None, Some(if own { ME } else { STRANGER })).await,
                "recent_by_date" if own => request.list_authorised(Some(ListCriterion::LastAuthorization), None).await,
                "recent_by_date" => request.list_authorised(Some(ListCriterion::LastDocument), None).await,
                _ => request.list_authorised(None, None).await,
            },
            "search_without_ins" => request.search_without_ins("EXEMPLE").await,
            "read_admin_data" => request.read_admin_data().await,
            "list_authorisations" => request.list_authorisations().await,
            "feed" | "feed_by_cpe" => request.feed(&written(REPORT, OWN, "N"), None).await,
            "search_metadata" => request.find(vec![AvailabilityStatus::Approved]).await,
            "search_reference" => request.locate(DOCUMENT, ReturnType::ObjectRef).await,
            "mask" => request.set_codes(&stored.entry, confidentiality("MP")).await,
            "unmask" | "make_visible" => request.set_codes(&stored.entry, confidentiality("N")).await,
            "archive" => request.set_status(&stored, AvailabilityStatus::Archived).await,
            "unarchive" => request.set_status(&stored, AvailabilityStatus::Approved).await,
            "delete" => request.set_status(&stored, AvailabilityStatus::Deleted).await,
            _ => request.retrieve(&[DOCUMENT.to_owned()]).await,
        }
    }
}
