//! Which audit event an act of the traces is, in the codes of DICOM and IHE.

use super::message::CodedValue;
use crate::trace::Action;

/// EventID (DICOM CID 400).
const AUDIT_LOG_USED: CodedValue = CodedValue::dcm("110101", "Audit Log Used");
const APPLICATION_ACTIVITY: CodedValue = CodedValue::dcm("110100", "Application Activity");
const EXPORT: CodedValue = CodedValue::dcm("110106", "Export");
const IMPORT: CodedValue = CodedValue::dcm("110107", "Import");
const PATIENT_RECORD: CodedValue = CodedValue::dcm("110110", "Patient Record");
const QUERY: CodedValue = CodedValue::dcm("110112", "Query");
const SECURITY_ALERT: CodedValue = CodedValue::dcm("110113", "Security Alert");

/// EventTypeCode (DICOM CID 401).
pub(super) const RESTRICTED_FUNCTION: CodedValue = CodedValue::dcm("110132", "Use of Restricted Function");
const USER_SECURITY_ATTRIBUTES: CodedValue = CodedValue::dcm("110137", "User Security Attributes Changed");

/// EventTypeCode of IHE, for the transactions that profile one.
const PATIENT_DEMOGRAPHICS_QUERY: CodedValue = ihe("ITI-47", "Patient Demographics Query");
const PROVIDE_AND_REGISTER: CodedValue = ihe("ITI-41", "Provide and Register Document Set-b");
pub(super) const REGISTRY_STORED_QUERY: CodedValue = ihe("ITI-18", "Registry Stored Query");
const RETRIEVE: CodedValue = ihe("ITI-43", "Retrieve Document Set");
const UPDATE: CodedValue = ihe("ITI-57", "Update Document Set");

const fn ihe(code: &'static str, text: &'static str) -> CodedValue {
    CodedValue { code, system: "IHE Transactions", text }
}

/// Where the documents of an event go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// From this software to the DMP; a query and an update too.
    ToDmp,
    /// From the DMP to this software.
    FromDmp,
    /// Nowhere: the software alone.
    Here,
}

/// The event of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AuditEvent {
    pub(super) id: CodedValue,
    /// `C` create, `R` read, `U` update, `D` delete, `E` execute.
    pub(super) action: &'static str,
    pub(super) kind: Option<CodedValue>,
    pub(super) flow: Flow,
}

/// The event of an act. IHE says it for its transactions (ITI-18, -41, -43, -47, -57, at the side that asks); the others are
/// the nearest of DICOM (project default).
pub(super) fn event(action: Action) -> AuditEvent {
    use Flow::{FromDmp, Here, ToDmp};
    let row = |id, action, kind, flow| AuditEvent { id, action, kind, flow };
    match action {
        Action::Search | Action::Locate => row(QUERY, "E", Some(REGISTRY_STORED_QUERY), ToDmp),
        Action::SearchPatients => row(QUERY, "E", Some(PATIENT_DEMOGRAPHICS_QUERY), ToDmp),
        Action::Existence | Action::ListAuthorised | Action::ListAuthorisations | Action::AdministrativeData => {
            row(QUERY, "E", None, ToDmp)
        }
        Action::Feed | Action::Replace => row(EXPORT, "R", Some(PROVIDE_AND_REGISTER), ToDmp),
        Action::Retrieve => row(IMPORT, "C", Some(RETRIEVE), FromDmp),
        // A deletion too is an update: the DMP has no other (TD3.3c).
        Action::Mask
        | Action::Unmask
        | Action::RevealToPatient
        | Action::RevealToRepresentatives
        | Action::Archive
        | Action::Unarchive
        | Action::Delete => row(EXPORT, "U", Some(UPDATE), ToDmp),
        Action::Authorise | Action::RemoveAuthorisation => {
            row(PATIENT_RECORD, "U", Some(USER_SECURITY_ATTRIBUTES), ToDmp)
        }
        Action::UpdateAdministrativeData | Action::CloseRecord => row(PATIENT_RECORD, "U", None, ToDmp),
        Action::WebPs => row(PATIENT_RECORD, "R", None, ToDmp),
        Action::View => row(PATIENT_RECORD, "R", None, Here),
        Action::Save => row(PATIENT_RECORD, "C", None, Here),
        Action::Queue
        | Action::Hold
        | Action::Release
        | Action::Cancel
        | Action::Retry
        | Action::StanceChange
        | Action::ExpressConsent => row(PATIENT_RECORD, "U", None, Here),
        Action::Purge => row(PATIENT_RECORD, "D", None, Here),
        Action::Denied => row(SECURITY_ALERT, "E", Some(RESTRICTED_FUNCTION), Here),
        Action::Alert => row(SECURITY_ALERT, "E", None, Here),
        Action::ReadTraces | Action::ExtractTraces => row(AUDIT_LOG_USED, "R", None, Here),
        _ => row(APPLICATION_ACTIVITY, "E", None, Here),
    }
}
