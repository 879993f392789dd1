//! `%` and `_` in AuthorPerson and ReferenceIdList.

/// A pattern: `%` is any run of characters, `_` any one character.
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern(Vec<char>);

/// Prints nothing of the pattern: it names a person.
impl std::fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Pattern({} characters)", self.0.len())
    }
}

impl Pattern {
    /// A pattern from the content of a literal.
    pub fn new(text: &str) -> Self {
        Self(text.chars().collect())
    }

    /// Whether the whole of `text` matches; case matters. Time is at most the product of the two lengths.
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (&self.0, text.chars().collect::<Vec<_>>());
        let (mut at, mut read) = (0, 0);
        // Where to go on when a comparison fails: after the last `%`, one character further in the text.
        let mut resume: Option<(usize, usize)> = None;
        while read < text.len() {
            match pattern.get(at) {
                Some('%') => {
                    at += 1;
                    resume = Some((at, read));
                }
                Some(expected) if *expected == '_' || *expected == text[read] => {
                    at += 1;
                    read += 1;
                }
                _ => {
                    let Some((after_run, from)) = resume else { return false };
                    (at, read) = (after_run, from + 1);
                    resume = Some((after_run, from + 1));
                }
            }
        }
        pattern[at..].iter().all(|rest| *rest == '%')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_like_sql() {
        let rows = [
            ("%MODELE^ALIX%", "899999000013^MODELE^ALIX^^^^^^&1.2&ISO", true),
            ("%MODELE%", "modele", false),
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%%", "abc", true),
            ("_", "é", true),
            ("_", "", false),
            ("a_c", "abc", true),
            ("a%c%e", "abcde", true),
            ("a%c%e", "abcdef", false),
            ("%ab", "aab", true),
            ("%aab", "aaaab", true),
            ("a%", "ba", false),
        ];
        for (pattern, text, expected) in rows {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_runs_stay_bounded() {
        let pattern = Pattern::new(&"%a".repeat(2_000));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(4_000))));
    }
}
