//! HL7 v2 in its usual encoding (ER7): segments, fields, escapes and character sets, as far as the volets of the CI-SIS
//! need them. What is read comes from other systems: whatever the bytes, the answer is a message or a typed error.
//!
//! ```
//! use dmp_lps::interop::er7::{Charset, Line, Message};
//!
//! let bytes = Message::write(&[Line::msh("20260302090000+0100", Charset::Utf8), Line::new("NTE").text(3, "a|b")])?;
//! let read = Message::parse(&bytes)?;
//! assert_eq!(read.segment("NTE").map(|note| note.field(3).text().into_owned()).as_deref(), Some("a|b"));
//! # Ok::<(), dmp_lps::interop::er7::Er7Error>(())
//! ```

mod charset;
mod escape;
mod line;
mod message;
mod time;
mod value;

pub use charset::Charset;
pub use escape::escape;
pub use line::Line;
pub use message::{Er7Error, MESSAGE_MAX, Message, Segment};
pub use time::{read_time, write_time};
pub use value::Value;
