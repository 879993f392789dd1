//! TD2.1 and TD2.2: a lot of documents with its signature (ITI-41). All or nothing.

mod attributes;
mod authors;
mod codes;
mod coherence;
mod content;
mod lot;
mod signature;
mod target;
mod vaccination;

use dmp_protocol::rules::Strictness;
use dmp_protocol::transaction::Transaction;
use dmp_protocol::vihf::name;
use xds_model::RegistryResponse;
use xds_model::iti41::ProvideAndRegister;

use super::{Call, Reply, Trace, registry};
use crate::pace::FEEDINGS_PER_SECOND;
use crate::rules::{Action, ActorClass, Aim, Denial, Hearing, breach, feeding};
use crate::world::Deposit;
use lot::Lot;

/// Code of most refusals of metadata.
const METADATA_ERROR: &str = "XDSRegistryMetadataError";

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let read = ProvideAndRegister::read(call.envelope.body());
    let (action, class) = entitle(call, read.as_ref().ok(), hearing, trace)?;
    let request = read.map_err(|error| {
        registry(breach(
            "X01",
            METADATA_ERROR,
            "Lot illisible",
            error.to_string(),
            "a ProvideAndRegisterDocumentSetRequest with one lot",
        ))
    })?;
    // Digests are computed before the world is taken: documents may be large.
    let lot = Lot::assemble(&request, call, hearing)?;
    trace.documents = lot.clinical().map(|one| one.entry.unique_id.clone()).collect();
    let parsed = content::parse(&lot);
    let notes = vaccination::read(&lot);

    let mut world = call.dmp.world();
    let situation = call.situation(world.patient(call.patient_id()?));
    let patient = situation.admit(action, class, Aim::Record, hearing)?.clone();
    attributes::check(&lot, hearing)?;
    attributes::check_patient(&lot, call.patient_id()?, hearing)?;
    content::check_digests(&lot, hearing)?;
    content::check_new(&lot, &world.registry, hearing)?;
    codes::check(&lot, call.settings.nomenclatures(), hearing)?;
    authors::check_lot_author(&lot, &world, hearing)?;
    for document in lot.clinical() {
        feeding::check_author(&situation, class, document.entry, hearing)?;
    }
    coherence::check(&lot, &parsed, &world.registry, call.now, hearing)?;
    signature::check(&lot, &parsed, call, &world, hearing)?;
    let replaced = target::check(&lot, &situation, class, &world, hearing)?;
    for document in lot.clinical() {
        let target = replaced.iter().find(|(new, _)| *new == document.entry.entry_uuid);
        feeding::check_confidentiality(&situation, document.entry, target.map(|(_, old)| &old.entry), hearing)?;
    }
    vaccination::check(&notes, world.vaccinations(&patient.id), &replaced, hearing)?;
    let switches = situation.switches.clone();
    let entries = lot.documents.iter().map(|one| {
        let mut entry = one.entry.clone();
        feeding::mask_by_default(&mut entry, &patient, &switches);
        (entry, one.content.clone())
    });
    let entries = entries.collect();

    world.registry.deposit(Deposit {
        set: lot.set.clone(),
        entries,
        associations: request.objects.associations.clone(),
        patient: call.patient_id()?.clone(),
        depositor: call.admitted.caller.structure.clone(),
        at: call.now,
    });
    world.settle_vaccinations(&patient.id, notes.into_iter().flatten().collect(), call.now);
    drop(world);
    Reply::plain(|w| RegistryResponse::success().write(w))
}

/// LIM-05: too fast is a warning.
fn keep_pace(call: &Call<'_>, hearing: &mut Hearing<'_>) {
    if hearing.strictness("LIM-05") == Strictness::Off {
        return;
    }
    let assertion = &call.admitted.assertion;
    let software = assertion.text(name::LPS_ID).or_else(|| assertion.text(name::LPS_NOM)).unwrap_or_default();
    let count = call.dmp.pace.feeding(&call.admitted.caller.structure, software, call.now);
    if count > FEEDINGS_PER_SECOND {
        let found = format!("{count} feedings in one second");
        hearing.observe(breach("LIM-05", "", "", found, "5 per second, for one software in one structure"));
    }
}

/// Lines 14 and 15 of errors.md §11, before the content is looked at: patient of the lot, functional right.
fn entitle(
    call: &Call<'_>,
    request: Option<&ProvideAndRegister>,
    hearing: &mut Hearing<'_>,
    trace: &mut Trace,
) -> Result<(Action, ActorClass), Denial> {
    trace.action = Some(Action::Feed);
    keep_pace(call, hearing);
    let patient_id = call.patient_id()?;
    for set in request.iter().flat_map(|request| &request.objects.submission_sets) {
        attributes::check_set_patient(&set.patient_id, patient_id, hearing)?;
    }
    let world = call.dmp.world();
    let situation = call.situation(world.patient(patient_id));
    let (action, transaction) = match situation.class()? {
        ActorClass::CpeNonPs => (Action::FeedByCpe, Transaction::SubmitByCpe),
        _ => (Action::Feed, Transaction::Submit),
    };
    (trace.action, trace.transaction) = (Some(action), Some(transaction));
    Ok((action, situation.right(action, hearing)?.0))
}
