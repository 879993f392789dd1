//! E3: TD3.1.

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::world::seed;
use dmp_protocol::transaction::Transaction;
use jiff::Timestamp;
use xds_model::Cx;
use xds_model::iti18::{
    AdhocQuery, FindDocuments, GetAssociations, GetDocuments, GetDocumentsAndAssociations, GetSubmissionSets,
    ReturnType, StoredQuery,
};

use super::*;
use crate::bare::{HttpAnswer, Sender};

async fn ask(sender: &Sender<'_>, query: &AdhocQuery) -> HttpAnswer {
    sender.send(Transaction::Search, |w| query.write(w)).await
}

#[tokio::test]
async fn e3_01_too_many_identifiers() {
    let mock = MockDmp::start().await.unwrap();
    for _ in 0..5 {
        fed(&mock).await;
    }
    let news = async |limits: QueryLimits| {
        let client = builder(&mock).query_limits(limits).build().unwrap();
        let session = client.air_simplifie(medecin(), factor()).unwrap();
        let record = session.record(followed(), Consent::given()).unwrap();
        let before = requests(&mock);
        let news = record.new_since(Timestamp::UNIX_EPOCH, &KnownDocuments::none()).await.unwrap();
        assert_eq!(news.changes.len(), 5);
        requests(&mock) - before
    };
    let whole = news(QueryLimits::default()).await;
    let split = news(QueryLimits { unique_ids: 2, entry_uuids: 2, uuids: 2 }).await;
    assert!(split >= whole + 4, "{whole} queries, then {split}");

    let sender = Sender::air(&mock);
    let ids = |count: usize| (0..count).map(|number| format!("2.25.{number}")).collect::<Vec<_>>();
    let leaf = || ReturnType::LeafClass;
    let rows = [
        GetDocumentsAndAssociations(GetDocuments::UniqueIds(ids(21))).to_query(leaf()),
        GetDocumentsAndAssociations(GetDocuments::EntryUuids(ids(89))).to_query(leaf()),
        GetDocuments::UniqueIds(ids(21)).to_query(leaf()),
        GetAssociations { uuids: ids(1001) }.to_query(leaf()),
        GetSubmissionSets { uuids: ids(1001) }.to_query(leaf()),
    ];
    for query in rows {
        let answer = ask(&sender, &query).await;
        assert_eq!(answer.rule(), Some("LIM-02"), "{query:?}");
        assert_eq!(failed(&answer, Transaction::Search).0, "XDSRegistryError", "{query:?}");
    }
}

#[tokio::test]
async fn e3_02_an_empty_list_is_never_asked_for() {
    let mock = MockDmp::start().await.unwrap();
    let news = consulting(&mock).new_since(Timestamp::now(), &KnownDocuments::none()).await.unwrap();
    assert!(news.changes.is_empty());
    assert_eq!(transactions(&mock, 0), ["TD3.1"], "the submissions, and no query on none of them");

    let sender = Sender::air(&mock);
    let empty = AdhocQuery::new(StoredQuery::GetAssociations, ReturnType::LeafClass);
    let (code, context, error) = failed(&ask(&sender, &empty).await, Transaction::Search);
    assert_eq!((code.as_str(), context.as_str()), ("XDSStoredQueryMissingParam", "parameterName=$uuid"));
    assert_eq!(error.kind(), ErrorKind::Validation);
}

#[tokio::test]
async fn e3_03_and_e3_04_a_parameter_badly_formed_and_a_query_unknown() {
    let mock = MockDmp::start().await.unwrap();
    let sender = Sender::air(&mock);
    let patient = Cx::ins(&sender.patient.0, seed::TEST_NIR_OID);
    let good = FindDocuments::approved(patient).to_query(ReturnType::LeafClass);
    let mut bracketed = good.clone();
    let parameter = bracketed.parameters.iter_mut().find(|one| one.name == "$XDSDocumentEntryPatientId").unwrap();
    parameter.values = parameter.values.iter().map(|value| format!("({value})")).collect();
    let (_, text, error) = failed(&ask(&sender, &bracketed).await, Transaction::Search);
    assert!(text.ends_with(";Le format du paramètre est incorrect"), "{text}");
    assert!(error.refinement().is_some(), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Validation);

    let unknown = AdhocQuery { id: "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3".into(), ..good };
    let (code, _, error) = failed(&ask(&sender, &unknown).await, Transaction::Search);
    assert_eq!((code.as_str(), error.kind()), ("XDSUnknownStoredQuery", ErrorKind::Validation));
}
