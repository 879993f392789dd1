//! Rule identifiers (`V15`, `S04`, `X09`), how strictly each is applied, and what a refusal says.

use std::collections::BTreeMap;
use std::fmt;

/// What happens when a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// The request is refused.
    #[default]
    Strict,
    /// The request passes and the breach is journalled.
    Lenient,
    /// The rule is not looked at.
    Off,
}

/// How strictly each rule is applied; rules that are not named are [`Strictness::Strict`].
///
/// ```
/// use dmp_protocol::rules::{Policy, Strictness};
/// let policy = Policy::lenient("X09, V41")?;
/// assert_eq!(policy.strictness("V41"), Strictness::Lenient);
/// assert_eq!(policy.strictness("V15"), Strictness::Strict);
/// # Ok::<(), dmp_protocol::rules::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    exceptions: BTreeMap<String, Strictness>,
}

/// A list of rules that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} {why}")]
pub struct PolicyError {
    found: String,
    why: &'static str,
}

const NO_RULE: &str = "is not a rule id: write ids such as V41, X09 or OWN-01, separated by commas";
const REQUIREMENT: &str = "is a requirement of the référentiel, not a rule of the DMP: no policy lifts it; do what its \
     refusal says, and make only rules lenient, such as V41, X09 or OWN-01";

impl Policy {
    /// Every rule strict.
    pub fn strict() -> Self {
        Self::default()
    }

    /// A comma-separated list of rules that only warn; the empty text is the strict policy.
    ///
    /// # Errors
    /// An item that has not the shape of a rule id.
    pub fn lenient(list: &str) -> Result<Self, PolicyError> {
        Self::strict().with(list, Strictness::Lenient)
    }

    /// The same policy with each rule of a comma-separated list set to `strictness`.
    ///
    /// # Errors
    /// An item that has not the shape of a rule id.
    pub fn with(mut self, list: &str, strictness: Strictness) -> Result<Self, PolicyError> {
        for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            if !is_rule_id(item) {
                let why = if is_requirement(item) { REQUIREMENT } else { NO_RULE };
                return Err(PolicyError { found: item.chars().take(32).collect(), why });
            }
            self.exceptions.insert(item.to_ascii_uppercase(), strictness);
        }
        Ok(self)
    }

    /// How strictly this rule is applied, under any of its names: the least strict one counts.
    pub fn strictness(&self, rule: &str) -> Strictness {
        let others = aliases(rule).filter_map(|name| self.exceptions.get(name));
        let named = self.exceptions.get(rule).into_iter().chain(others).copied();
        named.max_by_key(|strictness| *strictness as u8).unwrap_or_default()
    }

    /// The rules that are not strict, in alphabetical order.
    pub fn exceptions(&self) -> impl Iterator<Item = (&str, Strictness)> {
        self.exceptions.iter().map(|(rule, strictness)| (rule.as_str(), *strictness))
    }
}

/// Names that pages and requirements give to one check: making one of them lenient makes the others so.
const NAMES: [&[&str]; 19] = [
    &["OWN-01", "X12", "V82", "EX_2.1-1140"],
    &["OWN-02", "X12", "V82"],
    &["FUN-01", "V80"],
    &["EMG-01", "V81"],
    &["EMG-02", "V81"],
    &["PAT-02", "X06"],
    &["PAT-03", "X06"],
    &["DOC-01", "X09"],
    &["DOC-02", "X10", "EX_2.1-1010"],
    &["DOC-03", "X09"],
    &["DOC-04", "X19"],
    &["DOC-05", "X23", "EX_2.1-2005"],
    &["VIS-07", "X21", "EX_2.1-1050"],
    &["VIS-08", "X20"],
    &["VIS-09", "X20"],
    &["LIF-02", "X17"],
    &["LIF-03", "X17"],
    &["LIF-04", "X17"],
    &["X05", "V42"],
];

/// The other names of a rule: `OWN-01` is also `X12`, `V82` and `EX_2.1-1140`; every S rule is also `X16`, every
/// `CDA-XDS` rule `X13`.
pub fn aliases(rule: &str) -> impl Iterator<Item = &'static str> + use<> {
    let signature = rule.strip_prefix('S').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    let mut names: Vec<&'static str> =
        NAMES.iter().filter(|names| names.contains(&rule)).flat_map(|names| names.iter().copied()).collect();
    names.extend(signature.then_some("X16"));
    names.extend((rule == "LIF-08").then_some("X17"));
    // What differs between an entry and its document, number by number.
    names.extend(rule.starts_with("CDA-XDS-").then_some("X13"));
    names.retain(|name| *name != rule);
    names.dedup();
    names.into_iter()
}

/// One to four letters, then a digit, a hyphen or an underscore, then letters, digits and hyphens: `V41`, `C-06`,
/// `OWN-01`, `EX_2.1-1140`.
fn is_rule_id(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = &text[letters..];
    (1..=4).contains(&letters)
        && (1..=10).contains(&rest.len())
        && rest.bytes().any(|byte| byte.is_ascii_digit())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// `EXI 22`, `RECO 01`: what a refusal made here may name, and no server checks.
fn is_requirement(text: &str) -> bool {
    let number = text.strip_prefix("EXI ").or_else(|| text.strip_prefix("RECO "));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Why something received was refused, in the words of the rule and of the wire.
///
/// `found` and `expected` explain; they never hold an INS, a name, an assertion or a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule, for instance `V15` or `S04`.
    pub rule: &'static str,
    /// The code that travels, for instance `DMPAuthenticationError`.
    pub code: &'static str,
    /// The French sentence that travels with the code.
    pub text: String,
    /// What was found, in English, for a journal.
    pub found: String,
    /// What the rule asks for, in English.
    pub expected: String,
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `text` may repeat a value of the request (V31, V41): it goes to the sender, not to a log.
        f.debug_struct("Refusal")
            .field("rule", &self.rule)
            .field("code", &self.code)
            .field("found", &self.found)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): found {}, expected {}", self.rule, self.code, self.found, self.expected)
    }
}

impl std::error::Error for Refusal {}

/// Applies a policy to one breach after another: strict ones stop, lenient ones are kept as warnings.
#[derive(Debug)]
pub struct Judge<'a> {
    policy: &'a Policy,
    warnings: Vec<Refusal>,
}

impl<'a> Judge<'a> {
    /// A judge that has seen nothing yet.
    pub fn new(policy: &'a Policy) -> Self {
        Self { policy, warnings: Vec::new() }
    }

    /// Whether the rule has to be looked at.
    pub fn applies(&self, rule: &str) -> bool {
        self.policy.strictness(rule) != Strictness::Off
    }

    /// Weighs one breach.
    ///
    /// # Errors
    /// The refusal itself when its rule is strict.
    pub fn weigh(&mut self, refusal: Refusal) -> Result<(), Refusal> {
        match self.policy.strictness(refusal.rule) {
            Strictness::Strict => return Err(refusal),
            Strictness::Lenient => self.warnings.push(refusal),
            Strictness::Off => {}
        }
        Ok(())
    }

    /// The breaches of lenient rules, in the order met.
    pub fn into_warnings(self) -> Vec<Refusal> {
        self.warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_rules_are_read_or_refused() -> Result<(), PolicyError> {
        let policy = Policy::lenient(" X09,v41 ,, OWN-01")?;
        for rule in ["X09", "V41", "OWN-01"] {
            assert_eq!(policy.strictness(rule), Strictness::Lenient, "{rule}");
        }
        assert_eq!(policy.clone().with("V41", Strictness::Off)?.strictness("V41"), Strictness::Off);
        // One check, several names.
        for name in ["X12", "V82"] {
            assert_eq!(policy.strictness(name), Strictness::Lenient, "{name}");
        }
        assert_eq!(Policy::lenient("EX_2.1-1140")?.strictness("X12"), Strictness::Lenient);
        assert_eq!(Policy::lenient("X16")?.strictness("S04"), Strictness::Lenient);
        assert_eq!(Policy::lenient("OWN-02")?.strictness("OWN-01"), Strictness::Strict);
        assert_eq!(Policy::lenient("")?, Policy::strict());
        for bad in ["V", "41", "V41;V42", "VIHFX1", "V 41", "V-", "é1"] {
            assert!(Policy::lenient(bad).is_err(), "{bad}");
        }
        let said = |list: &str| Policy::lenient(list).map_err(|error| error.to_string());
        assert!(said("X09, EXI 22").is_err_and(|text| text.starts_with("\"EXI 22\" is a requirement")));
        assert!(said("EXI X").is_err_and(|text| text.contains("is not a rule id")));
        Ok(())
    }

    #[test]
    fn a_judge_stops_at_strict_breaches_and_keeps_lenient_ones() -> Result<(), PolicyError> {
        let policy = Policy::lenient("V22")?.with("V23", Strictness::Off)?;
        let breach = |rule| Refusal {
            rule,
            code: "DMPInvalidData",
            text: "secret".into(),
            found: "a".into(),
            expected: "b".into(),
        };
        let mut judge = Judge::new(&policy);
        assert!(judge.weigh(breach("V22")).is_ok());
        assert!(judge.weigh(breach("V23")).is_ok());
        assert_eq!(judge.weigh(breach("V21")), Err(breach("V21")));
        assert_eq!(judge.into_warnings(), vec![breach("V22")]);
        assert!(!format!("{:?}", breach("V22")).contains("secret"));
        Ok(())
    }
}
