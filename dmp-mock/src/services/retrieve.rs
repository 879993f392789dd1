//! TD3.2: the bytes of documents (ITI-43), streamed from where they are.

use dmp_protocol::mtom::ContentId;
use dmp_protocol::transaction::Transaction;
use uuid::Uuid;
use xds_model::iti43::{DocumentRequest, RetrieveRequest, RetrieveResponse, RetrievedDocument};
use xds_model::{DocumentContent, RegistryError, RegistryResponse};

use super::{Call, Reply, Trace, registry, serialise, unwritable};
use crate::issued::text_instead_of_images;
use crate::rules::reading::code_of_hidden;
use crate::rules::{Action, Denial, Hearing, Reader, breach};
use crate::server::AnswerPart;
use crate::world::{Content, REPOSITORY, StoredEntry, World};

pub(super) fn serve(call: &Call<'_>, hearing: &mut Hearing<'_>, trace: &mut Trace) -> Result<Reply, Denial> {
    let invalid = |found: String| {
        registry(breach(
            "ITI-43",
            "XDSRepositoryError",
            "Requête illisible",
            found,
            "a RetrieveDocumentSetRequest with one DocumentRequest or more",
        ))
    };
    let request = RetrieveRequest::read(call.envelope.body()).map_err(|error| invalid(error.to_string()))?;
    if request.documents.is_empty() {
        return Err(invalid("no DocumentRequest".to_owned()));
    }
    trace.action = Some(Action::ReadUnmasked);
    trace.transaction = Some(Transaction::Retrieve);
    trace.documents = request.documents.iter().map(|one| one.unique_id.clone()).collect();

    let patient_id = call.patient_id()?;
    let world = call.dmp.world();
    let situation = call.situation(world.patient(patient_id));
    let (class, _) = situation.right(Action::ReadUnmasked, hearing)?;
    let patient = situation.record(Action::ReadUnmasked)?;
    let reader = Reader { situation, class, patient };
    let targets: Vec<(&DocumentRequest, Option<&StoredEntry>)> =
        request.documents.iter().map(|one| (one, target(one, call, &world))).collect();
    let aim = reader.aim(targets.iter().map(|(_, stored)| *stored));
    situation.admit(Action::ReadUnmasked, class, aim, hearing)?;

    let mut delivery = Delivery::default();
    for (asked, stored) in targets {
        match readable(asked, stored, &reader, hearing) {
            Ok(stored) => delivery.add(asked, given(stored, call)?),
            Err(error) => delivery.errors.push(error),
        }
    }
    drop(world);
    delivery.into_reply()
}

/// The last metadata version of the document, when it is this patient's.
fn target<'a>(asked: &DocumentRequest, call: &Call<'_>, world: &'a World) -> Option<&'a StoredEntry> {
    let stored = world.registry.last_version(&asked.unique_id)?;
    (Some(&stored.patient) == call.admitted.patient.as_ref()).then_some(stored)
}

fn readable<'a>(
    asked: &DocumentRequest,
    stored: Option<&'a StoredEntry>,
    reader: &Reader<'_>,
    hearing: &mut Hearing<'_>,
) -> Result<&'a StoredEntry, RegistryError> {
    let context = format!("uniqueId={}", asked.unique_id);
    if asked.repository_unique_id != REPOSITORY {
        return Err(RegistryError::error("XDSUnknownRepositoryId", context));
    }
    let unknown = "XDSDocumentUniqueIdError";
    let Some(stored) = stored else { return Err(RegistryError::error(unknown, context)) };
    match reader.check_read(stored, hearing) {
        Err(rule) if hearing.hide(rule) => {
            let explicit = reader.situation.switches.explicit_denied_retrieve;
            Err(RegistryError::error(code_of_hidden(rule, explicit, unknown), context))
        }
        _ => Ok(stored),
    }
}

/// One document as it is given: media type and bytes.
struct Given {
    mime_type: String,
    content: Content,
}

/// As it was submitted, but for an imaging reference asked for by a software that shares no imaging.
fn given(stored: &StoredEntry, call: &Call<'_>) -> Result<Given, Denial> {
    let compatible = call.settings.switches.server.imaging_compatible;
    let text = (!compatible).then(|| text_instead_of_images(&stored.entry, &stored.patient, call.now)).flatten();
    Ok(match text.transpose().map_err(|error| unwritable(&error))? {
        Some(text) => Given { mime_type: "text/xml".to_owned(), content: Content::from_bytes(text) },
        None => Given { mime_type: stored.entry.mime_type.clone(), content: stored.content.clone() },
    })
}

/// What goes back.
#[derive(Default)]
struct Delivery {
    documents: Vec<RetrievedDocument>,
    parts: Vec<AnswerPart>,
    errors: Vec<RegistryError>,
    message: Uuid,
}

impl Delivery {
    fn add(&mut self, asked: &DocumentRequest, given: Given) {
        if self.message.is_nil() {
            self.message = Uuid::new_v4();
        }
        let content_id = ContentId::numbered(self.message, self.parts.len() + 1);
        self.documents.push(RetrievedDocument {
            repository_unique_id: asked.repository_unique_id.clone(),
            unique_id: asked.unique_id.clone(),
            mime_type: given.mime_type.clone(),
            content: DocumentContent::Href(content_id.href()),
        });
        self.parts.push(AnswerPart { content_id, media_type: header_safe(&given.mime_type), content: given.content });
    }

    fn into_reply(self) -> Result<Reply, Denial> {
        let response = match (self.documents.is_empty(), self.errors.is_empty()) {
            (_, true) => RegistryResponse::success(),
            (false, false) => RegistryResponse::partial_success(self.errors),
            (true, false) => RegistryResponse::failure(self.errors),
        };
        let answer = RetrieveResponse { response, documents: self.documents };
        let body = serialise(|w| answer.write(w)).map_err(|error| unwritable(&error))?;
        Ok(Reply { body, parts: self.parts })
    }
}

/// The media type came from a sender: only what fits a MIME header is repeated in one.
fn header_safe(media_type: &str) -> String {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'-' | b'.' | b'_');
    if !media_type.is_empty() && media_type.bytes().all(fits) {
        media_type.to_owned()
    } else {
        "application/octet-stream".to_owned()
    }
}
