//! formatCode: by media type for an unstructured body, else by the models declared.

use dmp_vocabulary::nomenclature::{Format, Nomenclatures};
use dmp_vocabulary::oids;
use xds_model::CodedValue;

use super::options::{MappingOptions, SignedFormat};
use crate::{Body, Document, Shape};

const ENVELOPING_SIGNATURE: &str = "urn:ihe:iti:dsg:enveloping:2014";

pub(super) fn format_code(document: &Document, options: &MappingOptions) -> CodedValue {
    let tables = options.tables();
    if document.shape == Shape::Signed && options.signed_format == SignedFormat::Enveloping {
        let display = tables.display(ENVELOPING_SIGNATURE, oids::FORMAT_IHE).map(str::to_owned);
        return CodedValue { code: ENVELOPING_SIGNATURE.to_owned(), display, system: oids::FORMAT_IHE.to_owned() };
    }
    let format = match &document.body {
        Body::Unstructured(body) => body.media_type.as_deref().and_then(|m| tables.format_of_media_type(m)),
        Body::Structured(_) | Body::Absent => of_templates(document, tables),
    };
    let concept = &format.unwrap_or_else(|| tables.fallback_format()).concept;
    let display = Some(concept.display.clone()).filter(|display| !display.is_empty());
    CodedValue { code: concept.code.clone(), display, system: concept.system.clone() }
}

/// The French model comes last and is the most precise: from the last to the first. When models of several formats
/// are declared, one that the DMP knows wins.
fn of_templates<'a>(document: &Document, tables: &'a Nomenclatures) -> Option<&'a Format> {
    let templates = document.header.template_ids.iter().rev();
    let formats: Vec<&Format> = templates.filter_map(|id| tables.format_of_template(&id.root)).collect();
    formats.iter().find(|format| format.in_dmp_value_set).or_else(|| formats.first()).copied()
}
