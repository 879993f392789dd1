//! A writer of compact XML: what it returns is well-formed, or an error.

use std::fmt::Write as _;

use crate::characters::is_xml_char;

/// A value that cannot be written as XML 1.0, or unbalanced calls.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A text or attribute value holds a character that XML 1.0 forbids.
    #[error("a value holds the character U+{0:04X}, which XML 1.0 forbids: remove it before sending")]
    ForbiddenCharacter(u32),
    /// More elements were closed than opened, or some were left open.
    #[error("elements opened and closed do not match")]
    Unbalanced,
}

/// Writes elements without indentation; names are written as given, prefixes included.
///
/// ```
/// let mut w = dmp_xml::Writer::new();
/// w.open("a", &[("xmlns", "urn:x")]);
/// w.leaf("b", &[("n", "<1>")], "x & y");
/// w.close();
/// assert_eq!(w.finish()?, r#"<a xmlns="urn:x"><b n="&lt;1&gt;">x &amp; y</b></a>"#);
/// # Ok::<(), dmp_xml::WriteError>(())
/// ```
#[derive(Default)]
pub struct Writer {
    out: String,
    open: Vec<String>,
    error: Option<WriteError>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} bytes)", self.out.len())
    }
}

impl Writer {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>`.
    pub fn declaration(&mut self) {
        self.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    }

    /// Opens an element.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push('>');
        self.open.push(name.to_owned());
    }

    /// Closes the element opened last.
    pub fn close(&mut self) {
        match self.open.pop() {
            Some(name) => {
                let _ = write!(self.out, "</{name}>");
            }
            None => self.error = self.error.take().or(Some(WriteError::Unbalanced)),
        }
    }

    /// An element with text only.
    pub fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.text(text);
        self.close();
    }

    /// An empty element, `<name …/>`.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push_str("/>");
    }

    /// Escaped text.
    pub fn text(&mut self, text: &str) {
        self.check(text);
        escape_text(text, &mut self.out);
    }

    /// XML that is already serialised, byte for byte: a signed assertion, whose bytes must not change.
    pub fn raw(&mut self, xml: &str) {
        self.out.push_str(xml);
    }

    /// The text written.
    ///
    /// # Errors
    /// [`WriteError`] when a value could not be written or elements do not match.
    pub fn finish(self) -> Result<String, WriteError> {
        match self.error {
            Some(error) => Err(error),
            None if !self.open.is_empty() => Err(WriteError::Unbalanced),
            None => Ok(self.out),
        }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            self.check(value);
            let _ = write!(self.out, " {attribute}=\"");
            escape_attribute(value, &mut self.out);
            self.out.push('"');
        }
    }

    fn check(&mut self, value: &str) {
        if let Some(c) = value.chars().find(|c| !is_xml_char(*c)) {
            self.error = self.error.take().or(Some(WriteError::ForbiddenCharacter(c.into())));
        }
    }
}

fn escape_text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A raw CR would be read back as a line feed.
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

fn escape_attribute(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Raw white space would be read back as spaces.
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}
