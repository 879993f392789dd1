//! What the schema asks of a narrative: nothing empty, identifiers once, references with a target.

use super::identifiers::Identifiers;
use super::narrative::{Block, Cell, CellContent, Inline, Narrative, Row};
use crate::build::faults::Faults;

/// Deepest nesting that is written: lists in cells of tables in lists…
const DEEPEST: usize = 24;

impl Narrative {
    pub(super) fn check(&self, field: &str, identifiers: &mut Identifiers, faults: &mut Faults) {
        Walk { field, identifiers, faults }.blocks(&self.0, 0);
    }
}

struct Walk<'a> {
    field: &'a str,
    identifiers: &'a mut Identifiers,
    faults: &'a mut Faults,
}

impl Walk<'_> {
    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        if self.is_too_deep(depth) {
            return;
        }
        for block in blocks {
            match block {
                Block::Text(content) => self.inlines(content, depth + 1),
                Block::Paragraph(paragraph) => {
                    self.id(paragraph.id.as_ref());
                    self.inlines(&paragraph.content, depth + 1);
                }
                Block::List(list) => {
                    self.filled(!list.items.is_empty(), "a list has at least one item");
                    for item in &list.items {
                        self.id(item.id.as_ref());
                        self.blocks(&item.content, depth + 1);
                    }
                }
                Block::Table(table) => {
                    self.filled(!table.body.is_empty(), "a table has at least one row in its body");
                    let rows = table.header.iter().chain(&table.footer).chain(&table.body);
                    rows.for_each(|row| self.row(row, depth + 1));
                }
            }
        }
    }

    fn row(&mut self, row: &Row, depth: usize) {
        self.id(row.id.as_ref());
        self.filled(!row.cells.is_empty(), "a row has at least one cell");
        row.cells.iter().for_each(|cell| self.cell(cell, depth));
    }

    fn cell(&mut self, cell: &Cell, depth: usize) {
        self.id(cell.id.as_ref());
        self.filled(cell.columns > 0 && cell.rows > 0, "a cell spans at least one column and one row");
        match &cell.content {
            CellContent::Heading(content) => self.inlines(content, depth + 1),
            CellContent::Data(blocks) => self.blocks(blocks, depth + 1),
        }
    }

    fn inlines(&mut self, inlines: &[Inline], depth: usize) {
        if self.is_too_deep(depth) {
            return;
        }
        for inline in inlines {
            match inline {
                Inline::Content { id, style, content } => {
                    self.id(id.as_ref());
                    self.filled(style.as_ref().is_none_or(|style| is_style(style)), "a style is a list of names");
                    self.inlines(content, depth + 1);
                }
                Inline::Footnote { id, content } => {
                    self.identifiers.add_footnote(self.field, id, self.faults);
                    let note =
                        |inline: &Inline| matches!(inline, Inline::Footnote { .. } | Inline::FootnoteReference(_));
                    self.filled(!content.iter().any(note), "a footnote holds no footnote");
                    self.inlines(content, depth + 1);
                }
                Inline::FootnoteReference(target) => self.identifiers.footnote_reference(self.field, target),
                Inline::Media(targets) => {
                    self.filled(!targets.is_empty(), "nothing to show");
                    targets.iter().for_each(|target| self.identifiers.media_reference(self.field, target));
                }
                Inline::Text(_)
                | Inline::Break
                | Inline::Subscript(_)
                | Inline::Superscript(_)
                | Inline::Link { .. } => {}
            }
        }
    }

    fn id(&mut self, id: Option<&String>) {
        if let Some(id) = id {
            self.identifiers.add_narrative(self.field, id, self.faults);
        }
    }

    fn filled(&mut self, holds: bool, reason: &'static str) {
        self.faults.check(self.field, holds, "CDA-DOC-008", reason);
    }

    fn is_too_deep(&mut self, depth: usize) -> bool {
        let deep = depth > DEEPEST;
        self.faults.check(self.field, !deep, "CDA-DOC-006", "nested more than 24 deep");
        deep
    }
}

/// `NMTOKENS`, in ASCII.
fn is_style(style: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    !style.trim().is_empty() && style.split(' ').all(|token| !token.is_empty() && token.chars().all(name))
}
