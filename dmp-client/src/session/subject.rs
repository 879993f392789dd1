//! Whom a record is about, to be compared and nothing else.

use std::fmt;

use dmp_vocabulary::identity::Ins;
use zeroize::Zeroizing;

/// A patient, for a program that remembers what it does about whom without knowing the number: equal for one INS,
/// readable by nobody, erased when it is dropped. A record of régulation has no more to tell (`EX_0.5-1020`).
#[derive(Clone, PartialEq, Eq)]
pub struct Subject(Zeroizing<String>);

impl From<&Ins> for Subject {
    fn from(ins: &Ins) -> Self {
        Self(Zeroizing::new(ins.to_cx()))
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(…)")
    }
}
