//! V50 to V54: when the assertion was made, and whether it was used before.

use dmp_protocol::rules::Refusal;
use jiff::SignedDuration;

use super::Examined;
use super::attributes::incorrect;
use crate::rules::{Denial, Hearing, breach};

pub(super) fn check(examined: &Examined<'_>, first_use: bool, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let air = examined.mode.is_air();
    let switches = examined.switches;
    let (lifetime, skew) =
        if air { (switches.air_lifetime, switches.skew_air) } else { (switches.lifetime, switches.skew) };
    let age = examined.now.duration_since(examined.assertion.issued_at);
    if age < -skew {
        hearing.fault(refused(
            "V50",
            "Le VIHF n'est pas encore valide",
            format!("an IssueInstant {} s in the future", -age.as_secs()),
            format!("at most {} s ahead of the server's clock: synchronise with NTP", skew.as_secs()),
        ))?;
    }
    // The clocks' tolerance is added in AIR, where it counts against 30 seconds.
    let oldest = if air { lifetime + skew } else { lifetime };
    if age > oldest {
        hearing.fault(refused(
            "V51",
            "Le VIHF a expiré",
            format!("an assertion of {} s", age.as_secs()),
            format!("at most {} s: one new assertion for each request", lifetime.as_secs()),
        ))?;
    }
    conditions(examined, hearing)?;
    if examined.assertion.authenticated_at.duration_since(examined.assertion.issued_at) > skew {
        hearing.fault(incorrect(
            "V53",
            "AuthnInstant",
            "a login later than the assertion",
            "the time of the login, in UTC",
        ))?;
    }
    if air && !first_use {
        hearing.fault(refused(
            "V54",
            "Le VIHF a déjà été utilisé",
            "an assertion seen before".to_owned(),
            "in AIR, one assertion for one request, retries included".to_owned(),
        ))?;
    }
    Ok(())
}

/// V52.
fn conditions(examined: &Examined<'_>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let Some(conditions) = &examined.assertion.conditions else { return Ok(()) };
    let now = examined.now;
    let expired = |found: &str| {
        refused(
            "V52",
            "Le VIHF a expiré",
            found.to_owned(),
            "NotBefore <= now < NotOnOrAfter, or no Conditions at all".to_owned(),
        )
    };
    if conditions.not_before.is_some_and(|start| now.duration_since(start) < SignedDuration::ZERO) {
        hearing.fault(expired("Conditions whose NotBefore is in the future"))?;
    }
    if conditions.not_on_or_after.is_some_and(|end| now >= end) {
        hearing.fault(expired("Conditions whose NotOnOrAfter is past"))?;
    }
    if conditions.restricted || conditions.not_after_variant {
        hearing.observe(incorrect(
            "V52",
            "Conditions",
            "Conditions with an AudienceRestriction or the unknown attribute NotAfter",
            "Conditions with NotBefore and NotOnOrAfter only",
        ));
    }
    Ok(())
}

fn refused(rule: &'static str, text: &str, found: String, expected: String) -> Refusal {
    breach(rule, "DMPAuthenticationError", text, found, expected)
}
