//! F09: rules as data, versions, orders of deletion, and what a change of stance does to the queue.

use crate::support::documents::{bytes, letter, random_oid, unique_id};
use crate::support::queue::{Scene, work};
use crate::support::{context, count, feeding, patient};
use cda::n1::{N1Builder, N1Content};
use dmp_client::{AvailabilityStatus, Hidden, Language};
use dmp_lps::acts::Deletion;
use dmp_lps::consent::{Scope, Stance, StanceChange};
use dmp_lps::context::ServiceId;
use dmp_lps::outbox::*;
use dmp_lps::{Confirmed, InternalUserId, UserAction};
use dmp_mock::MockDmp;
use dmp_mock::faults::{Cut, Effect, Fault};
use dmp_protocol::transaction::Transaction;

const RULES: &str = r#"[
    {"name": "Switched off", "delay": "PT0S", "grouping": "none", "enabled": false},
    {"name": "Cardiologie", "types": ["11488-4"], "services": ["cardiologie"], "delay": "PT30M",
     "visibility": ["INVISIBLE_PATIENT"], "grouping": "none", "enabled": true},
    {"name": "Consultations", "types": ["11488-4", "11490-0"], "delay": "PT5M", "grouping": "episode", "enabled": true}
]"#;

fn feed() -> NewFeed {
    NewFeed::of(context("alix", "team-1", "visit-1"), patient()).validated()
}

fn confirmed(scene: &Scene) -> Confirmed<Deletion> {
    let user = InternalUserId::new("alix").unwrap();
    Confirmed::by(UserAction { user, screen: "deletion".to_owned(), at: dmp_lps::Clock::now(&scene.clock) })
}

async fn queued(scene: &Scene, feed: NewFeed, builder: &N1Builder) -> FeedItem {
    let id = scene.queue.enqueue_bytes(feed, bytes(builder)).await.unwrap();
    scene.queue.get(id).await.unwrap()
}

/// The next version of a letter, with another text.
fn next_version(former: &N1Builder, text: &str) -> (N1Builder, Vec<u8>) {
    let next = N1Builder {
        unique_id: Some(random_oid()),
        version: Some(former.version.unwrap_or(1) + 1),
        replaces: former.unique_id.clone(),
        ..former.clone()
    };
    let bytes = next.build(N1Content::text(text)).unwrap();
    (next, bytes)
}

#[tokio::test]
async fn rules_are_data_and_say_when_and_why() {
    let scene = Scene::new();
    scene.queue.set_rules(serde_json::from_str(RULES).unwrap());
    let cardiology = || feed().service(ServiceId::new("cardiologie").unwrap());
    let hidden = vec![Hidden::FromPatient];
    let cases = [
        (queued(&scene, cardiology(), &letter()).await, Some("Cardiologie"), "at 09:30", hidden, true),
        (queued(&scene, cardiology().visible(), &letter()).await, Some("Cardiologie"), "at 09:30", Vec::new(), true),
        (queued(&scene, feed(), &letter()).await, Some("Consultations"), "at 09:05", Vec::new(), false),
    ];
    for (item, rule, at, hidden, alone) in cases {
        assert_eq!((item.rule.as_deref(), item.hidden, item.alone), (rule, hidden, alone));
        let english = scene.queue.explain(item.id, Language::English).await.unwrap();
        assert!(english.starts_with(&format!("will be sent {at} because ")), "{english}");
        assert!(english.contains(rule.unwrap()), "{english}");
        let french = scene.queue.explain(item.id, Language::French).await.unwrap();
        assert!(french.starts_with("sera envoyé à 09:") && french.contains(rule.unwrap()), "{french}");
    }
    let other = FeedRules::new(Vec::new()).unwrap();
    scene.queue.set_rules(other);
    let item = queued(&scene, feed(), &letter()).await;
    let told = scene.queue.explain(item.id, Language::English).await.unwrap();
    assert_eq!(told, "will be sent at 09:15 because it is validated and no rule gives another delay");
    // Two rules of one name, and a delay that cannot be.
    for (name, delay) in [("Consultations", "PT5M"), ("Other", "-PT5M")] {
        let mut rules: Vec<FeedRule> = serde_json::from_str(RULES).unwrap();
        let rule = FeedRule { name: name.to_owned(), delay: delay.parse().unwrap(), ..rules[0].clone() };
        rules.push(rule);
        assert!(FeedRules::new(rules.clone()).is_err());
        assert!(serde_json::from_str::<FeedRules>(&serde_json::to_string(&rules).unwrap()).is_err());
    }
}

#[tokio::test]
async fn every_state_is_explained() {
    let scene = Scene::new();
    let mut explained = Vec::new();
    let (id, _) = scene.letter("visit-1").await;
    let item = scene.queue.get(id).await.unwrap();
    let base = dmp_lps::Database::in_memory().unwrap();
    for state in State::ALL {
        let reasons = vec![Reason::Opposed];
        let item = FeedItem { id: FeedId::parse(&uuid(explained.len())).unwrap(), state, reasons, ..item.clone() };
        base.add(item.clone()).await.unwrap();
        let queue = scene.over(base.clone());
        explained.push(queue.explain(item.id, Language::English).await.unwrap());
        assert_ne!(queue.explain(item.id, Language::French).await.unwrap(), *explained.last().unwrap());
    }
    assert!(explained.contains(&"is not sent because the patient is opposed to feeding (OPPOSED)".to_owned()));
    explained.sort();
    explained.dedup();
    assert_eq!(explained.len(), State::ALL.len());
}

fn uuid(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

#[tokio::test]
async fn rule_6_a_new_validated_version_replaces_the_one_that_waits() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = letter();
    let former = queued(&scene, feed(), &first).await;
    let (second, text) = next_version(&first, "Tout va mieux.\n");
    // A draft changes nothing; its validation does.
    let draft = NewFeed::of(context("alix", "team-1", "visit-1"), patient());
    let newer = scene.queue.enqueue_bytes(draft, text).await.unwrap();
    assert_eq!(scene.state(former.id).await, State::Scheduled);
    scene.queue.validated(newer).await.unwrap();
    let former = scene.queue.get(former.id).await.unwrap();
    assert_eq!((former.state, former.superseded_by), (State::Cancelled, Some(newer)));
    let refused = scene.queue.retry(former.id).await.unwrap_err();
    assert!(matches!(refused, OutboxError::Superseded { by } if by == newer));
    scene.pass_delay();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    work(&worker).await;
    assert_eq!((scene.state(newer).await, count(&mock, "TD2.1")), (State::Sent, 1));

    // After sending it is a replacement.
    let (third, text) = next_version(&second, "Tout va bien à nouveau.\n");
    let id = scene.queue.enqueue_bytes(feed(), text).await.unwrap();
    assert_eq!(scene.queue.get(id).await.unwrap().replaces, Some(unique_id(&second)));
    scene.pass_delay();
    work(&worker).await;
    assert_eq!(scene.state(id).await, State::Sent);
    let status = |builder: &N1Builder| {
        let id = unique_id(builder);
        mock.with_world(|world| world.registry.last_version(&id).map(|stored| stored.entry.status.clone().unwrap()))
    };
    assert_eq!(status(&first), None);
    assert_eq!(status(&second), Some(AvailabilityStatus::Deprecated));
    assert_eq!(status(&third), Some(AvailabilityStatus::Approved));
}

#[tokio::test]
async fn rule_6_a_version_waits_until_the_one_on_the_way_has_arrived() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let first = letter();
    let former = queued(&scene, feed(), &first).await;
    scene.pass_delay();
    let cut = Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Submit).processed(true).times(1);
    mock.faults().add(cut).unwrap();
    let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
    let _ = worker.step().await.unwrap();
    assert_eq!(scene.state(former.id).await, State::Ambiguous);
    let (_, text) = next_version(&first, "Tout va mieux.\n");
    let newer = scene.queue.enqueue_bytes(feed(), text).await.unwrap();
    assert_eq!(scene.state(former.id).await, State::Ambiguous, "it cannot be withdrawn any more");
    scene.pass_delay();
    work(&worker).await;
    let newer = scene.queue.get(newer).await.unwrap();
    assert_eq!((newer.state, newer.replaces), (State::Sent, Some(unique_id(&first))));
}

#[tokio::test]
async fn a_held_document_is_still_held_in_its_new_version() {
    let scene = Scene::new();
    let first = letter();
    let former = queued(&scene, feed(), &first).await;
    scene.queue.hold(former.id).await.unwrap();
    let (_, text) = next_version(&first, "Tout va mieux.\n");
    let newer = scene.queue.enqueue_bytes(feed(), text).await.unwrap();
    assert_eq!((scene.state(former.id).await, scene.state(newer).await), (State::Cancelled, State::Held));
    assert_eq!(scene.queue.release(newer).await.unwrap().state, State::Scheduled);
}

#[tokio::test]
async fn a_deletion_is_an_order_that_survives_a_lost_answer() {
    for processed in [true, false] {
        let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
        let waiting = queued(&scene, feed(), &letter()).await;
        let order = async |unique_id: &str| {
            let ctx = context("alix", "team-1", "visit-1");
            scene.queue.order_deletion(&ctx, &patient(), unique_id, confirmed(&scene)).await
        };
        let refused = order(&waiting.unique_id).await.unwrap_err();
        assert!(matches!(refused, OutboxError::NotSent(id) if id == waiting.id), "it is cancelled, not deleted");
        scene.pass_delay();
        let worker = scene.queue.worker(feeding(&mock)).await.unwrap();
        work(&worker).await;

        // Opposed since: what was fed may be deleted all the same, at once.
        let opposed = StanceChange::new(Scope::Feeding, Stance::InformedOpposed);
        let _ = scene.gate.record(&context("alix", "team-1", "visit-1"), &patient(), opposed).await.unwrap();
        let id = order(&waiting.unique_id).await.unwrap();
        assert_eq!(order(&waiting.unique_id).await.unwrap(), id, "asked twice, it is one order");
        let told = scene.queue.explain(id, Language::English).await.unwrap();
        assert_eq!(told, "will be deleted from the DMP at 09:15 because a user asked for it");
        let cut = Fault::new(Effect::Cut { at: Cut::BeforeAnswer }).on(Transaction::Delete).processed(processed);
        mock.faults().add(cut.times(1)).unwrap();
        work(&worker).await;
        assert_eq!(scene.state(id).await, State::Sent, "processed: {processed}");
        assert!(scene.queue.get(waiting.id).await.unwrap().removed);
        let left = mock.with_world(|world| {
            let versions = world.registry.versions_of_document(&waiting.unique_id);
            versions.filter(|stored| stored.entry.status != Some(AvailabilityStatus::Deleted)).count()
        });
        assert_eq!(left, 0);
        // What is gone is as the user wants it.
        let again = order(&waiting.unique_id).await.unwrap();
        work(&worker).await;
        assert_eq!(scene.state(again).await, State::Sent);
    }
}

#[tokio::test]
async fn a_change_of_stance_is_seen_at_once_and_taken_back_at_once() {
    let scene = Scene::new();
    let (id, _) = scene.letter("visit-1").await;
    let (held, _) = scene.letter("visit-1").await;
    scene.queue.hold(held).await.unwrap();
    let ctx = context("sacha", "team-1", "visit-1");
    for (stance, state) in [(Stance::InformedOpposed, State::Excluded), (Stance::InformedNotOpposed, State::Scheduled)]
    {
        let _ = scene.gate.record(&ctx, &patient(), StanceChange::new(Scope::Feeding, stance)).await.unwrap();
        assert_eq!(scene.queue.reevaluate(&patient()).await.unwrap(), 1);
        assert_eq!((scene.state(id).await, scene.state(held).await), (state, State::Held));
        assert_eq!(scene.queue.reevaluate(&patient()).await.unwrap(), 0, "nothing is left to do");
    }
}

#[tokio::test]
async fn who_sees_a_document_may_be_changed_until_it_is_sent() {
    let (mock, scene) = (MockDmp::start().await.unwrap(), Scene::new());
    let (id, unique_id) = scene.letter("visit-1").await;
    let both = [Hidden::FromPatient, Hidden::FromProfessionals];
    let item = scene.queue.hide(id, &both).await.unwrap();
    assert_eq!((item.state, item.reasons), (State::Excluded, vec![Reason::Visibility]));
    scene.queue.hide(id, &both[..1]).await.unwrap();
    assert_eq!(scene.queue.retry(id).await.unwrap().state, State::Scheduled);
    scene.pass_delay();
    work(&scene.queue.worker(feeding(&mock)).await.unwrap()).await;
    let hidden = mock.with_world(|world| {
        world.registry.last_version(&unique_id).unwrap().entry.has_confidentiality("INVISIBLE_PATIENT")
    });
    assert!(hidden);
    assert!(matches!(scene.queue.hide(id, &[]).await, Err(OutboxError::Forbidden(_))));
}
