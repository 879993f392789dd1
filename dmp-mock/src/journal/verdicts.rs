//! The verdict of each rule that an exchange met: passed, warned, refused, left documents out.

use std::collections::BTreeMap;

use dmp_protocol::rules::{Policy, Strictness};
use serde::Serialize;

use super::Exchange;

/// How far a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Its connection was accepted.
    #[default]
    Connection,
    /// Its envelope was read.
    Envelope,
    /// Its assertion was admitted.
    Admission,
    /// It was served.
    Served,
}

/// What a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing against it: the request respects it, or it does not concern such a request.
    Passed,
    /// Broken, and let through.
    Warned,
    /// It left documents out of the answer.
    Filtered,
    /// It refused.
    Refused,
}

const CONNECTION: &str = "V01";
const ENVELOPE: &str = "SOAP V03";
const ADMISSION: &str = "V02 V04 V05 V06 V10 V11 V12 V13 V14 V15 V20 V21 V22 V23 V30 V31 V32 V33 V34 V35 V36 V37 V38 V39 \
    V40 V41 V43 V44 V45 V46 V47 V50 V51 V52 V53 V54 V70 V71 V72 V73 V74";
const RIGHTS: &str = "FUN-01 FUN-02 FUN-03";
const RECORD: &str = "V42 PAT-02 PAT-03 EMG-01 EMG-02 EMG-04 EMG-05";
const GRANT: &str = "AUT-01 AUT-02 AUT-03";
const FEEDING: &str = "AUT-05 X01 X02 X03 X04 X05 X07 X08 X09 X11 X14 X15 S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11 \
    S12 OWN-01 OWN-02 DOC-01 DOC-02 DOC-03 DOC-04 DOC-05 VIS-07 LIM-05 \
    CDA-XDS-001 CDA-XDS-002 CDA-XDS-003 CDA-XDS-004 CDA-XDS-005 CDA-XDS-006 CDA-XDS-007 CDA-XDS-008 CDA-XDS-009 \
    CDA-XDS-010 CDA-XDS-011 CDA-XDS-012 CDA-XDS-013 CDA-XDS-014 CDA-XDS-015 CDA-XDS-016 CDA-XDS-017 CDA-XDS-018 \
    CDA-XDS-019 CDA-XDS-020";
const SEARCHING: &str = "X24 LIM-01 LIM-02 LIM-03";
const UPDATING: &str = "X01 X03 X05 X08 X18 OWN-04 LIF-02 LIF-03 LIF-04";

/// The rules of the last stage, by transaction.
fn served_by(transaction: &str) -> Vec<&'static str> {
    match transaction {
        "TD0.2" => vec![RIGHTS, "V42"],
        "TD0.4" => vec![RIGHTS, "TD0.4"],
        "TD0.5" => vec![RIGHTS, "TD0.5 LIM-04"],
        "TD2.1" | "TD2.2" => vec![RIGHTS, RECORD, FEEDING],
        "TD3.1" => vec![RIGHTS, RECORD, GRANT, SEARCHING],
        "TD3.1b" => vec![RIGHTS, RECORD, SEARCHING],
        "TD3.2" => vec![RIGHTS, RECORD, GRANT, "ITI-43"],
        "TD3.3a" | "TD3.3b" => vec![RIGHTS, RECORD, GRANT, UPDATING, "VIS-07 VIS-08 VIS-09"],
        update if update.starts_with("TD3.3") => vec![RIGHTS, RECORD, UPDATING],
        _ => vec![RIGHTS, RECORD],
    }
}

/// The verdict of every rule of the stages that the exchange went through, under `policy`; a rule that is off has none,
/// and of the stage that refused only what was found is told.
pub(super) fn of(exchange: &Exchange, policy: &Policy) -> BTreeMap<String, Verdict> {
    let mut passed = Vec::new();
    for (stage, rules) in [(Stage::Connection, CONNECTION), (Stage::Envelope, ENVELOPE), (Stage::Admission, ADMISSION)]
    {
        if exchange.reached >= stage {
            passed.push(rules);
        }
    }
    if exchange.reached == Stage::Served {
        passed.extend(served_by(exchange.transaction.as_deref().unwrap_or_default()));
    }
    let passed = passed.into_iter().flat_map(str::split_whitespace);
    let in_force = passed.filter(|rule| policy.strictness(rule) != Strictness::Off);
    let mut verdicts: BTreeMap<String, Verdict> = in_force.map(|rule| (rule.to_owned(), Verdict::Passed)).collect();
    verdicts.extend(exchange.filtered.keys().map(|rule| (rule.clone(), Verdict::Filtered)));
    verdicts.extend(exchange.warnings.iter().map(|warning| (warning.rule.clone(), Verdict::Warned)));
    verdicts.extend(exchange.refusal.iter().map(|refusal| (refusal.rule.clone(), Verdict::Refused)));
    verdicts
}
