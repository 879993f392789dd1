//! Escape sequences (HL7 v2 §2.7): delimiters, hexadecimal bytes of control characters, line breaks.

use std::borrow::Cow;

use super::value::Separators;

/// Escapes a text that becomes a component, with the usual delimiters `|^~\&`; a line break would end the segment.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '|' => escaped.push_str("\\F\\"),
            '^' => escaped.push_str("\\S\\"),
            '&' => escaped.push_str("\\T\\"),
            '~' => escaped.push_str("\\R\\"),
            '\\' => escaped.push_str("\\E\\"),
            '\r' => escaped.push_str("\\X0D\\"),
            '\n' => escaped.push_str("\\X0A\\"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Undoes [`escape`], with the delimiters of the message. What is no sequence known here stays as it is.
pub(super) fn unescape<'t>(text: &'t str, separators: &Separators) -> Cow<'t, str> {
    let mark = separators.escape;
    if !text.contains(mark) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        plain.push_str(before);
        let known = after.split_once(mark).and_then(|(name, end)| Some((meaning(name, separators)?, end)));
        match known {
            Some((meaning, end)) => {
                plain.push_str(&meaning);
                rest = end;
            }
            None => {
                plain.push(mark);
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn meaning(name: &str, separators: &Separators) -> Option<String> {
    Some(match name {
        "F" => separators.field.to_string(),
        "S" => separators.component.to_string(),
        "T" => separators.subcomponent.to_string(),
        "R" => separators.repetition.to_string(),
        "E" => separators.escape.to_string(),
        ".br" => "\n".to_owned(),
        hex => bytes_of(hex.strip_prefix('X')?)?,
    })
}

/// `0D0A`: ASCII only, the meaning of other bytes depends on the sender.
fn bytes_of(hex: &str) -> Option<String> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => {
            let digit = |byte: &u8| char::from(*byte).to_digit(16);
            u8::try_from(digit(high)? * 16 + digit(low)?).ok().filter(u8::is_ascii).map(char::from)
        }
        _ => None,
    });
    pairs.collect::<Option<String>>().filter(|text| !text.is_empty())
}
