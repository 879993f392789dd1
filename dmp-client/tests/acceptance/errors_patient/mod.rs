//! What a DMP may answer that is not the usual: acceptance book §14 (W-*) and §16 (E0-*).

mod answers;
mod forms;
mod requests;

use dmp_client::*;
use dmp_mock::MockDmp;
use dmp_mock::faults::{Effect, Fault};
use dmp_protocol::rights::AuthorizationMode;
use dmp_protocol::transaction::Transaction;

use crate::modes::people::{make_regulation_centre, other};
use crate::support::documents::{document, letter, unique_id};
use crate::support::*;

/// One client, one document, and what it is told by each transaction.
struct Scene {
    mock: MockDmp,
    client: DmpClient,
    document: String,
}

impl Scene {
    async fn new() -> Self {
        let mock = MockDmp::start().await.unwrap();
        make_regulation_centre(&mock);
        let letter = letter();
        let scene = Scene { client: client(&mock), document: unique_id(&letter), mock };
        let record = scene.client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
        record.submit(&Submission::of(document(&letter).await)).await.unwrap();
        scene
    }

    fn session(&self) -> AirSession {
        self.client.air_simplifie(medecin(), factor()).unwrap()
    }

    fn record(&self) -> AirRecord {
        self.session().record(followed(), Consent::given()).unwrap()
    }

    /// What a caller is told, without what differs from one call to the next.
    async fn told(&self, transaction: Transaction) -> Result<String, DmpError> {
        let record = self.record();
        Ok(match transaction {
            Transaction::Existence => format!("{:?}", record.existence().await?),
            Transaction::SetAuthorization => {
                let other = self.session().record(other(), Consent::given()).unwrap();
                format!("{:?}", other.authorise().await?)
            }
            Transaction::ListAuthorised => {
                let listed = self.session().authorised(AuthorisedList::all()).await?;
                format!(
                    "{:?}",
                    listed
                        .iter()
                        .map(|one| (one.ins().cloned().collect::<Vec<_>>(), one.birth_date.clone()))
                        .collect::<Vec<_>>()
                )
            }
            Transaction::SearchPatient => {
                let found = self.session().centre_15().search_patients(PatientCriteria::named("exemple")).await?;
                format!(
                    "{:?}",
                    found.iter().map(|one| (one.traits().given.clone(), one.match_percentage())).collect::<Vec<_>>()
                )
            }
            Transaction::AdministrativeData => format!("{:?}", record.administrative_data().await?),
            Transaction::ListAuthorisations => {
                let actors = record.authorisations(AuthorizationMode::Toute).await?;
                format!("{:?}", actors.iter().map(|actor| actor.national_id.clone()).collect::<Vec<_>>())
            }
            Transaction::Submit => {
                let feeding = self.client.indirect(sender()).unwrap().record(followed(), Consent::given()).unwrap();
                format!("{:?}", feeding.submit(&Submission::of(document(&letter()).await)).await?.warnings)
            }
            Transaction::Search => format!("{:?}", record.find(Search::approved()).await?.into_entries()),
            Transaction::Retrieve => format!("{} bytes", record.retrieve(self.document.as_str()).await?.len()),
            Transaction::Delete => format!("{:?}", record.delete(self.document.as_str()).await?),
            other => panic!("{other}: not told here"),
        })
    }

    /// The same, the answer being hit by a fault, in a world that is then as before.
    async fn told_with(&self, transaction: Transaction, effect: Effect) -> Result<String, DmpError> {
        let kept = self.mock.snapshot();
        self.mock.faults().add(Fault::new(effect).on(transaction)).unwrap();
        let told = self.told(transaction).await;
        assert!(self.mock.faults().list()[0].fired > 0, "{transaction} was not made: {told:?}");
        self.mock.faults().clear();
        self.mock.restore(&kept);
        told
    }
}

fn rewrite(edits: &[(&str, &str)]) -> Effect {
    Effect::Rewrite { edits: edits.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect() }
}
