//! `dmp web-ps`: what it prints, what it writes, and that the DMP opens with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use dmp_mock::world::seed;
use dmp_protocol::web_ps::{SAML_FIELD, write_urlencoded};
use support::browser::Browser;
use support::desk::Desk;

const INS: [&str; 2] = ["--ins", seed::PATIENT_FOLLOWED];

/// Action and `SAMLResponse` of a page that posts a form.
fn form(html: &str) -> (String, String) {
    let between = |from: &str| html.split_once(from).and_then(|(_, rest)| rest.split_once('"')).unwrap().0.to_owned();
    (between("action=\""), between(&format!("name=\"{SAML_FIELD}\" value=\"")))
}

#[tokio::test]
async fn the_form_of_air_opens_the_dmp_and_is_for_its_owner_only() {
    let desk = Desk::new().await;
    for (page, patient) in [("TableauDeBord", &[][..]), ("DossierPatient", &INS[..])] {
        let file = format!("{page}.html");
        let told = desk.json(&[&["web-ps", page, "-o", &file], patient].concat()).await;
        assert_eq!((told["transaction"].as_str(), told["url"].as_str()), (Some("TD0.10"), None));
        assert!(told["vihf_id"].as_str().unwrap().starts_with('_'));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(desk.path(&file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let (url, assertion) = form(&std::fs::read_to_string(desk.path(&file)).unwrap());
        assert!(!told.to_string().contains(&assertion));
        assert!(url.starts_with(&format!("{}/AccesIndirectRenforce/{page}", desk.mock.web_ps_url())));
        let body = write_urlencoded([(SAML_FIELD, assertion.as_str())]);
        let shown = Browser::new(&desk.mock, Some(&desk.mock.pki().org_auth_cli)).post(&url, &body).await;
        assert_eq!((shown.status, shown.page()), (200, page), "{}", shown.refusal());
        // A file that is there keeps its rights: it is not written.
        let stderr = desk.fails(2, &[&["web-ps", page, "-o", &file], patient].concat()).await;
        assert!(stderr.contains("exists already"), "{stderr}");
    }
}

#[tokio::test]
async fn a_card_gets_an_address() {
    let desk = Desk::new().await;
    desk.edit(|text| {
        ["[card]", "authentication = ", "signing = ", "password = "].iter().fold(text, |text, line| {
            let (before, section) = text.split_once("for --as card").unwrap();
            format!("{before}for --as card{}", section.replacen(&format!("\n# {line}"), &format!("\n{line}"), 1))
        })
    });
    let told = desk.json(&[&["--as", "card", "web-ps", "CarnetVaccination"], &INS[..]].concat()).await;
    let expected = format!(
        "{}/AccesDirect/CarnetVaccination/{}/{}",
        desk.mock.web_ps_url(),
        seed::PATIENT_FOLLOWED,
        seed::TEST_NIR_OID
    );
    assert_eq!((told["transaction"].as_str(), told["url"].as_str()), (Some("TD0.9"), Some(expected.as_str())));
    desk.json(&["--as", "card", "web-ps", "Parametrages", "-o", "address.txt"]).await;
    let written = std::fs::read_to_string(desk.path("address.txt")).unwrap();
    assert_eq!(written, format!("{}/AccesDirect/Parametrages\n", desk.mock.web_ps_url()));
    assert!(desk.mock.journal().last().is_none(), "nothing is sent");
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_with_what_to_do() {
    let desk = Desk::new().await;
    let file = ["-o", "form.html"];
    for (arguments, expected) in [
        (&["web-ps", "TableauDeBord"][..], "-o FILE"),
        (&["web-ps", "Accueil"], "CarnetVaccination"),
        (&["web-ps", "DossierPatient", file[0], file[1]], "without patient"),
        (&["web-ps", "Documents", INS[0], INS[1], file[0], file[1]], "AIR does not open"),
        (&["--as", "indirect", "web-ps", "TableauDeBord", file[0], file[1]], "--as"),
        (&["--secret", "2012-09-15", "web-ps", "TableauDeBord", file[0], file[1]], "--ins"),
    ] {
        let stderr = desk.fails(2, arguments).await;
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
        assert!(!desk.path("form.html").exists());
    }
    desk.edit(|text| text.replace("\nair = ", "\n# air = "));
    let stderr = desk.fails(2, &["web-ps", "TableauDeBord", file[0], file[1]]).await;
    assert!(stderr.contains("[web_ps] air") && stderr.contains("EX_0.9-1030"), "{stderr}");
}
