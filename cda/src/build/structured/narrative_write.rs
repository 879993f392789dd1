//! The narrative as XML.

use dmp_xml::Writer;

use super::narrative::{Block, Cell, CellContent, Inline, Item, List, Narrative, Paragraph, Row, Table};

impl Narrative {
    pub(super) fn write(&self, w: &mut Writer) {
        w.open("text", &[]);
        write_blocks(&self.0, w);
        w.close();
    }
}

fn write_blocks(blocks: &[Block], w: &mut Writer) {
    for block in blocks {
        match block {
            Block::Text(content) => write_inlines(content, w),
            Block::Paragraph(paragraph) => write_paragraph(paragraph, w),
            Block::List(list) => write_list(list, w),
            Block::Table(table) => write_table(table, w),
        }
    }
}

fn write_paragraph(paragraph: &Paragraph, w: &mut Writer) {
    w.open("paragraph", &id(paragraph.id.as_ref()));
    write_caption(paragraph.caption.as_ref(), w);
    write_inlines(&paragraph.content, w);
    w.close();
}

fn write_list(list: &List, w: &mut Writer) {
    let kind = if list.ordered { &[("listType", "ordered")][..] } else { &[] };
    w.open("list", kind);
    write_caption(list.caption.as_ref(), w);
    list.items.iter().for_each(|item| write_item(item, w));
    w.close();
}

fn write_item(item: &Item, w: &mut Writer) {
    w.open("item", &id(item.id.as_ref()));
    write_blocks(&item.content, w);
    w.close();
}

fn write_table(table: &Table, w: &mut Writer) {
    w.open("table", &[("border", if table.border { "1" } else { "0" })]);
    write_caption(table.caption.as_ref(), w);
    for (part, rows) in [("thead", &table.header), ("tfoot", &table.footer), ("tbody", &table.body)] {
        if !rows.is_empty() {
            w.open(part, &[]);
            rows.iter().for_each(|row| write_row(row, w));
            w.close();
        }
    }
    w.close();
}

fn write_row(row: &Row, w: &mut Writer) {
    w.open("tr", &id(row.id.as_ref()));
    row.cells.iter().for_each(|cell| write_cell(cell, w));
    w.close();
}

fn write_cell(cell: &Cell, w: &mut Writer) {
    let (columns, rows) = (cell.columns.to_string(), cell.rows.to_string());
    let mut attributes = id(cell.id.as_ref());
    attributes.extend((cell.columns != 1).then_some(("colspan", columns.as_str())));
    attributes.extend((cell.rows != 1).then_some(("rowspan", rows.as_str())));
    match &cell.content {
        CellContent::Heading(content) => {
            w.open("th", &attributes);
            write_inlines(content, w);
        }
        CellContent::Data(blocks) => {
            w.open("td", &attributes);
            write_blocks(blocks, w);
        }
    }
    w.close();
}

fn write_inlines(inlines: &[Inline], w: &mut Writer) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => w.text(text),
            Inline::Content { id: name, style, content } => {
                let mut attributes = id(name.as_ref());
                attributes.extend(style.as_deref().map(|style| ("styleCode", style)));
                w.open("content", &attributes);
                write_inlines(content, w);
                w.close();
            }
            Inline::Break => w.empty("br", &[]),
            Inline::Subscript(text) => w.leaf("sub", &[], text),
            Inline::Superscript(text) => w.leaf("sup", &[], text),
            Inline::Footnote { id, content } => {
                w.open("footnote", &[("ID", id)]);
                write_inlines(content, w);
                w.close();
            }
            Inline::FootnoteReference(target) => w.empty("footnoteRef", &[("IDREF", target)]),
            Inline::Media(targets) => w.empty("renderMultiMedia", &[("referencedObject", &targets.join(" "))]),
            Inline::Link { href, text } => w.leaf("linkHtml", &[("href", href.as_str())], text),
        }
    }
}

fn write_caption(caption: Option<&String>, w: &mut Writer) {
    if let Some(caption) = caption {
        w.leaf("caption", &[], caption);
    }
}

fn id(id: Option<&String>) -> Vec<(&'static str, &str)> {
    id.map(|id| ("ID", id.as_str())).into_iter().collect()
}
