//! What the DMP lets whom do: pure functions over a world, a request and a time, driven by the embedded tables.
//! No input or output, no state: each can be tested without a server.
//!
//! The procedure of access-rules.md §4, by module: [`situation`] (steps 2 and 3), [`gates`] (4 to 7), [`feeding`] (8),
//! [`updating`] (9), [`reading`] (10). Admission (step 1) needs the assertion and stands with the server.

pub mod actor;
pub mod author;
pub mod calendar;
pub mod denial;
pub mod feeding;
pub mod functional;
pub mod gates;
pub mod grants;
pub mod ids;
pub mod matrix;
pub mod minor;
pub mod reading;
pub mod situation;
mod table;
pub mod updating;
pub mod visibility;

pub use actor::{ActorClass, Caller};
pub use denial::{Carrier, Denial, Hearing, breach};
pub use functional::{Action, Cell};
pub use gates::Aim;
pub use matrix::ReadingMatrix;
pub use reading::Reader;
pub use situation::Situation;
