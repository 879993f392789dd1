//! ITI-18 Registry Stored Query (TD3.1): typed [`FindDocuments`] and [`GetDocuments`], any other query as [`AdhocQuery`].

mod adhoc_query;
mod date_range;
mod error;
mod find_documents;
mod get_documents;
mod pattern;
mod response;
mod stored_query;
pub mod value;

pub use adhoc_query::{AdhocQuery, Parameter, ReturnType};
pub use date_range::DateRange;
pub use error::QueryError;
pub use find_documents::FindDocuments;
pub use get_documents::GetDocuments;
pub use pattern::Pattern;
pub use response::QueryResponse;
pub use stored_query::StoredQuery;
