//! Pro Santé Connect: the tokens of a professional who logged in there, exchanged for those of the DMP.
//!
//! The program, through its proxy e-santé, logs the professional in and holds the access token of Pro Santé Connect. This
//! crate plays the proxy towards the DMP: it exchanges that token (RFC 8693) under the ORG_AUTH_CLI of the client, then
//! calls the services with the token received, over the same certificate (RFC 8705).

mod endpoint;
mod exchange;
mod token;
mod user_info;

pub use endpoint::ProSanteConnectEndpoint;
pub(crate) use exchange::TokenDesk;
pub use token::{AccessToken, AccessTokens, LoginRequired};
pub use user_info::{Activity, UserInfo, UserInfoError};
