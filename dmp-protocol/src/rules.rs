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
#[error("{found:?} is not a rule id: write ids such as V41, X09 or OWN-01, separated by commas")]
pub struct PolicyError {
    found: String,
}

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
                return Err(PolicyError { found: item.chars().take(32).collect() });
            }
            self.exceptions.insert(item.to_ascii_uppercase(), strictness);
        }
        Ok(self)
    }

    /// How strictly this rule is applied.
    pub fn strictness(&self, rule: &str) -> Strictness {
        self.exceptions.get(rule).copied().unwrap_or_default()
    }

    /// The rules that are not strict, in alphabetical order.
    pub fn exceptions(&self) -> impl Iterator<Item = (&str, Strictness)> {
        self.exceptions.iter().map(|(rule, strictness)| (rule.as_str(), *strictness))
    }
}

/// One to four letters, then a digit or a hyphen, then letters, digits and hyphens: `V41`, `C-06`, `OWN-01`, `S12`.
fn is_rule_id(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = &text[letters..];
    (1..=4).contains(&letters)
        && (1..=8).contains(&rest.len())
        && rest.bytes().any(|byte| byte.is_ascii_digit())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
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
        assert_eq!(policy.with("V41", Strictness::Off)?.strictness("V41"), Strictness::Off);
        assert_eq!(Policy::lenient("")?, Policy::strict());
        for bad in ["V", "41", "V41;V42", "VIHFX1", "V 41", "V-", "é1"] {
            assert!(Policy::lenient(bad).is_err(), "{bad}");
        }
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
