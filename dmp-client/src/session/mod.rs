//! What a person or a structure may do is what the type of its session offers.

mod actor;
mod air;
mod answer;
mod builder;
mod caller;
mod client;
mod endpoint;
mod existence;
mod indirect;
mod patient;
mod retrieve;
pub mod roles;
mod search;
mod shared;
mod update;

pub use actor::{Establishment, Professional, SecondFactor, Sender};
pub use air::{AirRecord, AirSession, WithdrawnRecord};
pub use builder::{BuildError, DmpClientBuilder};
pub use client::DmpClient;
pub use endpoint::{Endpoint, EndpointError};
pub use existence::Change;
pub use indirect::{IndirectRecord, IndirectSession};
pub use patient::{Consent, QualifiedPatient};
pub use retrieve::{IntegrityError, Retrieved};
pub use search::{Search, Target};

pub(crate) use caller::{Attachment, Caller};
