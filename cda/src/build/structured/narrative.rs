//! The narrative of a section (bloc narratif): the vocabulary that a viewer must show.

use super::link::Href;
use crate::build::parts::hidden;

/// The narrative of a section.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Narrative(pub Vec<Block>);

/// A block of a narrative.
#[derive(Clone, PartialEq, Eq)]
pub enum Block {
    /// Text that is in no block.
    Text(Vec<Inline>),
    /// `paragraph`
    Paragraph(Paragraph),
    /// `list`
    List(List),
    /// `table`
    Table(Table),
}

/// `paragraph`
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Paragraph {
    /// `@ID`, at which entries may point.
    pub id: Option<String>,
    /// `caption`
    pub caption: Option<String>,
    /// Text.
    pub content: Vec<Inline>,
}

/// `list`
#[derive(Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Numbered.
    pub ordered: bool,
    /// `caption`
    pub caption: Option<String>,
    /// At least one.
    pub items: Vec<Item>,
}

/// `item`
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// `@ID`
    pub id: Option<String>,
    /// Text, paragraphs, lists, tables.
    pub content: Vec<Block>,
}

/// `table`
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// `caption`
    pub caption: Option<String>,
    /// Whether lines are drawn.
    pub border: bool,
    /// `thead`
    pub header: Vec<Row>,
    /// `tfoot`
    pub footer: Vec<Row>,
    /// `tbody`, at least one row.
    pub body: Vec<Row>,
}

/// `tr`: at least one cell.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// `@ID`
    pub id: Option<String>,
    /// Cells.
    pub cells: Vec<Cell>,
}

/// `th` or `td`
#[derive(Clone, PartialEq, Eq)]
pub struct Cell {
    /// `@ID`
    pub id: Option<String>,
    /// `@colspan`, from 1.
    pub columns: u16,
    /// `@rowspan`, from 1.
    pub rows: u16,
    /// Content.
    pub content: CellContent,
}

/// What a cell holds: a heading has no blocks.
#[derive(Clone, PartialEq, Eq)]
pub enum CellContent {
    /// `th`
    Heading(Vec<Inline>),
    /// `td`
    Data(Vec<Block>),
}

/// A piece of text.
#[derive(Clone, PartialEq, Eq)]
pub enum Inline {
    /// Text.
    Text(String),
    /// `content`: text with an identifier or a style.
    Content {
        /// `@ID`, at which entries may point.
        id: Option<String>,
        /// `@styleCode`: `Bold`, `Italics`, `Underline`…, separated by spaces.
        style: Option<String>,
        /// Text.
        content: Vec<Inline>,
    },
    /// `br`
    Break,
    /// `sub`
    Subscript(String),
    /// `sup`
    Superscript(String),
    /// `footnote`
    Footnote {
        /// `@ID`, at which [`Inline::FootnoteReference`] points.
        id: String,
        /// Text.
        content: Vec<Inline>,
    },
    /// `footnoteRef`: the identifier of a footnote.
    FootnoteReference(String),
    /// `renderMultiMedia`: identifiers of images or attachments, or of regions of interest in entries.
    Media(Vec<String>),
    /// `linkHtml`
    Link {
        /// Where.
        href: Href,
        /// What is shown.
        text: String,
    },
}

impl Narrative {
    /// One paragraph per text.
    #[must_use]
    pub fn paragraphs<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self(texts.into_iter().map(Block::paragraph).collect())
    }
}

impl Block {
    /// A paragraph of plain text.
    #[must_use]
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::paragraph_of([Inline::text(text)])
    }

    /// A paragraph.
    #[must_use]
    pub fn paragraph_of(content: impl IntoIterator<Item = Inline>) -> Self {
        Self::Paragraph(Paragraph { content: content.into_iter().collect(), ..Paragraph::default() })
    }

    /// A list of one text per item.
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = Inline>) -> Self {
        let item = |inline| Item { id: None, content: vec![Self::Text(vec![inline])] };
        Self::List(List { items: items.into_iter().map(item).collect(), ..List::default() })
    }
}

impl Row {
    /// A row of headings.
    #[must_use]
    pub fn headings<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        let cell = |text: T| CellContent::Heading(vec![Inline::text(text)]).into();
        Self { id: None, cells: texts.into_iter().map(cell).collect() }
    }

    /// A row of data, one piece of text per cell.
    #[must_use]
    pub fn data(contents: impl IntoIterator<Item = Inline>) -> Self {
        let cell = |inline| CellContent::Data(vec![Block::Text(vec![inline])]).into();
        Self { id: None, cells: contents.into_iter().map(cell).collect() }
    }
}

impl From<CellContent> for Cell {
    fn from(content: CellContent) -> Self {
        Self { id: None, columns: 1, rows: 1, content }
    }
}

impl Inline {
    /// Text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Text at which entries may point.
    #[must_use]
    pub fn named(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Content { id: Some(id.into()), style: None, content: vec![Self::text(text)] }
    }

    /// Text with a style.
    #[must_use]
    pub fn styled(style: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Content { id: None, style: Some(style.into()), content: vec![Self::text(text)] }
    }
}

hidden!(Narrative, Block, Paragraph, List, Item, Table, Row, Cell, CellContent, Inline);
