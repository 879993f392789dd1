//! Namespaces in scope while a document is read.

use crate::error::XmlErrorKind;
use crate::names::NamespaceDeclaration;

pub(crate) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
/// Declarations in scope at once: look-ups are linear, and no honest document comes near.
const MOST_IN_SCOPE: usize = 1024;
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// The stack of declarations; a frame per open element.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    declarations: Vec<NamespaceDeclaration>,
    frames: Vec<usize>,
}

impl Scope {
    pub(crate) fn enter(&mut self, declared: &[NamespaceDeclaration]) -> Result<(), XmlErrorKind> {
        self.frames.push(self.declarations.len());
        self.declarations.extend_from_slice(declared);
        if self.declarations.len() > MOST_IN_SCOPE {
            return Err(XmlErrorKind::LimitPassed { what: "namespaces in scope", allowed: MOST_IN_SCOPE as u64 });
        }
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        if let Some(mark) = self.frames.pop() {
            self.declarations.truncate(mark);
        }
    }

    /// URI bound to a prefix; the default namespace is always bound, to nothing at worst.
    pub(crate) fn resolve(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML_NAMESPACE);
        }
        let bound = self.declarations.iter().rev().find(|d| d.prefix == prefix).map(|d| d.uri.as_str());
        if prefix.is_empty() { Some(bound.unwrap_or("")) } else { bound }
    }
}

/// Namespaces in XML 1.0 §3: what may not be declared.
pub(crate) fn check_declaration(prefix: &str, uri: &str) -> Result<(), XmlErrorKind> {
    let legal = match prefix {
        "xml" => uri == XML_NAMESPACE,
        "xmlns" => false,
        _ => uri != XML_NAMESPACE && uri != XMLNS_NAMESPACE && (prefix.is_empty() || !uri.is_empty()),
    };
    if legal { Ok(()) } else { Err(XmlErrorKind::IllegalNamespace) }
}
