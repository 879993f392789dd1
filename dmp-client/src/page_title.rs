//! What a web page that came instead of an answer calls itself.

/// Longest title shown, in characters.
const LONGEST: usize = 80;
/// Only the beginning of a page is looked at.
const LOOKED_AT: usize = 16 * 1024;
/// A run of so many digits may be an identifier of the request, sent back by the page.
const DIGITS: usize = 6;

/// The `<title>` of an HTML page, its blanks made one, control characters and long numbers left out. The request that
/// it answers holds health data, and a strange page may repeat it: what looks like an identifier is not shown.
pub(crate) fn page_title(body: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body));
    // ASCII lower case keeps every byte in its place.
    let lower = page.to_ascii_lowercase();
    let opened = lower.find("<title")?;
    let start = opened + lower.get(opened..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let words: Vec<&str> = page.get(start..end)?.split_whitespace().collect();
    let title = masked(&words.join(" "));
    let title: String = title.chars().filter(|one| !one.is_control()).take(LONGEST).collect();
    (!title.is_empty()).then_some(title)
}

/// Numbers of many digits, blanks between them or not, give way to one sign.
fn masked(text: &str) -> String {
    let is_number = |one: char| one.is_ascii_digit() || one == ' ' || one == '.' || one == '-';
    let mut shown = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|one| !is_number(one)).unwrap_or(rest.len()));
        match number.chars().filter(char::is_ascii_digit).count() {
            many if many >= DIGITS => shown.push_str(" …"),
            _ => shown.push_str(number),
        }
        let (plain, next) = after.split_at(after.find(is_number).unwrap_or(after.len()));
        shown.push_str(plain);
        rest = next;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_shown_and_what_may_be_an_identifier_is_not() {
        for (page, expected) in [
            ("<html><head><TITLE lang=\"fr\">\n 502  Bad Gateway </TITLE>", Some("502 Bad Gateway")),
            ("<title>Maintenance de 2 84 05 88 123 456</title>", Some("Maintenance de …")),
            ("<title>Patient 284058812345612</title>", Some("Patient …")),
            ("<title>a\u{7}b</title>", Some("ab")),
            ("<title></title>", None),
            ("<title>never closed", None),
            ("<p>no title</p>", None),
            ("", None),
        ] {
            assert_eq!(page_title(page.as_bytes()).as_deref(), expected, "{page}");
        }
        let long = format!("<title>{}</title>", "é".repeat(500));
        assert_eq!(page_title(long.as_bytes()).unwrap().chars().count(), LONGEST);
        assert!(page_title(&[0xff; 100]).is_none());
    }
}
