//! `rim:Value` of a query parameter (§8.2): numbers, quoted strings, lists of quoted strings.
//!
//! ```text
//! value   = number / literal / list
//! list    = "(" literal *( "," literal ) ")"
//! literal = "'" *( any character but "'" / "''" ) "'"
//! ```

use crate::CodedValue;

/// Longest `rim:Value` that the schema accepts, in characters.
pub const MAX_CHARACTERS: usize = 256;

/// One value of a query parameter, quotes removed.
#[derive(Clone, PartialEq, Eq)]
pub enum QueryValue {
    /// Bare digits: a date or a number, as written.
    Number(String),
    /// `'text'`.
    Text(String),
    /// `('a','b')`, never empty.
    List(Vec<String>),
}

/// Prints the kind only: values name patients and persons.
impl std::fmt::Debug for QueryValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(_) => formatter.write_str("Number"),
            Self::Text(_) => formatter.write_str("Text"),
            Self::List(values) => write!(formatter, "List({} values)", values.len()),
        }
    }
}

/// Reads one `rim:Value`; white space between tokens is accepted. `None` when it is not quoted as it should be.
pub fn decode(raw: &str) -> Option<QueryValue> {
    let raw = raw.trim();
    if !raw.is_empty() && raw.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(QueryValue::Number(raw.to_owned()));
    }
    let Some(inside) = raw.strip_prefix('(') else {
        let (text, rest) = literal(raw)?;
        return rest.is_empty().then_some(QueryValue::Text(text));
    };
    let mut values = Vec::new();
    let mut rest = inside;
    loop {
        let (text, after) = literal(rest.trim_start())?;
        values.push(text);
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(after_comma) => rest = after_comma,
            None => return (rest == ")").then_some(QueryValue::List(values)),
        }
    }
}

/// Reads a literal at the start of a text; gives its content and what follows.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut content = String::new();
    loop {
        let quote = rest.find('\'')?;
        content.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                content.push('\'');
                rest = after;
            }
            None => return Some((content, rest)),
        }
    }
}

/// `'text'`, quotes inside doubled.
pub fn encode_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `('a','b')`, cut into as many `rim:Value` as needed to keep each within [`MAX_CHARACTERS`].
///
/// A text too long by itself is a value of its own. No text gives no value: a query must not be sent then.
pub fn encode_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let mut characters = 0;
    for literal in texts.into_iter().map(encode_text) {
        let added = literal.chars().count() + 1;
        match values.last_mut() {
            // The closing parenthesis of the value is counted by its opening.
            Some(value) if characters + added <= MAX_CHARACTERS => {
                value.pop();
                value.push(',');
                value.push_str(&literal);
                value.push(')');
                characters += added;
            }
            _ => {
                values.push(format!("({literal})"));
                characters = added + 1;
            }
        }
    }
    values
}

/// `code^^system`.
pub fn encode_code(code: &CodedValue) -> String {
    format!("{}^^{}", code.code, code.system)
}

/// Reads `code^^system`; `None` when one of the two is missing.
pub fn decode_code(text: &str) -> Option<CodedValue> {
    let mut components = text.split('^');
    let parts = [components.next()?, components.next()?, components.next()?];
    let [code, "", system] = parts else { return None };
    let complete = !code.is_empty() && !system.is_empty() && components.next().is_none();
    complete.then(|| CodedValue::without_display(code, system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_the_three_kinds_and_refuses_the_rest() {
        let list = |texts: &[&str]| Some(QueryValue::List(texts.iter().map(|text| (*text).to_owned()).collect()));
        let rows = [
            ("'a'", Some(QueryValue::Text("a".into()))),
            ("'L''HOPITAL'", Some(QueryValue::Text("L'HOPITAL".into()))),
            ("''", Some(QueryValue::Text(String::new()))),
            ("''''", Some(QueryValue::Text("'".into()))),
            ("20260303000000", Some(QueryValue::Number("20260303000000".into()))),
            ("('a')", list(&["a"])),
            ("('a','b')", list(&["a", "b"])),
            ("( 'a' ,\n 'b' )", list(&["a", "b"])),
            ("('a'',''b')", list(&["a','b"])),
            ("", None),
            ("a", None),
            ("'a", None),
            ("a'", None),
            ("'''", None),
            ("'a''", None),
            ("'a' 'b'", None),
            ("()", None),
            ("('a'", None),
            ("('a',)", None),
            ("(,'a')", None),
            ("('a' 'b')", None),
            ("('a')x", None),
            ("(a)", None),
            ("(20260303)", None),
            ("-1", None),
            ("²", None),
        ];
        for (raw, expected) in rows {
            assert!(decode(raw) == expected, "{raw}");
        }
    }

    #[test]
    fn long_lists_are_cut_at_256_characters() {
        let ids: Vec<String> = (0..20).map(|number| format!("2.25.{number:0>59}")).collect();
        let values = encode_list(ids.iter().map(String::as_str));
        assert_eq!(values.len(), 7);
        assert!(values.iter().all(|value| value.chars().count() <= MAX_CHARACTERS));

        let exact = ["é".repeat(123), "é".repeat(126), "é".repeat(200), "é".repeat(300)];
        let values = encode_list(exact.iter().map(String::as_str));
        let lengths: Vec<usize> = values.iter().map(|value| value.chars().count()).collect();
        assert_eq!(lengths, [256, 204, 304], "the first two fill one value exactly");
        assert!(encode_list([]).is_empty());
    }

    #[test]
    fn codes_need_a_system() {
        assert_eq!(
            decode_code("11488-4^^2.16.840.1.113883.6.1"),
            Some(CodedValue::without_display("11488-4", "2.16.840.1.113883.6.1"))
        );
        for refused in ["11488-4", "11488-4^^", "^^2.16", "11488-4^x^2.16", "11488-4^^2.16^", "11488-4^2.16", ""] {
            assert_eq!(decode_code(refused), None, "{refused}");
        }
    }
}
