//! MIN-04: what is fed about a minor says whether the legal representatives see it.

use dmp_client::mode::{AccessMode, Feeds};
use dmp_client::{DmpError, Hidden, Receipt, Record, Submission};

use super::SecretRefusal;

/// Whether the legal representatives see a document. There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Representatives {
    /// They do. Cannot be taken back.
    See,
    /// They do not, until it is revealed to them.
    DoNotSee,
}

/// TD2.1 about a minor.
///
/// # Errors
/// [`SecretRefusal::VisibleToRepresentatives`] in connexion secrète: nothing is sent; and as
/// [`Record::submit`].
pub async fn submit<A: Feeds, X: AccessMode>(
    record: &Record<A, X>,
    submission: &Submission,
    representatives: Representatives,
) -> Result<Receipt, DmpError> {
    match representatives {
        Representatives::DoNotSee => record.submit(&submission.clone().hidden(Hidden::FromRepresentatives)).await,
        Representatives::See if record.is_secret() => Err(SecretRefusal::VisibleToRepresentatives.error()),
        Representatives::See => record.submit(submission).await,
    }
}
