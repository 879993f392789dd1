//! Which traits somebody else writes otherwise than INSi: said by name of the trait, never by its value.

use std::fmt;

use dmp_protocol::patient::PatientTraits;
use dmp_vocabulary::identity::BirthDate;
use dmp_vocabulary::identity::traits::{BirthName, GivenNames, Sex, StrictTrait, StrictTraits, is_absent};

/// The traits of a person as a message or a document writes them; what is absent differs from nothing.
#[derive(Clone, Copy, Default)]
pub(crate) struct ReceivedTraits<'a> {
    pub(crate) birth_name: Option<&'a str>,
    pub(crate) given_names: Option<&'a str>,
    /// `YYYYMMDD`, incomplete or not.
    pub(crate) birth_date: Option<&'a str>,
    /// `M` or `F`; other codes say nothing.
    pub(crate) sex: Option<&'a str>,
}

impl fmt::Debug for ReceivedTraits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceivedTraits(…)")
    }
}

impl ReceivedTraits<'_> {
    /// The traits that are not those of INSi. Case, accents and signs do not count; of the given names the first does.
    pub(crate) fn gap_with(&self, ins: &StrictTraits) -> Vec<StrictTrait> {
        let differs = [
            (StrictTrait::BirthName, self.birth_name.is_some_and(|name| other_birth_name(name, ins))),
            (StrictTrait::GivenNames, self.given_names.is_some_and(|names| other_given_names(names, &ins.given_names))),
            (StrictTrait::BirthDate, self.birth_date.is_some_and(|date| other_birth_date(date, &ins.birth_date))),
            (StrictTrait::Sex, self.sex.is_some_and(|sex| other_sex(sex, ins.sex))),
        ];
        differs.into_iter().filter(|&(_, differs)| differs).map(|(differing, _)| differing).collect()
    }
}

/// The gap between the traits of TD0.2 and those of INSi, which alone count (`EX_0.2-1020`).
pub(crate) fn gap_of_dmp(received: &PatientTraits, ins: &StrictTraits) -> Vec<StrictTrait> {
    let given = received.given.join(" ");
    let traits = ReceivedTraits {
        birth_name: received.birth_name.as_deref(),
        given_names: (!given.is_empty()).then_some(given.as_str()),
        birth_date: received.birth_time.as_deref(),
        sex: received.gender.as_ref().map(|gender| gender.code()),
    };
    traits.gap_with(ins)
}

fn other_birth_name(name: &str, ins: &StrictTraits) -> bool {
    !is_absent(name) && BirthName::normalise(name).ok().as_ref() != Some(&ins.birth_name)
}

fn other_given_names(names: &str, ins: &GivenNames) -> bool {
    if is_absent(names) {
        return false;
    }
    let Ok(names) = GivenNames::normalise(names) else { return true };
    let begins =
        |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    !begins(names.all(), ins.first()) && !begins(ins.all(), names.all())
}

fn other_birth_date(date: &str, ins: &BirthDate) -> bool {
    BirthDate::parse_hl7(date).ok().is_none_or(|date| date.to_insi() != ins.to_insi())
}

fn other_sex(code: &str, ins: Sex) -> bool {
    Sex::parse(code).is_ok_and(|sex| sex.is_known_to_insi() && sex != ins)
}

#[cfg(test)]
mod tests {
    use dmp_vocabulary::identity::traits::BirthPlace;

    use super::*;

    #[test]
    fn a_gap_is_what_differs_once_written_alike() {
        let ins = StrictTraits {
            birth_name: BirthName::parse("D'EXEMPLE").unwrap(),
            given_names: GivenNames::parse("CAMILLE LOU").unwrap(),
            birth_date: BirthDate::parse_hl7("19800514").unwrap(),
            sex: Sex::Female,
            birth_place: BirthPlace::unknown(),
        };
        let same = ReceivedTraits {
            birth_name: Some("d’Exemple"),
            given_names: Some("Camille"),
            birth_date: Some("19800514"),
            sex: Some("F"),
        };
        let cases: [(ReceivedTraits<'_>, &[StrictTrait]); 8] = [
            (same, &[]),
            (ReceivedTraits::default(), &[]),
            (ReceivedTraits { birth_name: Some("NON RENSEIGNE"), sex: Some("U"), ..same }, &[]),
            (ReceivedTraits { given_names: Some("CAMILLE LOU ANNE"), ..same }, &[]),
            (ReceivedTraits { birth_name: Some("MODELE"), ..same }, &[StrictTrait::BirthName]),
            (ReceivedTraits { given_names: Some("CAMILLETTE"), ..same }, &[StrictTrait::GivenNames]),
            (ReceivedTraits { birth_date: Some("19800500"), ..same }, &[StrictTrait::BirthDate]),
            (
                ReceivedTraits { sex: Some("M"), birth_date: Some("?"), ..same },
                &[StrictTrait::BirthDate, StrictTrait::Sex],
            ),
        ];
        for (number, (received, gap)) in cases.into_iter().enumerate() {
            assert_eq!(received.gap_with(&ins), gap, "case {number}");
        }
    }
}
