//! Absolute XPaths with positions, of elements whose later siblings are not read yet.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use dmp_xml::Name;

use crate::HL7;

/// Namespaces with a prefix of their own in the XPaths of findings.
const PREFIXES: [(&str, &str); 10] = [
    ("urn:hl7-org:sdtc", "sdtc"),
    ("urn:dicom-org:ps3-20", "ps3-20"),
    ("urn:oid:1.3.6.1.4.1.19376.1.3.2", "lab"),
    ("urn:hl7-org:lab", "lab"),
    ("urn:ihe:pharm:medication", "pharm"),
    ("urn:ihe:pharm", "pharm"),
    ("http://www.w3.org/2001/XMLSchema-instance", "xsi"),
    ("http://www.w3.org/1999/XSL/Transform", "xsl"),
    ("http://www.w3.org/2000/09/xmldsig#", "ds"),
    ("urn:asip-sante:ci-sis", "data"),
];

/// Longest name shown: no element of any model comes near.
const LONGEST_NAME: usize = 128;

/// How many children of each name an element has, so far.
type Siblings = Rc<RefCell<HashMap<String, u32>>>;

/// One element on the way from the root, known by its name and its rank among the siblings of that name.
#[derive(Debug)]
struct Step {
    parent: Option<Rc<Step>>,
    name: String,
    rank: u32,
    siblings: Siblings,
    line: u64,
    column: u64,
}

/// An element, or one of its attributes, in the document that is being read.
#[derive(Debug, Clone)]
pub(super) struct Place {
    step: Rc<Step>,
    attribute: Option<String>,
}

/// Gives places to the elements while they pass.
#[derive(Debug, Default)]
pub(super) struct Path {
    open: Vec<(Rc<Step>, Siblings)>,
    roots: Siblings,
}

impl Path {
    /// The place of an element that starts.
    pub(super) fn start(&mut self, name: &Name, line: u64, column: u64) -> Place {
        let name = displayed(name);
        let (parent, siblings) = match self.open.last() {
            Some((parent, siblings)) => (Some(Rc::clone(parent)), Rc::clone(siblings)),
            None => (None, Rc::clone(&self.roots)),
        };
        let rank = {
            let mut counts = siblings.borrow_mut();
            match counts.get_mut(&name) {
                Some(count) => {
                    *count = count.saturating_add(1);
                    *count
                }
                None => {
                    counts.insert(name.clone(), 1);
                    1
                }
            }
        };
        let step = Rc::new(Step { parent, name, rank, siblings, line, column });
        self.open.push((Rc::clone(&step), Siblings::default()));
        Place { step, attribute: None }
    }

    /// The element opened last ends.
    pub(super) fn end(&mut self) {
        self.open.pop();
    }
}

impl Place {
    /// One attribute of this element.
    pub(super) fn attribute(&self, name: &str) -> Self {
        Self { step: Rc::clone(&self.step), attribute: Some(name.to_owned()) }
    }

    /// Line of the start tag, from 1.
    pub(super) fn line(&self) -> u64 {
        self.step.line
    }

    /// Column of the start tag, from 1.
    pub(super) fn column(&self) -> u64 {
        self.step.column
    }

    /// The XPath; exact once the document is read, because only then the number of siblings is known.
    pub(super) fn xpath(&self) -> String {
        let mut steps = Vec::new();
        let mut next = Some(&self.step);
        while let Some(step) = next {
            let alone = step.siblings.borrow().get(&step.name).is_none_or(|count| *count == 1);
            steps.push(if alone { step.name.clone() } else { format!("{}[{}]", step.name, step.rank) });
            next = step.parent.as_ref();
        }
        let mut xpath = String::new();
        for step in steps.iter().rev() {
            xpath.push('/');
            xpath.push_str(step);
        }
        if let Some(attribute) = &self.attribute {
            xpath.push_str("/@");
            xpath.push_str(attribute);
        }
        xpath
    }
}

/// CDA names stand without prefix, known namespaces with theirs, others spelled out.
fn displayed(name: &Name) -> String {
    let local: String = name.local.chars().take(LONGEST_NAME).collect();
    if name.namespace == HL7 {
        return local;
    }
    match PREFIXES.iter().find(|(namespace, _)| *namespace == name.namespace) {
        Some((_, prefix)) => format!("{prefix}:{local}"),
        None => {
            let namespace: String = name.namespace.chars().filter(|c| *c != '\'').take(LONGEST_NAME).collect();
            format!("*[local-name()='{local}' and namespace-uri()='{namespace}']")
        }
    }
}
