//! Keeps the state file up to date: one request that waits for the disk writes for all that wait (group commit).

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::file::Batch;
use super::{StateError, StateFile};

/// The writer of a state file.
pub(crate) struct Keeper {
    /// `None` once the mock has stopped.
    file: Mutex<Option<StateFile>>,
    queue: Mutex<Queue>,
    written: Condvar,
}

const STOPPED: &str = "the mock has stopped";

/// Batches are numbered in the order in which they were taken from the world.
#[derive(Default)]
struct Queue {
    waiting: Vec<Batch>,
    /// Number of the last batch that was given.
    given: u64,
    /// Number of the last batch on the disk.
    kept: u64,
    writing: bool,
    /// Why nothing is kept any more.
    failure: Option<String>,
    clock_offset: Option<i64>,
}

impl Keeper {
    pub(crate) fn new(file: StateFile) -> Self {
        Keeper { file: Mutex::new(Some(file)), queue: Mutex::default(), written: Condvar::new() }
    }

    /// Gives a batch and returns the number to wait for. Called while the world is held, so that batches are numbered
    /// in the order of the changes.
    pub(crate) fn give(&self, mut batch: Batch, clock_offset: i64) -> u64 {
        let mut queue = self.queue();
        if queue.clock_offset != Some(clock_offset) || batch.saved.everything {
            queue.clock_offset = Some(clock_offset);
            batch.clock_offset = Some(clock_offset);
        }
        if !batch.is_empty() {
            queue.given += 1;
            queue.waiting.push(batch);
        }
        queue.given
    }

    /// Nothing is acknowledged any more.
    pub(crate) fn stop(&self, reason: String) {
        self.queue().failure.get_or_insert(reason);
    }

    /// Returns when the batch of that number is on the disk. Whoever comes while nobody writes, writes for all.
    pub(crate) fn wait(&self, number: u64) -> Result<(), StateError> {
        let mut queue = self.queue();
        loop {
            if let Some(reason) = &queue.failure {
                return Err(StateError::Stopped(reason.clone()));
            }
            if queue.kept >= number {
                return Ok(());
            }
            if queue.writing {
                queue = self.written.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.writing = true;
            let batches = std::mem::take(&mut queue.waiting);
            let last = queue.given;
            drop(queue);
            let outcome = match self.file().as_ref() {
                Some(file) => file.write(&batches),
                None => Err(StateError::Stopped(STOPPED.to_owned())),
            };
            queue = self.queue();
            queue.writing = false;
            match outcome {
                Ok(()) => queue.kept = last,
                Err(error) => {
                    tracing::error!(%error, "the state could not be kept");
                    queue.failure = Some(error.to_string());
                }
            }
            self.written.notify_all();
        }
    }

    /// Lets the file go: another mock may take it.
    pub(crate) fn close(&self) {
        self.stop(STOPPED.to_owned());
        self.written.notify_all();
        drop(self.file().take());
    }

    fn file(&self) -> MutexGuard<'_, Option<StateFile>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
