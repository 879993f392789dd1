//! What a person or a structure may do is what the type of its session offers.

mod actor;
mod air;
mod answer;
mod builder;
mod caller;
mod client;
mod confirm;
mod criteria;
mod emergency;
mod endpoint;
mod existence;
mod found;
mod indirect;
mod inquiry;
pub mod mode;
mod news;
mod opening;
mod patient;
mod record;
mod retrieve;
pub mod roles;
mod search;
mod secret;
mod shared;
mod update;

pub use actor::{Establishment, PrimaryAuthentication, Professional, SecondFactor, Sender};
pub use air::{AirRecord, AirSession};
pub use builder::{BuildError, DmpClientBuilder};
pub use client::DmpClient;
pub use confirm::Confirmation;
pub use criteria::Search;
pub use endpoint::{Endpoint, EndpointError};
pub use existence::Change;
pub use found::Found;
pub use indirect::{IndirectRecord, IndirectSession};
pub use news::{KnownDocuments, News, RecordChange};
pub use opening::Session;
pub use patient::{Consent, QualifiedPatient};
pub use record::{Record, WithdrawnRecord};
pub use retrieve::{Delivery, IntegrityError, Retrieved};
pub use search::Target;

pub(crate) use caller::{Attachment, Caller};
