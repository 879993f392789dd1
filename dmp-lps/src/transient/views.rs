//! Documents on the screen.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::{DmpError, DocumentEntry, DocumentState, Record};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::folder::{SealedFolder, alerts};
use super::purge::{PurgeReport, viewed};
use super::room::{Reading, Room, erased};
use crate::context::{AccessContext, EpisodeId, PatientKey};
use crate::import::{Delivered, DocumentSource};
use crate::trace::{Notes, TraceActor, Tracer};

/// The documents that one user session has on its screens. Dropping it closes them all.
#[derive(Debug)]
pub struct ViewCache {
    folder: SealedFolder,
    state: Arc<Mutex<State>>,
    notes: Notes,
}

/// In which episode a document was opened.
type OpenedIn = EpisodeId;

#[derive(Debug)]
struct State {
    /// `None` once the session is closed: the key is erased.
    room: Option<Room<OpenedIn>>,
    /// What users saved from a view: episode and uniqueId.
    saved: Vec<(EpisodeId, String)>,
}

/// A document on the screen. Dropping it, or [`Self::close`], erases it.
#[derive(Debug)]
pub struct View {
    id: Uuid,
    state: Arc<Mutex<State>>,
    alerts: Vec<DocumentState>,
}

impl ViewCache {
    /// The cache of a session that begins, in a folder of its own: what another one left in it is removed.
    ///
    /// # Errors
    /// The folder cannot be made, or there is no randomness for the key.
    pub fn open(folder: impl Into<PathBuf>) -> std::io::Result<Self> {
        let folder = SealedFolder::open(folder)?;
        let state = State { room: Some(Room::new()?), saved: Vec::new() };
        Ok(Self { folder, state: Arc::new(Mutex::new(state)), notes: Notes::default() })
    }

    /// Traces what is viewed, and what is erased at the end of an episode (F14); without it neither is.
    #[must_use]
    pub fn traced(mut self, tracer: Tracer) -> Self {
        self.notes = Notes::by(tracer);
        self
    }

    /// TD3.2: opens a document, in the episode of the context. Nothing is saved by it.
    ///
    /// # Errors
    /// [`DmpError`]: that of TD3.2; `F13` when the session is closed or the folder fails.
    pub async fn view<A: Consults, X: AccessMode>(
        &self,
        ctx: &AccessContext,
        patient: &PatientKey,
        record: &Record<A, X>,
        entry: &DocumentEntry,
    ) -> Result<View, DmpError> {
        let key = lock(&self.state).room.as_ref().map(|room| room.key.clone()).ok_or_else(erased)?;
        let file = self.folder.download(&key, record, entry).await?;
        self.notes.note_or_refuse(ctx, viewed(patient, entry)).await?;
        // The session may have closed meanwhile: the file goes then.
        let mut state = lock(&self.state);
        let room = state.room.as_mut().ok_or_else(erased)?;
        let id = room.add(file, entry.clone(), ctx.episode.id.clone());
        Ok(View { id, state: Arc::clone(&self.state), alerts: alerts(entry) })
    }

    /// How many documents are open.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.state).room.as_ref().map_or(0, |room| room.documents.len())
    }

    /// Whether no document is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The episode is over: closes its documents, whoever shows them.
    pub async fn close_episode(&self, by: impl Into<TraceActor>, episode: &EpisodeId) -> PurgeReport {
        let report = self.erase(episode);
        self.notes.note_done(by, report.note()).await;
        report
    }

    fn erase(&self, episode: &EpisodeId) -> PurgeReport {
        let mut report = PurgeReport::new(episode);
        let mut state = lock(&self.state);
        if let Some(room) = state.room.as_mut() {
            for held in room.take(|held| held.about == *episode) {
                report.erased(held.entry.unique_id.clone(), held.file.erase());
            }
        }
        let of_it = |(saved_in, _): &mut (EpisodeId, String)| saved_in == episode;
        report.kept_by_user = state.saved.extract_if(.., of_it).map(|(_, unique_id)| unique_id).collect();
        report
    }

    /// The session of the user is over: every document and the key are erased. Views that are still there show nothing
    /// more.
    pub fn close(&self) {
        lock(&self.state).room = None;
    }
}

impl Drop for ViewCache {
    fn drop(&mut self) {
        self.close();
    }
}

impl View {
    /// Its bytes, wiped from memory when they are dropped.
    ///
    /// # Errors
    /// [`DmpError`] `F13`: the session or the episode is over, or the file was altered.
    pub async fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, DmpError> {
        self.reading()?.bytes().await
    }

    /// What must alert whoever opens it in front of the patient (`EX_3.2-1025`).
    #[must_use]
    pub fn alerts(&self) -> &[DocumentState] {
        &self.alerts
    }

    /// Closes the viewer: the document is erased.
    pub fn close(self) {}

    fn reading(&self) -> Result<Reading, DmpError> {
        lock(&self.state).room.as_ref().and_then(|room| room.reading(self.id)).ok_or_else(erased)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if let Some(room) = lock(&self.state).room.as_mut() {
            room.documents.remove(&self.id);
        }
    }
}

/// Saving what is on the screen: no second download.
impl DocumentSource for View {
    async fn deliver(&self, entry: &DocumentEntry, to: &Path) -> Result<Delivered, DmpError> {
        self.reading()?.deliver(entry, to).await
    }

    fn imported(&self, entry: &DocumentEntry) {
        let mut state = lock(&self.state);
        let episode = state.room.as_ref().and_then(|room| room.documents.get(&self.id)).map(|held| held.about.clone());
        state.saved.extend(episode.map(|episode| (episode, entry.unique_id.clone())));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
