//! A refusal and the way it travels, and the hearing that collects what was let through.

use std::collections::BTreeMap;

use dmp_protocol::rules::{Judge, Policy, Refusal};

/// How a refusal travels (errors.md §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// C3: SOAP fault.
    Fault,
    /// C5: status and context of `habilitations`.
    Status,
    /// C6: `RegistryResponse` Failure.
    Registry,
}

/// A request refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Rule, code, sentence.
    pub refusal: Refusal,
    /// How it is said.
    pub carrier: Carrier,
    /// `codeContext` of C6 when it is not the sentence: `uniqueId=…`.
    pub context: Option<String>,
}

impl Denial {
    /// A refusal that travels by `carrier`.
    #[must_use]
    pub fn new(carrier: Carrier, refusal: Refusal) -> Self {
        Denial { refusal, carrier, context: None }
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
    judge: Judge<'a>,
    observations: Vec<Refusal>,
    filtered: BTreeMap<String, usize>,
}

impl<'a> Hearing<'a> {
    /// A hearing under a policy.
    #[must_use]
    pub fn new(policy: &'a Policy) -> Self {
        Hearing { judge: Judge::new(policy), observations: Vec::new(), filtered: BTreeMap::new() }
    }

    /// Whether a rule is looked at.
    #[must_use]
    pub fn applies(&self, rule: &str) -> bool {
        self.judge.applies(rule)
    }

    /// Weighs a breach.
    ///
    /// # Errors
    /// The denial itself when its rule is strict.
    pub fn weigh(&mut self, denial: Denial) -> Result<(), Denial> {
        let Denial { refusal, carrier, context } = denial;
        self.judge.weigh(refusal).map_err(|refusal| Denial { refusal, carrier, context })
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
        self.observations.push(refusal);
    }

    /// Journals that a document was left out of the answer by `rule`.
    pub fn filter(&mut self, rule: &str) {
        *self.filtered.entry(rule.to_owned()).or_default() += 1;
    }

    /// Breaches let through, and documents left out by rule.
    #[must_use]
    pub fn close(self) -> (Vec<Refusal>, BTreeMap<String, usize>) {
        let mut warnings = self.judge.into_warnings();
        warnings.extend(self.observations);
        (warnings, self.filtered)
    }
}
