//! Codes and texts of the document itself.

use dmp_vocabulary::oids;
use xds_model::CodedValue;

use super::error::{MappingError, MappingProblem};
use super::options::{MappingOptions, Masking};
use crate::{CodedElement, Header};

/// Note de vaccination: shared with everyone.
const VACCINATION_NOTE: &str = "87273-9";

/// Longest title of an entry, in characters.
const TITLE_MAX: usize = 128;

/// The title, kept whole: who tolerates a long one sends it as it is.
pub(super) fn title(header: &Header) -> Result<String, MappingError> {
    header.title.clone().ok_or_else(|| MappingError::missing("title", "title", "CDA-HDR-015"))
}

/// What a long title breaks.
pub(super) fn title_length(header: &Header) -> Result<(), MappingError> {
    let found = header.title.as_ref().map_or(0, |title| title.chars().count());
    if found > TITLE_MAX {
        let problem = MappingProblem::TooLong { found, allowed: TITLE_MAX };
        return Err(MappingError::new("title", "title", "CDA-HDR-016", problem));
    }
    Ok(())
}

pub(super) fn language(header: &Header) -> Result<String, MappingError> {
    let missing = || MappingError::missing("languageCode", "languageCode/@code", "CDA-HDR-022");
    header.language.clone().ok_or_else(missing)
}

pub(super) fn type_code(header: &Header, options: &MappingOptions) -> Result<CodedValue, MappingError> {
    let code = coded(header.code.as_ref(), options);
    let code = code.ok_or_else(|| MappingError::missing("typeCode", "code", "CDA-HDR-012"))?;
    if !options.is_dmp() {
        return Ok(code);
    }
    let refused = |rule, problem| Err(MappingError::new("typeCode", "code", rule, problem));
    match options.tables().creatable_by_lps(&code.code, &code.system) {
        _ if !options.tables().contains("JDV_J66", &code.code, &code.system) => {
            refused("CDA-DMP-002", MappingProblem::NotInValueSet("JDV_J66"))
        }
        Some(false) => refused("CDA-DMP-003", MappingProblem::NotCreatableByLps),
        _ => Ok(code),
    }
}

/// `None` where the type itself is refused or missing: one error is enough.
pub(super) fn class_code(header: &Header, options: &MappingOptions) -> Result<Option<CodedValue>, MappingError> {
    let Ok(code) = type_code(header, options) else { return Ok(None) };
    let tables = options.tables();
    let class = match tables.class_of_type(&code.code, &code.system) {
        Some(class) => class.code.clone(),
        None if options.is_dmp() => {
            return Err(MappingError::new("classCode", "code", "CDA-XDS-007", MappingProblem::NoClass));
        }
        None => options.unknown_class.clone(),
    };
    let display = tables.display(&class, oids::CLASS_CODE).map(str::to_owned);
    Ok(Some(CodedValue { code: class, display, system: oids::CLASS_CODE.to_owned() }))
}

pub(super) fn confidentiality(header: &Header, options: &MappingOptions) -> Result<Vec<CodedValue>, MappingError> {
    const ATTRIBUTE: &str = "confidentialityCode";
    let element = header.confidentiality.as_ref();
    let code = element.and_then(|c| c.code.as_deref());
    let code = code.ok_or_else(|| MappingError::missing(ATTRIBUTE, "confidentialityCode", "CDA-HDR-020"))?;
    let refused = |rule, problem| Err(MappingError::new(ATTRIBUTE, "confidentialityCode", rule, problem));
    if !matches!(code, "N" | "R" | "V") {
        return refused("CDA-HDR-020", MappingProblem::UnknownConfidentiality);
    }
    let document_type = header.code.as_ref().and_then(|c| c.code.as_deref());
    if options.is_dmp() && code != "N" && document_type == Some(VACCINATION_NOTE) {
        return refused("CDA-DMP-009", MappingProblem::OnlyNormal);
    }
    // The three letters have one system, whatever the document says of it.
    let level = with_label(code, oids::HL7_CONFIDENTIALITY, element.and_then(|c| c.display.as_deref()), options);
    let masking = options.masking.iter().map(|masking| masking_code(*masking, options));
    Ok(std::iter::once(level).chain(masking).collect())
}

fn masking_code(masking: Masking, options: &MappingOptions) -> CodedValue {
    with_label(masking.code(), oids::MASKING, None, options)
}

pub(super) fn facility(header: &Header, options: &MappingOptions) -> Result<CodedValue, MappingError> {
    const XPATH: &str = "componentOf/encompassingEncounter/location/healthCareFacility/code";
    const ATTRIBUTE: &str = "healthcareFacilityTypeCode";
    let element = header.encounter.as_ref().and_then(|encounter| encounter.facility.as_ref());
    let code = coded(element, options).ok_or_else(|| MappingError::missing(ATTRIBUTE, XPATH, "CDA-ENC-003"))?;
    require_in(code, "JDV_J61", options).map_err(|problem| MappingError::new(ATTRIBUTE, XPATH, "CDA-DMP-006", problem))
}

pub(super) fn practice_setting(header: &Header, options: &MappingOptions) -> Result<CodedValue, MappingError> {
    const ATTRIBUTE: &str = "practiceSettingCode";
    let (index, element) = header.main_event().map_or((0, None), |(index, event)| (index, event.practice_setting()));
    let xpath = format!(
        "documentationOf[{}]/serviceEvent/performer/assignedEntity/representedOrganization/standardIndustryClassCode",
        index + 1
    );
    let Some(code) = coded(element, options) else {
        return Err(MappingError::missing(ATTRIBUTE, xpath, "CDA-EVT-006"));
    };
    require_in(code, "JDV_J62", options).map_err(|problem| MappingError::new(ATTRIBUTE, xpath, "CDA-DMP-007", problem))
}

fn require_in(
    code: CodedValue,
    value_set: &'static str,
    options: &MappingOptions,
) -> Result<CodedValue, MappingProblem> {
    if options.is_dmp() && !options.tables().contains(value_set, &code.code, &code.system) {
        return Err(MappingProblem::NotInValueSet(value_set));
    }
    Ok(code)
}

/// Code and system, with the label of the document, else that of the tables. `None` without code or system.
pub(super) fn coded(element: Option<&CodedElement>, options: &MappingOptions) -> Option<CodedValue> {
    let element = element?;
    Some(with_label(element.code.as_deref()?, element.system.as_deref()?, element.display.as_deref(), options))
}

fn with_label(code: &str, system: &str, label: Option<&str>, options: &MappingOptions) -> CodedValue {
    let label = label.or_else(|| options.tables().display(code, system)).filter(|label| !label.is_empty());
    CodedValue { code: code.to_owned(), display: label.map(str::to_owned), system: system.to_owned() }
}
