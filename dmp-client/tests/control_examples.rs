//! The examples in Python and shell that drive a mock by its control port, with the command `dmp` as the software that
//! they test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod support;

use std::process::Command;

use support::desk::Desk;

/// Runs an example; says why when the interpreter or curl is missing.
async fn run(interpreter: &'static str, needs: &str, example: &str) {
    for program in [interpreter, needs] {
        if Command::new(program).arg("--version").output().is_err() {
            println!("skipped: {program} not present");
            return;
        }
    }
    let desk = Desk::new().await;
    let script = format!("{}/../examples/control/{example}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(interpreter);
    command
        .arg(script)
        .current_dir(desk.path(""))
        .env("ADMIN", desk.mock.admin_url())
        .env("SOFTWARE", env!("CARGO_BIN_EXE_dmp"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let told = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_in_python_passes() {
    run("python3", "python3", "test_with_mock.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_in_shell_passes() {
    // Not every `sh` knows --version: that it starts is enough.
    run("sh", "curl", "test_with_mock.sh").await;
}
