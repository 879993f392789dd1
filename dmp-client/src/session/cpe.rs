//! An employee acts for the structure: DIRECTE with a CPE, or AIR by somebody who is no professionnel de santé.

use dmp_protocol::rights::{ListedDmp, SetAuthorization};
use dmp_protocol::vihf::Access;
use dmp_vocabulary::identity::ProfessionalId;

use super::existence::Change;
use super::lists::AuthorisedList;
use super::mode::{ActsForStructure, AirNonPs, Cpe};
use super::opening::Session;
use super::patient::{Consent, QualifiedPatient};
use super::record::Record;
use crate::DmpError;

/// The holder of a CPE, who feeds in the name of the structure (TD2.2) and consults nothing.
///
/// ```compile_fail
/// # use dmp_client::{CpeRecord, Search};
/// async fn consult(record: CpeRecord) {
///     record.find(Search::approved()).await;
/// }
/// ```
/// ```compile_fail
/// # use dmp_client::CpeRecord;
/// async fn withdraw(record: CpeRecord) {
///     record.remove_authorisation().await;
/// }
/// ```
/// ```compile_fail
/// # use dmp_client::CpeSession;
/// fn regulate(session: CpeSession) {
///     session.centre_15();
/// }
/// ```
pub type CpeSession = Session<Cpe>;

/// One patient's record, opened by the holder of a CPE. [`submit`](Self::submit) sends TD2.2.
pub type CpeRecord = Record<Cpe>;

/// A professional of the national directory who is no professionnel de santé, in AIR. Neither feeds nor consults.
///
/// ```compile_fail
/// # use dmp_client::{AirNonPsRecord, Search};
/// async fn consult(record: AirNonPsRecord) {
///     record.find(Search::approved()).await;
/// }
/// ```
/// ```compile_fail
/// # use dmp_client::{AirNonPsRecord, Submission};
/// async fn feed(record: AirNonPsRecord, submission: Submission) {
///     record.submit(&submission).await;
/// }
/// ```
pub type AirNonPsSession = Session<AirNonPs>;

/// One patient's record, opened by a professional who is no professionnel de santé.
pub type AirNonPsRecord = Record<AirNonPs>;

impl Session<AirNonPs> {
    /// The record of a patient. What the patient does not agree to is refused when it is asked.
    ///
    /// # Errors
    /// The INS is not one of this platform.
    pub fn record(&self, patient: QualifiedPatient, consent: Consent) -> Result<AirNonPsRecord, DmpError> {
        self.open(&patient, consent, Access::Normal)
    }
}

impl<A: ActsForStructure> Session<A> {
    /// TD0.4 with `psOwnerId`: the DMP on which a professional of the same structure is authorised (FUN-03).
    ///
    /// # Errors
    /// [`DmpError`]; an empty list is an answer.
    pub async fn authorised_of(
        &self,
        professional: &ProfessionalId,
        list: AuthorisedList,
    ) -> Result<Vec<ListedDmp>, DmpError> {
        self.list(list.of(professional), Access::Normal).await
    }
}

impl<A: ActsForStructure> Record<A> {
    /// TD0.3 AJOUT: declares that the patient authorised the structure, on an explicit wish to consult. An employee
    /// cannot give it back: a professional does.
    ///
    /// # Errors
    /// [`DmpError`], also when the patient does not agree to consultation (`EX_0.3-1010`).
    pub async fn authorise_structure(&self) -> Result<Change, DmpError> {
        self.require_consultation()?;
        self.known.require_unblocked()?;
        self.caller.set_authorization(SetAuthorization::add()).await
    }
}
