//! The walk of the README, as a reader would type it: seed, block, refusal with its rule, six months later.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::path::Path;
use std::process::Command;

use dmp_mock::MockDmp;
use dmp_mock::pki::PKCS12_PASSWORD;
use dmp_mock::world::seed;
use serde_json::json;

const PAGE: &str = include_str!("../../README.md");

/// The lines of the blocks of that kind.
fn blocks(kind: &str) -> String {
    let mut script = String::new();
    let mut inside = false;
    for line in PAGE.lines() {
        match line.strip_prefix("```") {
            Some(opened) => inside = opened == kind,
            None if inside => script.extend([line, "\n"]),
            None => {}
        }
    }
    script
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_walk_says_what_it_announces() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl not present");
        return;
    }
    // The mock that the first block starts as a process, with the same options.
    assert!(blocks("sh walk-start").contains("dmp-mock serve --lenient V51,V52 --pki-dir pki > ready.json"));
    let mock = MockDmp::builder().lenient("V51,V52").start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    mock.pki().write_to(&folder.path().join("pki")).unwrap();
    let ready = json!({
        "event": "ready", "url": mock.url(), "admin": mock.admin_url(), "pki": folder.path().join("pki"),
        "p12_password": PKCS12_PASSWORD, "structure": seed::STRUCTURE_EG, "professional": seed::MEDECIN,
        "patients": [],
    });
    std::fs::write(folder.path().join("ready.json"), ready.to_string()).unwrap();

    let bin = Path::new(env!("CARGO_BIN_EXE_dmp")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-euc", &blocks("sh walk")]).current_dir(folder.path()).env("PATH", path).env_remove("DMP_LOG");
    let done = tokio::task::spawn_blocking(move || shell.output()).await.unwrap().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{complained}");

    let announced = [
        "active, authorisation NON_EXISTE",
        "exit code 1",
        "done",
        "found",
        "exit code 1",
        "a caller blocked by the patient",
        "\"rule\":\"AUT-03\"",
        "found",
        "active, authorisation EXPIRE",
        "exit code 1",
        "authorisation EXPIRE",
        "\"rule\":\"AUT-02\"",
    ];
    let mut rest = &*said;
    for expected in announced {
        let at = rest.find(expected).unwrap_or_else(|| panic!("{expected} is not said in its place:\n{said}"));
        rest = &rest[at + expected.len()..];
    }
    let refusals: Vec<&str> = complained.lines().filter_map(|line| line.strip_prefix("Code: ")).collect();
    assert_eq!(refusals, ["DMPAuthorizationNotFound", "DMPAccessForbidden", "DMPAuthorizationNotFound"]);
}
