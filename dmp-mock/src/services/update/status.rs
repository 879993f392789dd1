//! TD3.3c, d: delete, archive, unarchive.

use xds_model::AvailabilityStatus;

use super::super::{Call, Trace};
use super::{Change, admit, of_patient};
use crate::rules::updating::{illegal_transition, require_target};
use crate::rules::{Action, Denial, Hearing};
use crate::world::World;

pub(super) fn decide(
    entry_uuid: &str,
    original: Option<&AvailabilityStatus>,
    new: Option<&AvailabilityStatus>,
    call: &Call<'_>,
    world: &World,
    hearing: &mut Hearing<'_>,
    trace: &mut Trace,
) -> Result<Change, Denial> {
    let action = match new {
        Some(AvailabilityStatus::Archived) => Action::Archive,
        Some(AvailabilityStatus::Approved) => Action::Unarchive,
        Some(AvailabilityStatus::Deleted) => Action::Delete,
        _ => return Err(illegal_transition("a NewStatus that is absent or unknown")),
    };
    let target = of_patient(world.registry.entry(entry_uuid), call);
    let reader = admit(action, target, call, world, hearing, trace)?;
    let stored = require_target(target)?;
    reader.check_status_change(action, stored, original, hearing)?;
    let status = new.cloned().unwrap_or(AvailabilityStatus::Deleted);
    Ok(Change::Status { entry_uuid: entry_uuid.to_owned(), status })
}
