//! The one way in which this crate writes tables: RFC 4180, with semicolons, as spreadsheets in French read them.

/// A field: one that holds a separator, a quote or a line end is quoted.
pub(crate) fn quoted(field: &str) -> String {
    match field.contains([';', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_field_keeps_to_its_column() {
        for (value, expected) in [("plain", "plain"), ("a;b", "\"a;b\""), ("say \"a\"", "\"say \"\"a\"\"\"")] {
            assert_eq!(quoted(value), expected);
        }
    }
}
