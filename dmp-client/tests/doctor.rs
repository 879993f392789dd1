//! `dmp doctor` and the diagnosis behind it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_client::Realm;
use dmp_client::diagnosis::{Check, Verdict};
use dmp_mock::MockDmp;
use dmp_protocol::certificate::Certificate;
use serde_json::Value;
use support::desk::Desk;
use support::server::closed_port;
use support::{builder_at, client};

fn check<'a>(report: &'a Value, requirement: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["requirement"] == requirement).unwrap()
}

fn private(desk: &Desk) {
    #[cfg(unix)]
    for file in ["pki/org_auth_cli.p12", "pki/org_sign.p12", "dmp.toml"] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(desk.path(file), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f32_a_sound_installation_fails_nothing_and_says_nothing_secret() {
    let desk = Desk::new().await;
    private(&desk);
    let report = desk.json(&["doctor"]).await;
    let verdict = |requirement: &str| check(&report, requirement)["verdict"].as_str().unwrap().to_owned();
    for requirement in ["EXI 23", "V02", "V21", "V23", "EXI 22", "REC_0.X-1050", "EX_AIR-080", "V10-V23", "0.1-050"] {
        assert_eq!(verdict(requirement), "ok", "{requirement}: {}", check(&report, requirement));
    }
    assert_eq!(verdict("EX_GEN-1460"), "ok");
    assert_eq!(verdict("EX_GEN-1540"), "warning", "no parameter file was read");
    let sessions: Vec<&str> =
        report["assertions"].as_array().unwrap().iter().map(|one| one["session"].as_str().unwrap()).collect();
    assert_eq!(sessions, ["AIR simplifié", "INDIRECTE"]);

    let text = report.to_string();
    for secret in ["XXX-000000-tmp0", "899999000013", "MODELE ALIX"] {
        assert!(!text.contains(secret), "{secret}");
    }
    // No transaction was sent.
    assert_eq!(desk.mock.journal().exchanges().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn f32_files_that_others_read_and_a_french_reader() {
    let desk = Desk::new().await;
    private(&desk);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(desk.path("pki/org_sign.p12"), open).unwrap();
        let report = desk.json(&["doctor", "--offline"]).await;
        assert_eq!(check(&report, "EXI 23")["verdict"], "warning");
        assert!(check(&report, "EXI 23")["found"].as_str().unwrap().contains("org_sign.p12"));
        assert!(!check(&report, "EXI 23")["found"].as_str().unwrap().contains("org_auth"));
    }
    let french = desk.json(&["doctor", "--offline", "--language", "fr"]).await;
    assert_eq!(check(&french, "V23")["subject"], "les deux certificats ensemble");
}

#[tokio::test(flavor = "multi_thread")]
async fn f32_what_is_broken_decides_the_exit_code() {
    let desk = Desk::new().await;
    let port = closed_port().await;
    let url = desk.mock.url();
    desk.edit(|text| text.replace(&url, &format!("https://127.0.0.1:{port}/si-dmp-server/v2/services")));
    let output = desk.run(&["--json", "doctor"]).await;
    assert_eq!(output.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["status"], &check(&report, "0.1-050")["verdict"]), (&"failed".into(), &"failed".into()));

    // The signature pair in the place of the other: named, and the network is not asked.
    desk.edit(|text| text.replace("pki/org_auth_cli.p12", "pki/org_sign.p12"));
    let output = desk.run(&["--json", "doctor"]).await;
    assert_eq!(output.status.code(), Some(2));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = check(&report, "EX_GEN-1450")["found"].as_str().unwrap();
    assert!(found.contains("cannot authenticate"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn f32_production_asks_for_more() {
    let mock = MockDmp::start().await.unwrap();
    let endpoint = dmp_client::Endpoint::custom(&mock.url()).unwrap().realm(Realm::Production);
    // The certificates of the mock are of the test branch: only a lenient policy takes them to production.
    let policy = dmp_client::Policy::lenient("V02,V21").unwrap();
    let client = builder_at(&mock, endpoint).policy(policy).build().unwrap();
    let checks = client.diagnose(&[]);
    let of = |requirement: &str| -> &Check { checks.iter().find(|check| check.requirement == requirement).unwrap() };
    for requirement in ["V02", "V21", "EX_GEN-1490"] {
        assert_eq!(of(requirement).verdict, Verdict::Failed, "{:?}", of(requirement));
    }
    for requirement in ["EXI 04", "EX_AIR-080"] {
        assert_eq!(of(requirement).verdict, Verdict::Warning, "{:?}", of(requirement));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f32_authorities_complete_a_path() {
    let mock = MockDmp::start().await.unwrap();
    let root = Certificate::from_pem(mock.pki().root.certificate_pem().as_bytes()).unwrap();
    let with = client(&mock).diagnose(&[root]);
    assert!(with.iter().filter(|one| one.requirement == "EX_AIR-080").all(|one| one.verdict == Verdict::Passed));
    let without = client(&mock).diagnose(&[]);
    assert!(without.iter().filter(|one| one.requirement == "EX_AIR-080").all(|one| one.verdict == Verdict::Warning));
}
