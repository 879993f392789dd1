//! E4: TD3.2.

use std::error::Error as _;

use dmp_client::*;
use dmp_mock::MockDmp;

use super::*;

#[tokio::test]
async fn e4_02_bytes_that_are_not_those_of_the_entry() {
    let mock = MockDmp::start().await.unwrap();
    let id = fed(&mock).await;
    let record = consulting(&mock);
    let entry = record.entry(&id).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let spoilt = [
        DocumentEntry { hash: Some("0".repeat(40)), ..entry.clone() },
        DocumentEntry { size: entry.size.map(|size| size + 1), ..entry.clone() },
    ];
    for entry in &spoilt {
        let path = folder.path().join("letter.xml");
        for error in
            [record.retrieve(entry).await.unwrap_err(), record.retrieve_to_file(entry, &path).await.unwrap_err()]
        {
            assert!(error.source().is_some_and(|source| source.is::<IntegrityError>()), "{error:?}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is stored");
    }
    record.retrieve_to_file(&entry, folder.path().join("letter.xml")).await.unwrap();
}

#[tokio::test]
async fn e4_04_a_deleted_document_is_not_retrieved() {
    let mock = MockDmp::start().await.unwrap();
    let id = fed(&mock).await;
    let record = consulting(&mock);
    let entry = record.entry(&id).await.unwrap();
    feeding(&mock).delete(&entry).await.unwrap();
    for target in [Target::from(&id), Target::from(&entry)] {
        let error = record.retrieve(target).await.unwrap_err();
        assert_eq!(error.code().unwrap().as_str(), "XDSDocumentUniqueIdError");
        assert_eq!(error.details()[0].text.as_deref(), Some(format!("uniqueId={id}").as_str()));
    }
}
