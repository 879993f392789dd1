//! `dmp-mock serve` as another program sees it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dmp-mock"));
    command.arg("serve").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn one_line_of_json_says_where_everything_is() {
    let folder = tempfile::tempdir().unwrap();
    let pki = folder.path().join("new").display().to_string();
    let mut running = Running(
        serve(&[
            "--pki-dir",
            &pki,
            "--open-world",
            "--lenient",
            "X09,V41",
            "--strict",
            "X15",
            "--switch",
            "grant_months=12",
        ])
        .spawn()
        .unwrap(),
    );
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with(r#"{"event":"ready","url":"https://127.0.0.1:"#), "{line}");
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(ready["url"].as_str().unwrap().ends_with("/si-dmp-server/v2/services"));
    assert!(ready["admin"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let address = |name: &str| ready[name].as_str().unwrap().to_owned();
    assert_eq!(address("url"), format!("{}/si-dmp-server/v2/services", address("web_ps")));
    assert!(address("web_ps_psc").starts_with("https://127.0.0.1:") && address("web_ps_psc") != address("web_ps"));
    let psc = address("psc_services").replace("/si-dmp-server/v2/services", "");
    assert_eq!(address("psc_token"), format!("{psc}/api-lps/oauth/token"));
    assert_eq!(ready["p12_password"], "dmp-mock");
    assert_eq!(
        (ready["structure"].as_str(), ready["professional"].as_str()),
        (Some("10B0990008"), Some("899999000013"))
    );
    assert_eq!(ready["patients"].as_array().unwrap().len(), 3);
    let written = std::path::Path::new(ready["pki"].as_str().unwrap());
    for name in ["ca.pem", "server.pem", "server.key"] {
        assert!(written.join(name).exists(), "{name}");
    }
    for identity in ["org_auth_cli", "org_sign"] {
        for extension in ["pem", "key", "p12"] {
            assert!(written.join(format!("{identity}.{extension}")).exists(), "{identity}.{extension}");
        }
    }
    // Every file is told, and every file that is told is there.
    let index: serde_json::Value = serde_json::from_slice(&std::fs::read(written.join("index.json")).unwrap()).unwrap();
    let told: std::collections::BTreeSet<_> =
        index["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect();
    let stems = std::fs::read_dir(written).unwrap().map(|file| file.unwrap().path());
    let stems = stems.filter(|path| path.extension().is_some_and(|extension| extension == "pem"));
    let stems: std::collections::BTreeSet<_> =
        stems.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(told, stems);
    let readme = std::fs::read_to_string(written.join("README.md")).unwrap();
    assert!(told.iter().all(|name| readme.contains(&format!("`{name}`"))));
    assert!(index["misuses"].as_array().unwrap().iter().all(|one| told.contains(one["name"].as_str().unwrap())));
}

#[test]
fn bad_arguments_are_refused_with_what_to_do() {
    let missing = std::env::temp_dir().join("dmp-mock-no-such-world.toml").display().to_string();
    for (arguments, expected) in [
        (vec!["--lenient", "nonsense!"], "is not a rule id"),
        (vec!["--off", "V41,V99"], "no rule is called V99"),
        (vec!["--switch", "matrix=deny"], "matrix_unknown"),
        (vec!["--switch", "matrix_unknown=maybe"], "allow_warn, allow or deny"),
        (vec!["--switch", "matrix_unknown"], "NAME=VALUE"),
        (vec!["--reading-matrix", missing.as_str()], "could not be read"),
        (vec!["--value-sets", missing.as_str()], "no-such-world"),
        (vec!["--world", missing.as_str()], "could not be read"),
        (vec!["--listen", "192.0.2.1:1"], "choose another --listen address"),
    ] {
        let output = serve(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains(expected), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_file_of_faults_and_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("faults.toml"), "[[fault]]\ncount = 1\neffect = { kind = \"http\", status = 503 }\n").unwrap();
    let (faults, journal) = (path("faults.toml"), path("journal.jsonl"));
    let arguments = ["--faults", &faults, "--journal", &journal, "--journal-raw", "--journal-clear"];
    let mut running = Running(serve(&arguments).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with(r#"{"event":"ready""#) && folder.path().join("journal.jsonl").exists(), "{line}");
    drop(running);

    std::fs::write(path("faults.toml"), "[[fault]]\neffect = { kind = \"http\", status = 99 }\n").unwrap();
    let refused = serve(&["--faults", &path("faults.toml")]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("number 1") && said.contains("HTTP 99"), "{said}");
}
