//! What others wrote, shown without letting it drive the terminal.

/// Control and format characters escaped, line breaks and tabs kept: for text laid out here.
pub(crate) fn safe(text: &str) -> String {
    escaped(text, |character| !matches!(character, '\n' | '\t'), |code| format!("\\u{{{code:x}}}"))
}

/// The same for one value: its own line breaks and tabs are escaped too.
pub(crate) fn one_line(text: &str) -> String {
    escaped(text, |_| true, |code| format!("\\u{{{code:x}}}"))
}

/// The same for serialised JSON, whose value does not change.
pub(crate) fn safe_json(json: &str) -> String {
    escaped(json, |character| !matches!(character, '\n' | '\t'), |code| format!("\\u{code:04x}"))
}

fn escaped(text: &str, wanted: impl Fn(char) -> bool, escape: impl Fn(u32) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if (character.is_control() || is_invisible(character)) && wanted(character) {
            out.push_str(&escape(character.into()));
        } else {
            out.push(character);
        }
    }
    out
}

/// Characters that reorder, join or hide what is shown; all of them in the basic plane.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Shortest run of digits that may be an INS: 13 without its key.
const MASKED_FROM: usize = 13;

/// A sentence of the server on one line, the numbers that may be an INS masked. A Corsican one holds 2A or 2B; the
/// long arc of an OID made from a UUID (2.25.…) is no person.
pub(crate) fn server_text(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars() {
        let corsican = matches!(character, 'A' | 'B' | 'a' | 'b') && run.ends_with('2');
        if character.is_ascii_digit() || corsican {
            run.push(character);
        } else {
            end_run(&mut out, &mut run);
            out.push(character);
        }
    }
    end_run(&mut out, &mut run);
    out
}

fn end_run(out: &mut String, run: &mut String) {
    if run.len() >= MASKED_FROM && !out.ends_with("2.25.") {
        out.push_str(&"*".repeat(run.len()));
    } else {
        out.push_str(run);
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_wrote_drives_the_terminal() {
        let hostile = "a\u{1b}[31m\u{9b}b\u{202e}c\nd\te";
        assert_eq!(safe(hostile), "a\\u{1b}[31m\\u{9b}b\\u{202e}c\nd\te");
        assert_eq!(one_line(hostile), "a\\u{1b}[31m\\u{9b}b\\u{202e}c\\u{a}d\\u{9}e");
        let json = serde_json::json!({ "title": hostile });
        let shown = safe_json(&json.to_string());
        assert!(!shown.contains('\u{202e}') && !shown.contains('\u{9b}'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).ok(), Some(json));
        assert_eq!(safe("Lettre de liaison à l'été"), "Lettre de liaison à l'été");
    }

    #[test]
    fn numbers_that_may_be_an_ins_are_masked() {
        for (sentence, shown) in [
            ("INS 280057599900151 inconnu", "INS *************** inconnu"),
            ("175112A99901005^^^&1.2.250", "***************^^^&1.2.250"),
            ("2800575999001", "*************"),
            ("RPPS 99999900001, 123456789012", "RPPS 99999900001, 123456789012"),
            ("2.25.187654321098765432109876543210", "2.25.187654321098765432109876543210"),
        ] {
            assert_eq!(server_text(sentence), shown);
        }
    }
}
