//! The load benchmark: what is sent, how often, and how long it takes.

mod documents;
mod measure;

pub use measure::{Measure, memory};

use std::sync::Arc;
use std::time::Instant;

use dmp_client::{AirRecord, Consent, Document, IndirectRecord, QualifiedPatient, Search, Submission};
use dmp_mock::MockDmp;
use dmp_mock::world::{Patient, PatientId, Registry, seed};
use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::Ins;
use jiff::SignedDuration;

use crate::bare::Failure;
use crate::tour::Tour;
use documents::{RARE, cda_of, fill};

/// Under what the requests are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conditions {
    /// Each request has its own assertion, and a feeding is preceded by TD0.2.
    Default,
    /// The assertion is sent again within its validity, no TD0.2 in the loop, state in memory, no limit of searches.
    MassFeeding,
}

impl Conditions {
    /// A sentence for the reader of the figures.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Default => "Everything on: an assertion for each request, TD0.2 before each TD2.1",
            Self::MassFeeding => {
                "Mass feeding: assertion sent again within its validity (INDIRECTE), no TD0.2 in the loop, state in \
                 memory, no throttling"
            }
        }
    }
}

/// A mock and a client of it.
#[derive(Debug)]
pub struct Load {
    tour: Tour,
    mock: MockDmp,
    conditions: Conditions,
    clients: usize,
}

impl Load {
    /// Starts the mock.
    ///
    /// # Errors
    /// A port that cannot be opened, or an identity that is refused.
    pub async fn start(conditions: Conditions, clients: usize) -> Result<Self, Failure> {
        let mock = Tour::mock().await?;
        let reuse = match conditions {
            Conditions::Default => SignedDuration::ZERO,
            Conditions::MassFeeding => SignedDuration::from_mins(30),
        };
        let tour = Tour::of_mock(&mock, |builder| builder.reuse_assertions(reuse))?;
        Ok(Self { tour, mock, conditions, clients })
    }

    fn patient(&self) -> Result<QualifiedPatient, Failure> {
        Ok(QualifiedPatient::declared(Ins::parse(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID, Realm::Test)?.value))
    }

    fn feeding(&self) -> Result<IndirectRecord, Failure> {
        Ok(self.tour.feeding()?.record(self.patient()?, Consent::given())?)
    }

    fn consulting(&self) -> Result<AirRecord, Failure> {
        Ok(self.tour.consulting()?.record(self.patient()?, Consent::given())?)
    }

    /// TD0.2.
    ///
    /// # Errors
    /// A request that fails.
    pub async fn existence(&self, times: usize) -> Result<Measure, Failure> {
        let record = Arc::new(self.feeding()?);
        self.repeat("TD0.2", times, move |_| {
            let record = Arc::clone(&record);
            async move { record.existence().await.map(drop).map_err(Failure::from) }
        })
        .await
    }

    /// TD2.1 of one document of about that many bytes, each time another.
    ///
    /// # Errors
    /// A document that cannot be made, or a request that fails.
    pub async fn feed(&self, bytes: usize, times: usize) -> Result<Measure, Failure> {
        let record = Arc::new(self.feeding()?);
        let mut submissions = Vec::with_capacity(times);
        for number in 0..times {
            let document = Document::from_cda_bytes(cda_of(bytes, number)?).await?;
            submissions.push(Submission::of(document));
        }
        let submissions = Arc::new(submissions);
        let asks_first = self.conditions == Conditions::Default;
        let label = format!("TD2.1, {} KB", bytes >> 10);
        self.repeat(&label, times, move |number| {
            let (record, submissions) = (Arc::clone(&record), Arc::clone(&submissions));
            async move {
                if asks_first {
                    record.existence().await?;
                }
                record.submit(&submissions[number]).await.map(drop).map_err(Failure::from)
            }
        })
        .await
    }

    /// TD3.1 on a record that holds `held` documents; of one type, which `found` of them have, or of all.
    ///
    /// # Errors
    /// A request that fails, or another number of documents found.
    pub async fn search(&self, held: usize, found: Option<usize>, times: usize) -> Result<Measure, Failure> {
        let id = PatientId::new(seed::PATIENT_FOLLOWED, seed::TEST_NIR_OID);
        let mut registry = Registry::default();
        fill(&mut registry, &id, held, found.unwrap_or(0));
        // Not a snapshot: that goes back in time, and assertions would come from the future.
        let before = self.mock.with_world(|world| std::mem::replace(&mut world.registry, registry));
        let record = Arc::new(self.consulting()?);
        let label = match found {
            Some(found) => format!("TD3.1, {found} of {held} documents"),
            None => format!("TD3.1, all of {held} documents"),
        };
        let measure = self
            .repeat(&label, times, move |_| {
                let record = Arc::clone(&record);
                async move {
                    let search = match found {
                        Some(_) => Search::approved().type_codes([(RARE, "2.16.840.1.113883.6.1")]),
                        None => Search::approved(),
                    };
                    let entries = record.find(search).await?;
                    if entries.len() == found.unwrap_or(held) { Ok(()) } else { Err("not what is there".into()) }
                }
            })
            .await;
        self.mock.with_world(|world| world.registry = before);
        measure
    }

    /// TD3.2 of a document of 50 KB.
    ///
    /// # Errors
    /// A request that fails.
    pub async fn retrieve(&self, times: usize) -> Result<Measure, Failure> {
        let document = Document::from_cda_bytes(cda_of(50 << 10, 0)?).await?;
        let unique_id = document.entry().unique_id.clone();
        self.feeding()?.submit(&Submission::of(document)).await?;
        let record = Arc::new(self.consulting()?);
        let entry = Arc::new(record.entry(unique_id.as_str()).await?);
        self.repeat("TD3.2, 50 KB", times, move |_| {
            let (record, entry) = (Arc::clone(&record), Arc::clone(&entry));
            async move { record.retrieve(&*entry).await.map(drop).map_err(Failure::from) }
        })
        .await
    }

    /// Runs one request `times` times, some at a time.
    async fn repeat<F, R>(&self, label: &str, times: usize, request: F) -> Result<Measure, Failure>
    where
        F: Fn(usize) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), Failure>> + Send,
    {
        let request = Arc::new(request);
        let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let started = Instant::now();
        let mut workers = Vec::new();
        for _ in 0..self.clients.min(times) {
            let (request, next) = (Arc::clone(&request), Arc::clone(&next));
            workers.push(tokio::spawn(async move {
                let mut durations = Vec::new();
                loop {
                    let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if number >= times {
                        return Ok::<_, Failure>(durations);
                    }
                    let sent = Instant::now();
                    request(number).await?;
                    durations.push(sent.elapsed());
                }
            }));
        }
        let mut durations = Vec::with_capacity(times);
        for worker in workers {
            durations.extend(worker.await??);
        }
        Ok(Measure::new(label, started.elapsed(), durations))
    }
}

/// Starts that many mocks at once, asks TD0.2 of each, and says how long it took.
///
/// # Errors
/// A port that cannot be opened, or a request that fails.
pub async fn side_by_side(mocks: usize) -> Result<String, Failure> {
    let started = Instant::now();
    let all: Vec<_> = (0..mocks).map(|_| tokio::spawn(one_of_many())).collect();
    let mut kept = Vec::new();
    for one in all {
        kept.push(one.await??);
    }
    Ok(format!("{} mocks side by side, each started and asked once: {:.0?}", kept.len(), started.elapsed()))
}

async fn one_of_many() -> Result<Load, Failure> {
    let load = Load::start(Conditions::Default, 1).await?;
    load.mock.with_world(|world| {
        world.add_patient(Patient::active(PatientId::new("191129719900389", seed::TEST_NIR_OID), "AUTRE", "NOM"));
    });
    load.existence(1).await?;
    Ok(load)
}
