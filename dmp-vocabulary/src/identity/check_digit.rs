//! Check digits of professionals and structures.

/// Luhn: from the right, every second value doubled, minus 9 above 9; the sum is a multiple of 10.
///
/// Letters count from A=1, B=2 (FINESS of Corsica; ADELI (probable)). A character outside 0-9, A-F fails.
pub(super) fn luhn(text: &str) -> bool {
    let mut sum = 0;
    for (index, byte) in text.bytes().rev().enumerate() {
        let value = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'A'..=b'F' => u32::from(byte - b'A') + 1,
            _ => return false,
        };
        sum += match (index % 2, value * 2) {
            (0, _) => value,
            (_, doubled @ 10..) => doubled - 9,
            (_, doubled) => doubled,
        };
    }
    sum % 10 == 0
}

/// SIREN of La Poste, whose SIRETs outgrew the Luhn rule.
const LA_POSTE: &str = "356000000";

/// Luhn over the 14 digits, or for La Poste a sum of digits that is a multiple of 5.
pub(super) fn siret(text: &str) -> bool {
    luhn(text)
        || (text.starts_with(LA_POSTE) && text.bytes().map(|b| u32::from(b.wrapping_sub(b'0'))).sum::<u32>() % 5 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_examples() {
        let passing = [
            "99999000013",
            "99999000021",
            "99999000039",
            "99999000047",
            "99999000054",
            "99999000013008",
            "99999000013016",
            "996000014",
            "990000010",
            "2A0990008",
            "2B0990006",
            "999999998",
            "99999999800019",
            "0B0990008",
            "0B0990016",
            "0B0990024",
            "1B0099007",
        ];
        for number in passing {
            assert!(luhn(number), "{number}");
        }
        for number in ["99999000012", "1B0099001", "1B0099002", "999999997", "2G0990008"] {
            assert!(!luhn(number), "{number}");
        }
    }

    #[test]
    fn la_poste_counts_its_digits() {
        // Sum 3+5+6+1 = 15: multiple of 5, not a Luhn number.
        assert!(!luhn("35600000000010") && siret("35600000000010"));
        assert!(!siret("35600000000011"));
        // The head office follows Luhn as everyone.
        assert!(siret("35600000000048"));
        // The exception is for La Poste only.
        assert!(!siret("99999999800018"));
    }
}
