//! The reading matrix (matrice d'habilitation): who may read documents of which type (access-rules.md §9, MAT rules).

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

/// A cell of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// May read.
    Yes,
    /// May not.
    No,
    /// Not known: `matrix_unknown` decides.
    Unknown,
}

/// Types of documents × professions. Never limits writing.
#[derive(Clone)]
pub struct ReadingMatrix {
    columns: Vec<String>,
    rows: HashMap<String, Vec<Reading>>,
}

/// A matrix that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum MatrixError {
    /// The file could not be read.
    #[error("reading matrix {path} could not be read: {source}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The header is not that of a matrix.
    #[error(
        "a reading matrix starts with type_code, class_code, label_fr, then one column for each profession, then note"
    )]
    Header,
    /// A line is not a row.
    #[error("line {line} of the reading matrix: {problem}")]
    Row {
        /// From 1, the header.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
}

/// Columns before the professions: type_code, class_code, label_fr.
const LEADING: usize = 3;

static EMBEDDED: LazyLock<ReadingMatrix> = LazyLock::new(|| {
    // A test reads the embedded file strictly.
    ReadingMatrix::from_tsv(include_str!("../../data/reading-matrix-2023.tsv"))
        .unwrap_or_else(|_| ReadingMatrix { columns: Vec::new(), rows: HashMap::new() })
});

impl ReadingMatrix {
    /// The matrix of the arrêté of 26/10/2023 as far as it is known; not the official table.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// A matrix from a file of the same form (C-23).
    ///
    /// # Errors
    /// [`MatrixError`] says where it is wrong.
    pub fn from_file(path: &Path) -> Result<Self, MatrixError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| MatrixError::Read { path: path.display().to_string(), source })?;
        Self::from_tsv(&text)
    }

    /// A matrix from tab-separated text: `type_code`, `class_code`, `label_fr`, one column for each profession with
    /// `Y y` (may), `N n` (may not) or `?`, then `note`.
    ///
    /// # Errors
    /// [`MatrixError`] says where it is wrong.
    pub fn from_tsv(text: &str) -> Result<Self, MatrixError> {
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        let sound = header.len() > LEADING + 1
            && header[..LEADING] == ["type_code", "class_code", "label_fr"]
            && header.last() == Some(&"note");
        if !sound {
            return Err(MatrixError::Header);
        }
        let columns: Vec<String> = header[LEADING..header.len() - 1].iter().map(|&name| name.to_owned()).collect();
        let mut rows = HashMap::new();
        for (index, line) in lines.enumerate().filter(|(_, line)| !line.is_empty()) {
            let wrong = |problem| MatrixError::Row { line: index + 2, problem };
            let cells: Vec<&str> = line.split('\t').collect();
            if cells.len() != header.len() {
                return Err(wrong("not as many cells as the header"));
            }
            let readings = cells[LEADING..cells.len() - 1].iter().map(|cell| match *cell {
                "Y" | "y" => Ok(Reading::Yes),
                "N" | "n" => Ok(Reading::No),
                "?" => Ok(Reading::Unknown),
                _ => Err(wrong("a cell that is none of Y y N n ?")),
            });
            if rows.insert(cells[0].to_owned(), readings.collect::<Result<_, _>>()?).is_some() {
                return Err(wrong("a typeCode that has a row already"));
            }
        }
        Ok(ReadingMatrix { columns, rows })
    }

    /// Whether that column may read that typeCode; `None` when the table has no such row or column (MAT-03).
    #[must_use]
    pub fn reading(&self, column: &str, type_code: &str) -> Option<Reading> {
        let column = self.columns.iter().position(|name| name == column)?;
        self.rows.get(type_code)?.get(column).copied()
    }

    /// Names of the professions.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(String::as_str)
    }

    /// The typeCodes, in no order.
    pub fn type_codes(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }
}

impl fmt::Debug for ReadingMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadingMatrix({} types, {} professions)", self.rows.len(), self.columns.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_is_whole() {
        let matrix = ReadingMatrix::from_tsv(include_str!("../../data/reading-matrix-2023.tsv")).unwrap();
        assert_eq!((matrix.columns().count(), matrix.type_codes().count()), (19, 107));
        for (column, kind, expected) in [
            ("medecin", "ATTEST-RESID", Some(Reading::No)),
            ("medecin", "11490-0", Some(Reading::Yes)),
            ("opticien", "83836-7", Some(Reading::Yes)),
            ("opticien", "11502-2", Some(Reading::No)),
            ("masseur_kinesitherapeute", "11490-0", Some(Reading::Unknown)),
            ("nobody", "11490-0", None),
            ("medecin", "none", None),
        ] {
            assert_eq!(matrix.reading(column, kind), expected, "{column} {kind}");
        }
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_line() {
        let header = "type_code\tclass_code\tlabel_fr\tmedecin\tnote";
        for (text, expected) in [
            (String::new(), "starts with"),
            (format!("{header}\n1\t10\tX\tY"), "line 2"),
            (format!("{header}\n1\t10\tX\tY\t\n2\t10\tX\tmaybe\t"), "line 3"),
            (format!("{header}\n1\t10\tX\tY\t\n1\t10\tX\tY\t"), "line 3"),
        ] {
            let error = ReadingMatrix::from_tsv(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
