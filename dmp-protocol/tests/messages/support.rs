//! Files and fixed values shared by the tests.

use std::path::PathBuf;

use dmp_protocol::soap::MessageId;
use dmp_protocol::xml::{Element, Limits, Writer, parse};
use uuid::Uuid;

pub(crate) const REQUEST: &str = "94826523-9678-450d-8cb1-ad82d0042c23";
pub(crate) const RESPONSE: &str = "3d934e4f-390f-4b48-b009-e89243d9ec88";

pub(crate) fn testdata(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata")).join(path)
}

pub(crate) fn read(path: &str) -> Vec<u8> {
    let path = testdata(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn tree(xml: &str) -> Element {
    parse(xml.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{xml}"))
}

pub(crate) fn written(write: impl FnOnce(&mut Writer)) -> String {
    let mut w = Writer::new();
    write(&mut w);
    w.finish().expect("a test message can be written")
}

pub(crate) fn message_id(uuid: &str) -> MessageId {
    MessageId::from_uuid(self::uuid(uuid))
}

pub(crate) fn uuid(text: &str) -> Uuid {
    Uuid::try_parse(text).expect("a UUID of the tests")
}
