//! TD0.9: by card, under its certificate; through Pro Santé Connect, by form.

use dmp_protocol::identity::ProfessionalId;
use dmp_protocol::vihf::{AuthenticationMode, Purpose};
use dmp_protocol::web_ps::{AskedPage, AskedPatient, DIRECT_PATH, read_form};
use dmp_vocabulary::Realm;
use http::Method;

use super::open::{Asked, Visitor, open};
use super::page::{Content, Denied, Question, WebAnswer};
use super::visit::Visit;
use crate::dmp::Dmp;
use crate::rules::{Caller, breach};

const TD: &str = "TD0.9";
/// Where the first connection answers its question.
const SITUATION: &str = "Situation";
/// Cookie of somebody who is logged in at Pro Santé Connect.
const PSC_COOKIE: &str = "PSC";
/// Stand-in for the login at Pro Santé Connect: `?professionnel=<PS_IdNat>`.
const LOGIN_PATH: &str = "/ProSanteConnect";
/// TRE_A00, for the holder of a CPE, of whom the directory knows nothing.
const EMPLOYEE: (&str, &str) = ("SECRETARIAT_MEDICAL", "1.2.250.1.213.1.1.4.6");

/// By card.
pub(super) fn by_card(dmp: &Dmp, visit: &Visit) -> Result<WebAnswer, Denied> {
    let holder = visit.certificate().and_then(|certificate| {
        certificate.names_a_person().then(|| certificate.holder_id().map(str::to_owned)).flatten()
    });
    let Some(holder) = holder else {
        return Err(refused("V02", "DMPAuthenticationError", "no card certificate", "the certificate of a card"));
    };
    let asked = AskedPage::read(&visit.path, DIRECT_PATH);
    if visit.method == Method::POST && asked.as_ref().is_some_and(|asked| asked.segment == SITUATION) {
        return choose_situation(dmp, visit, &holder);
    }
    let asked = Asked::read(TD, asked)?;
    let caller = match holder.contains('/') {
        true => employee(&holder)?,
        false => {
            let Some(structure) = dmp.web.situation(&holder) else { return ask_situation(dmp, visit, &holder) };
            professional(dmp, &holder, structure, AuthenticationMode::Directe)?
        }
    };
    Ok(open(dmp, visit, &Visitor { td: TD, caller: &caller, secret: false, reason: None }, &asked))
}

/// Through Pro Santé Connect: the patient is in the form.
pub(super) fn by_pro_sante_connect(dmp: &Dmp, visit: &Visit) -> Result<WebAnswer, Denied> {
    if visit.path == LOGIN_PATH {
        return log_in(dmp, visit);
    }
    let mut asked = AskedPage::read(&visit.path, DIRECT_PATH);
    if let (Some(asked), Some(matricule)) = (&mut asked, visit.field("INS")) {
        let oid = visit.field("typeINS").map(str::to_owned);
        asked.patient = Some(AskedPatient { matricule: matricule.to_owned(), oid });
    }
    let asked = Asked::read(TD, asked)?;
    let token = visit.cookie(PSC_COOKIE).unwrap_or_default();
    let holder = dmp.tokens.logged_in(token, visit.now).map_err(|refusal| {
        refused("PSC", "DMPAuthenticationError", refusal.found(), "a browser logged in at Pro Santé Connect")
    })?;
    let structure = dmp.world().professional(&holder).and_then(|known| known.structures.first().cloned());
    let caller = professional(dmp, &holder, structure.unwrap_or_default(), AuthenticationMode::ProSanteConnect)?;
    Ok(open(dmp, visit, &Visitor { td: TD, caller: &caller, secret: false, reason: None }, &asked))
}

fn log_in(dmp: &Dmp, visit: &Visit) -> Result<WebAnswer, Denied> {
    let query = read_form(&visit.query).unwrap_or_default();
    let holder = query.into_iter().find(|(name, _)| name == "professionnel").map(|(_, holder)| holder);
    let holder = holder.filter(|holder| dmp.world().professional(holder).is_some()).ok_or_else(unknown)?;
    let token = dmp.tokens.log_in(&holder, visit.now);
    let page = WebAnswer::page(TD, &Content::titled("Pro Santé Connect"));
    Ok(WebAnswer { cookie: Some(format!("{PSC_COOKIE}={token}")), ..page })
}

/// First connection: situation and cadre d'exercice are asked, then remembered.
fn ask_situation(dmp: &Dmp, visit: &Visit, holder: &str) -> Result<WebAnswer, Denied> {
    let world = dmp.world();
    let known = world.professional(holder).ok_or_else(unknown)?;
    let structures = known.structures.iter().map(String::as_str).collect();
    let content = Content {
        metas: vec![("dmp-page", SITUATION)],
        text: "Choisissez votre situation et votre cadre d'exercice",
        question: Some(Question {
            action: &format!("/{DIRECT_PATH}/{SITUATION}"),
            hidden: vec![("suite", &visit.path)],
            choice: Some(("structure", structures)),
            button: "Choisir",
        }),
        ..Content::titled("Première connexion")
    };
    Ok(WebAnswer::page(TD, &content))
}

fn choose_situation(dmp: &Dmp, visit: &Visit, holder: &str) -> Result<WebAnswer, Denied> {
    let chosen = visit.field("structure").unwrap_or_default();
    let linked = dmp.world().professional(holder).is_some_and(|known| known.structures.iter().any(|one| one == chosen));
    if !linked {
        return Err(refused(
            "V37",
            "DMPInvalidData",
            "a structure of somebody else",
            "a structure of the professional",
        ));
    }
    // Only back to a page of this host.
    let next = visit.field("suite").filter(|next| next.starts_with(&format!("/{DIRECT_PATH}/")));
    dmp.web.choose(holder, chosen);
    Ok(WebAnswer::see_other(TD, next.map_or_else(|| format!("/{DIRECT_PATH}/TableauDeBord"), str::to_owned)))
}

fn professional(dmp: &Dmp, holder: &str, structure: String, mode: AuthenticationMode) -> Result<Caller, Denied> {
    let world = dmp.world();
    let known = world.professional(holder).ok_or_else(unknown)?;
    Ok(Caller { name_id: holder.to_owned(), structure, mode, purpose: Purpose::Normal, roles: known.roles.clone() })
}

fn employee(holder: &str) -> Result<Caller, Denied> {
    let structure = ProfessionalId::parse(holder, Realm::Test).ok().and_then(|id| id.value.structure());
    let structure = structure.ok_or_else(unknown)?;
    let (code, system) = EMPLOYEE;
    Ok(Caller {
        name_id: holder.to_owned(),
        structure: structure.as_str().to_owned(),
        mode: AuthenticationMode::Directe,
        purpose: Purpose::Normal,
        roles: vec![(code.to_owned(), system.to_owned())],
    })
}

fn unknown() -> Denied {
    refused("V70", "DMPActorNotFound", "somebody who is not in the directory", "a professional of the directory")
}

fn refused(rule: &'static str, code: &'static str, found: &str, expected: &str) -> Denied {
    let text = "Le professionnel n'est pas reconnu par le Web-PS";
    Box::new(WebAnswer::refused(TD, breach(rule, code, text, found, expected)))
}
