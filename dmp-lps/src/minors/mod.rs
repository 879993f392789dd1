//! F20: minors and the connexion secrète (`EX_GEN-1550`, `EX_0.1-1100`, `-1115`).
//!
//! ```no_run
//! # async fn program(client: dmp_client::DmpClient, ctx: dmp_lps::AccessContext, record: dmp_client::AirRecord,
//! #     birth: dmp_vocabulary::identity::BirthDate, action: dmp_lps::UserAction) -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_lps::minors::{SecretScope, SecretSessions};
//! use dmp_lps::{Confirmed, SystemClock};
//!
//! let text = "Texte du guide, lu à la personne mineure";
//! let sessions = SecretSessions::new(client.parameters().clone(), SystemClock, text)?;
//! // The minor asked for it, at this visit; the user confirmed below the text.
//! let secret = sessions.open(&ctx, &record, Some(&birth), SecretScope::Visit, Confirmed::by(action)).await?;
//! secret.record()?.existence().await?;
//! secret.close();
//! # Ok(())
//! # }
//! ```

mod age_policy;
mod majority;
mod open;
mod refusal;
mod secret;
mod visibility;

pub use age_policy::AgePolicy;
pub use majority::{Majority, is_minor};
pub use refusal::SecretRefusal;
pub use secret::{ActId, ConnexionSecrete, NoExplanation, SecretScope, SecretSession, SecretSessions};
pub use visibility::{Representatives, submit};
