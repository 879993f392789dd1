//! What spans and metrics say of a transaction: words of this crate and codes of the DMP, never a value of a message.

use super::{End, Failure};
use crate::Code;

/// `done`, or what became of a request that failed.
pub(crate) fn outcome(end: &End) -> &'static str {
    match end {
        End::Done => "done",
        End::Failed(Failure { outcome, .. }) | End::Abandoned(outcome) => outcome.name(),
    }
}

/// The code of the DMP, the rule of a refusal made here, or the kind of a failure: all of lists that have an end. A code
/// that the catalogue does not have is `_OTHER`, as OpenTelemetry calls it: a server may put anything there.
pub(crate) fn error_type(end: &End) -> Option<&'static str> {
    match end {
        End::Done => None,
        End::Abandoned(_) => Some("abandoned"),
        End::Failed(failure) => Some(match (&failure.code, failure.rule) {
            (Some(Code::Known(code)), _) => code.as_str(),
            (Some(Code::Other(_)), _) => "_OTHER",
            (None, Some(rule)) => rule,
            (None, None) => failure.kind.as_str(),
        }),
    }
}
