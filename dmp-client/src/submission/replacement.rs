//! What a new version owes to the one it replaces (X14, X20, `EX_GEN-1060`).

use dmp_protocol::rules::Strictness;
use xds_model::DocumentEntry;

use super::document::{Document, Hidden};
use super::preflight::Preflight;
use super::restriction::hidden_again;
use super::rule;

impl Preflight<'_> {
    /// The replaced document, or the one that the header says is replaced.
    pub(super) fn replacement(&mut self, document: &Document) {
        let Some(target) = &document.replaces else { return self.sent_as_new(document) };
        if let Some(former) = target.entry.as_deref() {
            self.still_visible(former, &document.entry);
            let same_bytes = document.entry.hash.as_deref().and_then(|hash| former.same_hash(hash)) == Some(true);
            self.require(&rule::SUBSTANCE, !same_bytes, || "a replacement by the very same bytes".to_owned());
        }
        if document.is_cda() {
            let said = document.version.replaces.as_ref();
            self.require(&rule::REPLACED, said == Some(&target.unique_id), || match said {
                Some(_) => "a document that says it replaces another one".to_owned(),
                None => "a document that says it replaces none".to_owned(),
            });
        }
    }

    /// A new version without [`Document::replacing`]: never refused, the DMP may not have the former one.
    fn sent_as_new(&mut self, document: &Document) {
        if document.version.replaces.is_none() {
            return;
        }
        let strictness = match self.strictness(&rule::NOT_REPLACING) {
            Strictness::Off => Strictness::Off,
            Strictness::Strict | Strictness::Lenient => Strictness::Lenient,
        };
        self.broken(&rule::NOT_REPLACING, strictness, "relatedDocument of type RPLC".to_owned(), None);
    }

    /// X20: a flag that the former version had not hides what could be seen.
    fn still_visible(&mut self, former: &DocumentEntry, new: &DocumentEntry) {
        for hidden in hidden_again(&Hidden::of(former), &Hidden::of(new)) {
            self.require(&rule::IRREVERSIBLE, false, || format!("{} on a document that had it not", hidden.code()));
        }
    }
}
