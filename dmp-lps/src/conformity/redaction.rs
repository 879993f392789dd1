//! What evidence may not show: replaced byte for byte by stars, so that lengths, parts and offsets stay those of the wire.

use secrecy::{ExposeSecret, SecretString};

/// What is hidden in recorded messages.
#[derive(Default)]
pub(super) struct Redaction {
    /// Texts that are hidden wherever they stand.
    pub(super) secrets: Vec<SecretString>,
    /// Numbers of patients are hidden too.
    pub(super) patients: bool,
}

/// Headers whose values open doors.
const SECRET_HEADERS: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "set-cookie", "dpop"];

/// Attribute of the assertion that holds the homologation number (`EX_GEN-1490`).
const HOMOLOGATION: &[u8] = b"LPS_ID_HOMOLOGATION_DMP";

impl Redaction {
    /// Hides in place; says how many places.
    pub(super) fn apply(&self, message: &mut [u8]) -> usize {
        let mut places = headers(message) + homologation(message);
        for secret in &self.secrets {
            places += literal(message, secret.expose_secret());
        }
        if self.patients {
            places += numbers_of_patients(message);
        }
        places
    }
}

fn headers(message: &mut [u8]) -> usize {
    let end = find(message, b"\r\n\r\n", 0).unwrap_or(0);
    let mut places = 0;
    let mut at = 0;
    while at < end {
        let line_end = find(message, b"\r\n", at).unwrap_or(end).min(end);
        let colon = message[at..line_end].iter().position(|byte| *byte == b':').map(|colon| at + colon);
        let name = colon.and_then(|colon| std::str::from_utf8(&message[at..colon]).ok()).unwrap_or_default();
        if let (Some(colon), true) = (colon, SECRET_HEADERS.iter().any(|one| one.eq_ignore_ascii_case(name))) {
            places += hide(&mut message[colon + 1..line_end]);
        }
        at = line_end + 2;
    }
    places
}

/// The text of the value that follows the attribute's name.
fn homologation(message: &mut [u8]) -> usize {
    let mut places = 0;
    let mut from = 0;
    while let Some(name) = find(message, HOMOLOGATION, from) {
        from = name + HOMOLOGATION.len();
        let value = find(message, b"AttributeValue", from).and_then(|tag| find(message, b">", tag));
        let Some(start) = value.map(|tag_end| tag_end + 1) else { break };
        let Some(end) = find(message, b"<", start) else { break };
        places += hide(&mut message[start..end]);
        from = end;
    }
    places
}

/// A text as it is, and as XML writes it.
fn literal(message: &mut [u8], secret: &str) -> usize {
    let escaped = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let mut places = 0;
    for form in [secret.as_bytes(), escaped.as_bytes()] {
        let mut from = 0;
        while let Some(at) = find(message, form, from).filter(|_| !form.is_empty()) {
            from = at + form.len();
            places += hide(&mut message[at..from]);
        }
    }
    places
}

/// 15 characters of the form of a NIR, with nothing alphanumeric before, and after only the key that some write.
fn numbers_of_patients(message: &mut [u8]) -> usize {
    let mut places = 0;
    let mut at = 0;
    while at < message.len() {
        let run = message[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if (13..=15).contains(&run) && is_nir(&message[at..at + run]) {
            places += hide(&mut message[at..at + run]);
        }
        at += run.max(1);
    }
    places
}

/// Sex, year, month, department (`2A` and `2B` in Corsica), then digits; with or without the key.
fn is_nir(run: &[u8]) -> bool {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let department = &run[5..7];
    matches!(run[0], b'1' | b'2' | b'3' | b'4' | b'7' | b'8')
        && digits(&run[..5])
        && (digits(department) || matches!(department, b"2A" | b"2B"))
        && digits(&run[7..])
        && run.len() != 14
}

fn hide(bytes: &mut [u8]) -> usize {
    bytes.iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b'*');
    1
}

fn find(message: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = from;
    while let Some(next) = message.get(at..)?.iter().position(|byte| *byte == first) {
        at += next;
        if message[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(redaction: &Redaction, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        redaction.apply(&mut bytes);
        assert_eq!(bytes.len(), text.len());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn secrets_are_hidden_and_lengths_stay() {
        let redaction = Redaction { secrets: vec!["s3cr<t".into()], patients: false };
        let message = "POST / HTTP/1.1\r\nAuthorization: DPoP abc.def\r\nContent-Length: 9\r\n\r\n\
                       <a Name=\"LPS_ID_HOMOLOGATION_DMP\"><v:AttributeValue x=\"1\">XXX-000000</v:AttributeValue></a>\
                       <t>s3cr&lt;t</t>Cookie: kept 280057599900151";
        let text = redacted(&redaction, message);
        for gone in ["abc.def", "XXX-000000", "s3cr"] {
            assert!(!text.contains(gone), "{text}");
        }
        for stays in ["Content-Length: 9", "Cookie: kept 280057599900151", "x=\"1\">**********<"] {
            assert!(text.contains(stays), "{stays}: {text}");
        }
    }

    #[test]
    fn numbers_of_patients_are_hidden_on_request() {
        let redaction = Redaction { secrets: Vec::new(), patients: true };
        let rows = [
            ("280057599900151^^^&1.2", "***************^^^&1.2"),
            (">2800575999001<", ">*************<"),
            (
                "1551320A00900 and 155102A009001 and 155102A00900123",
                "1551320A00900 and ************* and ***************",
            ),
            // Longer numbers are something else: an OID, an instant.
            ("2.25.2800575999001512800575999001", "2.25.2800575999001512800575999001"),
            ("20260302080000", "20260302080000"),
        ];
        for (message, expected) in rows {
            assert_eq!(redacted(&redaction, message), expected);
        }
    }

    #[test]
    fn anything_at_all_is_read() {
        let redaction = Redaction { secrets: vec!["".into()], patients: true };
        for message in
            ["", "\r\n\r\n", "LPS_ID_HOMOLOGATION_DMP", "Authorization", "Authorization:\r\n\r\n", "é2800575999001é"]
        {
            redacted(&redaction, message);
        }
    }
}
