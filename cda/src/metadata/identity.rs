//! Who and which: uniqueId, patientId, what the producer knows of the patient, the replaced document.

use dmp_vocabulary::{Oid, Realm, oids};
use xds_model::{Cx, SourcePatientInfo};

use super::error::{MappingError, MappingProblem};
use super::options::MappingOptions;
use crate::header::{Patient, is_ins_root};
use crate::{Header, InstanceIdentifier, TimestampError};

pub(super) fn unique_id(header: &Header, options: &MappingOptions) -> Result<String, MappingError> {
    let id = header.id.as_ref().ok_or_else(|| MappingError::missing("uniqueId", "id", "CDA-HDR-010"))?;
    if options.is_dmp() {
        refuse_extension(id, "uniqueId", "id")?;
        let oid = Oid::parse(&id.root).map_err(|error| {
            MappingError::new("uniqueId", "id/@root", "CDA-DMP-001", MappingProblem::NotAnOid(error))
        })?;
        return Ok(oid.as_str().to_owned());
    }
    Ok(joined(id))
}

pub(super) fn replaced_unique_id(header: &Header, options: &MappingOptions) -> Result<Option<String>, MappingError> {
    const XPATH: &str = "relatedDocument/parentDocument/id";
    let Some(related) = header.replaced() else { return Ok(None) };
    let missing = || MappingError::missing("association RPLC", XPATH, "CDA-VER-007");
    let id = related.parent_ids.first().ok_or_else(missing)?;
    if options.is_dmp() {
        refuse_extension(id, "association RPLC", XPATH)?;
    }
    Ok(Some(joined(id)))
}

fn joined(id: &InstanceIdentifier) -> String {
    match &id.extension {
        Some(extension) => format!("{}^{extension}", id.root),
        None => id.root.clone(),
    }
}

fn refuse_extension(id: &InstanceIdentifier, attribute: &'static str, xpath: &str) -> Result<(), MappingError> {
    if id.extension.is_none() {
        return Ok(());
    }
    let problem = MappingProblem::ExtensionForbidden;
    Err(MappingError::new(attribute, format!("{xpath}/@extension"), "CDA-DMP-001", problem))
}

pub(super) fn patient_id(header: &Header, options: &MappingOptions) -> Result<Cx, MappingError> {
    const XPATH: &str = "recordTarget/patientRole/id";
    let id = header.ins().ok_or_else(|| MappingError::missing("patientId", XPATH, "CDA-PAT-003"))?;
    let missing = || MappingError::missing("patientId", format!("{XPATH}/@extension"), "CDA-PAT-002");
    let matricule = id.extension.as_deref().ok_or_else(missing)?;
    let refused = |rule, problem| Err(MappingError::new("patientId", XPATH, rule, problem));
    if matricule.chars().count() != 15 {
        return refused("CDA-PAT-004", MappingProblem::InsLength);
    }
    let accepted = match (id.root.as_str(), options.realm) {
        (oids::INS_NIA, realm) => !options.is_dmp() && realm != Some(Realm::Test),
        (_, None) => true,
        (root, Some(Realm::Production)) => root == oids::INS_NIR,
        (root, Some(Realm::Test)) => root == oids::INS_NIR_TEST || root == oids::INS_NIR_DEMO,
    };
    if !accepted {
        return refused("CDA-PAT-008", MappingProblem::InsKind);
    }
    Ok(Cx::ins(matricule, &id.root))
}

/// The identifier that the structure gives to the patient (IPP), else the INS. The legacy INS-C is neither.
pub(super) fn source_patient_id(header: &Header) -> Option<Cx> {
    let ids = &header.patient.as_ref()?.ids;
    let local = ids.iter().find(|id| !is_ins_root(&id.root) && id.root != oids::INS_C && id.extension.is_some());
    match local {
        Some(id) => id.extension.as_deref().map(|extension| Cx::local(extension, &id.root)),
        None => header.ins().and_then(|id| Some(Cx::ins(id.extension.as_deref()?, &id.root))),
    }
}

pub(super) fn source_patient_info(header: &Header) -> Result<SourcePatientInfo, MappingError> {
    let missing = || MappingError::missing("sourcePatientInfo", "recordTarget/patientRole/patient", "CDA-PAT-001");
    let patient = header.patient.as_ref().ok_or_else(missing)?;
    let mut info = with_names(SourcePatientInfo::default(), patient);
    if let Some(date) = birth_date(patient)? {
        info = info.with_birth_date(date);
    }
    Ok(info.with_sex(patient.gender.as_deref().unwrap_or_default()))
}

/// Name at birth, then name in use if the document gives one. `SP`, withdrawn in 2023, is read as `CL`.
fn with_names(info: SourcePatientInfo, patient: &Patient) -> SourcePatientInfo {
    let name = &patient.name;
    let birth_family = name.family(Some("BR")).or_else(|| name.family(None)).unwrap_or_default();
    let all_given = name.given(None).unwrap_or_default();
    let birth_given = name.given(Some("BR")).unwrap_or(all_given);
    let used_family = name.family(Some("CL")).or_else(|| name.family(Some("SP")));
    let used_given = name.given(Some("CL"));
    let info = info.with_birth_name(birth_family, birth_given, all_given);
    if used_family.is_none() && used_given.is_none() {
        return info;
    }
    info.with_used_name(used_family.unwrap_or(birth_family), used_given.unwrap_or(birth_given))
}

/// The date part of `birthTime`, as it is: lunar dates (`19560000`) are no calendar dates.
fn birth_date(patient: &Patient) -> Result<Option<&str>, MappingError> {
    let Some(time) = &patient.birth_time else { return Ok(None) };
    let text = time.as_str();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    match digits {
        4 | 6 => Ok(Some(&text[..digits])),
        8.. => Ok(Some(&text[..8])),
        _ => {
            let problem = MappingProblem::Time(TimestampError::Malformed);
            let xpath = "recordTarget/patientRole/patient/birthTime/@value";
            Err(MappingError::new("sourcePatientInfo", xpath, "CDA-PAT-022", problem))
        }
    }
}
