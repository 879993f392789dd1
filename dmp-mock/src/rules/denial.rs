//! A refusal and the way it travels, and the hearing that collects what was let through.

use std::collections::BTreeMap;

use dmp_protocol::rules::{Policy, Refusal, Strictness};

/// How a refusal travels (errors.md §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// C3: SOAP fault.
    Fault,
    /// C4: application error in an HL7 V3 acknowledgement.
    Acknowledgement,
    /// C5: status and context of `habilitations`.
    Status,
    /// C6: `RegistryResponse` Failure.
    Registry,
}

/// A request refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Rule, code, sentence.
    pub refusal: Box<Refusal>,
    /// How it is said.
    pub carrier: Carrier,
    /// `codeContext` of C6 when it is not the sentence: `uniqueId=…`.
    pub context: Option<String>,
}

impl Denial {
    /// A refusal that travels by `carrier`.
    #[must_use]
    pub fn new(carrier: Carrier, refusal: Refusal) -> Self {
        Denial { refusal: Box::new(refusal), carrier, context: None }
    }

    /// With a `codeContext` other than the sentence.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }
}

/// One breach of a rule.
#[must_use]
pub fn breach(
    rule: &'static str,
    code: &'static str,
    text: impl Into<String>,
    found: impl Into<String>,
    expected: impl Into<String>,
) -> Refusal {
    Refusal { rule, code, text: text.into(), found: found.into(), expected: expected.into() }
}

/// Weighs breaches against the policy: strict ones end the request, the others are journalled.
#[derive(Debug)]
pub struct Hearing<'a> {
    policy: &'a Policy,
    warnings: Vec<Refusal>,
    filtered: BTreeMap<String, usize>,
}

impl<'a> Hearing<'a> {
    /// A hearing under a policy.
    #[must_use]
    pub fn new(policy: &'a Policy) -> Self {
        Hearing { policy, warnings: Vec::new(), filtered: BTreeMap::new() }
    }

    /// How strictly a rule is applied, under any of its names.
    #[must_use]
    pub fn strictness(&self, rule: &str) -> Strictness {
        self.policy.strictness(rule)
    }

    /// Weighs a breach.
    ///
    /// # Errors
    /// The denial itself when its rule is strict.
    pub fn weigh(&mut self, denial: Denial) -> Result<(), Denial> {
        match self.strictness(denial.refusal.rule) {
            Strictness::Strict => return Err(denial),
            Strictness::Lenient => self.warnings.push(*denial.refusal),
            Strictness::Off => {}
        }
        Ok(())
    }

    /// Weighs a breach that would be said in a SOAP fault.
    ///
    /// # Errors
    /// The denial when its rule is strict.
    pub fn fault(&mut self, refusal: Refusal) -> Result<(), Denial> {
        self.weigh(Denial::new(Carrier::Fault, refusal))
    }

    /// Weighs a breach that would be said in a `RegistryResponse`.
    ///
    /// # Errors
    /// The denial when its rule is strict.
    pub fn registry(&mut self, refusal: Refusal) -> Result<(), Denial> {
        self.weigh(Denial::new(Carrier::Registry, refusal))
    }

    /// Journals a breach that never refuses by default.
    pub fn observe(&mut self, refusal: Refusal) {
        self.warnings.push(refusal);
    }

    /// Journals a breach once, however many documents have it.
    pub fn observe_once(&mut self, refusal: Refusal) {
        if !self.warnings.contains(&refusal) {
            self.warnings.push(refusal);
        }
    }

    /// Whether `rule` hides a document, by its strictness; what it hides is counted.
    pub fn hide(&mut self, rule: &'static str) -> bool {
        match self.strictness(rule) {
            Strictness::Strict => {
                self.filter(rule);
                true
            }
            Strictness::Lenient => {
                self.observe_once(breach(rule, "", "", "a document shown though the rule hides it", "a strict rule"));
                false
            }
            Strictness::Off => false,
        }
    }

    /// Journals that a document was left out of the answer by `rule`.
    pub fn filter(&mut self, rule: &str) {
        *self.filtered.entry(rule.to_owned()).or_default() += 1;
    }

    /// Breaches let through, and documents left out by rule.
    #[must_use]
    pub fn close(self) -> (Vec<Refusal>, BTreeMap<String, usize>) {
        (self.warnings, self.filtered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_lenient_under_any_of_its_names() {
        for list in ["OWN-01", "X12", "V82"] {
            let policy = Policy::lenient(list).unwrap();
            let mut hearing = Hearing::new(&policy);
            assert!(hearing.registry(breach("OWN-01", "c", "t", "f", "e")).is_ok(), "{list}");
            assert!(hearing.registry(breach("OWN-06", "c", "t", "f", "e")).is_err(), "{list}");
            assert_eq!(hearing.close().0.len(), 1);
        }
        let policy = Policy::lenient("X16").unwrap();
        assert_eq!(Hearing::new(&policy).strictness("S09"), Strictness::Lenient);
        assert_eq!(Hearing::new(&policy).strictness("SOAP"), Strictness::Strict);
    }
}
