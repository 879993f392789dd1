//! eventCodeList and referenceIdList.

use std::collections::HashSet;

use xds_model::{CodedValue, Cx};

use super::options::{MappingOptions, ReferenceIds};
use crate::{CodedElement, Header, InstanceIdentifier};

/// Translation about an imaging modality: DICOM code of the qualifier, value set used as code system in XDS.
const MODALITY: (&str, &str) = ("121139", "1.2.250.1.213.1.1.5.618");
/// Translation about an anatomical region: LOINC code of the qualifier, value set used as code system in XDS.
const REGION: (&str, &str) = ("39111-0", "1.2.250.1.213.1.1.5.695");
/// CCAM: code system in documents, code system in the XDS tables.
const CCAM: (&str, &str) = ("1.2.250.1.215.300.1", "1.2.250.1.213.2.5");

const IMAGING_REPORT: &str = "18748-4";
const IMAGING_REQUEST: &str = "55115-0";

const ORDER: &str = "urn:ihe:iti:xds:2013:order";
const ACCESSION: &str = "urn:ihe:iti:xds:2013:accession";
const STUDY: &str = "urn:ihe:iti:xds:2016:studyInstanceUID";

/// The code of every event, then its translations, in document order, without duplicates; only complete ones.
pub(super) fn event_codes(header: &Header, options: &MappingOptions) -> Vec<CodedValue> {
    let mut known = HashSet::new();
    let elements = header.events.iter().filter_map(|event| event.code.as_ref());
    let elements = elements.flat_map(|code| std::iter::once(code).chain(&code.translations));
    let codes = elements.filter_map(|element| event_code(element, options.translate_event_systems));
    codes.filter(|code| known.insert((code.code.clone(), code.system.clone()))).collect()
}

fn event_code(element: &CodedElement, translate: bool) -> Option<CodedValue> {
    let (code, system) = (element.code.as_deref()?, element.system.as_deref()?);
    let system = match element.qualifier.as_deref() {
        Some(qualifier) if translate && qualifier == MODALITY.0 => MODALITY.1,
        Some(qualifier) if translate && qualifier == REGION.0 => REGION.1,
        _ if translate && system == CCAM.0 => CCAM.1,
        _ => system,
    };
    Some(CodedValue::new(code, element.display.as_deref()?, system))
}

/// Order numbers, accession numbers, studies.
pub(super) fn reference_ids(header: &Header, options: &MappingOptions) -> Vec<Cx> {
    let document_type = header.code.as_ref().and_then(|code| code.code.as_deref());
    let wanted = match options.reference_ids {
        ReferenceIds::Imaging => matches!(document_type, Some(IMAGING_REPORT | IMAGING_REQUEST)),
        ReferenceIds::Always => true,
        ReferenceIds::Never => false,
    };
    if !wanted {
        return Vec::new();
    }
    let orders = header.orders.iter().flat_map(|order| order.ids.iter().map(|id| reference(id, ORDER)));
    let accessions = header.orders.iter().flat_map(|order| &order.accession_numbers);
    let studies = header.events.iter().flat_map(|event| &event.ids);
    let studies = studies.filter(|_| document_type == Some(IMAGING_REPORT));
    let accessions = accessions.map(|id| reference(id, ACCESSION));
    let mut known = HashSet::new();
    let references = orders.chain(accessions).chain(studies.map(|id| reference(id, STUDY)));
    references.filter(|id| known.insert(id.clone())).collect()
}

/// `extension^^^&root&ISO^kind`, or `root^^^^kind` for a root alone (probable).
fn reference(id: &InstanceIdentifier, kind: &str) -> Cx {
    match &id.extension {
        Some(extension) => Cx::reference(extension, &id.root, kind),
        None => Cx::reference(&id.root, "", kind),
    }
}
