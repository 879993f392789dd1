//! What stands between a session and the network: order of the steps, refusals, assertions, dropped futures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::sync::{Arc, Mutex};

use cda::n1::N1Builder;
use dmp_client::watch::{Act, Attempt, End, Ended, Issued, Step, Watch};
use dmp_client::web_ps::Page;
use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_mock::world::seed;
use dmp_protocol::error::LocalRefusal;
use dmp_protocol::transaction::Transaction;
use jiff::SignedDuration;
use support::documents::{document, letter, unique_id};
use support::*;

/// What several watches saw, in order.
#[derive(Clone, Default)]
struct Notebook(Arc<Mutex<Vec<Seen>>>);

#[derive(Clone)]
struct Seen {
    by: &'static str,
    step: &'static str,
    attempt: Attempt,
    issued: Option<Issued>,
    ended: Option<Ended>,
}

impl Notebook {
    fn watch(&self, by: &'static str) -> Arc<Spy> {
        Arc::new(Spy { by, notebook: self.clone(), refuses: "" })
    }

    /// A watch that refuses at that step.
    fn refusing(&self, by: &'static str, refuses: &'static str) -> Arc<Spy> {
        Arc::new(Spy { by, notebook: self.clone(), refuses })
    }

    fn seen(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    /// `before a`, `assertion a`…
    fn steps(&self) -> Vec<String> {
        self.seen().iter().map(|seen| format!("{} {}", seen.step, seen.by)).collect()
    }

    /// What was done, as it was attempted, and for what.
    fn acts(&self) -> Vec<(Act, Option<Act>)> {
        let begun = self.seen().into_iter().filter(|seen| seen.step == "before");
        begun.map(|seen| (seen.attempt.act, seen.attempt.toward)).collect()
    }

    fn ends(&self) -> Vec<(Attempt, Ended)> {
        self.seen().into_iter().filter_map(|seen| Some((seen.attempt, seen.ended?))).collect()
    }

    fn assertions(&self) -> Vec<Issued> {
        self.seen().into_iter().filter_map(|seen| seen.issued).collect()
    }
}

struct Spy {
    by: &'static str,
    notebook: Notebook,
    refuses: &'static str,
}

impl Spy {
    fn note(&self, step: &'static str, attempt: &Attempt, issued: Option<&Issued>, ended: Option<&Ended>) {
        let (attempt, issued, ended) = (attempt.clone(), issued.cloned(), ended.cloned());
        self.notebook.0.lock().unwrap().push(Seen { by: self.by, step, attempt, issued, ended });
    }

    fn answer(&self, step: &str) -> Step<'_, Result<(), DmpError>> {
        let refused = DmpError::local(LocalRefusal::new("TEST").kind(ErrorKind::Authorisation));
        let answer = if step == self.refuses { Err(refused) } else { Ok(()) };
        Box::pin(async move {
            // The answer comes later, as from a disk.
            tokio::task::yield_now().await;
            answer
        })
    }
}

impl Watch for Spy {
    fn before<'a>(&'a self, attempt: &'a Attempt) -> Step<'a, Result<(), DmpError>> {
        self.note("before", attempt, None, None);
        self.answer("before")
    }

    fn assertion<'a>(&'a self, attempt: &'a Attempt, issued: &'a Issued) -> Step<'a, Result<(), DmpError>> {
        self.note("assertion", attempt, Some(issued), None);
        self.answer("assertion")
    }

    fn after<'a>(&'a self, attempt: &'a Attempt, ended: &'a Ended) -> Step<'a, ()> {
        self.note("after", attempt, None, Some(ended));
        Box::pin(async {})
    }

    fn abandoned(&self, attempt: &Attempt, ended: &Ended) {
        self.note("abandoned", attempt, None, Some(ended));
    }
}

#[tokio::test]
async fn watches_are_asked_in_order_and_told_in_reverse() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let client = builder(&mock).watch(notebook.watch("client")).build().unwrap();
    let session = client.air_simplifie(medecin(), factor()).unwrap().watched(notebook.watch("session"));
    session.record(followed(), Consent::given()).unwrap().existence().await.unwrap();
    let expected =
        ["before client", "before session", "assertion client", "assertion session", "after session", "after client"];
    assert_eq!(notebook.steps(), expected);
    let seen = notebook.seen();
    assert!(seen.iter().all(|one| one.attempt.id == seen[0].attempt.id), "one call, one id");
    let (attempt, ended) = notebook.ends().remove(0);
    assert_eq!((attempt.td(), attempt.act, attempt.toward), ("TD0.2", Act::Existence, None));
    assert_eq!(attempt.patient.as_ref(), Some(followed().ins()));
    assert_eq!((attempt.structure.as_str(), attempt.professional.as_str()), (seed::STRUCTURE_EG, seed::MEDECIN));
    assert_eq!((ended.end, ended.assertions.len()), (End::Done, 1));
    let issued = &notebook.assertions()[0];
    assert_eq!(ended.assertions[0].assertion, issued.assertion);
    assert_eq!(issued.authentication, AuthenticationClass::TimeSyncToken);
    assert_eq!((issued.structure.as_str(), issued.professional.as_str()), (seed::STRUCTURE_EG, seed::MEDECIN));
    assert!(!issued.certificate_serial.is_empty() && !issued.reused);
    let shown = format!("{seen:?}", seen = seen.iter().map(|one| (&one.attempt, &one.issued)).collect::<Vec<_>>());
    for hidden in [seed::PATIENT_FOLLOWED, seed::MEDECIN, seed::STRUCTURE_EG] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[tokio::test]
async fn a_refusal_sends_nothing_and_is_told_to_those_who_agreed() {
    for (step, expected) in [
        ("before", vec!["before first", "before guard", "after first"]),
        (
            "assertion",
            vec![
                "before first",
                "before guard",
                "before last",
                "assertion first",
                "assertion guard",
                "after last",
                "after guard",
                "after first",
            ],
        ),
    ] {
        let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
        let session = air(&mock)
            .watched(notebook.watch("first"))
            .watched(notebook.refusing("guard", step))
            .watched(notebook.watch("last"));
        let refused = session.record(followed(), Consent::given()).unwrap().find(Search::approved()).await.unwrap_err();
        assert_eq!((refused.rule(), refused.td()), (Some("TEST"), "TD3.1"), "{step}");
        assert!(mock.journal().exchanges().is_empty(), "{step}: something was sent");
        assert_eq!(notebook.steps(), expected);
        for (_, ended) in notebook.ends() {
            let End::Failed(failure) = &ended.end else { panic!("{ended:?}") };
            assert_eq!((failure.rule, failure.outcome, ended.tries()), (Some("TEST"), Outcome::NotSent, 0));
            assert!(ended.assertions.iter().all(|assertion| !assertion.written));
        }
    }
}

#[tokio::test]
async fn each_try_has_its_own_assertion_in_one_call() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let client = builder(&mock).retry(RetryPolicy::default()).build().unwrap();
    let session = client.air_simplifie(medecin(), factor()).unwrap().watched(notebook.watch("a"));
    mock.faults().add(Fault::http(503).on(Transaction::Existence).times(1)).unwrap();
    session.record(followed(), Consent::given()).unwrap().existence().await.unwrap();
    assert_eq!(notebook.steps(), ["before a", "assertion a", "assertion a", "after a"]);
    let ids: Vec<String> = notebook.assertions().into_iter().map(|issued| issued.assertion).collect();
    assert_ne!(ids[0], ids[1]);
    let ended = &notebook.ends()[0].1;
    assert_eq!((&ended.end, ended.tries()), (&End::Done, 2));
    assert_eq!(ended.assertions.iter().map(|one| one.assertion.clone()).collect::<Vec<_>>(), ids);
}

#[tokio::test]
async fn an_assertion_that_is_sent_again_says_so() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let client = builder(&mock).reuse_assertions(SignedDuration::from_mins(10)).build().unwrap();
    let session = client.indirect(sender()).unwrap().watched(notebook.watch("a"));
    let record = session.record(followed(), Consent::given()).unwrap();
    record.existence().await.unwrap();
    record.existence().await.unwrap();
    let issued = notebook.assertions();
    assert_eq!((issued[0].reused, issued[1].reused), (false, true));
    assert_eq!(issued[0].assertion, issued[1].assertion);
}

#[tokio::test]
async fn every_transaction_passes_with_what_it_is_about() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let client = builder(&mock).watch(notebook.watch("a")).build().unwrap();
    let feeding = client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
    let session = client.air_simplifie(medecin(), factor()).unwrap();
    let record = session.record(followed(), Consent::given()).unwrap();
    let first = letter();
    let second =
        N1Builder { set_id: first.set_id.clone(), version: Some(2), replaces: first.unique_id.clone(), ..letter() };

    feeding.toward(Act::Submit).existence().await.unwrap();
    feeding.submit(&Submission::of(document(&first).await)).await.unwrap();
    let replacement = document(&second).await.replacing(unique_id(&first));
    feeding.submit(&Submission::of(replacement)).await.unwrap();
    record.authorise().await.unwrap();
    session.authorised(AuthorisedList::authorised_since("2026-01-01T00:00:00Z".parse().unwrap())).await.unwrap();
    record.authorisations(AuthorizationMode::Active).await.unwrap();
    record.administrative_data().await.unwrap();
    let found = record.find(Search::approved()).await.unwrap();
    let entry = found.iter().find(|entry| entry.unique_id == unique_id(&second)).unwrap();
    record.retrieve(entry).await.unwrap();
    record.mask(entry).await.unwrap();
    record.unmask(unique_id(&second)).await.unwrap();
    record.archive(unique_id(&second)).await.unwrap();
    record.unarchive(unique_id(&second)).await.unwrap();
    feeding.delete(unique_id(&second)).await.unwrap();
    record.remove_authorisation().await.unwrap();

    let expected = [
        (Act::Existence, Some(Act::Submit)),
        (Act::Submit, None),
        (Act::Locate, Some(Act::Submit)),
        (Act::Submit, None),
        (Act::Authorise, None),
        (Act::ListAuthorised, None),
        (Act::ListAuthorisations, None),
        (Act::AdministrativeData, None),
        (Act::Search, None),
        (Act::Retrieve, None),
        (Act::Search, Some(Act::Mask)),
        (Act::Mask, None),
        (Act::Search, Some(Act::Unmask)),
        (Act::Unmask, None),
        (Act::Search, Some(Act::Archive)),
        (Act::Archive, None),
        (Act::Search, Some(Act::Unarchive)),
        (Act::Unarchive, None),
        (Act::Locate, Some(Act::Delete)),
        (Act::Delete, None),
        (Act::RemoveAuthorisation, None),
    ];
    assert_eq!(notebook.acts(), expected);
    assert_eq!(mock.journal().exchanges().len(), expected.len(), "one exchange for each call");
    let ends = notebook.ends();
    assert!(ends.iter().all(|(_, ended)| ended.end == End::Done), "{ends:?}");
    let documents = |act: Act| ends.iter().filter(move |(attempt, _)| attempt.act == act).map(|(attempt, _)| attempt);
    let submitted: Vec<&Attempt> = documents(Act::Submit).collect();
    assert_eq!(submitted[0].documents[0].unique_id, unique_id(&first));
    assert_eq!(submitted[0].documents[0].type_code.as_deref(), Some("11488-4"));
    assert_eq!(submitted[1].documents[0].replaces.as_deref(), Some(unique_id(&first).as_str()));
    for act in [Act::Retrieve, Act::Mask, Act::Unmask, Act::Archive, Act::Delete] {
        assert_eq!(documents(act).next().unwrap().documents[0].unique_id, unique_id(&second), "{act:?}");
    }
    let listed = &ends.iter().find(|(attempt, _)| attempt.act == Act::Search).unwrap();
    assert!(listed.0.query.is_some() && listed.1.documents.iter().any(|one| one.unique_id == unique_id(&second)));
    let received = &ends.iter().find(|(attempt, _)| attempt.act == Act::Retrieve).unwrap().1;
    assert_eq!(received.documents[0].type_code.as_deref(), Some("11488-4"));
}

#[tokio::test]
async fn what_the_dmp_refuses_is_told_with_its_code() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let session = air(&mock).watched(notebook.watch("a"));
    let record = session.record(followed(), Consent::given()).unwrap();
    // Each carrier of a refusal: acknowledgement, status, registry response.
    for (transaction, code) in [
        (Transaction::Existence, "DMPInvalidPatientIdentification"),
        (Transaction::SetAuthorization, "DMPAccessDeniedByPatient"),
        (Transaction::Search, "XDSRegistryError"),
    ] {
        mock.faults().add(Fault::code(code).on(transaction).times(1)).unwrap();
    }
    let errors = [
        record.existence().await.unwrap_err(),
        record.authorise().await.unwrap_err(),
        record.find(Search::approved()).await.unwrap_err(),
    ];
    for ((_, ended), error) in notebook.ends().iter().zip(&errors) {
        let End::Failed(failure) = &ended.end else { panic!("{ended:?}") };
        assert!(failure.code.is_some() && failure.code.as_ref() == error.code(), "{failure:?}");
        assert_eq!((failure.kind, failure.outcome, ended.tries()), (error.kind(), error.outcome(), 1));
    }
    assert_eq!(notebook.ends().len(), errors.len());
}

#[tokio::test]
async fn a_dropped_future_is_abandoned_and_says_whether_something_left() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let session = air(&mock).watched(notebook.watch("a"));
    let record = session.record(followed(), Consent::given()).unwrap();
    mock.faults().add(Fault::new(Effect::Hold { gate: "answer".to_owned() }).processed(true)).unwrap();
    {
        let mut call = std::pin::pin!(record.existence());
        while mock.faults().waiting("answer") == 0 {
            tokio::select! {
                biased;
                _ = &mut call => panic!("the answer is held"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    mock.faults().open("answer");
    assert_eq!(notebook.steps(), ["before a", "assertion a", "abandoned a"]);
    assert_eq!(notebook.ends()[0].1.end, End::Abandoned(Outcome::Unknown));

    // Dropped before anything is signed.
    let notebook = Notebook::default();
    let session = air(&mock).watched(notebook.watch("a")).watched(notebook.watch("b"));
    let record = session.record(followed(), Consent::given()).unwrap();
    {
        let mut call = std::pin::pin!(record.existence());
        while notebook.steps().len() < 2 {
            tokio::select! {
                biased;
                _ = &mut call => panic!("two watches answer later"),
                () = std::future::ready(()) => {}
            }
        }
    }
    assert_eq!(notebook.steps(), ["before a", "before b", "abandoned a"], "b has not agreed");
    assert_eq!(notebook.ends()[0].1.end, End::Abandoned(Outcome::NotSent));
}

#[tokio::test]
async fn a_form_of_the_web_ps_passes_like_a_message() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let addresses = WebPsAddresses::new().air("https://wps.exemple.test").unwrap();
    let client = builder(&mock).web_ps(addresses).build().unwrap();
    let session = client.air_simplifie(medecin(), factor()).unwrap().watched(notebook.watch("a"));
    let record = session.record(followed(), Consent::given()).unwrap();
    let access = record.web_ps(Page::DossierPatient).await.unwrap();
    assert_eq!(notebook.steps(), ["before a", "assertion a", "after a"]);
    let (attempt, ended) = notebook.ends().remove(0);
    assert_eq!((attempt.td(), attempt.act), ("TD0.10", Act::WebPs(Page::DossierPatient)));
    assert_eq!((ended.end, ended.assertions[0].written), (End::Done, true));
    assert_eq!(access.token_trace().unwrap().vihf_id, notebook.assertions()[0].assertion);
    // A page that AIR does not open is refused here, and told.
    record.web_ps(Page::Documents).await.unwrap_err();
    assert!(matches!(&notebook.ends()[1].1.end, End::Failed(failure) if failure.rule == Some("TD0.10")));

    let guarded = session.watched(notebook.refusing("guard", "assertion"));
    let refused = guarded.record(followed(), Consent::given()).unwrap().web_ps(Page::DossierPatient).await;
    assert_eq!(refused.unwrap_err().td(), "TD0.10");
}

#[tokio::test]
async fn bris_de_glace_and_connexion_secrete_reach_the_watch() {
    let (mock, notebook) = (MockDmp::start().await.unwrap(), Notebook::default());
    let session = air(&mock).watched(notebook.watch("a"));
    let reason = "patient inconscient, antécédents inconnus";
    let record =
        session.bris_de_glace(patient(seed::PATIENT_UNKNOWN_TO_ALL), Consent::refused(), reason).await.unwrap();
    record.find(Search::approved()).await.unwrap();
    assert_eq!(notebook.acts(), [(Act::Existence, Some(Act::BrisDeGlace)), (Act::Search, None)]);
    let search = notebook.ends().remove(1).0;
    assert_eq!(search.access, Access::BrisDeGlace { reason: reason.to_owned() });
    assert!(!format!("{search:?}").contains("inconscient"));
}
