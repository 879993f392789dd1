//! Tables: UTF-8, one header line, fields separated by tabs, no quoting.

use super::error::NomenclatureError;

/// The text of a table and its header.
pub(super) struct Table<'text> {
    file: &'text str,
    header: Vec<&'text str>,
    body: std::str::Lines<'text>,
}

/// One line, its fields by column rank.
pub(super) struct Row<'text> {
    file: &'text str,
    line: usize,
    fields: Vec<&'text str>,
}

/// Rank of a column in the header.
#[derive(Clone, Copy)]
pub(super) struct Column {
    index: usize,
    name: &'static str,
}

impl<'text> Table<'text> {
    pub(super) fn new(file: &'text str, text: &'text str) -> Self {
        let mut body = text.strip_prefix('\u{feff}').unwrap_or(text).lines();
        let header = body.next().unwrap_or_default().split('\t').collect();
        Self { file, header, body }
    }

    pub(super) fn column(&self, name: &'static str) -> Result<Column, NomenclatureError> {
        match self.header.iter().position(|column| *column == name) {
            Some(index) => Ok(Column { index, name }),
            None => Err(NomenclatureError::Column { file: self.file.to_owned(), column: name.to_owned() }),
        }
    }

    /// The lines after the header.
    pub(super) fn rows(self) -> impl Iterator<Item = Result<Row<'text>, NomenclatureError>> {
        let (file, expected) = (self.file, self.header.len());
        self.body.enumerate().map(move |(index, text)| {
            let fields: Vec<&str> = text.split('\t').collect();
            let (line, found) = (index + 2, fields.len());
            if found == expected {
                Ok(Row { file, line, fields })
            } else {
                Err(NomenclatureError::Fields { file: file.to_owned(), line, found, expected })
            }
        })
    }
}

impl<'text> Row<'text> {
    pub(super) fn get(&self, column: Column) -> &'text str {
        self.fields.get(column.index).copied().unwrap_or_default().trim()
    }

    pub(super) fn required(&self, column: Column) -> Result<&'text str, NomenclatureError> {
        match self.get(column) {
            "" => Err(self.refuse(column, "a value")),
            value => Ok(value),
        }
    }

    pub(super) fn refuse(&self, column: Column, expected: &'static str) -> NomenclatureError {
        NomenclatureError::Value {
            file: self.file.to_owned(),
            line: self.line,
            column: column.name.to_owned(),
            found: self.get(column).chars().take(80).collect(),
            expected,
        }
    }

    pub(super) fn duplicate(&self, key: &[&str]) -> NomenclatureError {
        NomenclatureError::Duplicate { file: self.file.to_owned(), line: self.line, key: key.join(" ") }
    }
}
