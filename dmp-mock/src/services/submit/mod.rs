//! TD2.1: a lot of documents with its signature (ITI-41). All or nothing.

mod attributes;
mod authors;
mod codes;
mod coherence;
mod content;
mod lot;
mod signature;
mod target;

use dmp_protocol::rules::Refusal;
use dmp_protocol::vihf::{AuthenticationMode, name};
use xds_model::iti41::ProvideAndRegister;
use xds_model::{DocumentEntry, RegistryResponse};

use super::{Call, Reply, Trace, fault, registry};
use crate::rules::visibility::{self, INVISIBLE_REPRESENTANTS};
use crate::rules::{Action, ActorClass, Denial, Hearing, breach, record};
use crate::world::{Deposit, World};
use lot::Lot;

/// Code of most refusals of metadata.
const METADATA_ERROR: &str = "XDSRegistryMetadataError";

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    trace.action = Some(Action::Feed);
    let read = ProvideAndRegister::read(call.envelope.body());
    let class = entitle(call, read.as_ref().ok(), hearing)?;
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
    let parsed = content::parse(&lot);

    let mut world = call.dmp.world();
    admit(call, class, &world, hearing)?;
    attributes::check(&lot, hearing)?;
    attributes::check_patient(&lot, call.patient_id()?, hearing)?;
    content::check_digests(&lot, hearing)?;
    content::check_new(&lot, &world.registry, hearing)?;
    codes::check(&lot, hearing)?;
    authors::check_lot_author(&lot, &world, hearing)?;
    authors::check_sender(&lot, call, &world, hearing)?;
    coherence::check(&lot, &parsed, &world.registry, call.now, hearing)?;
    signature::check(&lot, &parsed, call, &world, hearing)?;
    let targets = target::check(&lot, call, &world, hearing)?;
    check_visibility(call, &lot, &targets, hearing)?;

    world.registry.deposit(Deposit {
        set: lot.set.clone(),
        entries: lot.documents.iter().map(|one| (one.entry.clone(), one.content.clone())).collect(),
        associations: request.objects.associations.clone(),
        patient: call.patient_id()?.clone(),
        depositor: call.admitted.caller.structure.clone(),
        at: call.now,
    });
    drop(world);
    Reply::plain(|w| RegistryResponse::success().write(w))
}

/// Lines 14 and 15 of errors.md §11, before the content is looked at: patient of the lot, functional right.
fn entitle(
    call: &Call<'_>,
    request: Option<&ProvideAndRegister>,
    hearing: &mut Hearing<'_>,
) -> Result<ActorClass, Denial> {
    let patient_id = call.patient_id()?;
    for set in request.iter().flat_map(|request| &request.objects.submission_sets) {
        attributes::check_set_patient(&set.patient_id, patient_id, hearing)?;
    }
    let world = call.dmp.world();
    Ok(call.right(Action::Feed, world.patient(patient_id), hearing)?.0)
}

/// Lines 16 to 19 of errors.md §11: state of the record, oppositions, block.
fn admit(call: &Call<'_>, class: ActorClass, world: &World, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let patient_id = call.patient_id()?;
    let patient = record::require_open(world.patient(patient_id), "XDSUnknownPatientId").map_err(registry)?;
    let purpose = call.admitted.caller.purpose;
    if let Err(refusal) = record::require_no_opposition(patient, purpose, Action::Feed) {
        hearing.registry(refusal)?;
    }
    let state = call.authorisation(patient, class);
    match record::require_authorisation(state, purpose, Action::Feed, false) {
        Ok(()) => Ok(()),
        Err(refusal) => hearing.registry(refusal),
    }
}

/// X19 to X23, V46: confidentiality codes, alone, against what is replaced, and against the session.
fn check_visibility(
    call: &Call<'_>,
    lot: &Lot<'_>,
    targets: &[(&DocumentEntry, DocumentEntry)],
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let switches = &call.dmp.settings.switches.server;
    let secret = call.admitted.assertion.is_connexion_secrete();
    for entry in lot.clinical().map(|one| one.entry) {
        weigh(visibility::check_codes(&entry.confidentiality_codes), hearing)?;
        weigh(visibility::check_cumul(entry, switches), hearing)?;
        if secret && !entry.has_confidentiality(INVISIBLE_REPRESENTANTS) {
            hearing.fault(breach(
                "V46",
                "DMPInvalidData",
                "La connexion secrète n'est pas permise : document visible des représentants légaux",
                format!("{} without INVISIBLE_REPRESENTANTS_LEGAUX", name::CONFIDENTIALITY_CODE),
                "the same code on every document of the lot",
            ))?;
        }
        let vaccination = entry.type_code.as_ref().is_some_and(|kind| kind.code == "87273-9");
        if vaccination && (secret || entry.confidentiality_codes.iter().any(|code| code.code != "N")) {
            hearing.registry(breach(
                "DOC-05",
                "DMPFragmentCVAError",
                "Une note de vaccination est visible de tous",
                "a note de vaccination with other codes than N, or in connexion secrète",
                "N alone, outside connexion secrète",
            ))?;
        }
    }
    for (new, replaced) in targets {
        weigh(visibility::check_irreversible(replaced, new, switches), hearing)?;
    }
    Ok(())
}

fn weigh(checked: Result<(), Refusal>, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    checked.or_else(|refusal| hearing.registry(refusal))
}

/// C6, or C3 with `author_refusal_as_fault` (C-20).
fn author_denial(refusal: Refusal, call: &Call<'_>) -> Denial {
    if call.dmp.settings.switches.server.author_refusal_as_fault {
        fault(Refusal { code: "DMPInvalidData", ..refusal })
    } else {
        registry(refusal)
    }
}

fn is_indirect(call: &Call<'_>) -> bool {
    call.admitted.caller.mode == AuthenticationMode::Indirecte
}
