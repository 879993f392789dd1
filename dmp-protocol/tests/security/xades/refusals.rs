//! What the circumstances decide: time, sender, documents, policy; and hostile bytes.

use super::*;

#[test]
fn time_sender_documents_and_switches_decide() {
    let good = our_file(&Switches::default());
    let later = |hours: i64| at() + jiff::SignedDuration::from_hours(hours);
    let changed = vec![documents()[0].clone(), ("2.25.1.2".to_owned(), b"%PDX".to_vec())];
    let crlf = vec![("2.25.1.1".to_owned(), b"<a xmlns:u='urn:u'>\n&lt;</a>".to_vec()), documents()[1].clone()];
    let cases = [
        ("accepted", Verifier { at: later(24), ..our_verifier() }),
        ("S10", Verifier { at: later(25), ..our_verifier() }),
        ("S10", Verifier { at: later(-1), ..our_verifier() }),
        ("S06", Verifier { at: "2046-03-02T08:00:00Z".parse().unwrap(), ..our_verifier() }),
        ("S07", Verifier { sender: Sender::Structures(&["11B0099001"]), ..our_verifier() }),
        ("S07", Verifier { sender: Sender::Holder("10B0990008"), ..our_verifier() }),
        ("accepted", Verifier { sender: Sender::Structures(&["1990000001", "10B0990008"]), ..our_verifier() }),
        ("S09", Verifier { documents: changed, ..our_verifier() }),
        ("accepted", Verifier { documents: crlf, ..our_verifier() }),
        ("S08", Verifier { documents: documents()[..1].to_vec(), ..our_verifier() }),
        ("S06", Verifier { trust: &Trust::default(), ..our_verifier() }),
    ];
    for (rank, (expected, verifier)) in cases.into_iter().enumerate() {
        assert_eq!(verifier.rule(&good), expected, "case {rank}");
    }
    let sha1 = good.replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1");
    let refusing = Switches { xades_accept_sha1: false, ..Switches::default() };
    assert_eq!(Verifier { switches: refusing, ..our_verifier() }.rule(&sha1), "S02");
    assert_eq!(our_verifier().rule(&sha1), "S04");
}

#[test]
fn lenient_rules_warn() {
    let good = our_file(&Switches::default());
    let verifier = Verifier {
        policy: Policy::lenient("S07,S10").unwrap(),
        sender: Sender::Structures(&[]),
        at: at() + jiff::SignedDuration::from_hours(100),
        ..our_verifier()
    };
    let verification = verifier.verify(good.as_bytes());
    let warned: Vec<&str> = verification.warnings.iter().map(|warning| warning.rule).collect();
    assert_eq!(warned, ["S07", "S10"]);
    assert_eq!(verification.outcome.unwrap().documents.len(), 2);
}

#[test]
fn whatever_is_cut_or_flipped_nothing_panics_and_nothing_false_is_accepted() {
    let good = our_file(&Switches::default());
    let verifier = our_verifier();
    for at in (0..good.len()).step_by(7) {
        let cut = &good.as_bytes()[..at];
        assert!(verifier.verify(cut).outcome.is_err(), "cut at {at}");
        let mut flipped = good.clone().into_bytes();
        flipped[at] ^= 0x01;
        if let Ok(verified) = verifier.verify(&flipped).outcome {
            // A flip outside what is signed (the purpose block is compared, white space in base64 is not) changes nothing.
            assert_eq!(verified.signer.structure_id(), Some("10B0990008"), "flip at {at}");
            assert_eq!(verified.documents.len(), 2, "flip at {at}");
        }
    }
}
