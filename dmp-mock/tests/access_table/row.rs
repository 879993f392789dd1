//! The table of test cases of the access rules, one row = one request on a fresh world.

use std::collections::BTreeMap;

/// A row, with the names of its columns.
#[derive(Debug, Clone)]
pub struct Row {
    cells: BTreeMap<&'static str, &'static str>,
}

impl Row {
    pub fn all() -> Vec<Row> {
        let mut lines = include_str!("../../data/access-test-cases.tsv").lines();
        let header: Vec<&'static str> = lines.next().unwrap().split('\t').collect();
        lines.map(|line| Row { cells: header.iter().copied().zip(line.split('\t')).collect() }).collect()
    }

    pub fn cell(&self, name: &str) -> &'static str {
        self.cells[name]
    }

    pub fn id(&self) -> &'static str {
        self.cell("id")
    }

    /// `mode` without `+secret`, and whether it was there.
    pub fn mode(&self) -> (&'static str, bool) {
        let mode = self.cell("mode");
        (mode.trim_end_matches("+secret"), mode.ends_with("+secret"))
    }

    /// Value of a condition or switch of `config`.
    pub fn config(&self, name: &str) -> Option<&'static str> {
        self.configured().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    pub fn configured(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.cell("config").split(';').filter_map(|one| one.split_once('='))
    }

    /// type, author, codes, status of `document`; the age of the deposit is after `@`.
    pub fn document(&self) -> Option<[&'static str; 4]> {
        let document = self.cell("document").split('@').next().unwrap();
        let mut parts = document.split('/');
        let parts = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        Some(parts)
    }

    /// Days since the deposit.
    pub fn days(&self) -> i64 {
        let age = self.cell("document").split_once('@').map_or("0d", |(_, age)| age);
        age.trim_end_matches('d').parse().unwrap()
    }

    /// What must be found: expect, carrier, code, rule. An allow or a warn has no carrier.
    pub fn expected(&self) -> Verdict {
        let refused = self.cell("expect") == "refuse";
        Verdict {
            expect: self.cell("expect").to_owned(),
            carrier: if refused { self.cell("carrier").to_owned() } else { "-".to_owned() },
            code: if refused { self.cell("code").to_owned() } else { "-".to_owned() },
            rule: if self.cell("expect") == "allow" { "-".to_owned() } else { self.cell("rule").to_owned() },
        }
    }
}

/// What a row says, or what the rules answered. The rule of an allow is not told: nothing refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub expect: String,
    pub carrier: String,
    pub code: String,
    pub rule: String,
}

impl Verdict {
    pub fn new(expect: &str, carrier: &str, code: &str, rule: &str) -> Self {
        Verdict { expect: expect.into(), carrier: carrier.into(), code: code.into(), rule: rule.into() }
    }
}
