//! CDA to XDS: the DocumentEntry of a document, derived from its header and its bytes.
//!
//! ```
//! # let bytes = include_bytes!("../../../testdata/cda/n1-consultation-v1.xml");
//! let document = cda::read(bytes.as_slice(), &cda::CdaLimits::default())?;
//! let entry = cda::metadata::document_entry(&document, &cda::metadata::MappingOptions::default());
//! let entry = entry.map_err(|errors| errors.into_iter().map(|e| e.to_string()).collect::<Vec<_>>().join("\n"))?;
//! assert_eq!(entry.creation_time.as_ref().map(|t| t.as_str()), Some("20260309091500"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod actors;
mod codes;
mod coherence;
mod error;
mod events;
mod format;
mod identity;
mod options;
mod time;

pub use coherence::{Difference, differences};
pub use error::{MappingError, MappingProblem};
pub use options::{MappingOptions, Masking, Profile, ReferenceIds, ShortTime, SignedFormat};

use xds_model::DocumentEntry;

use crate::{Document, Header};

/// Derives every attribute that comes from the CDA; `entry_uuid` and what a registry adds are left empty.
///
/// # Errors
/// All attributes that could not be derived, not the first one only. In the DMP profile also what the DMP refuses
/// whatever its metadata: a type that an LPS may not create, a replaced document that is not named by an OID.
pub fn document_entry(document: &Document, options: &MappingOptions) -> Result<DocumentEntry, Vec<MappingError>> {
    let (entry, errors) = derive(document, options);
    if errors.is_empty() { Ok(entry) } else { Err(errors) }
}

/// What can be derived, and why the rest cannot: for who refuses a document only once it is to be sent. A title over 128
/// characters is refused and derived whole.
pub fn derive(document: &Document, options: &MappingOptions) -> (DocumentEntry, Vec<MappingError>) {
    let header = &document.header;
    let mut collected = Collected::default();
    let entry = DocumentEntry {
        mime_type: document.shape.mime_type().to_owned(),
        hash: Some(document.fingerprint.sha1_hex()),
        size: Some(document.fingerprint.size),
        unique_id: collected.take(identity::unique_id(header, options)).unwrap_or_default(),
        patient_id: collected.take(identity::patient_id(header, options)).unwrap_or_default(),
        source_patient_id: identity::source_patient_id(header),
        source_patient_info: collected.take(identity::source_patient_info(header)),
        language_code: collected.take(codes::language(header)),
        creation_time: collected.take(time::creation(header, options)),
        service_start_time: collected.take(time::service_start(header, options)),
        service_stop_time: collected.take(time::service_stop(header, options)).flatten(),
        legal_authenticator: collected.take(actors::legal_authenticator(header)),
        title: collected.take(codes::title(header)),
        authors: collected.take_all(actors::authors(header, options)),
        class_code: collected.take(codes::class_code(header, options)).flatten(),
        type_code: collected.take(codes::type_code(header, options)),
        format_code: Some(format::format_code(document, options)),
        confidentiality_codes: collected.take(codes::confidentiality(header, options)).unwrap_or_default(),
        event_codes: events::event_codes(header, options),
        healthcare_facility_type_code: collected.take(codes::facility(header, options)),
        practice_setting_code: collected.take(codes::practice_setting(header, options)),
        reference_ids: events::reference_ids(header, options),
        ..DocumentEntry::default()
    };
    // Refused, and derived all the same: nothing is ever cut.
    collected.take(codes::title_length(header));
    collected.take(replaced_unique_id(header, options));
    (entry, collected.errors)
}

/// uniqueId of the document that this one replaces (`relatedDocument[@typeCode="RPLC"]`), to be resolved to its current
/// entryUUID. `None` for a document that replaces none.
///
/// A parent named by a UUID is given as it is: no DMP entry has such a uniqueId, and it is only a warning of the checks
/// (`CDA-VER-008`).
///
/// # Errors
/// `CDA-VER-007` without parent id; in the DMP profile `CDA-DMP-001` for a parent id with an extension.
pub fn replaced_unique_id(header: &Header, options: &MappingOptions) -> Result<Option<String>, MappingError> {
    identity::replaced_unique_id(header, options)
}

#[derive(Default)]
struct Collected {
    errors: Vec<MappingError>,
}

impl Collected {
    fn take<T>(&mut self, result: Result<T, MappingError>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    fn take_all<T>(&mut self, results: Vec<Result<T, MappingError>>) -> Vec<T> {
        results.into_iter().filter_map(|result| self.take(result)).collect()
    }
}
