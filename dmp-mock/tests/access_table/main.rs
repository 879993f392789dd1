//! Every row of the table of test cases of the access rules, against the pure functions; each row that they cannot
//! decide says why in its column `not_by_rules`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]
#![allow(unreachable_pub, reason = "modules of one test")]

mod decide;
mod row;
mod scene;

use row::Row;

#[test]
fn every_row_is_decided_by_the_rules_or_says_why_not() {
    let rows = Row::all();
    assert_eq!(rows.len(), 181);
    let mut wrong = Vec::new();
    let mut decided = 0;
    for row in &rows {
        match row.cell("not_by_rules") {
            "-" => {
                decided += 1;
                let found = decide::verdict(row);
                if found != row.expected() {
                    wrong.push(format!("{}: expected {:?}, found {found:?}", row.id(), row.expected()));
                }
            }
            reason => println!("{}: not decided by the rules alone: {reason}", row.id()),
        }
    }
    println!("{decided} of {} rows decided by the pure functions", rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
