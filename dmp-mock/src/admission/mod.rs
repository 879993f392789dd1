//! Who may come in: every rule on the assertion, in the order of errors.md §11 (lines 6 to 13).

mod access;
mod air;
mod attributes;
mod patient;
mod person;
mod single_use;
mod structure;
mod validity;

pub(crate) use access::REASON;
pub(crate) use patient::read as patient_of;
pub(crate) use single_use::{SingleUse, Used};

use dmp_protocol::certificate::Certificate;
use dmp_protocol::nomenclature::Nomenclatures;
use dmp_protocol::vihf::verify::{Authenticated, Channel, Check, verify};
use dmp_protocol::vihf::{Assertion, AuthenticationMode, Purpose, WireMode, name};
use dmp_protocol::xml::Element;
use dmp_vocabulary::Realm;
use jiff::Timestamp;

use crate::dmp::Dmp;
use crate::rules::{Caller, Carrier, Denial, Hearing};
use crate::settings::Settings;
use crate::world::{PatientId, World};
use dmp_protocol::switches::ServerSwitches;

/// What a request brings to the door.
pub(crate) struct Arrival<'a> {
    pub(crate) dmp: &'a Dmp,
    pub(crate) settings: &'a Settings,
    /// The whole envelope: wrapping attacks live outside the assertion.
    pub(crate) envelope: &'a Element,
    /// Client certificate of the connection.
    pub(crate) tls: &'a Certificate,
    /// Whether the body is one of the transactions on one patient.
    pub(crate) concerns_a_patient: bool,
    /// Whether the body asks TD0.2, whose texts differ.
    pub(crate) asks_existence: bool,
    /// In Pro Santé Connect mode, whose token the request bears.
    pub(crate) token_subject: Option<&'a str>,
    pub(crate) now: Timestamp,
}

/// A caller who came in.
pub(crate) struct Admitted {
    pub(crate) assertion: Assertion,
    pub(crate) caller: Caller,
    /// Patient of `resource-id`.
    pub(crate) patient: Option<PatientId>,
}

/// What each rule looks at.
struct Examined<'a> {
    assertion: &'a Assertion,
    mode: AuthenticationMode,
    tls: &'a Certificate,
    token_subject: Option<&'a str>,
    signer: Option<&'a Certificate>,
    world: &'a World,
    switches: &'a ServerSwitches,
    nomenclatures: &'a Nomenclatures,
    now: Timestamp,
}

/// Applies every rule of admission; the first strict breach ends it.
pub(crate) fn admit(arrival: &Arrival<'_>, hearing: &mut Hearing<'_>) -> Result<Admitted, Denial> {
    let Arrival { dmp, settings, envelope, tls, now, .. } = *arrival;
    let trust = dmp.trust(now);
    let check = Check {
        trust: &trust,
        tls,
        at: now,
        realm: Some(Realm::Test),
        channel: if arrival.token_subject.is_some() { Channel::ProSanteConnect } else { Channel::Lps },
        switches: &settings.switches,
        policy: &settings.policy,
    };
    let verification = verify(envelope, &check);
    for warning in verification.warnings {
        hearing.observe(warning);
    }
    let first_use = verification.authenticated.as_ref().is_none_or(|seen| record_use(arrival, seen));
    let verified = verification.outcome.map_err(|refusal| Denial::new(Carrier::Fault, refusal))?;

    let assertion = &verified.assertion;
    attributes::mode_is_known(assertion, hearing)?;
    let mode = if arrival.token_subject.is_some() { psc_mode(assertion, hearing)? } else { mode_of(assertion) };
    let mut world = dmp.world();
    let examined = Examined {
        assertion,
        mode,
        tls,
        token_subject: arrival.token_subject,
        signer: verified.signer.as_ref(),
        world: &world,
        switches: &settings.switches.server,
        nomenclatures: settings.nomenclatures(),
        now,
    };
    attributes::check(&examined, hearing)?;
    structure::check(&examined, arrival.asks_existence, hearing)?;
    person::check(&examined, hearing)?;
    access::check(&examined, hearing)?;
    let patient = patient::check(&examined, arrival.concerns_a_patient, hearing)?;
    access::check_secret(&examined, patient.as_ref(), hearing)?;
    validity::check(&examined, first_use, hearing)?;
    air::check(&examined, hearing)?;

    if let (true, Some(patient)) = (settings.open_world, &patient) {
        world.open_record(patient);
    }
    drop(world);
    Ok(Admitted { caller: caller_of(assertion, mode), assertion: verified.assertion, patient })
}

/// V54, the recording half: as soon as the signature is right, on an assertion that is not too old to be accepted.
fn record_use(arrival: &Arrival<'_>, seen: &Authenticated) -> bool {
    let Arrival { dmp, settings, now, .. } = *arrival;
    let switches = &settings.switches.server;
    let keep = switches.air_lifetime + switches.skew_air + switches.skew_air;
    if now.duration_since(seen.issued_at) > keep {
        return true;
    }
    dmp.single_use.record(&seen.issuer, &seen.id, seen.digest, now, keep)
}

/// How the assertion says its holder is authenticated.
pub(crate) fn mode_of(assertion: &Assertion) -> AuthenticationMode {
    match assertion.mode() {
        Some(WireMode::IndirecteRenforcee) if assertion.claims_air_simplifie() => AuthenticationMode::AirSimplifie,
        Some(WireMode::IndirecteRenforcee) => AuthenticationMode::Air,
        Some(WireMode::Directe) => AuthenticationMode::Directe,
        // `mode_is_known` has refused the others; off or lenient, they get the mode with the fewest rights.
        Some(WireMode::Indirecte) | None => AuthenticationMode::Indirecte,
    }
}

/// In Pro Santé Connect mode: `DIRECTE`, or `INDIRECTE` (`psc_mode_value`).
fn psc_mode(assertion: &Assertion, hearing: &mut Hearing<'_>) -> Result<AuthenticationMode, Denial> {
    if assertion.mode() == Some(WireMode::IndirecteRenforcee) {
        let expected = "DIRECTE, or INDIRECTE, with a token of Pro Santé Connect";
        hearing.fault(attributes::incorrect("V31", name::MODE, "INDIRECTE_RENFORCEE", expected))?;
    }
    Ok(AuthenticationMode::ProSanteConnect)
}

/// Who the assertion says its holder is.
pub(crate) fn caller_of(assertion: &Assertion, mode: AuthenticationMode) -> Caller {
    Caller {
        name_id: assertion.name_id.clone(),
        structure: assertion.text(name::STRUCTURE).unwrap_or_default().to_owned(),
        mode,
        purpose: assertion.purpose().unwrap_or(Purpose::Normal),
        roles: assertion.roles().into_iter().map(|role| (role.code, role.code_system)).collect(),
    }
}
