//! The service paths of the DMP.

/// A service path of the DMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Service {
    /// `patients`: HL7 V3 patient messages.
    Patients,
    /// `patientsPDQ`: search of a patient by traits.
    PatientsPdq,
    /// `patientsSpecific`: lists of patients.
    PatientsSpecific,
    /// `patientCertif`: withdrawn.
    PatientCertif,
    /// `habilitations`: authorisations.
    Habilitations,
    /// `registry`: XDS.b registry.
    Registry,
    /// `repository`: XDS.b repository.
    Repository,
}

impl Service {
    /// Every service of the DMP.
    pub const ALL: [Self; 7] = [
        Self::Patients,
        Self::PatientsPdq,
        Self::PatientsSpecific,
        Self::PatientCertif,
        Self::Habilitations,
        Self::Registry,
        Self::Repository,
    ];

    /// Last segment of the URL, appended to the configured base.
    #[must_use]
    pub fn path_segment(self) -> &'static str {
        match self {
            Self::Patients => "patients",
            Self::PatientsPdq => "patientsPDQ",
            Self::PatientsSpecific => "patientsSpecific",
            Self::PatientCertif => "patientCertif",
            Self::Habilitations => "habilitations",
            Self::Registry => "registry",
            Self::Repository => "repository",
        }
    }

    /// The service of that path segment, compared exactly.
    #[must_use]
    pub fn from_path_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.path_segment() == segment)
    }

    /// URL of the service below a base, with or without a trailing slash (transactions.md §2).
    #[must_use]
    pub fn url(self, base: &str) -> String {
        format!("{}/{}", base.trim_end_matches('/'), self.path_segment())
    }
}
