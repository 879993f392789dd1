//! C-08: a server that is revoked, and a list that cannot be had.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::pki::LeafRequest;
use jiff::Timestamp;

use super::log::Log;
use super::{record_of, refused};
use crate::support::server::{ScriptedServer, no_dmp};
use crate::support::*;

#[tokio::test]
async fn c_08_revoked_and_unknown() {
    let mock = MockDmp::start().await.unwrap();
    let request = LeafRequest::server(vec!["127.0.0.1".to_owned()], Timestamp::now());
    let in_order = mock.pki().organisations.issue(&request).unwrap();
    let revoked = mock.pki().organisations.issue(&request).unwrap();
    mock.revoke(revoked.certificate_der()).unwrap();
    // The lists of this authority are at an address where nobody listens.
    let silent = mock.pki().foreign_root().unwrap();
    let unknown = silent.issue(&request).unwrap();
    let both = format!("{}{}", mock.pki().root.certificate_pem(), silent.certificate_pem());

    use Revocation::{Hard, Off, Soft};
    for (identity, mode, expected, warned) in [
        (&in_order, Hard, None, false),
        (&revoked, Hard, Some(TlsRefusal::Revoked), true),
        (&unknown, Hard, Some(TlsRefusal::RevocationUnknown), true),
        (&in_order, Soft, None, false),
        (&revoked, Soft, Some(TlsRefusal::Revoked), true),
        (&unknown, Soft, None, true),
        (&revoked, Off, None, false),
        (&unknown, Off, None, false),
    ] {
        let server = ScriptedServer::start(identity, |_| Some(no_dmp())).await;
        let anchors = TrustAnchors::from_pem(both.as_bytes()).unwrap();
        let log = Log::start();
        let record = record_of(builder_for(&mock, &server.url()).trust_anchors(anchors).revocation(mode));
        let outcome = record.existence().await;
        match expected {
            Some(refusal) => assert_eq!(refused(outcome), refusal, "{mode:?}"),
            None => assert!(outcome.is_ok(), "{mode:?} {outcome:?}"),
        }
        assert_eq!(server.requests(), usize::from(expected.is_none()), "{mode:?} {expected:?}");
        assert_eq!(!log.text().is_empty(), warned, "{mode:?} {expected:?}: {}", log.text());
    }
}
