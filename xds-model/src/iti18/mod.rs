//! ITI-18 Registry Stored Query (TD3.1): [`Query`], typed, from and to [`AdhocQuery`], as it is on the wire.

mod adhoc_query;
mod by_uuid;
mod contents;
mod date_range;
mod error;
mod find_documents;
mod find_submission_sets;
mod get_documents;
mod limits;
mod pattern;
mod query;
mod related_documents;
mod response;
mod stored_query;
pub mod value;

pub use adhoc_query::{AdhocQuery, Parameter, ReturnType};
pub use by_uuid::{GetAssociations, GetSubmissionSets};
pub use contents::{GetSubmissionSetAndContents, SubmissionSetId};
pub use date_range::DateRange;
pub use error::QueryError;
pub use find_documents::FindDocuments;
pub use find_submission_sets::FindSubmissionSets;
pub use get_documents::{GetDocuments, GetDocumentsAndAssociations};
pub use limits::QueryLimits;
pub use pattern::Pattern;
pub use query::Query;
pub use related_documents::{DocumentId, GetRelatedDocuments};
pub use response::QueryResponse;
pub use stored_query::StoredQuery;
