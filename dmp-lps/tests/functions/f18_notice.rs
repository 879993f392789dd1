//! F18: notices to patients and professionals.

use crate::support::{clock, context, patient};
use dmp_lps::consent::*;
use dmp_lps::notice::*;
use dmp_lps::two_factor::{AirSettings, TwoFactorGate};
use dmp_lps::*;

const CHANNELS: [Channel; 5] = [Channel::Spoken, Channel::Telephone, Channel::Paper, Channel::Message, Channel::Portal];

fn parameters() -> Parameters {
    ["structure", "contact", "faq", "professional", "date", "patient"]
        .into_iter()
        .fold(Parameters::new(), |parameters, name| parameters.with(name, format!("<{name}>")))
}

/// A text that says nothing but these elements, each on its own line.
fn text_of(elements: &[Element]) -> String {
    let part = |element: &Element| {
        let words = if *element == Element::ConsentBox { "☐ Oui" } else { "mots" };
        format!("[[{0}]]\n{words}\n[[/{0}]]\n", element.marker())
    };
    format!("version: v1\n{}", elements.iter().map(part).collect::<String>())
}

#[test]
fn f18_each_draft_is_complete_on_each_channel() {
    for case in Case::ALL {
        assert_eq!(check(&Template::draft(case)), [], "{case:?}");
        for channel in CHANNELS {
            let notice = render(case, &parameters(), channel).unwrap();
            let text = notice.text();
            assert!(!text.contains("[[") && !text.contains('{') && text.len() > 400, "{case:?} {channel:?}: {text}");
            assert!(notice.page().to_html().contains("<h1>") && !notice.page().to_html().contains("<structure>"));
        }
    }
    // How to oppose depends on the channel.
    let paper = render(Case::InformationByTeam, &parameters(), Channel::Paper).unwrap().text();
    let portal = render(Case::InformationByTeam, &parameters(), Channel::Portal).unwrap().text();
    assert!(portal.contains("cochez la case") && !paper.contains("cochez la case"));
}

/// Each element of each case, taken away or left blank, is what the check reports.
#[test]
fn f18_each_missing_element_is_reported() {
    for case in Case::ALL {
        let all = case.elements();
        assert_eq!(check(&Template::parse(case, &text_of(all)).unwrap()), []);
        for missing in all {
            let others: Vec<Element> = all.iter().copied().filter(|element| element != missing).collect();
            let without = text_of(&others);
            let blank = format!("{without}[[{0}]]\n  \n[[/{0}]]\n", missing.marker());
            for text in [without, blank] {
                let template = Template::parse(case, &text).unwrap();
                let expected = CHANNELS.map(|channel| Gap::Missing { element: *missing, channel });
                assert_eq!(check(&template), expected, "{case:?} without {missing:?}");
                let refused = template.render(&parameters(), Channel::Spoken).unwrap_err();
                assert!(refused.to_string().contains(missing.marker()), "{refused}");
            }
        }
    }
}

#[test]
fn f18_how_to_oppose_is_asked_for_each_channel() {
    let others: Vec<Element> =
        Case::InformationByTeam.elements().iter().copied().filter(|one| *one != Element::HowToOppose).collect();
    let text = format!("{}[[how_to_oppose:paper]]\nÉcrivez.\n[[/how_to_oppose]]\n", text_of(&others));
    let template = Template::parse(Case::InformationByTeam, &text).unwrap();
    assert_eq!(check_for(&template, Channel::Paper), []);
    assert_eq!(check(&template).len(), CHANNELS.len() - 1);
    assert!(template.render(&parameters(), Channel::Paper).is_ok());
    assert!(template.render(&parameters(), Channel::Telephone).is_err());
}

#[test]
fn f18_the_box_is_there_and_not_ticked() {
    for (words, gaps) in [
        ("☐ J'accepte", vec![]),
        ("[ ] J'accepte", vec![]),
        ("J'accepte", vec![Gap::NoBox]),
        ("☑ J'accepte", vec![Gap::NoBox, Gap::TickedBox]),
        ("☐ Non ☒ Oui", vec![Gap::TickedBox]),
    ] {
        let text = text_of(Case::ConsentForOutsider.elements()).replace("☐ Oui", words);
        assert_eq!(check(&Template::parse(Case::ConsentForOutsider, &text).unwrap()), gaps, "{words}");
    }
}

#[test]
fn f18_a_file_that_is_no_template_is_refused() {
    use TemplateError::*;
    let rows = [
        ("", NoVersion),
        ("[[purpose]]\n", NoVersion),
        ("version:  \n", NoVersion),
        ("version: 1\nmots\n", Shape { line: 2 }),
        ("version: 1\n[[purpose]]\nmots\n", Shape { line: 3 }),
        ("version: 1\n[[purpose]]\n[[contact]]\n", Shape { line: 3 }),
        ("version: 1\n[[porpuse]]\n", UnknownPart { line: 2, name: "porpuse".to_owned() }),
        ("version: 1\n[[purpose:fax]]\n", UnknownChannel { line: 2, name: "fax".to_owned() }),
    ];
    for (text, error) in rows {
        assert_eq!(Template::parse(Case::InformationByTeam, text).unwrap_err(), error, "{text}");
    }
}

#[test]
fn f18_values_are_asked_for_and_put_in_as_they_are() {
    let text = text_of(Case::Awareness.elements()).replacen("mots", "{structure} { {} {x", 1);
    let template = Template::parse(Case::Awareness, &text).unwrap();
    let missing = template.render(&Parameters::new(), Channel::Spoken).unwrap_err();
    assert_eq!(missing, RenderError::Parameter("structure".to_owned()));
    let values = Parameters::new().with("structure", "{contact} <b>");
    let notice = template.render(&values, Channel::Spoken).unwrap();
    assert!(notice.text().starts_with("{contact} <b> { {} {x"), "{}", notice.text());
    assert_eq!(format!("{values:?}"), "{\"structure\"}");
}

/// A notice that was given is kept with the stance, and stays good when the text changes.
#[tokio::test]
async fn f18_a_given_notice_is_evidence_for_f01() {
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock()).with_sentence("Texte du guide.");
    let notice = render(Case::InformationByTeam, &parameters(), Channel::Paper).unwrap();
    let secretary = InternalUserId::new("secretary-1").unwrap();
    let evidence = notice.given(secretary, clock().now(), NoticeMode::Asynchronous);
    let change = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed).informed_by(evidence.clone());
    let ctx = context("alix", "team-1", "stay-1");
    let _ = gate.record(&ctx, &patient(), change).await.unwrap();

    let kept = gate.history(&patient()).await.unwrap().pop().unwrap().notice.unwrap();
    assert_eq!(kept, evidence);
    assert!(kept.text_version.starts_with("information-equipe-1#"), "{}", kept.text_version);
    // Another text is in force now: the patient was informed all the same.
    let newer = Template::parse(Case::InformationByTeam, &text_of(Case::InformationByTeam.elements())).unwrap();
    assert_ne!(newer.text_version(), kept.text_version);
    assert!(gate.check(Scope::Consultation, &ctx, &patient()).await.unwrap().is_allowed());
}

/// A text that changes under the same name is another version.
#[test]
fn f18_the_version_follows_the_text() {
    let text = text_of(Case::Awareness.elements());
    let version = |text: &str| Template::parse(Case::Awareness, text).unwrap().text_version().to_owned();
    assert_eq!(version(&text), version(&text));
    assert_ne!(version(&text), version(&text.replacen("mots", "autres mots", 1)));
}

/// Annexe 2: what the table says is what the gate of F01 does.
#[tokio::test]
async fn f18_the_categories_are_those_of_the_gate() {
    let gate = ConsentGate::new(Database::in_memory().unwrap(), clock()).with_sentence("Texte du guide.");
    for category in CATEGORIES {
        assert_eq!(Category::of(category.role), category);
        let ctx = AccessContext { role: category.role, ..context("alix", "team-1", "stay-1") };
        for scope in [Scope::Feeding, Scope::Consultation] {
            let _ = gate.record(&ctx, &patient(), StanceChange::new(scope, Stance::InformedNotOpposed)).await.unwrap();
        }
        let presumed = category.consent == ConsentRule::Presumed;
        let allowed = async |scope| gate.check(scope, &ctx, &patient()).await.unwrap().is_allowed();
        assert_eq!(allowed(Scope::Consultation).await, category.consults && presumed, "{category:?}");
        assert_eq!(allowed(Scope::Feeding).await, category.feeds && presumed, "{category:?}");
        if category.consent == ConsentRule::Express {
            let own = ctx.professional_key().unwrap();
            let _ = gate.record_consent(&ctx, &patient(), &own, "consentement-1", true).await.unwrap();
            assert!(allowed(Scope::Consultation).await && allowed(Scope::Feeding).await);
        }
    }
}

/// The text that professionals accept changes: they are asked again (EXI 25). Notices that patients were given stay good.
#[tokio::test]
async fn f18_a_new_version_invalidates_awareness_but_not_past_notices() {
    let mock = dmp_mock::MockDmp::start().await.unwrap();
    let draft = Template::draft(Case::Awareness);
    let read = draft.render(&parameters(), Channel::Portal).unwrap();
    let base = Database::in_memory().unwrap();
    let gate_of = |text: &str| {
        let settings = AirSettings { awareness_text: text.to_owned(), ..crate::support::air::settings() };
        TwoFactorGate::new(crate::support::client(mock.pki(), &mock.url()), settings, base.clone(), clock())
    };
    let professional = crate::support::professional("899999000013");
    let gate = gate_of(read.text_version());
    assert!(!gate.is_aware(&professional).await.unwrap());
    gate.acknowledge(&professional).await.unwrap();
    assert!(gate.is_aware(&professional).await.unwrap());

    let consent = ConsentGate::new(base.clone(), clock()).with_sentence("Texte du guide.");
    let notice = render(Case::InformationByTeam, &parameters(), Channel::Spoken).unwrap();
    let evidence = notice.given(InternalUserId::new("alix").unwrap(), clock().now(), NoticeMode::Synchronous);
    let change = StanceChange::new(Scope::Consultation, Stance::InformedNotOpposed).informed_by(evidence);
    let ctx = context("alix", "team-1", "stay-1");
    let _ = consent.record(&ctx, &patient(), change).await.unwrap();

    let newer = Template::parse(Case::Awareness, &text_of(Case::Awareness.elements())).unwrap();
    assert!(!gate_of(newer.text_version()).is_aware(&professional).await.unwrap());
    assert!(consent.check(Scope::Consultation, &ctx, &patient()).await.unwrap().is_allowed());
}
