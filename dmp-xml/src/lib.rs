//! Strict XML for signed health-record messages: the only place of the workspace that touches an XML library.
//!
//! The tokens come from `quick-xml`; this crate adds what a signature check and a certification need: well-formedness
//! with namespaces to the last byte, no DTD, hard limits, line ends and attribute values normalised as XML 1.0 asks,
//! and text that arrives in pieces so that a document of any size is read in bounded memory.
//!
//! ```
//! use dmp_xml::{parse, Limits};
//! let root = parse(br#"<a xmlns="urn:x"><b c="1">t</b></a>"#, &Limits::default())?;
//! assert_eq!(root.child("urn:x", "b").and_then(|b| b.attr("c")), Some("1"));
//! # Ok::<(), dmp_xml::XmlError>(())
//! ```

mod attributes;
pub mod c14n;
mod characters;
mod error;
mod feed;
mod limits;
mod names;
mod namespaces;
mod reader;
mod tree;
mod writer;

pub use error::{XmlError, XmlErrorKind};
pub use limits::Limits;
pub use names::{Attribute, Name, NamespaceDeclaration, StartTag};
pub use reader::{Event, Reader};
pub use tree::{Element, Node, parse};
pub use writer::{WriteError, Writer};
