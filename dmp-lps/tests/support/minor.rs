//! The minor of the acceptance book.

use cda::n1::N1Builder;
use dmp_client::QualifiedPatient;
use dmp_lps::minors::SecretSessions;
use dmp_lps::{InternalUserId, ManualClock, UserAction};
use dmp_mock::MockDmp;
use dmp_vocabulary::identity::BirthDate;
use jiff::Timestamp;

use super::documents::letter;
use super::role;

pub(crate) fn minor(mock: &MockDmp) -> (QualifiedPatient, BirthDate) {
    let id = mock.labelled("P-MINOR").unwrap();
    let birth = mock.with_world(|world| world.patient(&id).unwrap().birth_date.clone().unwrap());
    (role(mock, "P-MINOR"), BirthDate::parse_hl7(&birth).unwrap())
}

pub(crate) fn letter_about(patient: &QualifiedPatient) -> N1Builder {
    let mut builder = letter();
    builder.patient.ins = Some(patient.ins().clone());
    builder
}

pub(crate) fn sessions(client: &dmp_client::DmpClient) -> (SecretSessions, ManualClock) {
    let clock = ManualClock::at(Timestamp::now());
    (SecretSessions::new(client.parameters().clone(), clock.clone(), "Texte du guide.").unwrap(), clock)
}

/// The user pressed the button now.
pub(crate) fn action(at: Timestamp) -> UserAction {
    UserAction { user: InternalUserId::new("alix").unwrap(), screen: "mineurs".to_owned(), at }
}
