//! `dmp explain CODE`: the catalogue's entry of a refusal code, without any DMP.

use dmp_protocol::error::{Advice, Carrier, Entry, KnownCode, Language as Explained};

use crate::arguments::Language;
use crate::exit::Failure;
use crate::output::Report;

pub(crate) fn run(code: &str, language: Language) -> Result<Report, Failure> {
    let known = KnownCode::all().find(|known| known.as_str().eq_ignore_ascii_case(code.trim()));
    let entry = known.map(KnownCode::entry).ok_or_else(|| {
        let advice = "an unknown code of the DMP is shown as it is: read the sentence that comes with it";
        Failure::input(format!("{:?} is no code of the catalogue; {advice}", code.trim()))
    })?;
    Ok(report(entry, language))
}

fn report(entry: &Entry, language: Language) -> Report {
    let (explained, [meaning, cause, remedy, carriers, retry]) = match language {
        Language::En => (Explained::English, ["Meaning", "Cause", "What to do", "Comes as", "Again"]),
        Language::Fr => (Explained::French, ["Signification", "Cause", "Que faire", "Transport", "Nouvel essai"]),
    };
    let mut kinds = vec![entry.kind(Carrier::Registry).as_str()];
    let in_fault = entry.kind(Carrier::Fault).as_str();
    if !kinds.contains(&in_fault) {
        kinds.push(in_fault);
    }
    let again = again(entry.advice, language);
    let texts = [
        (meaning, entry.meaning.get(explained)),
        (cause, entry.cause.get(explained)),
        (remedy, entry.remedy.get(explained)),
        (carriers, entry.carriers),
        (retry, again.as_str()),
    ];
    let separator = if matches!(language, Language::Fr) { " : " } else { ": " };
    let told = texts.iter().filter(|(_, text)| !text.is_empty());
    told.fold(Report::line(entry.code), |report, (label, text)| report.and(format!("{label}{separator}{text}")))
        .with("code", entry.code)
        .with("kind", kinds.join(" "))
        .with("carriers", entry.carriers)
        .with("meaning", entry.meaning.get(explained))
        .with("cause", entry.cause.get(explained))
        .with("remedy", entry.remedy.get(explained))
        .with("again", again)
}

fn again(advice: Advice, language: Language) -> String {
    let (english, french) = match advice {
        Advice::Never => ("the same request fails again", "la même requête échouera encore"),
        Advice::AfterFix => ("after a correction", "après correction"),
        Advice::AskUser => ("the user or the patient decides", "l'utilisateur ou le patient décide"),
        Advice::Once => ("once, at once", "une fois, aussitôt"),
        Advice::ReadStateFirst => ("read the state first", "lire l'état d'abord"),
        Advice::Backoff { min } => {
            let seconds = min.as_secs();
            return match language {
                Language::En => format!("later, after {seconds} s at least"),
                Language::Fr => format!("plus tard, après {seconds} s au moins"),
            };
        }
        _ => ("not known", "non connu"),
    };
    match language {
        Language::En => english.to_owned(),
        Language::Fr => french.to_owned(),
    }
}
