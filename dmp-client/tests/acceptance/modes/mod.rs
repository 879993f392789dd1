//! Scenarios of the acceptance book about who comes, how, and why: named after their ids.

mod card;
mod certificates;
mod cpe;
mod declared;
mod directory;
mod emergency;
pub(crate) mod people;
mod secret;
mod structures;
