//! When each user last consulted each DMP (`EX_3.1-1012`, probable).

use std::future::Future;

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use crate::context::{AccessContext, PatientKey};
use crate::store::{Database, StoreError, instant};

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS last_seen (
    patient TEXT NOT NULL, reader TEXT NOT NULL, consulted_at TEXT NOT NULL,
    PRIMARY KEY (patient, reader)
);
";

/// Who consults, as the store knows one: the PS_IdNat, failing that the user of the software. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reader(String);

impl Reader {
    /// The user of a context.
    #[must_use]
    pub fn of(ctx: &AccessContext) -> Self {
        let professional = ctx.professional_key().map(|key| format!("ps:{}", key.as_str()));
        Self(professional.unwrap_or_else(|| format!("user:{}", ctx.user.as_str())))
    }

    /// `ps:899999000013`, or `user:` and the identifier that the software gives.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader(…)")
    }
}

/// Remembers the last consultations.
pub trait LastSeenStore: Send + Sync + 'static {
    /// When this user last took note of what is new in this DMP.
    fn last_consultation(
        &self,
        patient: PatientKey,
        reader: Reader,
    ) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send;

    /// The user has taken note of what was there at that time; an older time than the one kept changes nothing.
    fn consulted(
        &self,
        patient: PatientKey,
        reader: Reader,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl LastSeenStore for Database {
    async fn last_consultation(&self, patient: PatientKey, reader: Reader) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |base| last(base, &patient, &reader)).await
    }

    async fn consulted(&self, patient: PatientKey, reader: Reader, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |base| {
            if last(base, &patient, &reader)?.is_none_or(|kept| kept < at) {
                base.execute(
                    "INSERT OR REPLACE INTO last_seen (patient, reader, consulted_at) VALUES (?1, ?2, ?3)",
                    [patient.as_str(), reader.as_str(), &at.to_string()],
                )?;
            }
            Ok(())
        })
        .await
    }
}

fn last(base: &rusqlite::Connection, patient: &PatientKey, reader: &Reader) -> Result<Option<Timestamp>, StoreError> {
    let query = "SELECT consulted_at FROM last_seen WHERE patient = ?1 AND reader = ?2";
    Ok(base.query_row(query, [patient.as_str(), reader.as_str()], |row| instant(row, 0)).optional()?)
}
