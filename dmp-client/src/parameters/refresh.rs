//! Keeps the copy in force fresh.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::{ParameterFile, ParameterSource, Parameters, RefreshError};

/// How often the file is fetched (the DMP asks for a week at most, `EX_GEN-1540`).
pub const REFRESH_EVERY: Duration = Duration::from_secs(24 * 3600);
/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(3600);

impl ParameterFile {
    /// Fetches the file and puts it in force. When that fails the last good copy stays in force, and a warning says how
    /// old it is.
    ///
    /// # Errors
    /// [`RefreshError`].
    pub async fn refresh(&self, source: &ParameterSource) -> Result<Parameters, RefreshError> {
        let refreshed = match source.download().await {
            Ok(xml) => self.read(&xml, Timestamp::now()).map_err(RefreshError::from),
            Err(error) => Err(error),
        };
        refreshed.inspect_err(|error| {
            let days = self.age().map(|age| age.as_hours() / 24);
            let stale = self.is_stale();
            match days {
                Some(days) => tracing::warn!(%error, days, stale, "the parameter file stays as it is"),
                None => tracing::warn!(%error, "the parameters of the DMP are the known defaults"),
            }
        })
    }

    /// Refreshes in the background, at once and then [every day](REFRESH_EVERY), until the result is dropped. No call
    /// waits for it.
    pub fn keep_fresh(&self, source: ParameterSource) -> KeptFresh {
        let file = self.clone();
        KeptFresh(tokio::spawn(async move {
            loop {
                let rest = if file.refresh(&source).await.is_ok() { REFRESH_EVERY } else { AFTER_FAILURE };
                tokio::time::sleep(rest).await;
            }
        }))
    }
}

/// Refreshes the parameter file while it lives.
#[derive(Debug)]
#[must_use = "the file is refreshed until this is dropped"]
pub struct KeptFresh(JoinHandle<()>);

impl Drop for KeptFresh {
    fn drop(&mut self) {
        self.0.abort();
    }
}
