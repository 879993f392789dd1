//! TD0.10: the proxy of a structure enters with a token, then relays under the session it got.

use dmp_protocol::vihf::AuthenticationMode;
use dmp_protocol::web_ps::{AIR_PATH, AskedPage, Page, SAML_FIELD, read_saml_response};

use super::open::{Asked, Visitor, open};
use super::page::{Denied, WebAnswer};
use super::state::AirVisitor;
use super::visit::Visit;
use crate::admission::{self, Arrival, REASON};
use crate::dmp::Dmp;
use crate::rules::{Hearing, breach};

const TD: &str = "TD0.10";
const COOKIE: &str = "JSESSIONID";

pub(super) fn enter(dmp: &Dmp, visit: &Visit) -> Result<WebAnswer, Denied> {
    let asked = Asked::read(TD, AskedPage::read(&visit.path, AIR_PATH))?;
    if visit.field(SAML_FIELD).is_none() {
        return relay(dmp, visit, &asked);
    }
    if !asked.page.opens_in_air() {
        return Err(refused(
            "TD0.10",
            "DMPAccessDeniedByRightsService",
            "a page that AIR does not open",
            "TableauDeBord or DossierPatient",
        ));
    }
    let visitor = admitted(dmp, visit, &asked)?;
    let answer = open(dmp, visit, &seen(&visitor), &asked);
    let session = answer.refusal.is_none().then(|| format!("{COOKIE}={}", dmp.web.open(visitor)));
    Ok(WebAnswer { cookie: session, ..answer })
}

/// Every rule on the token: TLS identity, signature, age, single use, patient of the path.
fn admitted(dmp: &Dmp, visit: &Visit, asked: &Asked) -> Result<AirVisitor, Denied> {
    let response = read_saml_response(visit.field(SAML_FIELD).unwrap_or_default())
        .map_err(|error| refused("V03", "DMPInvalidRequest", &error.to_string(), "the base64 of a saml2p:Response"))?;
    let Some((tls, certificate)) = visit.certificate().zip(visit.peer.certificates.first()) else {
        return Err(refused("V01", "DMPInvalidCertificate", "no certificate", "the ORG_AUTH_CLI of the structure"));
    };
    let settings = dmp.settings();
    let mut hearing = Hearing::new(&settings.policy);
    let arrival = Arrival {
        dmp,
        settings: &settings,
        envelope: &response,
        tls: &tls,
        concerns_a_patient: asked.patient.is_some(),
        asks_existence: false,
        token_subject: None,
        now: visit.now,
    };
    let admitted =
        admission::admit(&arrival, &mut hearing).map_err(|denial| Box::new(WebAnswer::refused(TD, *denial.refusal)))?;
    if !matches!(admitted.caller.mode, AuthenticationMode::Air | AuthenticationMode::AirSimplifie) {
        return Err(refused("V31", "DMPInvalidData", "another mode than AIR", "INDIRECTE_RENFORCEE"));
    }
    if admitted.patient != asked.patient {
        let found = "a resource-id that is not the patient of the address";
        return Err(refused("V42", "DMPInvalidData", found, "the same INS in both"));
    }
    Ok(AirVisitor {
        secret: admitted.assertion.is_connexion_secrete(),
        reason: admitted.assertion.text(REASON).map(str::to_owned),
        caller: admitted.caller,
        patient: admitted.patient,
        certificate: certificate.clone(),
    })
}

/// What the proxy relays: the same patient or none, under the cookie and the TLS identity of the entry.
fn relay(dmp: &Dmp, visit: &Visit, asked: &Asked) -> Result<WebAnswer, Denied> {
    let certificate = visit.peer.certificates.first();
    let session = visit.cookie(COOKIE).and_then(|id| dmp.web.visitor(id, certificate));
    let Some(visitor) = session else {
        let found = "neither a token nor a session of this TLS identity";
        return Err(refused(
            "TD0.10",
            "DMPAuthenticationError",
            found,
            "a form with SAMLResponse, or the JSESSIONID it gave",
        ));
    };
    let same = asked.patient == visitor.patient || asked.page == Page::TableauDeBord && asked.patient.is_none();
    if !same {
        return Err(refused("V42", "DMPInvalidData", "another patient than that of the token", "a new token"));
    }
    Ok(open(dmp, visit, &seen(&visitor), asked))
}

fn seen(visitor: &AirVisitor) -> Visitor<'_> {
    Visitor { td: TD, caller: &visitor.caller, secret: visitor.secret, reason: visitor.reason.as_deref() }
}

fn refused(rule: &'static str, code: &'static str, found: &str, expected: &str) -> Denied {
    let text = "L'accès indirect renforcé au Web-PS est refusé";
    Box::new(WebAnswer::refused(TD, breach(rule, code, text, found, expected)))
}
