//! Who may do what: the table of test cases of the access rules and every cell of the rights matrices, over the wire,
//! then the scenarios of the book. The requests that the types of the SDK forbid are written by hand.

#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the rules alone")]
#[path = "../../../../dmp-mock/tests/access_table/row.rs"]
mod row;
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the rules alone")]
#[path = "../../../../dmp-mock/tests/access_table/scene.rs"]
mod scene;

mod actor;
mod answer;
mod matrices;
mod reading;
mod request;
mod scenarios;
mod table;
mod table_of_the_sdk;
mod traces;
