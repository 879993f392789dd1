//! Targets of links in a narrative.

/// Where a link leads: `http:`, `https:`, `mailto:` or `#` and an identifier. Anything else could be executed by a
/// viewer.
#[derive(Clone, PartialEq, Eq)]
pub struct Href(String);

/// A link that is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a link leads to http:, https:, mailto: or #, without space or control character")]
pub struct HrefError;

impl Href {
    /// Checks the target.
    ///
    /// # Errors
    /// [`HrefError`] for another scheme, or for white space and control characters.
    pub fn parse(text: &str) -> Result<Self, HrefError> {
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        let lower = text.to_ascii_lowercase();
        let rest = ["http://", "https://", "mailto:", "#"].into_iter().find_map(|scheme| lower.strip_prefix(scheme));
        match rest {
            Some(rest) if plain && !rest.is_empty() => Ok(Self(text.to_owned())),
            _ => Err(HrefError),
        }
    }

    /// The target.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Href {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Href(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_schemes_pass() {
        for good in ["https://exemple.fr/a?b=c", "HTTP://exemple.fr", "mailto:a@exemple.fr", "#note-1"] {
            assert_eq!(Href::parse(good).map(|href| href.as_str().to_owned()), Ok(good.to_owned()));
        }
        for bad in [
            "javascript:alert(1)",
            "java\tscript:x",
            "data:text/html,x",
            "ftp://x",
            "//x",
            "",
            "#",
            "https://",
            " https://x",
            "https://a b",
            "https://a\u{0}b",
            "file:///etc",
        ] {
            assert_eq!(Href::parse(bad), Err(HrefError), "{bad:?}");
        }
    }
}
