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
