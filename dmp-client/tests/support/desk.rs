//! The binary `dmp` on the desk of a user: a mock, a folder, a configuration.

use std::path::PathBuf;
use std::process::Output;

use dmp_mock::MockDmp;
use dmp_mock::pki::PKCS12_PASSWORD;
use dmp_mock::world::seed;
use serde_json::{Value, json};

/// A mock, a folder with its credentials, and a configuration wired to it.
pub(crate) struct Desk {
    pub(crate) mock: MockDmp,
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let mock = MockDmp::start().await.unwrap();
        let url = mock.url();
        Self::at(mock, &url).await
    }

    pub(crate) async fn at(mock: MockDmp, url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self { mock, folder };
        desk.mock.pki().write_to(&desk.path("pki")).unwrap();
        let samples = desk.mock.pki().samples().unwrap();
        desk.mock.pki().write_samples(&samples, &desk.path("pki")).unwrap();
        let ready = json!({
            "event": "ready", "url": url, "admin": desk.mock.admin_url(), "pki": desk.path("pki"),
            "p12_password": PKCS12_PASSWORD, "structure": seed::STRUCTURE_EG, "professional": seed::MEDECIN,
            "patients": [seed::PATIENT_FOLLOWED], "web_ps": desk.mock.web_ps_url(),
        });
        std::fs::write(desk.path("ready.json"), format!("starting\n{ready}\n")).unwrap();
        let init = desk.run(&["init", "--from-mock", "ready.json", "-o", "dmp.toml"]).await;
        assert_eq!(init.status.code(), Some(0), "{}", stderr(&init));
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dmp"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("DMP_LOG");
        tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap()
    }

    /// Runs with `--json`, expects success.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat()).await;
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs, expects that exit code, returns what stderr says.
    pub(crate) async fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
        stderr(&output)
    }

    pub(crate) fn edit(&self, change: impl FnOnce(String) -> String) {
        let text = std::fs::read_to_string(self.path("dmp.toml")).unwrap();
        std::fs::write(self.path("dmp.toml"), change(text)).unwrap();
    }
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
