//! The stylesheet of a document autoprésentable: nothing in it may act or fetch (`CDA-DOC-012`, EX_2.1-1115).

use dmp_xml::StartTag;

use super::findings::Findings;
use super::place::Place;

const RULE: &str = "CDA-DOC-012";
const XSL: &str = "http://www.w3.org/1999/XSL/Transform";
/// A signature is no part of the stylesheet; its `Object` is not that of HTML.
const SIGNATURES: [&str; 2] = ["http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"];

/// Elements of HTML that run or fetch something.
const ACTIVE_ELEMENTS: [&str; 5] = ["script", "object", "embed", "iframe", "applet"];
/// Attributes that name something to fetch.
const LINKS: [&str; 8] = ["src", "href", "background", "action", "formaction", "data", "poster", "srcset"];
/// Attributes of XSLT that hold XPath.
const EXPRESSIONS: [&str; 6] = ["select", "test", "match", "use", "value", "group-by"];
/// What a text or an attribute may not hold.
const FORBIDDEN_TEXTS: [&str; 3] = ["javascript:", "vbscript:", "@import"];

/// Characters kept between two pieces of text: longer than any of the texts looked for.
const OVERLAP: usize = 32;

/// Looks at everything outside the `ClinicalDocument`.
#[derive(Debug, Default)]
pub(super) struct StylesheetScan {
    /// End of the text so far of the element opened last.
    tail: String,
    open: Vec<Place>,
}

impl StylesheetScan {
    pub(super) fn start(&mut self, tag: &StartTag, place: &Place, findings: &mut Findings<'_>) {
        self.tail.clear();
        self.open.push(place.clone());
        if SIGNATURES.contains(&tag.name.namespace.as_str()) {
            return;
        }
        let mut report = |what: String| findings.report(RULE, place, what);
        let local = tag.name.local.to_ascii_lowercase();
        let is_xsl = tag.name.namespace == XSL;
        if is_xsl && matches!(local.as_str(), "import" | "include") {
            report(format!("xsl:{local}"));
            return;
        }
        if !is_xsl && ACTIVE_ELEMENTS.contains(&local.as_str()) {
            report(format!("element {local}"));
        }
        if is_xsl && local == "element" {
            let name = tag.attr("name").unwrap_or_default().to_ascii_lowercase();
            if ACTIVE_ELEMENTS.contains(&name.as_str()) {
                report(format!("element {name} made by xsl:element"));
            }
        }
        if is_xsl && local == "attribute" {
            let name = tag.attr("name").unwrap_or_default().to_ascii_lowercase();
            if is_event_handler(&name) {
                report("event handler made by xsl:attribute".to_owned());
            }
        }
        for attribute in &tag.attributes {
            let name = attribute.name.local.to_ascii_lowercase();
            if let Some(what) = refused_attribute(is_xsl, &name, &attribute.value) {
                report(what);
            }
        }
    }

    pub(super) fn text(&mut self, piece: &str, findings: &mut Findings<'_>) {
        let Some(place) = self.open.last() else { return };
        let text = format!("{}{piece}", self.tail).to_ascii_lowercase();
        // A finding inside the overlap was seen with the piece before.
        let seen = self.tail.len();
        for what in refused_text(&text).filter(|(_, end)| *end > seen).map(|(what, _)| what) {
            findings.report(RULE, place, format!("{what} in a text"));
        }
        let mut cut = text.len().saturating_sub(OVERLAP);
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        self.tail = text[cut..].to_owned();
    }

    pub(super) fn end(&mut self) {
        self.tail.clear();
        self.open.pop();
    }
}

fn is_event_handler(name: &str) -> bool {
    name.strip_prefix("on").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn refused_attribute(is_xsl: bool, name: &str, value: &str) -> Option<String> {
    let lower = value.trim().to_ascii_lowercase();
    if !is_xsl && is_event_handler(name) {
        return Some(format!("event handler {name}"));
    }
    if name == "extension-element-prefixes" {
        return Some(name.to_owned());
    }
    if let Some((what, _)) = refused_text(&lower).next() {
        return Some(format!("{what} in @{name}"));
    }
    // In an attribute of HTML, XPath stands between braces.
    let is_expression = is_xsl && EXPRESSIONS.contains(&name);
    if (is_expression || lower.contains('{'))
        && let Some(function) = refused_function(value)
    {
        return Some(format!("{function} in @{name}"));
    }
    (!is_xsl && LINKS.contains(&name) && is_external(&lower)).then(|| format!("external reference in @{name}"))
}

/// What is refused in a text in lower case, and where it ends.
fn refused_text(text: &str) -> impl Iterator<Item = (&'static str, usize)> {
    let forbidden = FORBIDDEN_TEXTS.into_iter().filter_map(|what| Some((what, text.find(what)? + what.len())));
    let urls = text.match_indices("url(").filter(|(at, opening)| {
        let target = text[at + opening.len()..].trim_start_matches([' ', '"', '\'']);
        !target.is_empty() && is_external(target)
    });
    forbidden.chain(urls.map(|(at, opening)| ("external url()", at + opening.len() + 1)))
}

/// Anything but an anchor, data in place, a mail address or what an expression computes.
fn is_external(target: &str) -> bool {
    !(target.is_empty() || ["#", "data:", "mailto:", "tel:", "{"].iter().any(|inner| target.starts_with(inner)))
}

/// `document()`, `unparsed-text()` or a function with a prefix, outside string literals.
fn refused_function(expression: &str) -> Option<&'static str> {
    let mut outside = String::with_capacity(expression.len());
    let mut quote = None;
    for c in expression.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => outside.push(c),
        }
    }
    for (at, _) in outside.match_indices('(') {
        let before = outside[..at].trim_end();
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || "-_.:".contains(c)));
        let name = &before[start.map_or(0, |s| s + before[s..].chars().next().map_or(1, char::len_utf8))..];
        match name {
            "document" => return Some("document()"),
            "unparsed-text" => return Some("unparsed-text()"),
            // child::node() is an axis, not a prefix.
            _ if name.contains(':') && !name.contains("::") => return Some("an extension function"),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_outside_literals() {
        for (expression, refused) in [
            ("document('a.xml')", Some("document()")),
            ("count(document ('a')/x)", Some("document()")),
            ("msxsl:node-set($a)", Some("an extension function")),
            ("c:title", None),
            ("child::node()", None),
            ("'document('", None),
            ("concat(c:title, ' (', @id, ')')", None),
            ("é(1)", None),
            ("my-document(1)", None),
        ] {
            assert_eq!(refused_function(expression), refused, "{expression}");
        }
    }

    #[test]
    fn attributes_are_judged_by_what_they_do() {
        for (is_xsl, name, value, refused) in [
            (false, "onclick", "x", true),
            (false, "on", "x", false),
            (false, "href", "#a", false),
            (false, "href", "https://a.example/", true),
            (false, "href", "{@href}", false),
            (false, "src", "data:image/png;base64,AA", false),
            (false, "src", "image.png", true),
            (false, "src", "{document('x')/a}", true),
            (false, "style", "background: url( 'http://a' )", true),
            (false, "style", "background: url(#a)", false),
            (false, "href", "JavaScript:x()", true),
            (true, "select", "document('')", true),
            (true, "select", "c:component", false),
            (true, "href", "a.xsl", false),
        ] {
            assert_eq!(refused_attribute(is_xsl, name, value).is_some(), refused, "{name}={value}");
        }
    }
}
