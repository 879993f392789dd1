//! What holds the documents of an examination together, and leads to its images.

use dmp_client::{DocumentEntry, Search};
use xds_model::Cx;

const ORDERS: &str = "urn:ihe:iti:xds:2013:order";
const ACCESSIONS: &str = "urn:ihe:iti:xds:2013:accession";
const STUDIES: &str = "urn:ihe:iti:xds:2016:studyInstanceUID";

/// The identifiers of an examination, from referenceIdList. `Debug` shows how many there are.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ImagingLinks {
    ids: Vec<Cx>,
}

impl ImagingLinks {
    /// Those of a document.
    #[must_use]
    pub fn of(entry: &DocumentEntry) -> Self {
        Self { ids: entry.reference_ids.clone() }
    }

    /// Numbers of the orders.
    pub fn orders(&self) -> impl Iterator<Item = &Cx> {
        self.of_kind(ORDERS)
    }

    /// Accession numbers.
    pub fn accessions(&self) -> impl Iterator<Item = &Cx> {
        self.of_kind(ACCESSIONS)
    }

    /// Studies, by which the place that keeps the images is asked (SC.DB/TRA.04).
    pub fn studies(&self) -> impl Iterator<Item = &Cx> {
        self.of_kind(STUDIES)
    }

    /// FindDocumentsByReferenceId with all of them; `None` when there are none. What it finds goes through
    /// [`Self::only_linked`]: `%` and `_` in a number are wildcards for the DMP.
    #[must_use]
    pub fn search(&self) -> Option<Search> {
        (!self.ids.is_empty()).then(|| Search::by_reference(self.ids.iter().map(Cx::as_str)))
    }

    /// The documents of this examination among others.
    #[must_use]
    pub fn only_linked(&self, found: Vec<DocumentEntry>) -> Vec<DocumentEntry> {
        let linked = |entry: &DocumentEntry| {
            entry.reference_ids.iter().any(|id| self.ids.iter().any(|known| known.same_identifier(id)))
        };
        found.into_iter().filter(linked).collect()
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Cx> {
        self.ids.iter().filter(move |id| id.id_type() == kind)
    }
}

impl std::fmt::Debug for ImagingLinks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ImagingLinks({})", self.ids.len())
    }
}
