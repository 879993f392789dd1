//! DER strings in and out, escaping, hexadecimal.

use x509_parser::x509::X509Name;

use super::{DistinguishedName, DnError, MAX_ATTRIBUTES, NameAttribute, RelativeName};

const UTF8_STRING: u32 = 12;

pub(super) fn from_x509(name: &X509Name<'_>) -> Result<DistinguishedName, DnError> {
    if name.iter_attributes().take(MAX_ATTRIBUTES + 1).count() > MAX_ATTRIBUTES {
        return Err(DnError::TooLong);
    }
    let mut relative_names = Vec::new();
    for level in name.iter_rdn() {
        let mut attributes = Vec::new();
        for attribute in level.iter() {
            let value = attribute.attr_value();
            attributes.push(NameAttribute {
                oid: attribute.attr_type().to_id_string(),
                value: decode_string(value.tag().0, value.data).ok_or(DnError::Value)?,
                der: encode(value.tag().0, value.data),
            });
        }
        relative_names.push(RelativeName { attributes });
    }
    Ok(DistinguishedName { relative_names })
}

/// A whole DER string (`#0c04…`) as text.
pub(super) fn decode_der(der: &[u8]) -> Option<String> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, content) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => rest.split_first().map(|(&length, content)| (usize::from(length), content))?,
        0x82 => {
            let (length, content) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), content)
        }
        _ => return None,
    };
    (content.len() == length).then(|| decode_string(u32::from(tag), content))?
}

/// Text as a DER UTF8String.
pub(super) fn encode_utf8(text: &str) -> Vec<u8> {
    encode(UTF8_STRING, text.as_bytes())
}

/// The string types of X.520; T61String is read as Latin-1, which is what French cards put in it.
fn decode_string(tag: u32, content: &[u8]) -> Option<String> {
    match tag {
        // UTF8String; NumericString, PrintableString, IA5String, VisibleString: subsets of ASCII
        UTF8_STRING | 18 | 19 | 22 | 26 => String::from_utf8(content.to_vec()).ok(),
        // T61String
        20 => Some(content.iter().map(|&byte| char::from(byte)).collect()),
        // UniversalString
        28 => {
            let (units, rest) = content.as_chunks::<4>();
            rest.is_empty().then(|| units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit))).collect())?
        }
        // BMPString
        30 => {
            let (units, rest) = content.as_chunks::<2>();
            let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
            rest.is_empty().then(|| char::decode_utf16(units).collect::<Result<String, _>>().ok())?
        }
        _ => None,
    }
}

fn encode(tag: u32, content: &[u8]) -> Vec<u8> {
    // The tags of decode_string all fit in one byte; lengths of names fit in two.
    let mut der = vec![tag.to_be_bytes()[3]];
    match u16::try_from(content.len()) {
        Ok(length @ 0..=0x7f) => der.push(length.to_be_bytes()[1]),
        Ok(length @ 0x80..=0xff) => der.extend([0x81, length.to_be_bytes()[1]]),
        Ok(length) => der.extend([0x82, length.to_be_bytes()[0], length.to_be_bytes()[1]]),
        Err(_) => {
            der.push(0x84);
            der.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
    der.extend_from_slice(content);
    der
}

/// RFC 4514 escaping of one value.
pub(super) fn escape(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut escaped = String::with_capacity(value.len());
    for (position, character) in value.chars().enumerate() {
        match character {
            '\0' => {
                escaped.push_str("\\00");
                continue;
            }
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => escaped.push('\\'),
            ' ' if position == 0 || position == last => escaped.push('\\'),
            '#' if position == 0 => escaped.push('\\'),
            _ => {}
        }
        escaped.push(character);
    }
    escaped
}

/// Lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
