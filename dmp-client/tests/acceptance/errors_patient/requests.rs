//! W-01: requests without their addressing blocks.

use dmp_mock::MockDmp;
use dmp_protocol::transaction::Transaction;

use crate::bare;

#[tokio::test]
async fn w_01_a_request_without_message_id_to_or_action() {
    let mock = MockDmp::start().await.unwrap();
    let sender = bare::Sender::air(&mock);
    for block in ["MessageID", "To", "Action"] {
        let envelope = sender.envelope(Transaction::Existence, &sender.sign(&sender.assertion()), |w| {
            sender.existence_request().write(w);
        });
        let start = envelope.find(&format!("<{block} ")).unwrap();
        let end = envelope.find(&format!("</{block}>")).unwrap() + block.len() + 3;
        let without = format!("{}{}", &envelope[..start], &envelope[end..]);
        let answer = sender.send_envelope(Transaction::Existence, without).await;
        let fault = answer.fault().expect(block);
        assert_eq!(fault.reason, "A required header representing a Message Addressing Property is not present");
        assert_eq!((answer.status.as_u16(), fault.code.as_str()), (500, "Sender"), "{block}");
        assert_eq!(answer.fault_code().as_deref(), Some("MessageAddressingHeaderRequired"), "{block}");
        assert_eq!(fault.problem_header.as_deref(), Some(block));
    }
}
