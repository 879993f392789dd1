//! From the rows of a world file to the registry: documents are made, put into lots, and submitted in the order of time.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use cda::CdaLimits;
use cda::build::{BuildError, ContentType, DocumentVersion, MediaTypes, UnstructuredContent, Wrapping, WriteOptions};
use cda::metadata::{MappingOptions, Masking, ReferenceIds, derive};
use dmp_vocabulary::Oid;
use dmp_vocabulary::nomenclature::Concept;
use jiff::Timestamp;
use xds_model::{Association, AvailabilityStatus, CodedValue, Cx, DocumentEntry, Dtm, SubmissionSet};

use super::document::{DocumentRow, Draft, Sample};
use super::{DocumentProblem, WorldFileError, clinical, samples};
use crate::world::{Content, Deposit, PatientId, World};

/// Software that the lots of a world come from: no instance has this number.
const SOURCE: &str = "2.999.41";
/// Digits of a lot's identifier after that of its first document.
const LOT_ARC: &str = "1";

/// A document with its bytes, ready to be submitted.
struct Made<'r> {
    row: &'r DocumentRow,
    patient: PatientId,
    submitted: Timestamp,
    hidden_since: Option<Timestamp>,
    replaces: Option<Oid>,
    entry: DocumentEntry,
    content: Content,
}

/// Makes every document of the rows and submits them, in the order of their times.
pub(super) fn submit(
    world: &mut World,
    rows: &[DocumentRow],
    folder: Option<&Path>,
    start: Timestamp,
) -> Result<(), WorldFileError> {
    let mut versions: HashMap<String, DocumentVersion> = HashMap::new();
    // Lots in the order of their first row; one without name is alone.
    let mut lots: Vec<Vec<Made<'_>>> = Vec::new();
    let mut named: BTreeMap<(PatientId, &str), usize> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let refused = |problem| WorldFileError::Document { number: index + 1, problem };
        for draft in row.drafts(index + 1, world, start).map_err(refused)? {
            if versions.contains_key(draft.unique_id.as_str()) {
                return Err(refused(DocumentProblem::Twice));
            }
            let replaced = draft.replaces.as_ref().map(|id| versions.get(id.as_str()));
            let replaced = replaced.map(|version| version.ok_or(DocumentProblem::Replaced)).transpose();
            let version = clinical::version(&draft.unique_id, replaced.map_err(refused)?);
            let made = make(&draft, version.clone(), world, folder).map_err(refused)?;
            versions.insert(draft.unique_id.as_str().to_owned(), version);
            let place = row.lot.as_deref().map(|lot| *named.entry((draft.patient, lot)).or_insert(lots.len()));
            match place.and_then(|place| lots.get_mut(place)) {
                Some(lot) => lot.push(made),
                None => lots.push(vec![made]),
            }
        }
    }
    lots.sort_by_key(|lot| lot.first().map(|made| made.submitted));
    lots.into_iter().for_each(|lot| deposit(world, lot));
    Ok(())
}

fn make<'r>(
    draft: &Draft<'r>,
    version: DocumentVersion,
    world: &World,
    folder: Option<&Path>,
) -> Result<Made<'r>, DocumentProblem> {
    let row = draft.row;
    let file = row.file.as_deref().map(|name| read(name, folder)).transpose()?;
    let is_cda = row.file.as_deref().is_some_and(|name| name.ends_with(".xml"));
    let (bytes, kos) = match file {
        Some(bytes) if is_cda => (bytes, false),
        file => {
            let code = row.kind.as_deref().ok_or(DocumentProblem::Code)?;
            let kind = clinical::concept("JDV_J07", code)?;
            let kos = row.content == Some(Sample::Kos);
            (write(draft, &kind, version, world, file.as_deref())?, kos)
        }
    };
    let document = cda::read(bytes.as_slice(), &CdaLimits::default()).map_err(|_| DocumentProblem::Cda)?;
    let (mut entry, errors) = derive(&document, &mapping(row));
    if let Some(error) = errors.first() {
        return Err(DocumentProblem::Mapping(error.to_string()));
    }
    if is_cda && row.id.is_some() {
        entry.unique_id = draft.unique_id.as_str().to_owned();
    }
    entry.patient_id = Cx::ins(&draft.patient.matricule, &draft.patient.oid);
    if let Some(other) = &row.patient_id {
        entry.patient_id = Cx::from(other.as_str());
    }
    let mut content = Content::from_bytes(bytes);
    if kos {
        // DICOM: what the entry says of the act is that of the CDA around nothing, xds.md §6.
        entry.mime_type = "application/dicom".to_owned();
        entry.format_code = Some(CodedValue::new(KOS_FORMAT, "Key Object Selection", DICOM_UIDS));
        let study = row.study.iter().map(|study| Cx::reference(study, "", STUDY));
        entry.reference_ids.extend(study);
        content = Content::from_bytes(samples::KOS);
    }
    Ok(Made {
        row,
        patient: draft.patient.clone(),
        submitted: draft.submitted,
        hidden_since: draft.hidden_since,
        replaces: draft.replaces.clone(),
        entry,
        content,
    })
}

/// formatCode of a key object selection: its SOP class.
const KOS_FORMAT: &str = "1.2.840.10008.5.1.4.1.1.88.59";
const DICOM_UIDS: &str = "1.2.840.10008.2.6.1";
const STUDY: &str = "urn:ihe:iti:xds:2016:studyInstanceUID";

fn read(name: &str, folder: Option<&Path>) -> Result<Vec<u8>, DocumentProblem> {
    let path = folder.ok_or(DocumentProblem::NoFolder)?.join(name);
    std::fs::read(path).map_err(|error| DocumentProblem::File(error.kind().to_string()))
}

fn write(
    draft: &Draft<'_>,
    kind: &Concept,
    version: DocumentVersion,
    world: &World,
    file: Option<&[u8]>,
) -> Result<Vec<u8>, DocumentProblem> {
    let header = clinical::header(draft, kind, version, world)?;
    let mut options = WriteOptions::default();
    options.media_types = MediaTypes::Five;
    let sample = draft.row.content.unwrap_or_default();
    let unstructured = |content: UnstructuredContent<'_>| header.write_unstructured(content, &options);
    let written = match (file, sample) {
        (Some(bytes), _) => {
            let media_type = samples::content_type_of(bytes).ok_or(DocumentProblem::Media)?;
            unstructured(UnstructuredContent { media_type, bytes })
        }
        (None, Sample::Structured | Sample::Autopresentable) => {
            let model = draft.row.model.as_deref().ok_or(DocumentProblem::Model)?;
            let model = Oid::parse(model).map_err(|_| DocumentProblem::Oid)?;
            if sample == Sample::Autopresentable {
                options.wrapping = Wrapping::Autopresentable;
            }
            header.write_structured(&samples::structured(model, &header.title), &options)
        }
        (None, Sample::Pdf) => unstructured(samples::unstructured(ContentType::Pdf)),
        (None, Sample::Jpeg) => unstructured(samples::unstructured(ContentType::Jpeg)),
        (None, Sample::Tiff) => unstructured(samples::unstructured(ContentType::Tiff)),
        (None, Sample::Rtf) => unstructured(samples::unstructured(ContentType::Rtf)),
        (None, Sample::Text | Sample::Kos) => unstructured(samples::unstructured(ContentType::Text)),
    };
    written.map_err(|error: BuildError| DocumentProblem::Header(error.to_string()))
}

fn mapping(row: &DocumentRow) -> MappingOptions {
    let mut options = MappingOptions::ci_sis();
    let flags = [
        (row.masked, Masking::Professionals),
        (row.invisible, Masking::Patient),
        (row.invisible_to_representatives, Masking::LegalRepresentatives),
    ];
    options.masking = flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect();
    if row.order.is_some() || row.study.is_some() {
        options.reference_ids = ReferenceIds::Always;
    }
    options
}

fn deposit(world: &mut World, lot: Vec<Made<'_>>) {
    let Some(first) = lot.first() else { return };
    let (patient, at) = (first.patient.clone(), first.submitted);
    let author = first.entry.authors.first().cloned();
    let depositor = author.as_ref().and_then(|author| author.institution.as_ref());
    let depositor = depositor.map(|institution| institution.id().into_owned()).unwrap_or_default();
    let set = SubmissionSet {
        entry_uuid: "SubmissionSet01".to_owned(),
        unique_id: format!("{}.{LOT_ARC}", first.entry.unique_id),
        source_id: SOURCE.to_owned(),
        patient_id: Cx::ins(&patient.matricule, &patient.oid),
        submission_time: Some(Dtm::from_timestamp(at)),
        authors: author.into_iter().collect(),
        content_type_code: content_type_code(),
        ..SubmissionSet::default()
    };
    let mut associations = Vec::new();
    let mut amendments = Vec::new();
    let mut entries = Vec::new();
    for (index, made) in lot.into_iter().enumerate() {
        let id = format!("Document{:02}", index + 1);
        associations.push(Association::has_member(&format!("Member{:02}", index + 1), &set.entry_uuid, &id));
        let replaced = made.replaces.and_then(|old| world.registry.last_version(old.as_str()));
        if let Some(old) = replaced {
            associations.push(Association::replaces(&format!("Replaces{:02}", index + 1), &id, &old.entry.entry_uuid));
        }
        amendments.push((made.entry.unique_id.clone(), made.row.status(), made.hidden_since));
        entries.push((DocumentEntry { entry_uuid: id, ..made.entry }, made.content));
    }
    world.registry.deposit(Deposit { set, entries, associations, patient, depositor, at });
    for (unique_id, status, hidden_since) in amendments {
        world.registry.amend(&unique_id, Some(status).filter(|one| *one != AvailabilityStatus::Approved), hidden_since);
    }
}

/// Consultations, soins externes.
fn content_type_code() -> Option<CodedValue> {
    let concept = clinical::concept("JDV_J59", "07").ok()?;
    Some(CodedValue::new(concept.code.as_str(), concept.display.as_str(), concept.system.as_str()))
}
