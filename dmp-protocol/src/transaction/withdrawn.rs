//! What the DMP no longer offers.

use super::table::{HL7, PATIENTS};
use super::{BodyName, Service};

/// A transaction that the DMP no longer offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// Identifiers that share this request body, `TD1.1`.
    pub td: &'static str,
    /// Where it was posted.
    pub service: Service,
    /// Expanded name of its request body.
    pub request_body: BodyName,
}

/// The rows W of transactions.md §1; 201314 also carries TD1.3b and TD1.4, told apart by `reasonCode`.
pub const WITHDRAWN: [Withdrawn; 6] = [
    Withdrawn { td: "TD0.0", service: Service::PatientCertif, request_body: (PATIENTS, "identityCertification") },
    Withdrawn { td: "TD1.1", service: Service::Patients, request_body: (HL7, "PRPA_IN201311UV02") },
    Withdrawn { td: "TD1.2", service: Service::Patients, request_body: (HL7, "PRPA_IN201314UV02") },
    Withdrawn { td: "TD1.5a", service: Service::PatientsSpecific, request_body: (PATIENTS, "createPatientAccess") },
    Withdrawn { td: "TD1.5b", service: Service::PatientsSpecific, request_body: (PATIENTS, "patientOTPUpdate") },
    Withdrawn { td: "TD1.5d", service: Service::PatientsSpecific, request_body: (PATIENTS, "updatePatientAccess") },
];
