//! Values that the ebRIM schema does not take: the writers write them, a receiver that validates refuses them.

use crate::{Author, CodedValue, DocumentEntry, Extras, Slot, SubmissionSet};

/// Longest `rim:Value`, code, identifier and media type (`LongName`), in characters.
const LONG_NAME: usize = 256;
/// Longest title, comment and display text (`FreeFormText`), in characters.
const FREE_FORM_TEXT: usize = 1024;

/// A value longer than the schema of ebRIM allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TooLong {
    /// XDS attribute, `authorInstitution`; `other` for what the model does not name.
    pub attribute: &'static str,
    /// Characters found.
    pub found: usize,
    /// Characters allowed.
    pub allowed: usize,
}

impl DocumentEntry {
    /// The values that are too long for the schema, in the order of the model.
    #[must_use]
    pub fn too_long(&self) -> Vec<TooLong> {
        let mut measure = Measure::default();
        measure.values("uniqueId", [self.unique_id.as_str()]);
        measure.values("patientId", [self.patient_id.as_str()]);
        measure.values("mimeType", [self.mime_type.as_str()]);
        measure.values("hash", self.hash.as_deref());
        measure.values("languageCode", self.language_code.as_deref());
        measure.values("creationTime", self.creation_time.as_ref().map(|time| time.as_str()));
        measure.values("serviceStartTime", self.service_start_time.as_ref().map(|time| time.as_str()));
        measure.values("serviceStopTime", self.service_stop_time.as_ref().map(|time| time.as_str()));
        measure.values("repositoryUniqueId", self.repository_unique_id.as_deref());
        measure.values("legalAuthenticator", self.legal_authenticator.as_ref().map(|person| person.as_str()));
        measure.values("sourcePatientId", self.source_patient_id.as_ref().map(|id| id.as_str()));
        let fields = self.source_patient_info.iter().flat_map(|info| &info.fields);
        measure.values("sourcePatientInfo", fields.map(String::as_str));
        measure.texts("title", self.title.as_deref());
        measure.texts("comments", self.comments.as_deref());
        measure.authors(&self.authors);
        measure.codes("classCode", &self.class_code);
        measure.codes("typeCode", &self.type_code);
        measure.codes("formatCode", &self.format_code);
        measure.codes("confidentialityCode", &self.confidentiality_codes);
        measure.codes("eventCodeList", &self.event_codes);
        measure.codes("healthcareFacilityTypeCode", &self.healthcare_facility_type_code);
        measure.codes("practiceSettingCode", &self.practice_setting_code);
        measure.values("referenceIdList", self.reference_ids.iter().map(|id| id.as_str()));
        measure.extras(&self.extras);
        measure.found
    }
}

impl SubmissionSet {
    /// The values that are too long for the schema, in the order of the model.
    #[must_use]
    pub fn too_long(&self) -> Vec<TooLong> {
        let mut measure = Measure::default();
        measure.values("uniqueId", [self.unique_id.as_str()]);
        measure.values("sourceId", [self.source_id.as_str()]);
        measure.values("patientId", [self.patient_id.as_str()]);
        measure.values("submissionTime", self.submission_time.as_ref().map(|time| time.as_str()));
        measure.texts("title", self.title.as_deref());
        measure.texts("comments", self.comments.as_deref());
        measure.authors(&self.authors);
        measure.codes("contentTypeCode", &self.content_type_code);
        measure.extras(&self.extras);
        measure.found
    }
}

/// What was too long so far.
#[derive(Default)]
struct Measure {
    found: Vec<TooLong>,
}

impl Measure {
    fn values<'a>(&mut self, attribute: &'static str, values: impl IntoIterator<Item = &'a str>) {
        self.bounded(attribute, values, LONG_NAME);
    }

    fn texts<'a>(&mut self, attribute: &'static str, texts: impl IntoIterator<Item = &'a str>) {
        self.bounded(attribute, texts, FREE_FORM_TEXT);
    }

    fn bounded<'a>(&mut self, attribute: &'static str, texts: impl IntoIterator<Item = &'a str>, allowed: usize) {
        let lengths = texts.into_iter().map(|text| text.chars().count());
        self.found.extend(lengths.filter(|found| *found > allowed).map(|found| TooLong { attribute, found, allowed }));
    }

    fn codes<'a>(&mut self, attribute: &'static str, codes: impl IntoIterator<Item = &'a CodedValue>) {
        for code in codes {
            self.values(attribute, [code.code.as_str(), code.system.as_str()]);
            self.texts(attribute, code.display.as_deref());
        }
    }

    fn authors(&mut self, authors: &[Author]) {
        for author in authors {
            self.values("authorInstitution", author.institution.as_ref().map(|institution| institution.as_str()));
            self.values("authorPerson", author.person.as_ref().map(|person| person.as_str()));
            self.values("authorRole", author.roles.iter().map(String::as_str));
            self.values("authorSpecialty", author.specialty.as_ref().map(|specialty| specialty.as_str()));
            self.slots(&author.other_slots);
        }
    }

    fn slots(&mut self, slots: &[Slot]) {
        for slot in slots {
            self.values("other", std::iter::once(&slot.name).chain(&slot.values).map(String::as_str));
        }
    }

    fn extras(&mut self, extras: &Extras) {
        self.slots(&extras.slots);
        for classification in &extras.classifications {
            self.values("other", classification.code.as_deref());
            self.texts("other", classification.display.as_deref());
            self.slots(&classification.slots);
        }
        for identifier in &extras.identifiers {
            self.values("other", [identifier.value.as_str()]);
            self.texts("other", identifier.name.as_deref());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Xcn, Xon};

    #[test]
    fn each_kind_of_value_has_its_bound() {
        let long = |length: usize| "é".repeat(length);
        let entry = DocumentEntry {
            mime_type: long(256),
            title: Some(long(1024)),
            comments: Some(long(1025)),
            authors: vec![Author {
                institution: Some(Xon::from(long(257))),
                person: Some(Xcn::from(long(256))),
                roles: vec![long(1), long(300)],
                ..Author::default()
            }],
            event_codes: vec![CodedValue::new(long(257), long(1024), long(1)), CodedValue::new("", long(1025), "")],
            extras: Extras { slots: vec![Slot::single("x", long(257))], ..Extras::default() },
            ..DocumentEntry::default()
        };
        let found: Vec<_> = entry.too_long().into_iter().map(|one| (one.attribute, one.found, one.allowed)).collect();
        let expected = [
            ("comments", 1025, 1024),
            ("authorInstitution", 257, 256),
            ("authorRole", 300, 256),
            ("eventCodeList", 257, 256),
            ("eventCodeList", 1025, 1024),
            ("other", 257, 256),
        ];
        assert_eq!(found, expected);
        let set = SubmissionSet { title: Some(long(1025)), source_id: long(256), ..SubmissionSet::default() };
        assert_eq!(set.too_long(), [TooLong { attribute: "title", found: 1025, allowed: 1024 }]);
    }
}
