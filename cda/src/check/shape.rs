//! What a finding may show of a value: a code, a count or a shape, never the value of an identity or a text.

use dmp_vocabulary::Oid;

/// Longest code shown.
const LONGEST_CODE: usize = 64;
/// As many digits in a row may be a national number.
const DIGITS_OF_A_NUMBER: usize = 8;

/// A code between quotes, or its shape when it does not look like one.
pub(super) fn code(value: Option<&str>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let legal = |c: char| c.is_ascii_alphanumeric() || "_-./:+".contains(c);
    let longest_number = value.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    if value.len() <= LONGEST_CODE && value.chars().all(legal) && longest_number < DIGITS_OF_A_NUMBER {
        format!("\"{value}\"")
    } else if Oid::parse(value).is_ok() {
        oid(value)
    } else {
        characters(value)
    }
}

/// An OID as it is, unless one of its arcs may be a national number or a UUID.
pub(super) fn oid(value: &str) -> String {
    let short = value.split('.').all(|arc| arc.len() <= DIGITS_OF_A_NUMBER);
    if Oid::parse(value).is_ok() && short { value.to_owned() } else { characters(value) }
}

/// Number of characters.
pub(super) fn characters(value: &str) -> String {
    format!("{} characters", value.chars().count())
}

/// Each digit as `9`, each letter as `A` or `a`: how a date or a number is written, not what it says.
pub(super) fn pattern(value: &str) -> String {
    let shown = value.chars().take(LONGEST_CODE).map(|c| match c {
        '0'..='9' => '9',
        'A'..='Z' => 'A',
        'a'..='z' => 'a',
        '+' | '-' | '.' | ':' | '/' | ' ' => c,
        _ => '?',
    });
    format!("a value of the shape \"{}\"", shown.collect::<String>())
}

/// A count of elements.
pub(super) fn count(number: usize, name: &str) -> String {
    format!("{number} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shown_and_identities_are_not() {
        for (value, shown) in [
            ("11488-4", "\"11488-4\""),
            ("G15_10/SM54", "\"G15_10/SM54\""),
            ("2.16.840.1.113883.6.1", "\"2.16.840.1.113883.6.1\""),
            ("280057599900151", "15 characters"),
            ("899999000013", "12 characters"),
            ("DUPONT MARIE", "12 characters"),
            ("2.25.138318164826547699467366444496091987300", "44 characters"),
        ] {
            assert_eq!(code(Some(value)), shown);
        }
        assert_eq!(code(None), "nothing");
        assert_eq!(oid("2.999.280057599900151"), "21 characters");
        assert_eq!(pattern("20260309101500+0100"), "a value of the shape \"99999999999999+9999\"");
        assert_eq!(pattern("é"), "a value of the shape \"?\"");
    }
}
