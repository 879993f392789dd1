//! Traces under invented keys.

use dmp_client::{QualifiedPatient, Realm};
use dmp_lps::trace::*;
use dmp_lps::{Database, InternalUserId, ManualClock, StoreError};
use dmp_vocabulary::identity::Ins;
use dmp_vocabulary::oids;
use jiff::Timestamp;

pub(crate) const SECRET: [u8; KEY_LENGTH] = [7; KEY_LENGTH];

pub(crate) fn keys() -> TraceKeys {
    TraceKeys::new(1, &SECRET).unwrap()
}

/// Both traces in memory.
pub(crate) fn tracer(clock: &ManualClock) -> Tracer {
    let (access, air) = (Database::in_memory().unwrap(), Database::in_memory().unwrap());
    over(SqliteTraces::access(access), SqliteTraces::air(air), clock)
}

pub(crate) fn over(access: impl TraceStore, air: impl TraceStore, clock: &ManualClock) -> Tracer {
    Tracer::new(access, air, keys(), clock.clone(), TraceSettings::default())
}

/// The archivist of the establishment, who sees everything.
pub(crate) fn archivist() -> TraceReader {
    TraceReader::restricted(TraceActor::user(InternalUserId::new("archivist").unwrap()))
}

/// The patient of that number.
pub(crate) fn patient_of(matricule: &str) -> QualifiedPatient {
    QualifiedPatient::declared(Ins::parse(matricule, oids::INS_NIR_TEST, Realm::Test).unwrap().value)
}

/// What the local trace says, but the readings themselves.
pub(crate) async fn lines(tracer: &Tracer) -> Vec<AccessTrace> {
    let mut lines = tracer.read(&TraceExtract::all(), &archivist()).await.unwrap();
    lines.retain(|line| line.action != Action::ReadTraces);
    lines
}

/// `action outcome`, in order.
pub(crate) async fn acts(tracer: &Tracer) -> Vec<String> {
    lines(tracer).await.iter().map(|line| format!("{} {}", line.action, line.outcome.as_str())).collect()
}

/// A store on a disk that is full.
pub(crate) struct FullDisk<S>(pub(crate) S);

impl<S: TraceStore> TraceStore for FullDisk<S> {
    fn append(&self, _: Vec<SealedLine>, _: Mark, _: Option<DaySeal>) -> Stored<'_, bool> {
        let full = rusqlite::ffi::Error { code: rusqlite::ErrorCode::DiskFull, extended_code: 13 };
        Box::pin(async move { Err(StoreError::from(rusqlite::Error::SqliteFailure(full, None))) })
    }

    fn head(&self) -> Stored<'_, Option<Mark>> {
        self.0.head()
    }

    fn anchor(&self) -> Stored<'_, Option<Mark>> {
        self.0.anchor()
    }

    fn seal(&self, seal: DaySeal) -> Stored<'_, ()> {
        self.0.seal(seal)
    }

    fn seals(&self) -> Stored<'_, Vec<DaySeal>> {
        self.0.seals()
    }

    fn page(&self, selection: Selection, after: u64, limit: usize) -> Stored<'_, Vec<SealedLine>> {
        self.0.page(selection, after, limit)
    }

    fn first_since(&self, limit: Timestamp) -> Stored<'_, Option<u64>> {
        self.0.first_since(limit)
    }

    fn forget(&self, anchor: Mark) -> Stored<'_, u64> {
        self.0.forget(anchor)
    }

    fn destroy(&self, lines: Vec<(u64, [u8; 32])>) -> Stored<'_, ()> {
        self.0.destroy(lines)
    }

    fn closed(&self, patient: Tag, at: Option<Timestamp>) -> Stored<'_, ()> {
        self.0.closed(patient, at)
    }

    fn closed_until(&self, limit: Timestamp) -> Stored<'_, Vec<Tag>> {
        self.0.closed_until(limit)
    }
}
