//! What this software produced and fed: its queue and its register of publications tell.

use super::local::{LocalDocument, LocalDocumentId};
use crate::correction::Publication;
use crate::outbox::{FeedItem, Order};

impl LocalDocument {
    fn produced_here(unique_id: &str, hash: &str) -> Self {
        Self {
            id: LocalDocumentId::new(unique_id),
            unique_id: unique_id.to_owned(),
            logical_id: None,
            set_id: None,
            version_number: None,
            sha1: (!hash.is_empty()).then(|| hash.to_owned()),
            produced_here: true,
        }
    }
}

/// Known by its uniqueId: the software has the original under it.
impl From<&FeedItem> for LocalDocument {
    fn from(item: &FeedItem) -> Self {
        let (set_id, version_number) = (item.set_id.clone(), item.version);
        Self { set_id, version_number, ..Self::produced_here(&item.unique_id, &item.hash) }
    }
}

/// Known by its uniqueId: the software has the original under it.
impl From<&Publication> for LocalDocument {
    fn from(publication: &Publication) -> Self {
        let (set_id, version_number) = (publication.set_id.clone(), publication.version);
        Self { set_id, version_number, ..Self::produced_here(&publication.unique_id, &publication.hash) }
    }
}

/// Adds what was fed and is not known otherwise: a document that the software declared keeps the identifier it has there.
pub(super) fn add_fed(locals: &mut Vec<LocalDocument>, items: &[FeedItem], publications: &[Publication]) {
    let fed = items.iter().filter(|item| item.order == Order::Feed).map(LocalDocument::from);
    for own in fed.chain(publications.iter().map(LocalDocument::from)) {
        if locals.iter().all(|local| local.unique_id != own.unique_id) {
            locals.push(own);
        }
    }
}
