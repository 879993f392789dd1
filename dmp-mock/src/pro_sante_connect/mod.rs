//! Pro Santé Connect as the DMP sees it: who is logged in, tokens exchanged under a client certificate, tokens that calls
//! bear (vihf.md §9).

mod desk;
mod endpoint;

pub(crate) use desk::TokenDesk;
pub(crate) use endpoint::{TOKEN_PATH, exchange, refused, subject};
