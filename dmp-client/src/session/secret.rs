//! Connexion secrète: a minor's record, without a trace for the legal representatives (`EX_0.1-1100`).

use dmp_vocabulary::identity::{BirthDate, UnknownBirthday};
use jiff::Timestamp;

use super::mode::{AccessMode, Authentication};
use super::record::Record;
use crate::{DmpError, ErrorKind, failure};

impl<A: Authentication, X: AccessMode> Record<A, X> {
    /// The same record in connexion secrète: every request says so, and every document is hidden from the legal
    /// representatives. It ends with the value returned; asked again for each encounter, never a default.
    ///
    /// The age follows the parameter file of the client (`EX_GEN-1550`): [`crate::DmpClient::parameters`].
    ///
    /// # Errors
    /// V46: the patient is not a minor, or minors are not managed by the DMP at present.
    pub fn connexion_secrete(&self, birth: &BirthDate) -> Result<Self, DmpError> {
        let parameters = self.caller.shared.parameters.current();
        let today = Timestamp::now().to_zoned(dmp_protocol::paris()).date();
        let age = birth.age_on(today, UnknownBirthday::default());
        if !age.is_some_and(|age| parameters.is_minor(age)) {
            let refusal = failure::Local {
                rule: "V46",
                kind: ErrorKind::Authorisation,
                found: "a patient who is not a minor by the parameter file",
                expected: "a minor: connexion secrète exists for nobody else",
            };
            return Err(refusal.session_error());
        }
        let mut secret = self.clone();
        secret.caller.connexion_secrete = true;
        Ok(secret)
    }

    /// Whether this record is open in connexion secrète.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.caller.connexion_secrete
    }
}
