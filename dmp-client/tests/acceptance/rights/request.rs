//! One request of each action, by hand: what the SDK would refuse to send goes out too.

use dmp_mock::world::{StoredEntry, seed};
use dmp_protocol::identity::Ins;
use dmp_protocol::patient::{Lps, PatientCriteria, PatientQuery, PatientSearch, ProcessingCode, WireTime};
use dmp_protocol::rights::{
    AuthorizationAction, AuthorizationMode, AuthorizationRole, ListAuthorizations, ListCriterion, PatientList,
    SetAuthorization,
};
use dmp_protocol::transaction::Transaction;
use dmp_protocol::xml::Writer;
use dmp_vocabulary::Realm;
use uuid::Uuid;
use xds_model::iti18::{FindDocuments, GetDocuments, ReturnType};
use xds_model::iti43::{DocumentRequest, RetrieveRequest};
use xds_model::iti57::SubmitObjects;
use xds_model::{Association, AvailabilityStatus, CodedValue, Cx, DocumentEntry};

use crate::bare::lot::{Submission, document, submission, submission_set};
use crate::bare::sender::INSTANCE;
use crate::bare::{HttpAnswer, Sender};

const REPOSITORY: &str = "1.2.250.1.213.4.1.1.1.2";

/// A sender and the assertion it sends with, which a test may have spoilt.
pub(crate) struct Request<'s, 'm> {
    pub(crate) sender: &'s Sender<'m>,
    pub(crate) assertion: String,
}

impl<'s, 'm> Request<'s, 'm> {
    pub(crate) fn by(sender: &'s Sender<'m>) -> Self {
        Request { sender, assertion: sender.sign(&sender.assertion()) }
    }

    async fn send(&self, transaction: Transaction, body: impl FnOnce(&mut Writer)) -> HttpAnswer {
        self.sender.send_as(transaction, &self.assertion, body).await
    }

    pub(crate) async fn exists(&self) -> HttpAnswer {
        self.send(Transaction::Existence, |w| self.sender.existence_request().write(w)).await
    }

    pub(crate) async fn read_admin_data(&self) -> HttpAnswer {
        let (matricule, oid) = &self.sender.patient;
        let ins = Ins::parse(matricule, oid, Realm::Test).unwrap().value;
        let (message, query) = (Uuid::new_v4(), Uuid::new_v4());
        let request = PatientQuery::administrative_data(lps(), &ins, message, query, self.sender.now());
        self.send(Transaction::AdministrativeData, |w| request.write(w)).await
    }

    pub(crate) async fn set_authorization(
        &self,
        action: AuthorizationAction,
        role: Option<AuthorizationRole>,
    ) -> HttpAnswer {
        let request = SetAuthorization { action, role };
        self.send(Transaction::SetAuthorization, |w| request.write(w)).await
    }

    /// `owner`: psOwnerId.
    pub(crate) async fn list_authorised(&self, by: Option<ListCriterion>, owner: Option<&str>) -> HttpAnswer {
        let long_ago = self.sender.now() - jiff::SignedDuration::from_hours(24 * 300);
        let since = by.as_ref().map(|_| WireTime::at(long_ago));
        let request = PatientList { since, by, owner: owner.map(str::to_owned) };
        self.send(Transaction::ListAuthorised, |w| request.write(w)).await
    }

    pub(crate) async fn search_without_ins(&self, family: &str) -> HttpAnswer {
        let (message, query) = (Uuid::new_v4(), Uuid::new_v4());
        let criteria = PatientCriteria::named(family);
        let request = PatientSearch::new(lps(), ProcessingCode::Test, criteria, message, query, self.sender.now());
        self.send(Transaction::SearchPatient, |w| request.write(w)).await
    }

    pub(crate) async fn list_authorisations(&self) -> HttpAnswer {
        let request = ListAuthorizations { mode: AuthorizationMode::Toute };
        self.send(Transaction::ListAuthorisations, |w| request.write(w)).await
    }

    /// TD3.1 with these statuses.
    pub(crate) async fn find(&self, statuses: Vec<AvailabilityStatus>) -> HttpAnswer {
        let (matricule, oid) = &self.sender.patient;
        let query = FindDocuments { statuses, ..FindDocuments::approved(Cx::ins(matricule, oid)) };
        self.send(Transaction::Search, |w| query.to_query(ReturnType::LeafClass).write(w)).await
    }

    /// GetDocuments by uniqueId.
    pub(crate) async fn locate(&self, unique_id: &str, return_type: ReturnType) -> HttpAnswer {
        let query = GetDocuments::UniqueIds(vec![unique_id.to_owned()]).to_query(return_type);
        self.send(Transaction::Locate, |w| query.write(w)).await
    }

    pub(crate) async fn retrieve(&self, unique_ids: &[String]) -> HttpAnswer {
        let one = |id: &String| DocumentRequest { repository_unique_id: REPOSITORY.to_owned(), unique_id: id.clone() };
        let request = RetrieveRequest { documents: unique_ids.iter().map(one).collect() };
        self.send(Transaction::Retrieve, |w| request.write(w)).await
    }

    /// TD2.1, or TD2.2 by a card that is not a professional's: the message is the same.
    pub(crate) async fn feed(&self, as_written: &DocumentEntry, replaced: Option<&str>) -> HttpAnswer {
        lot(self.sender, as_written, replaced).send_as(self.sender, &self.assertion).await
    }

    /// TD3.3a, b.
    pub(crate) async fn set_codes(&self, target: &DocumentEntry, codes: Vec<CodedValue>) -> HttpAnswer {
        let set = submission_set(self.sender);
        let request = SubmitObjects::update_visibility(set, target, codes).unwrap();
        self.send(Transaction::Mask, |w| request.write(w)).await
    }

    /// TD3.3c, d.
    pub(crate) async fn set_status(&self, target: &StoredEntry, to: AvailabilityStatus) -> HttpAnswer {
        let from = target.entry.status.clone().unwrap();
        let set = submission_set(self.sender);
        let request = SubmitObjects::update_status(set, &target.entry.entry_uuid, &from, &to);
        self.send(Transaction::Mask, |w| request.write(w)).await
    }

    /// TD1.1, of which only the name of the body counts.
    pub(crate) async fn create_record(&self) -> HttpAnswer {
        let write = |w: &mut Writer| {
            w.open("PRPA_IN201311UV02", &[("xmlns", "urn:hl7-org:v3")]);
            w.close();
        };
        self.send(Transaction::Existence, write).await
    }
}

fn lps() -> Lps {
    Lps { root: INSTANCE.into(), name: "LPS Exemple".into() }
}

/// A lot of one document: the bytes of a good one, with the type, authors and codes of `as_written`.
fn lot(sender: &Sender<'_>, as_written: &DocumentEntry, replaced: Option<&str>) -> Submission {
    let number = u32::try_from(Uuid::new_v4().as_u128() >> 100).unwrap();
    let (mut entry, bytes) = document(number);
    let bytes = String::from_utf8(bytes).unwrap().replace(seed::PATIENT_FOLLOWED, &sender.patient.0).into_bytes();
    let (matricule, oid) = &sender.patient;
    entry.patient_id = Cx::ins(matricule, oid);
    entry.hash = None;
    entry.size = None;
    entry.type_code.clone_from(&as_written.type_code);
    // A type outside the value sets has no class: that of the good document stays.
    entry.class_code = as_written.class_code.clone().or(entry.class_code);
    entry.confidentiality_codes.clone_from(&as_written.confidentiality_codes);
    entry.authors.clone_from(&as_written.authors);
    entry.legal_authenticator = as_written.authors.first().and_then(|author| author.person.clone());
    let mut lot = submission(sender, vec![(entry, bytes)]);
    // The author of the lot is the author of its documents (X11), whoever sends it (OWN-01).
    lot.set().authors.clone_from(&as_written.authors);
    for entry in &mut lot.request.objects.document_entries {
        entry.authors.clone_from(&as_written.authors);
    }
    if let Some(target) = replaced {
        let replaces = Association::replaces("Replaces", &lot.entry().entry_uuid, target);
        lot.request.objects.associations.push(replaces);
    }
    lot
}
