//! Every way a call can fail: what happened, whether the DMP acted, what to do (errors.md).
//!
//! Codes, sentences and local rules are data (`data/errors/*.tsv`), in English and French. A code that is not in the
//! catalogue is kept and given the default kind of its carrier. Server sentences may hold an INS: they are reached by
//! [`DmpError::server_text`] only, never by `Display` or `Debug`.

mod catalogue;
mod code;
mod dmp_error;
mod explain;
mod kind;
mod local;
mod mapping;
mod page;
mod refinement;
mod remote;
mod signal;
mod tls_refusal;

pub use catalogue::{Bilingual, Entry};
pub use code::{Code, KnownCode, OtherCode};
pub use dmp_error::{DmpError, Origin};
pub use explain::Explanation;
pub use kind::{Advice, Carrier, ErrorKind, Language, Outcome};
pub use local::LocalRefusal;
pub use refinement::Refinement;
pub use remote::{RemoteError, Severity};
pub use signal::Signal;
pub use tls_refusal::TlsRefusal;
