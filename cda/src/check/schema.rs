//! The order of children that the CDA schema asks for, as data (`data/schema.tsv`).
//!
//! A line is a class: its name, `act` (children may be preceded by `realmCode*, typeId?, templateId*`) or `type`, and
//! its children in order. A child is `name:Class`, in another namespace `prefix/name:Class`, alternatives in brackets;
//! the class `-` is not looked into. Then `?`, `*`, `+` or nothing (exactly one). `!` says that another rule speaks when
//! it is missing, `^` that another rule speaks when it occurs too often.

use std::collections::HashMap;
use std::sync::LazyLock;

use dmp_xml::Name;

use crate::HL7;

const SCHEMA: &str = include_str!("../../data/schema.tsv");

/// Namespaces of the extensions that the national schema adds; one prefix may stand for two.
const NAMESPACES: [(&str, &[&str]); 3] = [
    ("sdtc", &["urn:hl7-org:sdtc"]),
    ("ps3-20", &["urn:dicom-org:ps3-20"]),
    ("lab", &["urn:oid:1.3.6.1.4.1.19376.1.3.2", "urn:hl7-org:lab"]),
];

/// A class of the schema.
#[derive(Debug)]
pub(super) struct Class {
    particles: Vec<Particle>,
}

#[derive(Debug, Clone)]
struct Particle {
    choices: Vec<Choice>,
    required: bool,
    repeatable: bool,
    missing_has_rule: bool,
    repeated_has_rule: bool,
}

#[derive(Debug, Clone)]
struct Choice {
    prefix: &'static str,
    local: &'static str,
    class: &'static str,
}

/// What is wrong with a child at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misplaced {
    /// After an element that should follow it.
    OutOfOrder,
    /// Once too often.
    Repeated,
    /// Not known to this class.
    Unknown,
}

/// A class by its name; `None` for what is not looked into.
pub(super) fn class(name: &str) -> Option<&'static Class> {
    CLASSES.get(name)
}

/// The children of one open element, so far.
#[derive(Debug)]
pub(super) struct Content {
    class: &'static Class,
    counts: Vec<u32>,
    /// Particle of the child met last.
    last: usize,
}

impl Content {
    pub(super) fn new(class: &'static Class) -> Self {
        Self { class, counts: vec![0; class.particles.len()], last: 0 }
    }

    /// The next child: its own class, or what is wrong. A child that is out of order is known all the same.
    pub(super) fn next(&mut self, name: &Name) -> (Option<&'static Class>, Option<Misplaced>) {
        let found = self.class.particles.iter().enumerate().find_map(|(index, particle)| {
            particle.choices.iter().find(|choice| choice.matches(name)).map(|choice| (index, particle, choice))
        });
        let Some((index, particle, choice)) = found else { return (None, Some(Misplaced::Unknown)) };
        let count = self.counts.get_mut(index).map_or(1, |count| {
            *count = count.saturating_add(1);
            *count
        });
        let misplaced = if index < self.last {
            Some(Misplaced::OutOfOrder)
        } else if count > 1 && !particle.repeatable && !particle.repeated_has_rule {
            Some(Misplaced::Repeated)
        } else {
            None
        };
        self.last = self.last.max(index);
        (class(choice.class), misplaced)
    }

    /// Names of the children that the schema requires and that did not come, unless another rule says so.
    pub(super) fn missing(&self) -> impl Iterator<Item = String> {
        let particles = self.class.particles.iter().zip(&self.counts);
        particles.filter(|(particle, count)| particle.required && !particle.missing_has_rule && **count == 0).map(
            |(particle, _)| {
                let names: Vec<&str> = particle.choices.iter().map(|choice| choice.local).collect();
                names.join(" or ")
            },
        )
    }
}

impl Choice {
    fn matches(&self, name: &Name) -> bool {
        let namespaces = match self.prefix {
            "" => &[HL7][..],
            prefix => NAMESPACES.iter().find(|(known, _)| *known == prefix).map_or(&[][..], |(_, all)| all),
        };
        self.local == name.local && namespaces.contains(&name.namespace.as_str())
    }
}

/// Lines of the wrong shape are left out here; a test sees that there are none.
static CLASSES: LazyLock<HashMap<&'static str, Class>> = LazyLock::new(|| {
    let lines = SCHEMA.lines().skip(1).filter_map(|line| {
        let columns: Vec<&'static str> = line.split('\t').collect();
        match columns[..] {
            [name, kind, children] => Some((name, class_of(kind, children)?)),
            _ => None,
        }
    });
    lines.collect()
});

fn class_of(kind: &str, children: &'static str) -> Option<Class> {
    let infrastructure = match kind {
        "act" => "realmCode:CS* typeId:II? templateId:II*",
        "type" => "",
        _ => return None,
    };
    let own: Vec<Particle> = children.split_whitespace().map(particle).collect::<Option<_>>()?;
    let known = |particle: &Particle| {
        let same =
            |other: &Particle| other.choices.first().map(|c| c.local) == particle.choices.first().map(|c| c.local);
        own.iter().any(same)
    };
    let mut particles: Vec<Particle> = infrastructure.split_whitespace().filter_map(particle).collect();
    particles.retain(|particle| !known(particle));
    particles.extend(own);
    Some(Class { particles })
}

fn particle(token: &'static str) -> Option<Particle> {
    let (names, marks) = match token.strip_prefix('(') {
        Some(group) => group.split_once(')')?,
        None => token.split_at(token.find(['?', '*', '+', '!', '^']).unwrap_or(token.len())),
    };
    let choices = names.split('|').map(choice).collect::<Option<Vec<_>>>()?;
    Some(Particle {
        choices,
        required: !marks.contains(['?', '*']),
        repeatable: marks.contains(['*', '+']),
        missing_has_rule: marks.contains('!'),
        repeated_has_rule: marks.contains('^'),
    })
}

fn choice(text: &'static str) -> Option<Choice> {
    let (name, class) = text.split_once(':')?;
    let (prefix, local) = name.split_once('/').unwrap_or(("", name));
    Some(Choice { prefix, local, class })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(local: &str) -> Name {
        Name { prefix: String::new(), local: local.to_owned(), namespace: HL7.to_owned() }
    }

    #[test]
    fn every_line_is_a_class_and_every_class_exists() {
        assert_eq!(CLASSES.len(), SCHEMA.lines().count() - 1);
        for (name, class) in CLASSES.iter() {
            for choice in class.particles.iter().flat_map(|particle| &particle.choices) {
                assert!(choice.class == "-" || CLASSES.contains_key(choice.class), "{name}: {}", choice.class);
                assert!(choice.prefix.is_empty() || NAMESPACES.iter().any(|(known, _)| *known == choice.prefix));
            }
        }
    }

    #[test]
    fn order_repetition_and_absence_are_seen() {
        let mut content = Content::new(class("author").unwrap());
        assert_eq!(content.next(&name("templateId")).1, None);
        assert_eq!(content.next(&name("time")).1, None);
        assert_eq!(content.next(&name("functionCode")).1, Some(Misplaced::OutOfOrder));
        assert_eq!(content.next(&name("time")).1, Some(Misplaced::Repeated));
        assert_eq!(content.next(&name("signatureCode")).1, Some(Misplaced::Unknown));
        assert_eq!(content.missing().collect::<Vec<_>>(), ["assignedAuthor"]);
        assert!(content.next(&name("assignedAuthor")).0.is_some());
        assert_eq!(content.missing().count(), 0);
    }
}
