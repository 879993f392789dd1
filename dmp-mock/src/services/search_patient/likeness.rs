//! How alike two names are: the mock's own measure, the DMP's is not known.

/// Below this an approximate name is another name.
const ALIKE: u8 = 70;

/// How names are compared.
pub(super) struct Likeness {
    pub(super) approximate: bool,
}

impl Likeness {
    /// The best percentage among known names; 100 when nothing is asked, `None` when nothing is alike.
    pub(super) fn best<'a>(&self, asked: Option<&str>, known: impl Iterator<Item = &'a String>) -> Option<u8> {
        let Some(asked) = asked.map(folded) else { return Some(100) };
        let best = known.map(|known| self.of(&asked, &folded(known))).max()?;
        (best >= if self.approximate { ALIKE } else { 100 }).then_some(best)
    }

    fn of(&self, asked: &str, known: &str) -> u8 {
        match (asked == known, self.approximate) {
            (true, _) => 100,
            (false, false) => 0,
            (false, true) => alike(asked, known),
        }
    }
}

/// Upper case, without accents, hyphens, apostrophes and double spaces.
pub(super) fn folded(name: &str) -> String {
    let plain = |letter: char| match letter {
        'À' | 'Â' | 'Ä' => 'A',
        'Ç' => 'C',
        'É' | 'È' | 'Ê' | 'Ë' => 'E',
        'Î' | 'Ï' => 'I',
        'Ô' | 'Ö' => 'O',
        'Ù' | 'Û' | 'Ü' => 'U',
        '-' | '\'' | '’' => ' ',
        other => other,
    };
    let upper: String = name.to_uppercase().chars().map(plain).collect();
    upper.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// 100 minus the share of letters to insert, remove or change.
fn alike(one: &str, other: &str) -> u8 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let longest = one.len().max(other.len()).max(1);
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, against) in other.iter().enumerate() {
            let above = row[column + 1];
            let changed = diagonal + usize::from(letter != against);
            row[column + 1] = changed.min(above + 1).min(row[column] + 1);
            diagonal = above;
        }
    }
    let distance = row[other.len()];
    u8::try_from(100 - distance.min(longest) * 100 / longest).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact_or_alike() {
        let known = ["Exemple-Dupré".to_owned()];
        let best = |approximate, asked| Likeness { approximate }.best(Some(asked), known.iter());
        for (approximate, asked, expected) in [
            (false, "EXEMPLE DUPRE", Some(100)),
            (false, "EXEMPLE", None),
            (true, "EXEMPLE DUPRE", Some(100)),
            (true, "EXAMPLE DUPRE", Some(93)),
            (true, "EXEMPLE", None),
            (true, "", None),
        ] {
            assert_eq!(best(approximate, asked), expected, "{asked}");
        }
        assert_eq!(Likeness { approximate: false }.best(None, known.iter()), Some(100));
        assert_eq!(Likeness { approximate: false }.best(Some("X"), [].iter()), None);
    }
}
