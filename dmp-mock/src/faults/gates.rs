//! Gates at which requests wait until a test lets them go.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

#[derive(Debug, Default)]
pub(super) struct Gates {
    gates: Mutex<HashMap<String, watch::Sender<Gate>>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Gate {
    open: bool,
    waiting: usize,
}

impl Gates {
    pub(super) fn open(&self, name: &str) {
        self.gate(name).send_modify(|gate| gate.open = true);
    }

    pub(super) fn open_all(&self) {
        for gate in self.lock().values() {
            gate.send_modify(|gate| gate.open = true);
        }
    }

    pub(super) fn waiting(&self, name: &str) -> usize {
        self.lock().get(name).map_or(0, |gate| gate.borrow().waiting)
    }

    pub(super) async fn reached(&self, name: &str) {
        // The sender lives as long as the mock: it cannot be closed while one waits here.
        let _ = self.gate(name).subscribe().wait_for(|gate| gate.waiting > 0).await;
    }

    /// Until the gate is open.
    pub(super) async fn pass(&self, name: &str) {
        let gate = self.gate(name);
        let _waiting = Waiting::at(&gate);
        let _ = gate.subscribe().wait_for(|gate| gate.open).await;
    }

    fn gate(&self, name: &str) -> watch::Sender<Gate> {
        self.lock().entry(name.to_owned()).or_default().clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<Gate>>> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request at a gate; it also leaves when its client gives up.
struct Waiting<'a>(&'a watch::Sender<Gate>);

impl<'a> Waiting<'a> {
    fn at(gate: &'a watch::Sender<Gate>) -> Self {
        gate.send_modify(|gate| gate.waiting += 1);
        Waiting(gate)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|gate| gate.waiting -= 1);
    }
}
