//! `dmp parameters`, and the settings of TLS.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use serde_json::json;
use support::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn the_parameter_file_is_fetched_kept_and_shown() {
    let desk = Desk::new().await;
    let shown = desk.json(&["parameters"]).await;
    assert_eq!((&shown["age_hours"], &shown["age-majorite"]), (&json!(null), &json!(18)));
    let refused = desk.fails(2, &["parameters", "--refresh"]).await;
    assert!(refused.contains("[parameters] url"));

    desk.mock.set_switch("age_majorite", "16").unwrap();
    let ready = std::fs::read_to_string(desk.path("ready.json")).unwrap();
    let with_url = format!("{{\"parameters\":\"{}\",", desk.mock.parameters_url());
    std::fs::write(desk.path("ready.json"), ready.replacen('{', &with_url, 1)).unwrap();
    desk.run(&["init", "--force", "--from-mock", "ready.json", "-o", "dmp.toml"]).await;
    desk.edit(|text| {
        let text = text.replace("# tls = \"1.2+1.3\"", "tls = \"1.2\"");
        text.replace("# revocation = \"soft\"", "revocation = \"hard\"")
    });
    let shown = desk.json(&["parameters", "--refresh"]).await;
    assert_eq!((&shown["age_hours"], &shown["age-majorite"]), (&json!(0), &json!(16)));
    // Kept for the commands that come.
    assert_eq!(desk.json(&["parameters"]).await["age-majorite"], 16);
    assert_eq!(desk.json(&["exists", "--ins", dmp_mock::world::seed::PATIENT_FOLLOWED]).await["status"], "active");

    desk.edit(|text| text.replace("# pinned = []", "pinned = []"));
    let refused = desk.fails(2, &["exists", "--ins", dmp_mock::world::seed::PATIENT_FOLLOWED]).await;
    assert!(refused.contains("[endpoint] pinned"), "{refused}");
    desk.edit(|text| text.replace("pinned = []", "# pinned = []").replace("param-lps\"", "nothing\""));
    desk.fails(3, &["parameters", "--refresh"]).await;
}
