//! Documents autoprésentables: a stylesheet around the document, every CDA name under the prefix `c`.
//!
//! The ANS asks to stop producing this form; a PDF copy serves the same need.

use dmp_xml::{Event, Limits, Reader, StartTag, Writer};

use super::error::BuildError;
use crate::HL7;

const PREFIX: &str = "c";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Namespaces that the stylesheet declares for the document inside.
const DECLARED: [(&str, &str); 4] = [
    ("xmlns:xsl", "http://www.w3.org/1999/XSL/Transform"),
    ("xmlns:xsi", XSI),
    ("xmlns:data", "urn:asip-sante:ci-sis"),
    ("xmlns:c", HL7),
];

/// Shows the title and the text of the sections, nothing that a viewer could execute.
const TEMPLATES: &str = r#"
<xsl:template match="xsl:stylesheet"><xsl:apply-templates select="data:Contenu/c:ClinicalDocument"/></xsl:template>
<xsl:template match="c:ClinicalDocument"><html lang="fr"><head><title><xsl:value-of select="c:title"/></title></head><body><h1><xsl:value-of select="c:title"/></h1><xsl:for-each select=".//c:section"><h2><xsl:value-of select="c:title"/></h2><p><xsl:value-of select="c:text"/></p></xsl:for-each></body></html></xsl:template>
"#;

/// Wraps a document that this crate wrote.
pub(super) fn wrap(document: &str) -> Result<Vec<u8>, BuildError> {
    let mut w = Writer::new();
    w.declaration();
    w.raw("\n<?xml-stylesheet type=\"text/xsl\" href=\"#\"?>\n");
    let mut attributes = vec![("version", "1.0")];
    attributes.extend(DECLARED);
    attributes.push(("exclude-result-prefixes", "xsi data c"));
    w.open("xsl:stylesheet", &attributes);
    w.raw("\n");
    w.open("data:Contenu", &[]);
    copy(document, &mut w)?;
    w.close();
    w.raw(TEMPLATES);
    w.close();
    w.raw("\n");
    Ok(w.finish()?.into_bytes())
}

fn copy(document: &str, w: &mut Writer) -> Result<(), BuildError> {
    let mut reader = Reader::new(document.as_bytes(), Limits::default());
    // A start tag waits for what follows: an element without content is written as empty.
    let mut waiting: Option<OpenTag> = None;
    loop {
        let event = reader.next().map_err(|_| BuildError::Wrap("it passes the limits of the reader"))?;
        let ends = matches!(event, Event::End);
        if let Some(tag) = waiting.take() {
            tag.write(w, ends);
            if ends {
                continue;
            }
        }
        let tag = match event {
            Event::Start(tag) => tag.clone(),
            Event::Text { text, .. } => {
                w.text(text);
                continue;
            }
            Event::End => {
                w.close();
                continue;
            }
            Event::Comment(_) | Event::Pi { .. } => continue,
            Event::Eof => return Ok(()),
        };
        // What names a type is resolved where it stands.
        let resolved = tag.attr_ns(XSI, "type").map(|name| {
            let (prefix, local) = name.trim().split_once(':').unwrap_or(("", name.trim()));
            (reader.resolve_prefix(prefix) == Some(HL7)).then(|| format!("{PREFIX}:{local}"))
        });
        waiting = Some(OpenTag::under_prefix(&tag, resolved.flatten())?);
    }
}

/// A start tag as it will be written.
struct OpenTag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl OpenTag {
    fn under_prefix(tag: &StartTag, resolved_type: Option<String>) -> Result<Self, BuildError> {
        let mut attributes: Vec<(String, String)> = Vec::new();
        for declaration in &tag.namespaces {
            let known = DECLARED.iter().any(|(name, uri)| {
                name.strip_prefix("xmlns:") == Some(&*declaration.prefix) && *uri == declaration.uri
            });
            let default = declaration.prefix.is_empty() && declaration.uri == HL7;
            if declaration.prefix == PREFIX && !known {
                return Err(BuildError::Wrap("an entry declares the prefix c for another namespace"));
            }
            if !known && !default {
                let name = if declaration.prefix.is_empty() {
                    "xmlns".into()
                } else {
                    format!("xmlns:{}", declaration.prefix)
                };
                attributes.push((name, declaration.uri.clone()));
            }
        }
        for attribute in &tag.attributes {
            let value = match &resolved_type {
                Some(resolved) if attribute.name.is(XSI, "type") => resolved.clone(),
                _ => attribute.value.clone(),
            };
            attributes.push((qualified(&attribute.name.prefix, &attribute.name.local), value));
        }
        let prefix = if tag.name.namespace == HL7 { PREFIX } else { &tag.name.prefix };
        Ok(Self { name: qualified(prefix, &tag.name.local), attributes })
    }

    fn write(&self, w: &mut Writer, empty: bool) {
        let attributes: Vec<_> = self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if empty {
            w.empty(&self.name, &attributes);
        } else {
            w.open(&self.name, &attributes);
        }
    }
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
}
