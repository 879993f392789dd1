//! The inside of a start tag after its name: strict, unlike the library's own splitter.

use crate::characters::{is_space, is_xml_char, split_qname};
use crate::error::XmlErrorKind;
use crate::feed::LONGEST_REFERENCE;

/// Calls `each(raw name, normalised value)` for every attribute of the tag's tail.
pub(crate) fn for_each_attribute(
    tail: &str,
    mut each: impl FnMut(&str, String) -> Result<(), XmlErrorKind>,
) -> Result<(), XmlErrorKind> {
    let mut rest = tail;
    loop {
        let trimmed = rest.trim_start_matches(is_space);
        if trimmed.is_empty() {
            return Ok(());
        }
        if trimmed.len() == rest.len() {
            return Err(XmlErrorKind::Syntax("white space missing between attributes"));
        }
        let (name, after) = trimmed.split_once('=').ok_or(XmlErrorKind::Syntax("attribute without value"))?;
        let name = name.trim_end_matches(is_space);
        if split_qname(name).is_none() {
            return Err(XmlErrorKind::IllegalName);
        }
        let after = after.trim_start_matches(is_space);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let quote = quote.ok_or(XmlErrorKind::Syntax("attribute value without quotes"))?;
        let (value, next) =
            after[1..].split_once(quote).ok_or(XmlErrorKind::Syntax("attribute value without closing quote"))?;
        each(name, normalise_value(value)?)?;
        rest = next;
    }
}

/// Attribute-value normalisation of XML 1.0 §3.3.3 (CDATA type: there is no DTD); line ends are already `\n`.
fn normalise_value(raw: &str) -> Result<String, XmlErrorKind> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '<', '\t', '\n', '\r']) {
        value.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'<' => return Err(XmlErrorKind::Syntax("'<' in an attribute value")),
            b'&' => {
                let (reference, after) =
                    rest[at + 1..].split_once(';').ok_or(XmlErrorKind::Syntax("'&' without ';'"))?;
                value.push(resolve_reference(reference)?);
                rest = after;
            }
            _ => {
                value.push(' ');
                rest = &rest[at + 1..];
            }
        }
    }
    value.push_str(rest);
    Ok(value)
}

/// The character behind `&name;` or `&#n;`: the five predefined entities and character references, nothing else.
pub(crate) fn resolve_reference(name: &str) -> Result<char, XmlErrorKind> {
    let Some(number) = name.strip_prefix('#') else {
        return match name {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => Err(XmlErrorKind::UndeclaredEntity),
        };
    };
    if name.len() + 2 > LONGEST_REFERENCE {
        return Err(XmlErrorKind::Syntax("character reference too long"));
    }
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    if digits.is_empty() || !digits.bytes().all(|b| (b as char).is_digit(radix)) {
        return Err(XmlErrorKind::Syntax("character reference without a number"));
    }
    let code = u32::from_str_radix(digits, radix).map_err(|_| XmlErrorKind::ForbiddenCharacter(u32::MAX))?;
    char::from_u32(code).filter(|c| is_xml_char(*c)).ok_or(XmlErrorKind::ForbiddenCharacter(code))
}
