//! What the DMP lets whom do: pure functions over a world, a request and a time, driven by the embedded tables.
//! No input or output, no state: each can be tested without a server.

pub mod actor;
pub mod author;
pub mod denial;
pub mod functional;
pub mod record;
mod table;
pub mod visibility;

pub use actor::{ActorClass, Caller};
pub use denial::{Carrier, Denial, Hearing, breach};
pub use functional::{Action, Cell};
