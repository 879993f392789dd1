//! Why a query is refused.

/// A parameter that the registry refuses. [`QueryError::code`] is the code of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The id is none of a query that the DMP has (rule X24).
    #[error("the query is none of those that the DMP has")]
    UnknownQuery,
    /// A required parameter is absent or has no value (rule X24).
    #[error("the query has no value for {parameter}, which is required")]
    Missing {
        /// Name of the parameter.
        parameter: String,
    },
    /// A parameter is repeated, or two exclude each other (rule X24).
    #[error("{parameter} is given more often than the query allows, or with a parameter that excludes it")]
    TooMany {
        /// Name of the parameter.
        parameter: String,
    },
    /// A value is not quoted as its kind asks for (rule X24).
    #[error("le format du paramètre est incorrect: {parameter} is not {expected}")]
    Malformed {
        /// Name of the parameter.
        parameter: String,
        /// The form expected.
        expected: &'static str,
    },
}

impl QueryError {
    /// `@errorCode` of the answer.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownQuery => "XDSUnknownStoredQuery",
            Self::Missing { .. } => "XDSStoredQueryMissingParam",
            Self::TooMany { .. } => "XDSStoredQueryParamNumber",
            Self::Malformed { .. } => "XDSRegistryError",
        }
    }

    /// `@codeContext` of the answer.
    pub fn context(&self) -> String {
        match self {
            Self::UnknownQuery => "Requête enregistrée inconnue".to_owned(),
            Self::Missing { parameter } | Self::TooMany { parameter } => format!("parameterName={parameter}"),
            Self::Malformed { parameter, .. } => {
                format!("parameterName={parameter};Le format du paramètre est incorrect")
            }
        }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self::Missing { parameter: shortened(parameter) }
    }

    pub(crate) fn too_many(parameter: &str) -> Self {
        Self::TooMany { parameter: shortened(parameter) }
    }

    pub(crate) fn malformed(parameter: &str, expected: &'static str) -> Self {
        Self::Malformed { parameter: shortened(parameter), expected }
    }
}

/// Names come from the sender: bounded.
fn shortened(parameter: &str) -> String {
    parameter.chars().take(128).collect()
}
