//! One import: download, read, compare, keep.

use std::sync::Arc;

use dmp_client::{DmpError, DocumentEntry, DocumentState};

use super::decision::{Decision, RemoteVersion, decide};
use super::document::{DocumentKind, ImportWarning, ImportedDocument, Placement, Provenance, author_of};
use super::folder::{ImportFolder, Places, remove};
use super::identity::{IdentityDoubt, ImportPatient, Verdict};
use super::local::LocalDocumentId;
use super::plan::{PlanHint, PlanItem, plan};
use super::read::{self, ReadDocument, ReadError};
use super::refusal::{PATIENT_MISMATCH, expired, folder_failed, mismatch, store_failed, unreadable};
use super::report::{ImportOutcome, ImportReport};
use super::source::{Delivered, DocumentSource};
use super::store::ImportStore;
use crate::clock::Clock;
use crate::confirmed::{Confirmed, UserAction};
use crate::context::AccessContext;
use crate::store::StoreError;
use crate::trace::{Action, Note, Notes, TraceOutcome, Tracer};

/// formatCode of an imaging reference (KOS).
const KOS: &str = "1.2.840.10008.5.1.4.1.1.88.59";

/// Taking a document of the DMP into the local record.
#[derive(Debug, Clone, Copy)]
pub enum Import {}

/// One document that a user ticked.
#[derive(Debug)]
#[must_use]
pub struct Selected {
    item: PlanItem,
    confirmed: Confirmed<Import>,
    placement: Placement,
    as_history: bool,
    accepted: Option<IdentityDoubt>,
}

impl Selected {
    /// The user wants this document, there.
    pub fn new(item: PlanItem, confirmed: Confirmed<Import>, placement: Placement) -> Self {
        Self { item, confirmed, placement, as_history: false, accepted: None }
    }

    /// The user wants it although the local record has a newer version.
    pub fn as_history(self) -> Self {
        Self { as_history: true, ..self }
    }

    /// The user was told of this doubt, and says that it is the same person.
    pub fn accepting(self, doubt: IdentityDoubt) -> Self {
        Self { accepted: Some(doubt), ..self }
    }
}

/// What the user wants, once the confirmation is spent.
struct Wish {
    item: PlanItem,
    by: UserAction,
    placement: Placement,
    as_history: bool,
    accepted: Option<IdentityDoubt>,
}

/// A document in its place, compared with its entry and with the patient, not yet kept.
struct Received {
    places: Places,
    delivered: Delivered,
    kind: DocumentKind,
    version: RemoteVersion,
    has_pdf_copy: bool,
    warnings: Vec<ImportWarning>,
}

/// Imports documents. Cheap to clone.
pub struct Importer<S> {
    store: Arc<S>,
    folder: ImportFolder,
    clock: Arc<dyn Clock>,
    notes: Notes,
}

impl<S> Clone for Importer<S> {
    fn clone(&self) -> Self {
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        Self { store, folder: self.folder.clone(), clock, notes: self.notes.clone() }
    }
}

impl<S> std::fmt::Debug for Importer<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Importer").finish_non_exhaustive()
    }
}

impl<S: ImportStore> Importer<S> {
    /// An importer into a store, its files in a folder.
    #[must_use]
    pub fn new(store: S, folder: ImportFolder, clock: impl Clock) -> Self {
        Self { store: Arc::new(store), folder, clock: Arc::new(clock), notes: Notes::default() }
    }

    /// Traces what is saved, and what is refused as about somebody else (F14); without it nothing is traced but the
    /// downloads of a session that is.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { notes: Notes::by(tracer), ..self }
    }

    /// What each line of a list is to the local record; nothing is downloaded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn plan(&self, patient: &ImportPatient, entries: &[DocumentEntry]) -> Result<Vec<PlanItem>, StoreError> {
        Ok(plan(entries, &self.store.locals(patient.key()).await?))
    }

    /// Removes the files that a crash left behind without a document; how many. Call it when the software starts, while
    /// nothing is imported.
    ///
    /// # Errors
    /// [`DmpError`]: `F06`, the store or the folder cannot be used.
    pub async fn recover(&self) -> Result<usize, DmpError> {
        let kept = self.store.imported(None).await.map_err(store_failed)?;
        let kept = kept.into_iter().map(|document| document.files).collect();
        self.folder.sweep(kept).await.map_err(folder_failed)
    }

    /// Imports one document: TD3.2 unless the local record has it already.
    ///
    /// A dropped future leaves no document half imported; what it leaves on the disk goes with [`Self::recover`].
    ///
    /// # Errors
    /// [`DmpError`], and nothing is stored then: `F26` the confirmation is too old; `PATIENT_MISMATCH` the document is
    /// about somebody else; `X07` its bytes are not those of its entry; `CDA-DOC` it is no CDA; `F06` the store failed.
    pub async fn import<D: DocumentSource>(
        &self,
        ctx: &AccessContext,
        from: &D,
        patient: &ImportPatient,
        selected: Selected,
    ) -> Result<ImportOutcome, DmpError> {
        let wish = self.spend(selected)?;
        self.taken(ctx, from, patient, wish).await
    }

    /// Imports several documents, one after the other, each for itself: what fails leaves the others (rule 6). Every
    /// confirmation is spent when the call begins, so that a long download does not outlive them.
    pub async fn import_selected<D: DocumentSource>(
        &self,
        ctx: &AccessContext,
        from: &D,
        patient: &ImportPatient,
        selection: impl IntoIterator<Item = Selected>,
    ) -> ImportReport {
        let spent = |selected: Selected| (selected.item.entry.unique_id.clone(), self.spend(selected));
        let wishes: Vec<(String, Result<Wish, DmpError>)> = selection.into_iter().map(spent).collect();
        let mut report = ImportReport::default();
        for (unique_id, wish) in wishes {
            let outcome = match wish {
                Ok(wish) => self.taken(ctx, from, patient, wish).await,
                Err(error) => Err(error),
            };
            report.outcomes.push((unique_id, outcome));
        }
        report
    }

    fn spend(&self, selected: Selected) -> Result<Wish, DmpError> {
        let Selected { item, confirmed, placement, as_history, accepted } = selected;
        let by = confirmed.spend(self.clock.now()).map_err(expired)?;
        Ok(Wish { item, by, placement, as_history, accepted })
    }

    /// Takes a document in; a refusal of its identity is traced.
    async fn taken<D: DocumentSource>(
        &self,
        ctx: &AccessContext,
        from: &D,
        patient: &ImportPatient,
        wish: Wish,
    ) -> Result<ImportOutcome, DmpError> {
        let denied = note_of(Note::denied(PATIENT_MISMATCH), patient, &wish.item.entry);
        let taken = self.take(ctx, from, patient, wish).await;
        if taken.as_ref().is_err_and(|error| error.rule() == Some(PATIENT_MISMATCH)) {
            self.notes.note_done(ctx, denied).await;
        }
        taken
    }

    async fn take<D: DocumentSource>(
        &self,
        ctx: &AccessContext,
        from: &D,
        patient: &ImportPatient,
        wish: Wish,
    ) -> Result<ImportOutcome, DmpError> {
        let entry = &wish.item.entry;
        let locals = self.store.locals(patient.key()).await.map_err(store_failed)?;
        // What a plan said may be old.
        match super::plan::hint(entry, &locals) {
            PlanHint::AlreadyLocal(local) => return Ok(ImportOutcome::Skipped(Decision::SkipDuplicate { local })),
            PlanHint::OwnDocument(local) => return Ok(ImportOutcome::Skipped(Decision::OwnDocument { local })),
            PlanHint::ToRead => {}
        }
        let id = LocalDocumentId::random();
        let received = match self.receive(from, patient, &wish, &id).await? {
            Ok(received) => received,
            Err(doubt) => return Ok(ImportOutcome::AskUser(doubt)),
        };
        let decision = decide(&received.version, &locals, wish.as_history);
        if !decision.imports() {
            return Ok(ImportOutcome::Skipped(decision));
        }
        let document = self.document(id, patient, &wish, received, decision);
        if let Err(error) = self.keep(ctx, &document, note_of(Note::of(Action::Save), patient, entry)).await {
            remove(&document.files.document, document.files.pdf_copy.as_ref());
            return Err(error);
        }
        from.imported(entry);
        Ok(ImportOutcome::Imported(Box::new(document)))
    }

    /// The files first: a document of the store has its bytes.
    async fn keep(&self, ctx: &AccessContext, document: &ImportedDocument, note: Note) -> Result<(), DmpError> {
        self.folder.settle(&document.files).await.map_err(folder_failed)?;
        // The trace comes first: what cannot be traced is not kept.
        self.notes.note_or_refuse(ctx, note.clone()).await?;
        let kept = self.store.keep(document.clone()).await;
        if kept.is_err() {
            self.notes.note_done(ctx, note.outcome(TraceOutcome::NotProcessed)).await;
        }
        kept.map_err(store_failed)
    }

    /// Downloads, reads and compares with the patient; a doubt that the user has not accepted leaves nothing.
    async fn receive<D: DocumentSource>(
        &self,
        from: &D,
        patient: &ImportPatient,
        wish: &Wish,
        id: &LocalDocumentId,
    ) -> Result<Result<Received, IdentityDoubt>, DmpError> {
        let entry = &wish.item.entry;
        let places = self.folder.places(id);
        let delivered = from.deliver(entry, &places.document).await?;
        if is_kos(entry) {
            let version = RemoteVersion {
                unique_id: entry.unique_id.clone(),
                sha1: delivered.sha1.clone(),
                ..RemoteVersion::default()
            };
            let substitute = delivered.substitute.then_some(ImportWarning::Substitute);
            let warnings = [ImportWarning::NoHeader].into_iter().chain(substitute).collect();
            let kind = DocumentKind::Other;
            return Ok(Ok(Received { places, delivered, kind, version, has_pdf_copy: false, warnings }));
        }
        let (document, pdf_copy) = (places.document.clone(), places.pdf_copy.clone());
        let sha1 = delivered.sha1.clone();
        let read = tokio::task::spawn_blocking(move || read::read(&document, &pdf_copy, &sha1)).await;
        let read = read.unwrap_or_else(|error| Err(ReadError::File(std::io::Error::other(error))));
        let ReadDocument { version, patient: named, has_pdf_copy } = read.map_err(unreadable)?;
        let warnings = match patient.compare(named.as_ref()) {
            Verdict::Same => Vec::new(),
            Verdict::Doubt(doubt) if wish.accepted == Some(doubt) => vec![ImportWarning::Identity(doubt)],
            Verdict::Doubt(doubt) => return Ok(Err(doubt)),
            Verdict::Other(traits) => return Err(mismatch(&traits)),
        };
        Ok(Ok(Received { places, delivered, kind: DocumentKind::Cda, version, has_pdf_copy, warnings }))
    }

    fn document(
        &self,
        id: LocalDocumentId,
        patient: &ImportPatient,
        wish: &Wish,
        received: Received,
        decision: Decision,
    ) -> ImportedDocument {
        let Received { places, delivered, kind, version, has_pdf_copy, mut warnings } = received;
        warnings.extend(matches!(decision, Decision::Conflict { .. }).then_some(ImportWarning::SameVersion));
        let entry = &wish.item.entry;
        let provenance = Provenance {
            imported_at: self.clock.now(),
            imported_by: wish.by.user.clone(),
            unique_id: entry.unique_id.clone(),
            set_id: version.set_id,
            version_number: version.version_number,
            author: author_of(entry),
            repository: entry.repository_unique_id.clone().unwrap_or_default(),
            hash: delivered.sha1,
        };
        let superseded_by = match &decision {
            Decision::History { newer } => Some(newer.clone()),
            _ => None,
        };
        ImportedDocument {
            id,
            patient: patient.key(),
            logical_id: entry.logical_id.clone(),
            decision,
            superseded_by,
            kind,
            placement: wish.placement.clone(),
            provenance,
            advice: DocumentState::of(entry),
            warnings,
            files: places.keep(has_pdf_copy),
        }
    }
}

fn is_kos(entry: &DocumentEntry) -> bool {
    let format = entry.format_code.as_ref().is_some_and(|format| format.code == KOS);
    format || entry.mime_type == "application/dicom"
}

fn note_of(note: Note, patient: &ImportPatient, entry: &DocumentEntry) -> Note {
    let type_code = entry.type_code.as_ref().map(|code| code.code.as_str());
    note.patient(&patient.key()).document(&entry.unique_id, type_code)
}
