//! What differs from one run to the next becomes a name: ids and OIDs by order of appearance, times of today, digests,
//! signatures, certificates, ports, lengths. Everything else stays, byte for byte.

/// Facts of the document that is fed, which must not change: its SHA-1 and its size.
const CONSTANT: [&str; 2] = ["3699713d0df0338918e747343496a79ee041b5d2", "7202"];
/// UUIDs after these are constants of ebXML and of IHE.
const CONSTANT_UUIDS: [&str; 5] = [
    "classificationScheme=\"urn:uuid:",
    "classificationNode=\"urn:uuid:",
    "identificationScheme=\"urn:uuid:",
    "objectType=\"urn:uuid:",
    "<rim:AdhocQuery id=\"urn:uuid:",
];

/// A captured exchange with one element per line, so that a difference is readable.
pub(crate) fn exchange(raw: &[u8]) -> String {
    let text = String::from_utf8(raw.to_vec()).unwrap().replace('\r', "");
    let mut names = Names::default();
    let mut out = String::new();
    let mut in_size = false;
    for line in text.replace("><", ">\n<").lines() {
        in_size = (in_size || line == "<rim:Slot name=\"size\">") && line != "</rim:Slot>";
        let value = line.trim_start_matches("<rim:Value>").trim_end_matches("</rim:Value>");
        if in_size && line.starts_with("<rim:Value>") && !CONSTANT.contains(&value) {
            out.push_str("<rim:Value>SIZE</rim:Value>\n");
            continue;
        }
        out.push_str(&normalise_line(line, &mut names));
        out.push('\n');
    }
    out
}

/// Headers and elements whose whole value goes.
const VOLATILE_HEADERS: [&str; 3] = ["content-length", "date", "host"];
const VOLATILE_ELEMENTS: [&str; 5] =
    ["DigestValue>", "SignatureValue>", "X509Certificate>", "X509SerialNumber", "SigningTime>"];
/// Attributes whose value is an instant.
const INSTANTS: [&str; 3] = ["IssueInstant=\"", "AuthnInstant=\"", "creationTime value=\""];

fn normalise_line(line: &str, names: &mut Names) -> String {
    if let Some((name, _)) = line.split_once(": ")
        && VOLATILE_HEADERS.contains(&name.to_ascii_lowercase().as_str())
    {
        return format!("{name}: …");
    }
    if let Some(element) = VOLATILE_ELEMENTS.iter().find(|element| line.contains(**element))
        && let Some(open) = line.find('>')
        && line.starts_with('<')
    {
        let _ = element;
        return format!("{}…", &line[..=open]);
    }
    let is_base64 = line.len() >= 40 && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    if is_base64 || is_tail_of_base64(line) {
        return "…".to_owned();
    }
    let mut line = line.to_owned();
    for attribute in INSTANTS {
        if let Some(at) = line.find(attribute) {
            let from = at + attribute.len();
            let length = line[from..].find('"').unwrap_or(0);
            line.replace_range(from..from + length, "INSTANT");
        }
    }
    names.replace_all(&line)
}

/// The last line of a base64 text, followed by the end tag of its element.
fn is_tail_of_base64(line: &str) -> bool {
    line.split_once("</").is_some_and(|(head, tag)| {
        VOLATILE_ELEMENTS.iter().any(|element| tag.contains(element.trim_end_matches('>')))
            && head.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
    })
}

/// Names given so far.
#[derive(Default)]
struct Names {
    seen: Vec<(String, String)>,
}

impl Names {
    fn replace_all(&mut self, line: &str) -> String {
        let mut out = String::new();
        let mut rest = line;
        while !rest.is_empty() {
            let (length, kind) = token(rest);
            let (head, tail) = rest.split_at(length);
            let constant = CONSTANT.contains(&head) || CONSTANT_UUIDS.iter().any(|before| out.ends_with(before));
            match kind {
                Some(kind) if !constant => out.push_str(&self.name(head, kind)),
                _ => out.push_str(head),
            }
            rest = tail;
        }
        out
    }

    fn name(&mut self, text: &str, kind: &str) -> String {
        if kind == "TIME" || kind == "PORT" || kind == "SHA1" {
            return kind.to_owned();
        }
        if let Some((_, name)) = self.seen.iter().find(|(seen, _)| seen == text) {
            return name.clone();
        }
        let count = self.seen.iter().filter(|(_, name)| name.starts_with(kind)).count();
        let name = format!("{kind}{}", count + 1);
        self.seen.push((text.to_owned(), name.clone()));
        name
    }
}

/// Length of the token at the start of `text`, and what it is if it varies.
fn token(text: &str) -> (usize, Option<&'static str>) {
    let word = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
    if word >= 36 && is_uuid(&text[..36]) {
        return (36, Some("UUID-"));
    }
    if text.starts_with("2.25.") {
        let length = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        return (length, Some("OID-"));
    }
    if text.starts_with("127.0.0.1:") || text.starts_with("localhost:") {
        let host = text.find(':').unwrap_or(0) + 1;
        let port = text[host..].bytes().take_while(u8::is_ascii_digit).count();
        return (host + port, Some("PORT"));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 14 && word == digits && is_of_today(text) {
        return (14, Some("TIME"));
    }
    if word == 40 && text[..40].bytes().all(|b| b.is_ascii_hexdigit()) {
        return (40, Some("SHA1"));
    }
    let plain = word.max(text.chars().next().map_or(1, char::len_utf8));
    (plain, None)
}

/// Within a day of now, UTC: the times of the document itself are older.
fn is_of_today(text: &str) -> bool {
    let now = jiff::Timestamp::now();
    let day = |offset: i64| (now + jiff::SignedDuration::from_hours(24 * offset)).strftime("%Y%m%d").to_string();
    (-1..=1).any(|offset| text.starts_with(&day(offset)))
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, byte)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}
