//! What a page answers to somebody who came in: rights, state of the record, authorisation.

use dmp_protocol::rules::Refusal;
use dmp_protocol::web_ps::{AskedPage, Page, PatientUse};

use super::page::{Content, Denied, Question, WebAnswer};
use super::visit::Visit;
use crate::dmp::Dmp;
use crate::rules::situation::withdrawn;
use crate::rules::{Action, ActorClass, Aim, Caller, Cell, Denial, Hearing, Situation, breach};
use crate::world::{Access, Authorisation, Grant, GrantHolder, Patient, PatientId, RecordState, seed};

/// Somebody at a page.
pub(super) struct Visitor<'a> {
    pub(super) td: &'static str,
    pub(super) caller: &'a Caller,
    pub(super) secret: bool,
    /// Reason of a bris de glace.
    pub(super) reason: Option<&'a str>,
}

/// The page that is asked, and the patient.
pub(super) struct Asked {
    pub(super) page: Page,
    pub(super) patient: Option<PatientId>,
}

impl Asked {
    /// Which page, with or without its patient.
    pub(super) fn read(td: &'static str, asked: Option<AskedPage>) -> Result<Self, Denied> {
        let Some(asked) = asked else { return Err(Box::new(WebAnswer::not_found(td))) };
        if Page::is_creation(&asked.segment) {
            let withdrawn = withdrawn("Création du DMP par le Web-PS");
            return Err(Box::new(WebAnswer::refused(td, *withdrawn.refusal)));
        }
        let Some(page) = Page::from_segment(&asked.segment) else {
            return Err(Box::new(WebAnswer::not_found(td)));
        };
        let patient = asked
            .patient
            .map(|patient| PatientId::new(&patient.matricule, patient.oid.as_deref().unwrap_or(seed::TEST_NIR_OID)));
        let found = match (page.patient_use(), &patient) {
            (PatientUse::Mandatory, None) => "a page about a patient, without patient",
            (PatientUse::None, Some(_)) => "a page about no patient, with one",
            _ => return Ok(Self { page, patient }),
        };
        let refusal =
            breach("TD0.9", "DMPInvalidRequest", "Page sans son patient", found, "the INS and its OID, or none");
        Err(Box::new(WebAnswer::refused(td, refusal)))
    }
}

/// Opens the page, confirms an authorisation, or says why not.
pub(super) fn open(dmp: &Dmp, visit: &Visit, visitor: &Visitor<'_>, asked: &Asked) -> WebAnswer {
    let settings = dmp.settings();
    let mut hearing = Hearing::new(&settings.policy);
    let opened = opened(dmp, visit, visitor, asked, &mut hearing);
    let (warnings, _) = hearing.close();
    let mut answer = opened.unwrap_or_else(|denial| WebAnswer::refused(visitor.td, *denial.refusal));
    answer.patient.clone_from(&asked.patient);
    answer.actor = Some(visitor.caller.name_id.clone());
    answer.warnings = warnings;
    if let Some(patient) = &asked.patient {
        dmp.world().record_access(patient, access(visit, visitor, answer.refusal.as_ref()));
    }
    answer
}

/// TRC-01.
fn access(visit: &Visit, visitor: &Visitor<'_>, refusal: Option<&Refusal>) -> Access {
    Access {
        at: visit.now,
        professional: visitor.caller.name_id.clone(),
        structure: visitor.caller.structure.clone(),
        mode: visitor.caller.purpose.code().to_owned(),
        secret: visitor.secret,
        reason: visitor.reason.map(str::to_owned),
        documents: Vec::new(),
        transaction: visitor.td.to_owned(),
        action: Some(Action::WebPs.id().to_owned()),
        refused_by: refusal.map(|refusal| refusal.rule.to_owned()),
    }
}

fn opened(
    dmp: &Dmp,
    visit: &Visit,
    visitor: &Visitor<'_>,
    asked: &Asked,
    hearing: &mut Hearing<'_>,
) -> Result<WebAnswer, Denial> {
    let settings = dmp.settings();
    let mut world = dmp.world();
    if let (true, Some(id)) = (settings.open_world, &asked.patient) {
        world.open_record(id);
    }
    let patient = asked.patient.as_ref().and_then(|id| world.patient(id));
    let situation = Situation {
        caller: visitor.caller,
        patient,
        now: visit.now,
        secret: visitor.secret,
        open_world: settings.open_world,
        switches: &settings.switches.server,
        matrix: settings.matrix(),
        nomenclatures: settings.nomenclatures(),
    };
    let (class, _) = situation.right(Action::WebPs, hearing)?;
    let Some(id) = &asked.patient else { return Ok(shown(visitor, asked, class, "")) };
    if asked.page == Page::TableauDeBord {
        return Ok(shown(visitor, asked, class, &existence(&situation, patient, class)));
    }
    let patient = situation.admit(Action::WebPs, class, Aim::Record, hearing)?;
    let emergency = visitor.caller.purpose != dmp_protocol::vihf::Purpose::Normal;
    let state = situation.authorisation(patient, class);
    if emergency || state == Authorisation::Valide {
        return Ok(shown(visitor, asked, class, &existence(&situation, Some(patient), class)));
    }
    let (_, cell) = situation.right(Action::AuthoriseSelf, hearing)?;
    if !visit.confirms() {
        return Ok(confirmation(visit, visitor));
    }
    let holder = match cell {
        Cell::ToStructure => GrantHolder::Structure(visitor.caller.structure.clone()),
        _ => GrantHolder::Person(visitor.caller.name_id.clone()),
    };
    if let Some(patient) = world.patient_mut(id) {
        patient.grants.insert(holder, Grant::Since(visit.now));
    }
    Ok(shown(visitor, asked, class, "active VALIDE"))
}

/// The result of TD0.2 in two words.
fn existence(situation: &Situation<'_>, patient: Option<&Patient>, class: ActorClass) -> String {
    match patient {
        None => "absent".to_owned(),
        Some(patient) => match patient.record {
            RecordState::Closed(_) => "terminated".to_owned(),
            RecordState::Active => format!("active {}", situation.authorisation(patient, class).code()),
        },
    }
}

fn shown(visitor: &Visitor<'_>, asked: &Asked, class: ActorClass, record: &str) -> WebAnswer {
    // An employee, and who comes in AIR, see a reduced set of pages.
    let reduced = class.acts_as_structure() || visitor.caller.mode.is_air();
    let pages = Page::ALL.into_iter().filter(|page| !reduced || page.opens_in_air());
    let content = Content {
        metas: vec![("dmp-page", asked.page.segment()), ("dmp-record", record)],
        text: record,
        links: pages.map(|page| (page.segment(), page.segment())).collect(),
        ..Content::titled(asked.page.segment())
    };
    WebAnswer::page(visitor.td, &content)
}

/// No authorisation: the window in which the professional declares the patient's (TD0.3).
fn confirmation(visit: &Visit, visitor: &Visitor<'_>) -> WebAnswer {
    let patient = [("INS", visit.field("INS")), ("typeINS", visit.field("typeINS"))];
    let mut hidden = vec![("confirmation", "oui")];
    hidden.extend(patient.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let content = Content {
        metas: vec![("dmp-page", "Confirmation")],
        text: "Le patient vous autorise-t-il à consulter son DMP ?",
        question: Some(Question { action: &visit.path, hidden, choice: None, button: "Confirmer" }),
        ..Content::titled("Autorisation d'accès")
    };
    WebAnswer::page(visitor.td, &content)
}
