//! A PostgreSQL server of a test's own, where its programs are installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Stopped when it is dropped.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    pg_ctl: PathBuf,
    port: u16,
}

/// `None`, and said so, where PostgreSQL is not installed. `tls`: certificate and key, in PEM; the server then listens on
/// the loopback address and takes nothing in clear there.
#[allow(clippy::print_stdout, reason = "a test that was skipped must say so")]
pub(crate) fn server(tls: Option<(&str, &str)>) -> Option<Server> {
    let Some(initdb) = program("initdb") else {
        println!("skipped: PostgreSQL not installed");
        return None;
    };
    let pg_ctl = initdb.with_file_name("pg_ctl");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let mut options = format!("-F -k {} -c shared_buffers=16MB", folder.path().display());
    let port = if tls.is_some() { free_port() } else { 5432 };
    if let Some((certificate, key)) = tls {
        std::fs::write(folder.path().join("server.pem"), certificate).unwrap();
        std::fs::write(folder.path().join("server.key"), key).unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        options +=
            &format!(" -c ssl=on -c ssl_cert_file={} -c ssl_key_file={}", file("server.pem"), file("server.key"));
    }
    options += &format!(" -p {port} -c listen_addresses={}", if tls.is_some() { "127.0.0.1" } else { "''" });
    own(folder.path());
    run(as_server(&initdb).args(["-D"]).arg(&data).args(["-U", "feed", "-A", "trust", "--no-sync", "-E", "UTF8"]));
    if tls.is_some() {
        let rules = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";
        std::fs::write(data.join("pg_hba.conf"), rules).unwrap();
    }
    let log = folder.path().join("log");
    run(as_server(&pg_ctl).arg("-D").arg(&data).arg("-l").arg(log).args(["-w", "-o", &options, "start"]));
    Some(Server { folder, pg_ctl, port })
}

impl Server {
    /// By its Unix socket.
    pub(crate) fn settings(&self) -> String {
        format!("host={} port={} user=feed dbname=postgres", self.folder.path().display(), self.port)
    }

    /// By the network.
    pub(crate) fn address(&self, host: &str) -> String {
        format!("host={host} hostaddr=127.0.0.1 port={} user=feed dbname=postgres", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let mut stop = as_server(&self.pg_ctl);
        let _ = stop.arg("-D").arg(data).args(["-m", "immediate", "stop"]).stdout(Stdio::null()).status();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    // Where Debian keeps the programs of the server.
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file())?;
    // A link in PATH may stand alone: the others are beside its target.
    std::fs::canonicalize(found).ok()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// PostgreSQL refuses to run as root.
fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn own(folder: &Path) {
    if is_root() {
        run(Command::new("chown").args(["-R", "postgres"]).arg(folder));
    }
    run(Command::new("chmod").arg("-R").arg("u+rwX,go-rwx").arg(folder));
    run(Command::new("chmod").arg("755").arg(folder));
}

fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}");
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
