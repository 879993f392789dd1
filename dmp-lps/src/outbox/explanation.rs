//! Where a document stands and why, in a sentence for its user (F09 rule 1).

use dmp_client::Language;
use jiff::Timestamp;
use jiff::Zoned;

use super::{FeedItem, Lane, Order, Reason, State};
use crate::clock;

/// `will be sent at 14:05 because…`, in Paris time. Names neither the patient nor the document.
pub(super) fn explain(item: &FeedItem, now: Timestamp, language: Language) -> String {
    let (en, fr) = match item.state {
        State::Draft => (
            "waits because it is not medically validated".to_owned(),
            "en attente : le document n'est pas validé médicalement".to_owned(),
        ),
        State::Held => (
            "is held back by a user: release it, or cancel it".to_owned(),
            "bloqué par un utilisateur : libérer ou annuler".to_owned(),
        ),
        State::Scheduled => planned(item, now),
        State::Sending => ("is being sent".to_owned(), "envoi en cours".to_owned()),
        State::Ambiguous => (
            "was sent, and the answer was lost: the DMP is being asked whether it has it".to_owned(),
            "envoyé, mais la réponse est perdue : le DMP est interrogé".to_owned(),
        ),
        State::Sent => sent(item, now),
        State::Failed => {
            let line = item.error.as_ref().map(|error| error.line.as_str()).unwrap_or_default();
            (format!("was refused: {line}"), format!("refusé : {line}"))
        }
        State::Excluded => {
            let told = |language| {
                let meanings = item.reasons.iter().map(|reason| sentence(*reason, language));
                meanings.collect::<Vec<_>>().join("; ")
            };
            (
                format!("is not sent because {}", told(Language::English)),
                format!("n'est pas envoyé : {}", told(Language::French)),
            )
        }
        State::Cancelled if item.superseded_by.is_some() => (
            "is not sent because a newer version took its place".to_owned(),
            "n'est pas envoyé : une version plus récente le remplace".to_owned(),
        ),
        State::Cancelled => ("was withdrawn by a user".to_owned(), "annulé par un utilisateur".to_owned()),
    };
    match language {
        Language::English => en,
        Language::French => fr,
    }
}

fn planned(item: &FeedItem, now: Timestamp) -> (String, String) {
    let (en_at, fr_at) = hour(item.not_before, now);
    let (en_does, fr_does) = match item.order {
        Order::Feed => ("will be sent", "sera envoyé"),
        Order::Delete => ("will be deleted from the DMP", "sera supprimé du DMP"),
    };
    let (en_why, fr_why) = if let Some(error) = item.error.as_ref().filter(|_| item.attempts > 0) {
        let code = error.code.as_deref().unwrap_or(&error.kind);
        (format!("the last try failed ({code})"), format!("le dernier essai a échoué ({code})"))
    } else if item.order == Order::Delete {
        ("a user asked for it".to_owned(), "un utilisateur l'a demandé".to_owned())
    } else if item.lane == Lane::Historical {
        (
            "it belongs to the historical feeding, which goes on when nothing else waits".to_owned(),
            "il fait partie de la reprise d'historique, traitée quand rien d'autre n'attend".to_owned(),
        )
    } else {
        match &item.rule {
            Some(rule) => (
                format!("it is validated and the rule “{rule}” gives it this delay"),
                format!("il est validé et la règle « {rule} » prévoit ce délai"),
            ),
            None => (
                "it is validated and no rule gives another delay".to_owned(),
                "il est validé et aucune règle ne prévoit d'autre délai".to_owned(),
            ),
        }
    };
    (format!("{en_does} {en_at} because {en_why}"), format!("{fr_does} {fr_at} car {fr_why}"))
}

fn sent(item: &FeedItem, now: Timestamp) -> (String, String) {
    let (en_at, fr_at) = hour(item.sent_at.unwrap_or(now), now);
    match item.order {
        Order::Delete => (format!("was deleted from the DMP {en_at}"), format!("supprimé du DMP {fr_at}")),
        Order::Feed if item.removed => {
            let reason = Reason::RemovedByUser;
            (reason.meaning(Language::English).to_owned(), reason.meaning(Language::French).to_owned())
        }
        Order::Feed => (format!("was sent {en_at}"), format!("envoyé {fr_at}")),
    }
}

fn sentence(reason: Reason, language: Language) -> String {
    format!("{} ({})", reason.meaning(language), reason.code())
}

/// `at 14:05`, with the day when it is not today.
fn hour(at: Timestamp, now: Timestamp) -> (String, String) {
    let local: Zoned = at.to_zoned(dmp_protocol::paris());
    let time = local.strftime("%H:%M");
    if clock::day(at) == clock::day(now) {
        (format!("at {time}"), format!("à {time}"))
    } else {
        (format!("on {} at {time}", local.strftime("%Y-%m-%d")), format!("le {} à {time}", local.strftime("%d/%m/%Y")))
    }
}
