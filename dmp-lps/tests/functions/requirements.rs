//! The table of requirements is whole, what it names exists, and the page made from it is up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dmp_lps::conformity::{ConformityReport, Status, requirements};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn no_identifier_is_missing() {
    let listed = std::fs::read_to_string(format!("{ROOT}/testdata/requirements/ids.txt")).unwrap();
    let listed: BTreeSet<&str> = listed.lines().collect();
    let mut rows = BTreeSet::new();
    for row in requirements() {
        assert!(rows.insert(row.id), "{} twice", row.id);
    }
    let missing: Vec<_> = listed.difference(&rows).collect();
    let unknown: Vec<_> = rows.difference(&listed).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}, unknown: {unknown:?}");
}

/// A row that the SDK meets names an item and a test; a row of somebody else says who does what.
#[test]
fn each_row_says_enough() {
    for row in requirements() {
        let said = match row.status {
            Status::Sdk => !row.items.is_empty() && !row.tests.is_empty(),
            Status::Vendor | Status::Organisation => !row.remains.is_empty(),
            Status::Void => true,
        };
        assert!(said && !row.demand.is_empty(), "{row:?}");
    }
}

#[test]
fn each_item_exists() {
    let crates: BTreeMap<&str, Sources> =
        ["cda", "dmp_client", "dmp_lps", "dmp_mock", "dmp_protocol", "dmp_vocabulary"]
            .map(|name| (name, Sources::of(name)))
            .into();
    let mut wrong = BTreeSet::new();
    for (row, item) in requirements().iter().flat_map(|row| row.items.iter().map(move |item| (row, item))) {
        let mut path = item.split("::");
        let known = path.next().and_then(|name| crates.get(name));
        if !known.is_some_and(|sources| sources.has(&path.collect::<Vec<_>>())) {
            wrong.insert(format!("{}: {item}", row.id));
        }
    }
    assert!(wrong.is_empty(), "no such item:\n{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn each_test_exists() {
    let names = tests();
    let asked = requirements().iter().flat_map(|row| row.tests.iter().map(move |test| (row.id, *test)));
    let wrong: Vec<_> = asked.filter(|(_, test)| !names.iter().any(|name| bears(name, test))).collect();
    assert!(wrong.is_empty(), "no test bears the name: {wrong:?}");
    assert!(!names.iter().any(|name| bears(name, "F09-T99")) && names.iter().any(|name| bears(name, "F09")));
}

/// `UPDATE_GOLDEN=1` writes the page anew.
#[test]
fn the_page_is_what_the_table_gives() {
    let path = format!("{ROOT}/docs/requirements.md");
    let page = ConformityReport::of("The SDK").page().to_markdown();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/requirements.md is not what the table gives: run this test with UPDATE_GOLDEN=1");
}

/// The public names of a crate: each file with what it declares.
struct Sources {
    files: Vec<(String, BTreeSet<String>)>,
}

impl Sources {
    fn of(name: &str) -> Self {
        let folder = PathBuf::from(format!("{ROOT}/{}/src", name.replace('_', "-")));
        let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
        let files = rust_files(&folder).iter().map(read).map(|file| (file.clone(), declared(&file))).collect();
        Self { files }
    }

    /// Each segment of a path is declared; what follows a type stands in a file that speaks of that type.
    fn has(&self, path: &[&str]) -> bool {
        let Some((last, before)) = path.split_last() else { return false };
        let owner = before.last().filter(|name| name.starts_with(char::is_uppercase)).copied().unwrap_or_default();
        before.iter().all(|name| self.declares(name, "")) && self.declares(last, owner)
    }

    fn declares(&self, name: &str, owner: &str) -> bool {
        self.files.iter().any(|(file, names)| names.contains(name) && file.contains(owner))
    }
}

/// What is public in a file: items, functions, variants, and what is made public from elsewhere.
fn declared(file: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in file.lines().map(str::trim) {
        let public = line.strip_prefix("pub ").or_else(|| line.starts_with("fn ").then_some(line));
        let words = |text: &str| -> Vec<String> {
            text.split(|one: char| !one.is_alphanumeric() && one != '_').map(str::to_owned).collect()
        };
        let Some(public) = public else {
            // A variant, a name that a macro declares, a line of a list of names.
            let list =
                line.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | ',' | ' ' | '{' | '}' | ';'));
            let variant = line.starts_with(char::is_uppercase) && line.ends_with("),");
            names.extend(words(line).into_iter().take(if list { usize::MAX } else { usize::from(variant) }));
            continue;
        };
        let all = words(public);
        let mut rest = all.iter().skip_while(|word| matches!(word.as_str(), "async" | "const" | "use"));
        match rest.next().map(String::as_str) {
            Some("fn" | "struct" | "enum" | "trait" | "mod" | "type" | "macro") => names.extend(rest.next().cloned()),
            _ => names.extend(all),
        }
    }
    names
}

/// Names of the functions below a `#[test]`, of every crate.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for package in ["cda", "dmp-vocabulary", "dmp-protocol", "dmp-client", "dmp-lps", "dmp-mock", "examples"] {
        for path in rust_files(Path::new(&format!("{ROOT}/{package}"))) {
            let source = std::fs::read_to_string(path).unwrap();
            let mut marked = false;
            for line in source.lines().map(str::trim) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    marked = true;
                } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| marked) {
                    names.extend(rest.split('(').next().map(str::to_owned));
                    marked = false;
                }
            }
        }
    }
    names
}

/// Whether the name of a test holds an identifier, its punctuation turned into underscores, and not as part of another.
fn bears(test: &str, id: &str) -> bool {
    let wanted = id.to_lowercase().replace(['.', '-'], "_");
    test.match_indices(&wanted).any(|(at, _)| {
        let (before, after) = (&test[..at], &test[at + wanted.len()..]);
        let number_before = before.strip_suffix('_').and_then(|rest| rest.rsplit('_').next());
        !before.ends_with(|one: char| one.is_ascii_alphanumeric())
            && !after.starts_with(|one: char| one.is_ascii_alphanumeric())
            && !number_before.is_some_and(|part| !part.is_empty() && part.chars().all(|one| one.is_ascii_digit()))
    })
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|one| one == "rs") {
                files.push(path);
            }
        }
    }
    files
}
