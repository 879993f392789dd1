//! C-11 and C-12: what the TLS library of this project cannot be made to do, done by `openssl s_server`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use dmp_client::*;
use dmp_mock::MockDmp;

use super::{record_at, refused};

/// A server of OpenSSL with the certificate of the mock, killed at the end of its test.
struct OpenSsl {
    child: Child,
    port: String,
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl OpenSsl {
    /// `None` where there is no `openssl`.
    fn start(folder: &std::path::Path, options: &[&str]) -> Option<Self> {
        let child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", "server.pem", "-cert_chain", "server.pem"])
            .args(["-key", "server.key"])
            .args(options)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut server = Self { port: String::new(), child };
        // `ACCEPT 127.0.0.1:43211` once it listens; nothing if it does not know an option.
        let lines = BufReader::new(server.child.stdout.take()?).lines();
        let ready = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("ACCEPT ").map(str::to_owned))?;
        server.port = ready.rsplit(':').next()?.trim().to_owned();
        Some(server)
    }
}

/// Starts a server with those options and calls it; `None` where it cannot be started.
async fn call(options: &[&str]) -> Option<DmpError> {
    let mock = MockDmp::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    mock.pki().write_to(folder.path()).unwrap();
    let server = OpenSsl::start(folder.path(), options)?;
    let url = format!("https://127.0.0.1:{}/si-dmp-server/v2/services", server.port);
    // What OpenSSL answers is no HTTP.
    Some(record_at(&mock, &url).existence().await.unwrap_err())
}

#[tokio::test]
async fn c_11_older_versions_than_1_2_are_refused() {
    for version in ["-tls1", "-tls1_1"] {
        let Some(error) = call(&[version, "-cipher", "ALL:@SECLEVEL=0"]).await else {
            println!("skipped: no openssl s_server {version}");
            continue;
        };
        assert_eq!(refused(Err(error)), TlsRefusal::Version, "{version}");
    }
}

#[tokio::test]
async fn c_12_only_the_suites_of_the_dmp_are_offered() {
    for suites in ["ECDHE-RSA-AES256-SHA384", "AES256-GCM-SHA384", "DHE-RSA-AES256-GCM-SHA384"] {
        let Some(error) = call(&["-tls1_2", "-cipher", suites]).await else {
            println!("skipped: no openssl s_server with {suites}");
            continue;
        };
        assert_eq!(refused(Err(error)), TlsRefusal::Suites, "{suites}");
    }
}

#[tokio::test]
async fn the_suites_of_the_dmp_are_agreed_on() {
    for options in [
        ["-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305"],
        ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"],
        ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"],
        ["-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"],
    ] {
        let Some(error) = call(&options).await else {
            println!("skipped: no openssl s_server with {options:?}");
            continue;
        };
        // What came was no HTTP, but it came over TLS.
        assert_ne!(error.kind(), ErrorKind::Tls, "{options:?} {error:?}");
    }
}
