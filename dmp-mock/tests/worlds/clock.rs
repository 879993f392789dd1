//! What moving the clock changes in the acceptance world.

use jiff::{Span, Timestamp};

use super::*;

/// Sets the clock that many months after the start, and some days before or after.
fn jump(mock: &MockDmp, start: Timestamp, months: i32, days: i32) {
    mock.clock().set(start);
    mock.clock().advance_calendar(Span::new().months(months)).unwrap();
    mock.clock().advance_calendar(Span::new().days(days)).unwrap();
}

#[tokio::test]
async fn an_authorisation_expires_six_months_after_it_was_given() {
    let mock = started().await;
    let start = mock.clock().now();
    let tester = tester(&mock, "P-AUTH");
    assert_eq!(find(&tester, approved(&tester)).await.unwrap().len(), 3);
    // Given a month before the start.
    jump(&mock, start, 5, -4);
    assert_eq!(find(&tester, approved(&tester)).await.unwrap().len(), 3);
    jump(&mock, start, 5, 4);
    assert_eq!(find(&tester, approved(&tester)).await, Err("AUT-02".to_owned()));
    let medecin_traitant = in_front_of(Sender::air(&mock), "P-MT");
    assert_eq!(find(&medecin_traitant, approved(&medecin_traitant)).await.unwrap().len(), 2, "never expires");
}

#[tokio::test]
async fn an_invisible_document_is_revealed_after_three_months() {
    let mock = started().await;
    let start = mock.clock().now();
    let of = |label: &str| mock.labelled(label).unwrap();
    let (auth, lots) = (of("P-AUTH"), of("P-LOTS"));
    let seen = |id| mock.with_world(|world| world.documents_seen_by_holder(id, false).count());
    assert_eq!((seen(&auth), seen(&lots)), (2, 13));
    jump(&mock, start, 3, -6);
    let _ = mock.notifications(&auth);
    assert_eq!((seen(&auth), seen(&lots)), (2, 13));
    jump(&mock, start, 3, 2);
    let _ = mock.notifications(&auth);
    assert_eq!((seen(&auth), seen(&lots)), (3, 15));
}

#[tokio::test]
async fn a_minor_comes_of_age() {
    let mock = started().await;
    let start = mock.clock().now();
    let minor = Sender { secret: true, ..tester(&mock, "P-MINOR") };
    assert_eq!(find(&minor, approved(&minor)).await.unwrap().len(), 2);
    jump(&mock, start, 5, -4);
    assert!(find(&minor, approved(&minor)).await.is_ok(), "nearly seventeen and eleven months");
    jump(&mock, start, 6, 4);
    assert_eq!(find(&minor, approved(&minor)).await, Err("V46".to_owned()), "eighteen");
}
