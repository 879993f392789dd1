//! Every transaction in every mode, every stored query and every carrier of a refusal, as the mock receives and answers
//! them, equals the golden one message by message; all are valid, where the schemas are.
//!
//! `UPDATE_GOLDEN=1 cargo test -p dmp-client --test golden_transactions` rewrites and validates the files;
//! `VALIDATE_GOLDEN=1` validates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

#[path = "../../dmp-mock/tests/support/mod.rs"]
mod bare;
#[path = "../../examples/tests/normalise/mod.rs"]
mod normalise;
#[allow(dead_code, reason = "shared with the acceptance scenarios")]
#[path = "acceptance/modes/people.rs"]
mod people;
mod support;
#[path = "support/validator.rs"]
mod validator;

use std::path::Path;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{CodeAnswer, Effect, Fault, FaultCarrier, Weight};
use dmp_mock::journal::Side;
use dmp_mock::world::{PatientId, seed};
use dmp_protocol::rights::AuthorizationMode;
use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;
use people::*;
use support::documents::{document, letter, unique_id};
use support::*;
use xds_model::AssociationKind;
use xds_model::iti18::{DocumentId, GetRelatedDocuments, GetSubmissionSets, ReturnType};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/golden/transactions");

/// The messages of one conversation, each step under its label.
struct Book<'a> {
    mock: &'a MockDmp,
    told: u64,
    /// File name, and bytes as they went.
    messages: Vec<(String, Vec<u8>)>,
}

impl Book<'_> {
    /// Writes down what was exchanged since the last step.
    fn step<T>(&mut self, label: &str, _outcome: T) {
        let told = self.told;
        for exchange in self.mock.journal().exchanges().iter().filter(|exchange| exchange.number > told) {
            self.told = exchange.number;
            let td = exchange.transaction.as_deref().unwrap_or("TD");
            for (side, name) in [(Side::Request, "request"), (Side::Response, "response")] {
                let message = self.mock.journal().raw(exchange.number, side).unwrap();
                self.messages.push((format!("{:03}-{td}-{label}-{name}.http", exchange.number), message.bytes));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_transaction_in_every_mode_is_the_golden_one() {
    // The form of TD0.5 that the schemas accept, not the one that servers write.
    let mock = MockDmp::builder().switch("answers_schema_valid", "true").start().await.unwrap();
    make_regulation_centre(&mock);
    let birth = add_patient_of(&mock, 14);
    mock.journal().keep_raw(true);
    let mut book = Book { mock: &mock, told: 0, messages: Vec::new() };
    patients_and_rights(&mock, &mut book).await;
    let fed = documents(&mock, &mut book).await;
    queries(&mock, &mut book, &fed).await;
    accesses(&mock, &mut book, &birth).await;
    refusals(&mock, &mut book, &fed).await;
    assert_golden(&book.messages, &birth.to_hl7());
    // Golden messages are validated when they are written: a minute that each run need not take again.
    if is_set("UPDATE_GOLDEN") || is_set("VALIDATE_GOLDEN") {
        validator::assert_valid(&book.messages);
    }
}

/// TD0.2, TD0.3, TD0.4, TD1.3a, TD1.6 in AIR, DIRECTE, INDIRECTE and by a CPE.
async fn patients_and_rights(mock: &MockDmp, book: &mut Book<'_>) {
    let air = air(mock);
    let record = |matricule| air.record(patient(matricule), Consent::given()).unwrap();
    book.step("air-absent", record("285079999999935").existence().await.unwrap());
    book.step("air-closed", record(seed::PATIENT_CLOSED).existence().await.unwrap());
    book.step("air-active", record(seed::PATIENT_FOLLOWED).existence().await.unwrap());
    book.step("air-add", record(seed::PATIENT_UNKNOWN_TO_ALL).authorise().await.unwrap());
    book.step("air-remove", record(seed::PATIENT_UNKNOWN_TO_ALL).remove_authorisation().await.unwrap());
    book.step("air", record(seed::PATIENT_FOLLOWED).administrative_data().await.unwrap());
    for mode in [AuthorizationMode::Active, AuthorizationMode::Interdite, AuthorizationMode::Toute] {
        let label = format!("air-{}", mode.as_str().to_lowercase());
        book.step(&label, record(seed::PATIENT_FOLLOWED).authorisations(mode).await.unwrap());
    }
    let since = Timestamp::now() - jiff::SignedDuration::from_hours(24);
    book.step("air-all", air.authorised(AuthorisedList::all()).await.unwrap());
    book.step("air-authorised-since", air.authorised(AuthorisedList::authorised_since(since)).await.unwrap());
    book.step("air-documents-since", air.authorised(AuthorisedList::documents_since(since)).await.unwrap());
    let structure = client(mock).indirect(sender()).unwrap();
    let indirect = structure.record(followed(), Consent::given()).unwrap();
    book.step("indirect", indirect.existence().await.unwrap());
    book.step("indirect", structure.authorised_since(since).await.unwrap());
    let card = direct(mock).record(other(), Consent::given()).unwrap();
    book.step("card", card.existence().await.unwrap());
    book.step("card-add", card.authorise().await.unwrap());
    let cpe = cpe_of(mock, true);
    let record = cpe.record(followed(), Consent::given()).unwrap();
    book.step("cpe", record.existence().await.unwrap());
    let list = AuthorisedList::authorised_since(since);
    book.step("cpe", cpe.authorised_of(&internal_id(seed::MEDECIN), list).await.unwrap());
    book.step("cpe", cpe.record(other(), Consent::given()).unwrap().authorise_structure().await.unwrap());
}

/// TD2.1, TD2.2, TD3.1b, TD3.2, TD3.3 in the modes that have them; gives a document of the followed patient.
async fn documents(mock: &MockDmp, book: &mut Book<'_>) -> String {
    let indirect = client(mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let (first, kept) = (letter(), letter());
    let lot = Submission::of(document(&first).await.hidden(Hidden::FromPatient)).and(document(&kept).await);
    book.step("indirect-lot", indirect.submit(&lot).await.unwrap());
    let second = cda::n1::N1Builder { replaces: first.unique_id.clone(), version: Some(2), ..letter() };
    let second_lot = Submission::of(document(&second).await.hidden(Hidden::FromPatient).replacing(unique_id(&first)));
    book.step("indirect-replace", indirect.submit(&second_lot).await.unwrap());
    let card = direct(mock).record(followed(), Consent::given()).unwrap();
    let third = letter();
    book.step("card", card.submit(&Submission::of(document(&third).await)).await.unwrap());
    book.step("card", card.retrieve(unique_id(&third).as_str()).await.unwrap());
    book.step("card-mask", card.mask(unique_id(&third).as_str()).await.unwrap());
    let record = air(mock).record(followed(), Consent::given()).unwrap();
    book.step("air-reveal", record.reveal_to_patient(unique_id(&second).as_str()).await.unwrap());
    book.step("air-archive", record.archive(unique_id(&third).as_str()).await.unwrap());
    book.step("air-unarchive", record.unarchive(unique_id(&third).as_str()).await.unwrap());
    book.step("air-delete", record.delete(unique_id(&third).as_str()).await.unwrap());
    book.step("indirect-delete", indirect.delete(unique_id(&second).as_str()).await.unwrap());
    let cpe = cpe_of(mock, true).record(other(), Consent::given()).unwrap();
    let by_cpe = letter_about_the_other();
    book.step("cpe", cpe.submit(&Submission::of(document(&by_cpe).await)).await.unwrap());
    unique_id(&kept)
}

/// The nine stored queries.
async fn queries(mock: &MockDmp, book: &mut Book<'_>, fed: &str) {
    let record = air(mock).record(followed(), Consent::given()).unwrap();
    let entry = record.entry(fed).await.unwrap();
    book.step("get-documents", ());
    book.step("find-documents", record.find(Search::approved().since("2020").author("%MODELE%")).await.unwrap());
    book.step("find-by-reference", record.find(Search::by_reference(["ACC%"])).await.unwrap());
    let news = record.new_since(Timestamp::UNIX_EPOCH, &KnownDocuments::none()).await;
    book.step("find-submission-sets-and-associations", news.unwrap());
    let lots = record.submissions_since(Timestamp::UNIX_EPOCH).await.unwrap();
    book.step("find-submission-sets", ());
    book.step("get-contents", record.contents_of(&lots[0]).await.unwrap());
    // What the client does not ask by itself.
    let sender = bare::Sender::air(mock);
    let sets = GetSubmissionSets { uuids: vec![entry.entry_uuid.clone()] }.to_query(ReturnType::LeafClass);
    book.step("get-submission-sets", sender.send(Transaction::Search, |w| sets.write(w)).await);
    let related = GetRelatedDocuments {
        document: DocumentId::UniqueId(fed.to_owned()),
        association_types: vec![AssociationKind::Replaces],
    };
    let related = related.to_query(ReturnType::LeafClass);
    book.step("get-related-documents", sender.send(Transaction::Search, |w| related.write(w)).await);
}

/// Bris de glace, régulation, connexion secrète.
async fn accesses(mock: &MockDmp, book: &mut Book<'_>, birth: &dmp_vocabulary::identity::BirthDate) {
    let session = air(mock);
    // Without an authorisation: bris de glace is refused here otherwise.
    let id = PatientId::new(seed::PATIENT_UNKNOWN_TO_ALL, seed::TEST_NIR_OID);
    mock.with_world(|world| world.patient_mut(&id).unwrap().grants.clear());
    let broken = session.bris_de_glace(other(), Consent::given(), "Patient inconscient aux urgences").await;
    let broken = broken.unwrap();
    book.step("bris-de-glace", broken.find(Search::approved()).await.unwrap());
    let regulation = session.centre_15();
    book.step("centre-15", regulation.search_patients(PatientCriteria::named("exemple")).await.unwrap());
    book.step("centre-15-none", regulation.search_patients(PatientCriteria::named("personne")).await.unwrap());
    let record = regulation.record(other(), Consent::given()).unwrap();
    book.step("centre-15", record.existence().await.unwrap());
    book.step("centre-15", record.find(Search::approved()).await.unwrap());
    let secret = direct(mock).record(patient(MINOR), Consent::given()).unwrap().connexion_secrete(birth).unwrap();
    book.step("secret", secret.existence().await.unwrap());
    let letter = letter_about_the_minor();
    book.step("secret", secret.submit(&Submission::of(document(&letter).await)).await.unwrap());
    book.step("secret", secret.find(Search::approved()).await.unwrap());
}

/// A refusal in each carrier of each transaction, a warning, a partial success.
async fn refusals(mock: &MockDmp, book: &mut Book<'_>, fed: &str) {
    let code = |code: &str, carrier, severity| {
        Effect::Code(CodeAnswer { carrier: Some(carrier), severity, ..CodeAnswer::new(code) })
    };
    let error = |name: &str, carrier| code(name, carrier, Weight::Error);
    let rows = [
        (Transaction::Existence, error("DMPInvalidCertificate", FaultCarrier::C3), "fault"),
        (Transaction::Existence, error("DMPInvalidRequest", FaultCarrier::C4), "refused"),
        (Transaction::AdministrativeData, error("DMPAuthorizationNotFound", FaultCarrier::C4), "refused"),
        (Transaction::SearchPatient, error("DMPTooManyResult", FaultCarrier::C4), "refused"),
        (Transaction::SetAuthorization, error("DMPClosed", FaultCarrier::C5), "refused"),
        (Transaction::ListAuthorised, error("DMPInvalidRequest", FaultCarrier::C5), "refused"),
        (Transaction::ListAuthorisations, error("DMPAuthorizationNotFound", FaultCarrier::C5), "refused"),
        (Transaction::Submit, error("XDSRegistryMetadataError", FaultCarrier::C6), "refused"),
        (Transaction::Submit, code("XDSExtraMetadataNotSaved", FaultCarrier::C6, Weight::Warning), "warning"),
        (Transaction::Search, error("DMPAccessDeniedByExcededThreshold", FaultCarrier::C6), "refused"),
        (Transaction::Search, code("XDSTooManyResults", FaultCarrier::C6, Weight::Partial), "partial"),
        (Transaction::Retrieve, error("XDSDocumentUniqueIdError", FaultCarrier::C6), "refused"),
        (Transaction::Retrieve, error("DMPAccessForbidden", FaultCarrier::C3), "fault"),
        (Transaction::Mask, error("XDSMetadataVersionError", FaultCarrier::C6), "refused"),
    ];
    let record = air(mock).record(followed(), Consent::given()).unwrap();
    let indirect = client(mock).indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    indirect.existence().await.unwrap();
    book.step("before-refusals", ());
    for (transaction, effect, label) in rows {
        mock.faults().add(Fault::new(effect).on(transaction)).unwrap();
        match transaction {
            Transaction::Existence => drop(record.existence().await),
            Transaction::AdministrativeData => drop(record.administrative_data().await),
            Transaction::SearchPatient => {
                drop(air(mock).centre_15().search_patients(PatientCriteria::named("exemple")).await);
            }
            Transaction::SetAuthorization => {
                drop(air(mock).record(other(), Consent::given()).unwrap().authorise().await);
            }
            Transaction::ListAuthorised => drop(air(mock).authorised(AuthorisedList::all()).await),
            Transaction::ListAuthorisations => drop(record.authorisations(AuthorizationMode::Toute).await),
            Transaction::Submit => drop(indirect.submit(&Submission::of(document(&letter()).await)).await),
            Transaction::Search => drop(record.find(Search::approved()).await),
            Transaction::Retrieve => drop(record.retrieve(fed).await),
            _ => drop(record.mask(fed).await),
        }
        book.step(label, ());
        mock.faults().clear();
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

fn assert_golden(messages: &[(String, Vec<u8>)], birth: &str) {
    let folder = Path::new(GOLDEN);
    if is_set("UPDATE_GOLDEN") {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).unwrap();
        for (name, bytes) in messages {
            std::fs::write(folder.join(name), normalised(bytes, birth)).unwrap();
        }
    }
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut expected: Vec<String> = messages.iter().map(|(name, _)| name.clone()).collect();
    expected.sort();
    assert_eq!(names, expected);
    for (name, bytes) in messages {
        let (golden, found) = (std::fs::read_to_string(folder.join(name)).unwrap(), normalised(bytes, birth));
        let difference = golden.lines().zip(found.lines()).find(|(golden, found)| golden != found);
        assert!(golden == found, "{name}: expected, found {difference:?}");
    }
}

/// The minor is fourteen on the day of the test.
fn normalised(bytes: &[u8], birth: &str) -> String {
    normalise::exchange(bytes).replace(birth, "NAISSANCE")
}
