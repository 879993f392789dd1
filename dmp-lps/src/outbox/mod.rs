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
mod badge;
mod content;
mod eligibility;
mod enqueue;
mod event;
mod explanation;
mod failure;
mod feeder;
mod hidden_codes;
mod hours;
mod item;
mod lane;
mod new_feed;
#[cfg(feature = "postgresql")]
mod postgresql;
mod queue;
mod reason;
mod rules;
mod sending;
mod settings;
mod spool;
mod sql;
mod sqlite;
mod state;
mod store;
mod user_acts;
mod versions;
mod warning;
mod worker;

pub use badge::Badge;
pub use eligibility::{PatientFacts, PatientRegister};
pub use event::{FeedEvent, What};
pub use feeder::{Feeder, is_offered};
pub use hours::{FeedingWindow, HistorySettings};
pub use item::{FeedId, FeedItem, LastError};
pub use lane::{Lane, Order};
pub use new_feed::NewFeed;
#[cfg(feature = "postgresql")]
pub use postgresql::{PostgresQueue, PostgresTls};
pub use queue::{Outbox, OutboxError};
pub use reason::Reason;
pub use rules::{FeedRule, FeedRules, RuleError};
pub use settings::{Faults, Grouping, OutboxSettings};
pub use spool::{Spool, SpoolError};
pub(crate) use sql::TABLES;
pub use state::{Act, Forbidden, State};
pub use store::{Claim, FeedFilter, FeedStore, Tally};
pub use warning::{MandatoryDocumentList, SectorSettings, TableError, Warning, WarningTables};
pub use worker::{Step, Worker};
