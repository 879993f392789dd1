//! RFC 5424: the envelope of an audit message on its way to a repository (ITI-20).

use jiff::Timestamp;

/// Facility 10, security and authorisation (ITI-20).
const FACILITY: u8 = 10;
/// Normal but significant: what succeeded.
const NOTICE: u8 = 5;
/// What failed.
const WARNING: u8 = 4;
/// The vocabulary of the message is that of IHE (ITI-20).
const MESSAGE_ID: &str = "IHE+RFC-3881";
/// RFC 5424 §7.3.1: counts from 1 to this and starts again.
const SEQUENCE_IDS: u64 = 2_147_483_647;
/// Announces UTF-8 (RFC 5424 §6.4).
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Which machine and program speak, as each syslog message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyslogOrigin {
    host: String,
    program: String,
}

/// A name that syslog cannot carry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "RFC 5424 §6: {field} is 1 to {longest} printable ASCII characters without space, found {found} characters; give a \
     host name and the short name of the software"
)]
pub struct SyslogNameError {
    field: &'static str,
    longest: usize,
    found: usize,
}

impl SyslogOrigin {
    /// `host`: the name of the machine, 255 characters at most. `program`: the software, 48 at most.
    ///
    /// # Errors
    /// [`SyslogNameError`]: empty, too long, or not printable ASCII.
    pub fn new(host: impl Into<String>, program: impl Into<String>) -> Result<Self, SyslogNameError> {
        Ok(Self { host: name("HOSTNAME", host.into(), 255)?, program: name("APP-NAME", program.into(), 48)? })
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn program(&self) -> &str {
        &self.program
    }

    /// One message. `seq` goes into `meta sequenceId`: a receiver tells a message that comes twice by it.
    pub(super) fn message(&self, seq: u64, at: Timestamp, failed: bool, xml: &str) -> String {
        let priority = FACILITY * 8 + if failed { WARNING } else { NOTICE };
        let Self { host, program } = self;
        let sequence_id = seq.saturating_sub(1) % SEQUENCE_IDS + 1;
        format!(
            "<{priority}>1 {at:.6} {host} {program} - {MESSAGE_ID} [meta sequenceId=\"{sequence_id}\"] \
             {BYTE_ORDER_MARK}{xml}"
        )
    }
}

fn name(field: &'static str, text: String, longest: usize) -> Result<String, SyslogNameError> {
    let fits = (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(text) } else { Err(SyslogNameError { field, longest, found: text.chars().count() }) }
}

/// The frame of RFC 5425 §4.3 and RFC 6587 §3.4.1: how many bytes, a space, the bytes.
pub(super) fn octet_counted(message: &str) -> Vec<u8> {
    let mut frame = format!("{} ", message.len()).into_bytes();
    frame.extend_from_slice(message.as_bytes());
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_that_of_rfc_5424() {
        let origin = SyslogOrigin::new("poste-12.clinique.test", "lps").unwrap();
        let at = "2026-03-02T08:00:00.123456789Z".parse().unwrap();
        assert_eq!(
            origin.message(42, at, false, "<AuditMessage/>"),
            "<85>1 2026-03-02T08:00:00.123456Z poste-12.clinique.test lps - IHE+RFC-3881 [meta sequenceId=\"42\"] \
             \u{feff}<AuditMessage/>"
        );
        assert!(origin.message(42, at, true, "").starts_with("<84>1 "));
    }

    #[test]
    fn sequence_ids_start_again_after_the_last() {
        let origin = SyslogOrigin::new("h", "p").unwrap();
        for (seq, id) in [(1, 1), (SEQUENCE_IDS, SEQUENCE_IDS), (SEQUENCE_IDS + 1, 1)] {
            let message = origin.message(seq, Timestamp::UNIX_EPOCH, false, "");
            assert!(message.contains(&format!("sequenceId=\"{id}\"")), "{message}");
        }
    }

    #[test]
    fn frames_count_bytes_and_not_characters() {
        assert_eq!(octet_counted("é"), [b'2', b' ', 0xc3, 0xa9]);
    }

    #[test]
    fn names_that_would_break_the_header_are_refused() {
        let long = "h".repeat(256);
        for host in ["", "deux mots", "é", long.as_str()] {
            assert!(SyslogOrigin::new(host, "p").is_err(), "{host}");
        }
        assert!(SyslogOrigin::new("h", "p".repeat(49)).unwrap_err().to_string().contains("found 49 characters"));
    }
}
