//! F30: HL7 v2 as it is read and written, and the segment ZFA of IHE PAM.

use crate::support::{clock, context, patient};
use dmp_lps::consent::{ConsentGate, Provenance, Scope, Stance, StanceChange};
use dmp_lps::interop::er7::{Charset, Er7Error, Line, Message, read_time, write_time};
use dmp_lps::interop::{Answer, Zfa, ZfaError};
use dmp_lps::*;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const STANCES: [Stance; 3] = [Stance::NotRecorded, Stance::InformedNotOpposed, Stance::InformedOpposed];

type Gate = ConsentGate<Database>;

fn gate(clock: &ManualClock) -> Gate {
    ConsentGate::new(Database::in_memory().unwrap(), clock.clone()).with_sentence("Texte du guide.")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An admission that carries these fields, after `ZFA`.
fn admission(zfa: &str) -> Message {
    Message::parse(format!("MSH|^~\\&|ADM|HOP|DPI|HOP|20260302||ADT^A01|1|T|2.5\rZFA{zfa}\r").as_bytes()).unwrap()
}

fn read(zfa: &str) -> Result<Zfa, ZfaError> {
    Ok(Zfa::of_message(&admission(zfa))?.unwrap())
}

#[tokio::test]
async fn f01_t10_the_nine_combinations_go_out_and_come_back() {
    let mut written = std::collections::BTreeSet::new();
    for feeding in STANCES {
        for consultation in STANCES {
            // This establishment's register, with another date for each question.
            let clock = clock();
            let (ours, ctx) = (gate(&clock), context("alix", "team-1", "visit-1"));
            let _ = ours.record(&ctx, &patient(), StanceChange::new(Scope::Feeding, feeding)).await.unwrap();
            clock.advance(SignedDuration::from_mins(5));
            let _ = ours.record(&ctx, &patient(), StanceChange::new(Scope::Consultation, consultation)).await.unwrap();
            let zfa = Zfa::of_gate(&ours, &ctx, &patient()).await.unwrap();
            written.insert(zfa.to_line().to_string());

            // On the wire, then in the register of another one.
            let sent = Message::write(&[Line::msh("20260302090000+0100", Charset::Utf8), zfa.to_line()]).unwrap();
            let received = Zfa::of_message(&Message::parse(&sent).unwrap()).unwrap().unwrap();
            assert_eq!(received, zfa);
            let theirs = gate(&clock);
            let _ = received.apply(&theirs, &ctx, &patient()).await.unwrap();
            for (scope, stance, collected) in [
                (Scope::Feeding, feeding, at("2026-03-02T08:00:00Z")),
                (Scope::Consultation, consultation, at("2026-03-02T08:05:00Z")),
            ] {
                assert_eq!(theirs.current(scope, &ctx, &patient()).await.unwrap(), stance);
                let record = theirs.last(scope, &ctx, &patient()).await.unwrap();
                // Nothing is written down of what nobody asked.
                assert_eq!(record.is_some(), stance != Stance::NotRecorded);
                if let Some(record) = record {
                    assert_eq!((record.provenance, record.collected_at()), (Provenance::ThirdParty, collected));
                }
            }
        }
    }
    assert_eq!(written.len(), 9, "nine different segments");
    assert!(written.contains("ZFA|||||||||IO|20260302090000+0100|IC|20260302090500+0100"), "{written:?}");
}

#[test]
fn f30_what_a_zfa_says() {
    let answer = |stance, at: Option<&str>| Some(Answer { stance, at: at.map(|at| at.parse().unwrap()) });
    let (open, opposed) = (Stance::InformedNotOpposed, Stance::InformedOpposed);
    for (zfa, feeding, consultation) in [
        ("", None, None),
        ("|1|2|3|4|5|6|7|8|INO", answer(open, None), None),
        (
            "|||||||||IO|20260302|INC|202603020900",
            answer(opposed, Some("2026-03-01T23:00:00Z")),
            answer(opposed, Some("2026-03-02T08:00:00Z")),
        ),
        (
            "|||||||||\"\"|\"\"|IC|20260702090000-0400",
            answer(Stance::NotRecorded, None),
            answer(open, Some("2026-07-02T13:00:00Z")),
        ),
        ("|||||||||NA||NA|", answer(Stance::NotRecorded, None), answer(Stance::NotRecorded, None)),
    ] {
        assert_eq!(read(zfa), Ok(Zfa { feeding, consultation }), "{zfa}");
    }
    for (zfa, refused) in [
        ("|||||||||IC", ZfaError::Code { field: 9, expected: "INO, IO or NA" }),
        ("|||||||||ino", ZfaError::Code { field: 9, expected: "INO, IO or NA" }),
        ("|||||||||||O", ZfaError::Code { field: 11, expected: "IC, INC or NA" }),
        ("|||||||||IO|2026", ZfaError::Date { field: 10 }),
        ("|||||||||IO|20260302|IC|hier", ZfaError::Date { field: 12 }),
        ("|||||||||IO|20260302|IC|20260230", ZfaError::Date { field: 12 }),
    ] {
        assert_eq!(read(zfa), Err(refused), "{zfa}");
    }
    let without = Message::parse(b"MSH|^~\\&|\r").unwrap();
    assert_eq!(Zfa::of_message(&without), Ok(None));
}

#[tokio::test]
async fn f30_a_repeated_or_older_answer_changes_nothing() {
    let clock = clock();
    let (gate, ctx) = (gate(&clock), context("alix", "team-1", "visit-1"));
    let told = async |zfa: &str| {
        let applied = read(zfa).unwrap().apply(&gate, &ctx, &patient()).await.unwrap();
        let stance = gate.current(Scope::Feeding, &ctx, &patient()).await.unwrap();
        (applied.feeding.is_some(), stance)
    };
    assert_eq!(told("|||||||||IO|20260302083000+0100").await, (true, Stance::InformedOpposed));
    assert_eq!(told("|||||||||IO|20260302083000+0100").await, (false, Stance::InformedOpposed), "repeated");
    // A user of this software learns more, at 9:00 in Paris.
    let change = StanceChange::new(Scope::Feeding, Stance::InformedNotOpposed);
    let _ = gate.record(&ctx, &patient(), change).await.unwrap();
    assert_eq!(told("|||||||||IO|20260302083000+0100").await, (false, Stance::InformedNotOpposed), "older");
    assert_eq!(
        told("|||||||||NA|20260302100000+0100").await,
        (false, Stance::InformedNotOpposed),
        "nobody asked there"
    );
    // A date without time may be of after: an opposition is not lost.
    assert_eq!(told("|||||||||IO|20260301").await, (false, Stance::InformedNotOpposed));
    assert_eq!(told("|||||||||IO|20260302").await, (true, Stance::InformedOpposed));
    assert_eq!(told("|||||||||NA|20260302235900+0100").await, (true, Stance::NotRecorded), "taken back by who said it");
    assert_eq!(gate.history(&patient()).await.unwrap().len(), 4);
}

#[tokio::test]
async fn f30_only_a_later_answer_lifts_an_opposition() {
    let opposed = StanceChange::new(Scope::Feeding, Stance::InformedOpposed);
    // The opposition is of 9:00 in Paris, on March 2nd; an NA lifts none that was said here.
    for (theirs, zfa, lifted) in [
        (false, "INO", false),
        (false, "INO|20260301", false),
        (false, "INO|20260302", false),
        (false, "INO|20260302085900+0100", false),
        (false, "INO|20260302090000+0100", false),
        (false, "INO|20260302090100+0100", true),
        (false, "INO|20260303", true),
        (false, "NA", false),
        (false, "NA|20260303", false),
        (true, "INO", false),
        (true, "INO|20260302", false),
        (true, "INO|20260303", true),
        (true, "NA", false),
        (true, "NA|20260302", false),
        (true, "NA|20260302090000+0100", false),
        (true, "NA|20260302090100+0100", true),
    ] {
        let clock = clock();
        let (gate, ctx) = (gate(&clock), context("alix", "team-1", "visit-1"));
        let change = if theirs { opposed.clone().from_third_party() } else { opposed.clone() };
        let _ = gate.record(&ctx, &patient(), change).await.unwrap();
        let applied = read(&format!("|||||||||{zfa}")).unwrap().apply(&gate, &ctx, &patient()).await.unwrap();
        let stance = gate.current(Scope::Feeding, &ctx, &patient()).await.unwrap();
        assert_eq!(
            (applied.feeding.is_some(), stance != Stance::InformedOpposed),
            (lifted, lifted),
            "{zfa}, theirs: {theirs}"
        );
    }
}

#[tokio::test]
async fn f30_an_opposition_that_comes_by_zfa_has_its_consequences() {
    let clock = clock();
    let (gate, ctx) = (gate(&clock), context("alix", "team-1", "visit-1"));
    gate.authorised(&ctx, &patient()).await.unwrap();
    let applied = read("|||||||||IO||INC").unwrap().apply(&gate, &ctx, &patient()).await.unwrap();
    assert!(applied.feeding.unwrap().reevaluate_queue);
    assert!(applied.consultation.unwrap().withdraw_now);
    // Nothing is accepted while the sentence of the guide is missing (rule 10).
    let mute = ConsentGate::new(Database::in_memory().unwrap(), clock);
    let refused = read("|||||||||||IC").unwrap().apply(&mute, &ctx, &patient()).await;
    assert!(matches!(refused, Err(dmp_lps::consent::RecordError::NoSentence)));
}

#[test]
fn f30_character_sets_are_those_of_msh_18() {
    let header = |set: &str| format!("MSH|^~\\&|A|B|C|D|20260302||ADT^A01|1|T|2.5||||||{set}\rNTE|1||").into_bytes();
    let text = |set: &str, bytes: &[u8]| {
        let message = Message::parse(&[header(set), bytes.to_vec()].concat())?;
        Ok(message.segment("NTE").unwrap().field(3).text().into_owned())
    };
    assert_eq!(text("UNICODE UTF-8", "cœur €".as_bytes()), Ok("cœur €".to_owned()));
    assert_eq!(text("8859/15", b"c\xBDur \xA4"), Ok("cœur €".to_owned()));
    assert_eq!(text("8859/1", b"caf\xE9 \xA4"), Ok("café ¤".to_owned()));
    assert_eq!(text("8859/15~UNICODE UTF-8", b"\xE9"), Ok("é".to_owned()));
    assert_eq!(text("", b"plain"), Ok("plain".to_owned()));
    let offset = header("").len();
    assert_eq!(text("", b"\xE9"), Err(Er7Error::Decode { charset: "UNICODE UTF-8", offset }));
    assert_eq!(text("KOI8", b"x"), Err(Er7Error::UnknownCharset));
    for (set, written, holds) in
        [(Charset::Latin9, "Œuvre à 5 €", true), (Charset::Latin9, "¤", false), (Charset::Latin1, "€", false)]
    {
        let lines = [Line::msh("20260302", set), Line::new("NTE").text(3, written)];
        match Message::write(&lines) {
            Ok(bytes) => {
                let read = Message::parse(&bytes).unwrap();
                assert_eq!(read.segment("NTE").unwrap().field(3).text(), written);
                assert!(holds);
            }
            Err(error) => assert_eq!((error, holds), (Er7Error::Encode { charset: set.as_str() }, false)),
        }
    }
}

#[test]
fn f30_escapes_and_foreign_delimiters() {
    for (raw, text) in [
        (r"a\F\b\S\c\T\d\R\e\E\f", r"a|b^c&d~e\f"),
        (r"one\.br\two\X0D0A\three", "one\ntwo\r\nthree"),
        (r"\H\bold\N\ \Xzz\ \X\ \XE9\ \", r"\H\bold\N\ \Xzz\ \X\ \XE9\ \"),
        ("", ""),
    ] {
        let message = Message::parse(format!("MSH|^~\\&|\rNTE|{raw}").as_bytes()).unwrap();
        assert_eq!(message.segment("NTE").unwrap().field(1).text(), text, "{raw}");
    }
    // The sender chooses the delimiters.
    let message = Message::parse(b"MSH#*%!@#APP\nPID##1%2*a@b!S!c").unwrap();
    let field = message.segment("PID").unwrap().field(2);
    let second = field.repetitions().nth(1).unwrap();
    assert_eq!(second.component(2).subcomponent(2).text(), "b*c");
    assert_eq!((message.header(1).raw(), message.header(3).raw()), ("#", "APP"));
}

#[test]
fn f30_what_is_no_message_is_refused() {
    for (bytes, refused) in [
        (&b""[..], Er7Error::NoHeader),
        (b"PID|1", Er7Error::NoHeader),
        (b"MSH|^~\\&", Er7Error::NoHeader),
        (b"MSH|||||||", Er7Error::NoHeader),
        (b"MSH|^^\\&|", Er7Error::NoHeader),
        (b"MSHA^~\\&A", Er7Error::NoHeader),
        (b"MSH|^~\\&|\rpid|1", Er7Error::NoName(2)),
        (b"MSH|^~\\&|\rPI", Er7Error::NoName(2)),
        (b"MSH|^~\\&|\rPIDX", Er7Error::NoName(2)),
    ] {
        assert_eq!(Message::parse(bytes).unwrap_err(), refused, "{}", String::from_utf8_lossy(bytes));
    }
    let many = [b"MSH|^~\\&|\r".to_vec(), b"NTE|1\r".repeat(10_001)].concat();
    assert_eq!(Message::parse(&many).unwrap_err(), Er7Error::TooLarge);
    assert_eq!(Message::write(&[Line::new("PID")]).unwrap_err(), Er7Error::NoHeader);
    // Neither a message nor its parts tell what they hold.
    let message = Message::parse(b"MSH|^~\\&|\rPID|||SECRET").unwrap();
    let pid = message.segment("PID").unwrap();
    let shown = format!("{message:?} {pid:?} {:?} {:?}", pid.field(3), Line::new("PID").text(3, "SECRET"));
    assert!(!shown.contains("SECRET"), "{shown}");
}

#[test]
fn f30_times_are_of_paris_unless_they_say_otherwise() {
    for (text, instant) in [
        ("20260302", Some("2026-03-01T23:00:00Z")),
        ("202607020930", Some("2026-07-02T07:30:00Z")),
        ("20260702093015.1234", Some("2026-07-02T07:30:15Z")),
        ("20260702093015+1100", Some("2026-07-01T22:30:15Z")),
        ("202607", None),
        ("20260702093015+11", None),
        ("20260702093015+1160", None),
        ("20260702 93015", None),
        ("20261302", None),
        ("é", None),
        ("", None),
    ] {
        assert_eq!(read_time(text), instant.map(at), "{text}");
    }
    assert_eq!(write_time(at("2026-07-02T07:30:15.9Z")), "20260702093015+0200");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever the bytes, a message or an error; whatever a message holds, answers or an error.
    #[test]
    fn f30_the_reader_is_total(noise in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..80) {
        let good = b"MSH|^~\\&|A|B|C|D|20260302||ADT^A01|1|T|2.5||||||8859/15\rPID|||1~2\rZFA|||||||||IO|20260302|IC";
        let mut mutated = good.to_vec();
        let end = (at + noise.len()).min(mutated.len());
        mutated.splice(at..end, noise.iter().copied());
        for bytes in [noise, mutated] {
            if let Ok(message) = Message::parse(&bytes) {
                let _ = Zfa::of_message(&message);
                for segment in message.segments() {
                    let field = segment.field(at % 20);
                    let _ = (field.text(), field.component(at).subcomponent(2).text(), field.repetitions().count());
                }
            }
        }
    }

    /// Any text comes back as it was put in.
    #[test]
    fn f30_any_text_comes_back(text in any::<String>()) {
        let bytes = Message::write(&[Line::msh("20260302", Charset::Utf8), Line::new("NTE").text(3, &text)]).unwrap();
        let message = Message::parse(&bytes).unwrap();
        let read = message.segment("NTE").unwrap().field(3).text().into_owned();
        prop_assert_eq!(read, text);
    }
}
