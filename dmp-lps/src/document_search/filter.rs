//! The criteria applied to what the DMP answered.

use dmp_client::DocumentEntry;
use dmp_vocabulary::identity::StructureId;
use xds_model::iti18::Pattern;

use super::criteria::{DocumentSearch, ReferenceId};
use crate::authors::{contains, is_own, names_institution};
use crate::context::AccessContext;

impl DocumentSearch {
    pub(super) fn keeps(&self, entry: &DocumentEntry, ctx: &AccessContext, own_structures: &[StructureId]) -> bool {
        let hidden = |one: &super::Visibility| entry.has_confidentiality(one.hidden().code());
        let written_in = |part: &str| entry.authors.iter().any(|author| names_institution(author, part));
        let titled = |part: &str| entry.title.as_deref().is_some_and(|title| contains(title, part));
        let third_party = || !entry.is_patient_document() && !is_own(entry, ctx, own_structures);
        (self.visibility.is_empty() || self.visibility.iter().any(hidden))
            && self.author_institution.as_deref().is_none_or(written_in)
            && self.title.as_deref().is_none_or(titled)
            && (!self.third_party_only || third_party())
            && (!self.patient_documents_only || entry.is_patient_document())
            && (self.references.is_empty() || self.references.iter().any(|one| one.is_borne_by(entry)))
    }
}

impl ReferenceId {
    /// In a query every identifier is a pattern: an exact one that holds `_` would find its neighbours.
    fn is_borne_by(&self, entry: &DocumentEntry) -> bool {
        entry.reference_ids.iter().any(|id| match self {
            Self::Exact(text) => id.as_str() == text,
            Self::Like(pattern) => Pattern::new(pattern).matches(id.as_str()),
        })
    }
}
