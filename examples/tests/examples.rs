//! The reference integrations do what `docs/examples.md` shows. `UPDATE_GOLDEN=1` writes their output there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::PathBuf;
use std::process::Command;

/// Each program with its binary.
const PROGRAMS: [(&str, &str); 5] = [
    ("consultation", env!("CARGO_BIN_EXE_consultation")),
    ("nightly_feed", env!("CARGO_BIN_EXE_nightly_feed")),
    ("announcement", env!("CARGO_BIN_EXE_announcement")),
    ("correction", env!("CARGO_BIN_EXE_correction")),
    ("emergency", env!("CARGO_BIN_EXE_emergency")),
];

fn page() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples.md").into()
}

/// What a program prints; ids and times become names.
fn output(program: &str) -> String {
    let output = Command::new(program).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{program}: {errors}");
    String::from_utf8(output.stdout).unwrap().lines().map(|line| normalised(line) + "\n").collect()
}

/// `10:28` and `2.25.4711…` are those of one run.
fn normalised(line: &str) -> String {
    line.split(' ')
        .map(|word| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let is_time = word.split_once(':').is_some_and(|(hour, minute)| digits(hour) && digits(minute));
            match () {
                () if is_time => "HH:MM",
                () if word.starts_with("2.25.") => "2.25.…",
                () => word,
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The block of a program in the page: where its text begins and ends.
fn block(page: &str, name: &str) -> std::ops::Range<usize> {
    let section = page.find(&format!("\n## `{name}`\n")).unwrap_or_else(|| panic!("no section {name}"));
    let begin = section + page[section..].find("```text\n").unwrap() + "```text\n".len();
    begin..begin + page[begin..].find("```").unwrap()
}

#[test]
fn the_programs_do_what_the_documentation_shows() {
    let mut shown = std::fs::read_to_string(page()).unwrap();
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    for (name, program) in PROGRAMS {
        let output = output(program);
        let block = block(&shown, name);
        if update {
            shown.replace_range(block, &output);
        } else {
            assert_eq!(output, shown[block], "{name}: UPDATE_GOLDEN=1 rewrites docs/examples.md");
        }
    }
    if update {
        std::fs::write(page(), shown).unwrap();
    }
}

#[test]
fn the_programs_are_short_and_have_their_section() {
    for (name, _) in PROGRAMS {
        let source = format!("{}/src/bin/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let lines = std::fs::read_to_string(source).unwrap().lines().count();
        assert!(lines < 150, "{name}: {lines} lines");
    }
}
