//! The first program of the README is the one that runs.

#![allow(clippy::unwrap_used, reason = "tests")]

const README: &str = include_str!("../../README.md");
const PROGRAM: &str = include_str!("../src/bin/first_program.rs");

#[test]
fn the_first_program_of_the_readme_is_the_one_that_runs() {
    let shown = README.split_once("```rust\n").unwrap().1.split_once("```").unwrap().0;
    assert!(PROGRAM.ends_with(shown), "copy examples/src/bin/first_program.rs into README.md");
}

#[test]
fn what_the_readme_links_to_exists() {
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let links = README.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
    let missing: Vec<&str> = links.filter(|link| !link.starts_with("http") && !root.join(link).exists()).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_switch_is_in_the_table_of_choices() {
    let choices = include_str!("../../docs/choices.md");
    let both = include_str!("../../dmp-protocol/src/switches.rs");
    let server = include_str!("../../dmp-protocol/src/switches/server.rs");
    let fields = |source: &'static str, name: &str| -> Vec<&'static str> {
        let body = source.split_once(&format!("pub struct {name} {{")).unwrap().1.split_once("\n}").unwrap().0;
        let field = |line: &'static str| line.trim().strip_prefix("pub ")?.split_once(':').map(|(field, _)| field);
        body.lines().filter_map(field).filter(|field| *field != "server").collect()
    };
    let rows = fields(both, "Switches").into_iter().map(|field| format!("| `{field}` |"));
    let rows = rows.chain(fields(server, "ServerSwitches").into_iter().map(|field| format!("| `server.{field}` |")));
    let missing: Vec<String> = rows.filter(|row| !choices.contains(row)).collect();
    assert_eq!(missing, Vec::<String>::new());
}
