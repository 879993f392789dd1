//! TD3.2: what is opened, and what must be said when it is.

mod documents;
mod imaging;
mod volets;
mod whole;
