//! F09 and F10: what is validated is fed by itself, later, once (EXI 05, SC.DMP/ALI/PROG.02, .03).
//!
//! A document waits in a durable queue for a delay in which the professional may hold or cancel it; then it is sent, alone
//! or with the others of its episode. Whatever happens on the way — refusal, outage, lost answer, `kill -9` — a document is
//! in the DMP once: an unknown outcome is asked for by uniqueId (TD3.1b) before anything is sent again.
//!
//! The queue has its own delays between tries: give its worker a client that tries once
//! ([`RetryPolicy::never`](dmp_client::RetryPolicy::never)).
//!
//! [`Outbox`] is what the screens of the software call, [`Worker`] what runs beside them. Both may be used by several
//! tasks at a time.

mod back_off;
mod eligibility;
mod event;
mod feeder;
mod item;
mod queue;
mod settings;
mod spool;
mod sqlite;
mod state;
mod store;
mod worker;

pub use eligibility::{PatientFacts, PatientRegister, Reason};
pub use event::{FeedEvent, What};
pub use feeder::Feeder;
pub use item::{Badge, FeedId, FeedItem, LastError, NewFeed};
pub use queue::{Outbox, OutboxError};
pub use settings::{Grouping, OutboxSettings};
pub use spool::{Spool, SpoolError};
pub(crate) use sqlite::TABLES;
pub use state::{Act, Forbidden, State};
pub use store::{FeedFilter, FeedStore};
pub use worker::{Step, Worker};
