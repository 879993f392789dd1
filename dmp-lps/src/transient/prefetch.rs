//! Documents downloaded before an episode, for those who are responsible for it (référentiel §5.1).

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dmp_client::mode::{AccessMode, Consults};
use dmp_client::{DmpError, DocumentEntry, DocumentState, Record};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::folder::{SealedFolder, alerts};
use super::purge::{PurgeReport, viewed};
use super::refusal::{failed, refused};
use super::room::{Reading, Room, erased};
use crate::clock::Clock;
use crate::context::{AccessContext, CareTeamId, EpisodeId, PatientKey, ProfessionalKey};
use crate::import::{Delivered, DocumentSource};
use crate::trace::{Notes, TraceActor, Tracer};

/// What the establishment chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrefetchSettings {
    /// Whether documents may be downloaded before an episode at all. Default: no (K07).
    pub enabled: bool,
    /// How long a document is held at most (project default: 3 days).
    pub max_age: SignedDuration,
}

impl Default for PrefetchSettings {
    fn default() -> Self {
        Self { enabled: false, max_age: SignedDuration::from_hours(72) }
    }
}

/// Documents held for episodes. Dropping it erases them all.
pub struct Prefetch {
    folder: SealedFolder,
    clock: Arc<dyn Clock>,
    settings: PrefetchSettings,
    episodes: Arc<Mutex<HashMap<EpisodeId, ForEpisode>>>,
    notes: Notes,
}

impl std::fmt::Debug for Prefetch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prefetch").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// When a document was downloaded.
type FetchedAt = Timestamp;

/// What is held for an episode, under its key.
#[derive(Debug)]
struct ForEpisode {
    team: CareTeamId,
    responsible: BTreeSet<ProfessionalKey>,
    room: Room<FetchedAt>,
    saved: Vec<String>,
}

/// A document that was downloaded before its episode.
#[derive(Debug)]
pub struct Prefetched {
    id: Uuid,
    episode: EpisodeId,
    episodes: Arc<Mutex<HashMap<EpisodeId, ForEpisode>>>,
    alerts: Vec<DocumentState>,
}

impl Prefetch {
    /// In a folder of its own: what another program, or a crash, left in it is removed.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>, clock: impl Clock, settings: PrefetchSettings) -> std::io::Result<Self> {
        let (folder, episodes) = (SealedFolder::open(folder)?, Arc::default());
        Ok(Self { folder, clock: Arc::new(clock), settings, episodes, notes: Notes::default() })
    }

    /// Traces what is opened, and what is erased with its episode or with age (F14); without it neither is.
    #[must_use]
    pub fn traced(mut self, tracer: Tracer) -> Self {
        self.notes = Notes::by(tracer);
        self
    }

    /// Prepares an episode: from now on documents are held for it, for these professionals of the team alone.
    /// Called again, the professionals are those of the last call.
    ///
    /// # Errors
    /// [`DmpError`] `F13`: downloading before an episode is switched off (K07), or there is no randomness for its key.
    pub fn prepare(
        &self,
        episode: &EpisodeId,
        team: &CareTeamId,
        responsible: impl IntoIterator<Item = ProfessionalKey>,
    ) -> Result<(), DmpError> {
        if !self.settings.enabled {
            return Err(refused(
                "a document downloaded before its episode",
                "an establishment that switched it on (K07)",
            ));
        }
        let responsible = responsible.into_iter().collect();
        let mut episodes = lock(&self.episodes);
        if let Some(known) = episodes.get_mut(episode) {
            (known.team, known.responsible) = (team.clone(), responsible);
            return Ok(());
        }
        let room = Room::new().map_err(failed)?;
        episodes.insert(episode.clone(), ForEpisode { team: team.clone(), responsible, room, saved: Vec::new() });
        Ok(())
    }

    /// TD3.2: downloads a document for the episode of the context, by one of its professionals; once.
    ///
    /// # Errors
    /// [`DmpError`]: that of TD3.2; `F13` when the user is not responsible for the episode, or the folder fails.
    pub async fn fetch<A: Consults, X: AccessMode>(
        &self,
        ctx: &AccessContext,
        record: &Record<A, X>,
        entry: &DocumentEntry,
    ) -> Result<(), DmpError> {
        let key = {
            let mut episodes = lock(&self.episodes);
            let room = &allowed(&mut episodes, ctx)?.room;
            if room.documents.values().any(|held| held.entry.unique_id == entry.unique_id) {
                return Ok(());
            }
            room.key.clone()
        };
        let file = self.folder.download(&key, record, entry).await?;
        // The episode may have ended meanwhile: the file goes then.
        allowed(&mut lock(&self.episodes), ctx)?.room.add(file, entry.clone(), self.clock.now());
        Ok(())
    }

    /// What is held for the episode of the context.
    ///
    /// # Errors
    /// [`DmpError`] `F13`: the user is not responsible for it.
    pub async fn list(&self, ctx: &AccessContext) -> Result<Vec<DocumentEntry>, DmpError> {
        let _ = self.purge_old().await;
        Ok(allowed(&mut lock(&self.episodes), ctx)?.room.documents.values().map(|held| held.entry.clone()).collect())
    }

    /// A document held for the episode of the context, about that patient.
    ///
    /// # Errors
    /// [`DmpError`] `F13`: the user is not responsible for it, or it is not held, or no longer.
    pub async fn open_document(
        &self,
        ctx: &AccessContext,
        patient: &PatientKey,
        unique_id: &str,
    ) -> Result<Prefetched, DmpError> {
        let _ = self.purge_old().await;
        let (id, entry) = self.find(ctx, unique_id)?;
        self.notes.note_or_refuse(ctx, viewed(patient, &entry)).await?;
        let alerts = alerts(&entry);
        Ok(Prefetched { id, episode: ctx.episode.id.clone(), episodes: Arc::clone(&self.episodes), alerts })
    }

    fn find(&self, ctx: &AccessContext, unique_id: &str) -> Result<(Uuid, DocumentEntry), DmpError> {
        let mut episodes = lock(&self.episodes);
        let documents = &allowed(&mut episodes, ctx)?.room.documents;
        let found = documents.iter().find(|(_, held)| held.entry.unique_id == unique_id);
        found.map(|(id, held)| (*id, held.entry.clone())).ok_or_else(erased)
    }

    /// Erases what is held for longer than the settings say; one report for each episode that lost something. To be
    /// called now and then; every reading does it too.
    pub async fn purge_old(&self) -> Vec<PurgeReport> {
        let reports = self.erase_old();
        for report in &reports {
            let software = TraceActor::software().in_episode(report.episode.clone());
            self.notes.note_done(software, report.note()).await;
        }
        reports
    }

    fn erase_old(&self) -> Vec<PurgeReport> {
        let now = self.clock.now();
        let mut reports = Vec::new();
        for (episode, held_for) in lock(&self.episodes).iter_mut() {
            let mut report = PurgeReport::new(episode);
            for held in held_for.room.take(|held| now.duration_since(held.about) > self.settings.max_age) {
                report.erased(held.entry.unique_id.clone(), held.file.erase());
            }
            if !(report.purged.is_empty() && report.failures.is_empty()) {
                reports.push(report);
            }
        }
        reports
    }

    /// The episode is over: its documents and its key are erased.
    pub async fn close_episode(&self, by: impl Into<TraceActor>, episode: &EpisodeId) -> PurgeReport {
        let report = self.erase(episode);
        self.notes.note_done(by, report.note()).await;
        report
    }

    fn erase(&self, episode: &EpisodeId) -> PurgeReport {
        let mut report = PurgeReport::new(episode);
        if let Some(ForEpisode { room, saved, .. }) = lock(&self.episodes).remove(episode) {
            for held in room.documents.into_values() {
                report.erased(held.entry.unique_id.clone(), held.file.erase());
            }
            report.kept_by_user = saved;
        }
        report
    }
}

impl Drop for Prefetch {
    fn drop(&mut self) {
        lock(&self.episodes).clear();
    }
}

impl Prefetched {
    /// Its bytes, wiped from memory when they are dropped.
    ///
    /// # Errors
    /// [`DmpError`] `F13`: the episode is over, or the document was saved, or grew old.
    pub async fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, DmpError> {
        self.reading()?.bytes().await
    }

    /// What must alert whoever opens it in front of the patient (`EX_3.2-1025`).
    #[must_use]
    pub fn alerts(&self) -> &[DocumentState] {
        &self.alerts
    }

    fn reading(&self) -> Result<Reading, DmpError> {
        let episodes = lock(&self.episodes);
        episodes.get(&self.episode).and_then(|held_for| held_for.room.reading(self.id)).ok_or_else(erased)
    }
}

/// Saving it: no second download, and it is held no longer.
impl DocumentSource for Prefetched {
    async fn deliver(&self, entry: &DocumentEntry, to: &Path) -> Result<Delivered, DmpError> {
        self.reading()?.deliver(entry, to).await
    }

    fn imported(&self, entry: &DocumentEntry) {
        if let Some(held_for) = lock(&self.episodes).get_mut(&self.episode) {
            held_for.room.documents.remove(&self.id);
            held_for.saved.push(entry.unique_id.clone());
        }
    }
}

/// Readable by the professionals responsible for the episode, of its team, and nobody else.
fn allowed<'e>(
    episodes: &'e mut HashMap<EpisodeId, ForEpisode>,
    ctx: &AccessContext,
) -> Result<&'e mut ForEpisode, DmpError> {
    let held_for = episodes.get_mut(&ctx.episode.id).ok_or_else(erased)?;
    let responsible = ctx.professional_key().is_some_and(|professional| held_for.responsible.contains(&professional));
    match responsible && held_for.team == ctx.team {
        true => Ok(held_for),
        false => {
            Err(refused("somebody else than those responsible for the episode", "a professional responsible for it"))
        }
    }
}

fn lock(episodes: &Mutex<HashMap<EpisodeId, ForEpisode>>) -> MutexGuard<'_, HashMap<EpisodeId, ForEpisode>> {
    episodes.lock().unwrap_or_else(PoisonError::into_inner)
}
