//! From files to tables: the shipped files, each replaceable by a file of the same name in a folder.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::document_types::{self, TypeTables};
use super::error::NomenclatureError;
use super::formats::{self, FormatTable};
use super::tsv::Table;
use super::value_set::{Edition, Reliability, ValueSet};
use super::{Nomenclatures, embedded};
use crate::Oid;

/// Largest file read from a folder, in bytes.
pub const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Tables that are not value sets.
const CATALOGUE: &str = "value-sets.tsv";
const EVENT_CODE_SYSTEMS: &str = "eventCodeList_systems.tsv";
const NOT_VALUE_SETS: [&str; 6] = [
    CATALOGUE,
    EVENT_CODE_SYSTEMS,
    document_types::TYPES_FILE,
    document_types::RETIRED_FILE,
    document_types::CLASSES_FILE,
    formats::FILE,
];
const DMP_FORMATS: &str = "JDV_J60";

/// Texts by file name, in the order of look-ups.
pub(super) struct Texts(Vec<Source>);

struct Source {
    file: Cow<'static, str>,
    text: Cow<'static, str>,
    is_shipped: bool,
}

impl Texts {
    pub(super) fn shipped(files: &'static [(&'static str, &'static str)]) -> Self {
        let source = |&(file, text)| Source { file: Cow::Borrowed(file), text: Cow::Borrowed(text), is_shipped: true };
        Self(files.iter().map(source).collect())
    }

    fn replace(&mut self, file: String, text: String) {
        let source = Source { file: Cow::Owned(file), text: Cow::Owned(text), is_shipped: false };
        match self.0.iter_mut().find(|known| known.file == source.file) {
            Some(known) => *known = source,
            None => self.0.push(source),
        }
    }

    fn get(&self, file: &str) -> &str {
        self.0.iter().find(|source| source.file == file).map_or("", |source| &source.text)
    }
}

impl Nomenclatures {
    /// The embedded edition with the `*.tsv` files of a folder instead of those of the same name.
    ///
    /// A file of another name is one more value set and needs the columns `code`, `display`, `system`. The columns of
    /// the shipped files are those of the `data` folder of this crate. All or nothing: the first wrong line is the error.
    pub fn load(folder: &Path) -> Result<Self, NomenclatureError> {
        let mut texts = embedded::texts();
        for path in table_files(folder)? {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            texts.replace(file, read_text(&path)?);
        }
        Self::build(&texts)
    }

    pub(super) fn build(texts: &Texts) -> Result<Self, NomenclatureError> {
        let mut editions = read_catalogue(texts.get(CATALOGUE))?;
        let mut value_sets = Vec::new();
        for source in texts.0.iter().filter(|source| !NOT_VALUE_SETS.contains(&&*source.file)) {
            let name = source.file.strip_suffix(".tsv").unwrap_or(&source.file);
            let known = editions.remove(name).unwrap_or(UNKNOWN_EDITION);
            // The version and reliability of the catalogue are those of the shipped file.
            let edition = if source.is_shipped { known } else { Edition { oid: known.oid, ..UNKNOWN_EDITION } };
            value_sets.push(ValueSet::read(name, &source.file, &source.text, edition)?);
        }
        let missing = NomenclatureError::MissingRow { file: CATALOGUE.to_owned(), what: "JDV_J60" };
        let dmp_formats = value_sets.iter().find(|set| set.is_named(DMP_FORMATS)).ok_or(missing)?;
        let formats = FormatTable::read(texts.get(formats::FILE), dmp_formats)?;
        let types = TypeTables::read(|file| texts.get(file))?;
        let event_code_systems = read_event_code_systems(texts.get(EVENT_CODE_SYSTEMS))?;
        Ok(Self { value_sets, types, formats, event_code_systems })
    }
}

const UNKNOWN_EDITION: Edition = Edition { oid: None, version: None, reliability: None };

/// The `.tsv` files of a folder, sorted so that two machines load them in the same order.
fn table_files(folder: &Path) -> Result<Vec<PathBuf>, NomenclatureError> {
    let unreadable = |source: io::Error| NomenclatureError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension() == Some(OsStr::new("tsv")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_text(path: &Path) -> Result<String, NomenclatureError> {
    let unreadable = |source: io::Error| NomenclatureError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(NomenclatureError::TooLarge { path: path.to_owned(), limit: MAX_FILE_BYTES });
    }
    String::from_utf8(bytes).map_err(|_| NomenclatureError::NotUtf8 { path: path.to_owned() })
}

fn read_catalogue(text: &str) -> Result<HashMap<String, Edition>, NomenclatureError> {
    let table = Table::new(CATALOGUE, text);
    let (name, oid) = (table.column("name")?, table.column("oid")?);
    let (version, reliability) = (table.column("version")?, table.column("reliability")?);
    let mut editions = HashMap::new();
    for row in table.rows() {
        let row = row?;
        let edition = Edition {
            oid: match row.get(oid) {
                "" => None,
                text => Some(Oid::parse(text).map_err(|_| row.refuse(oid, "an OID"))?),
            },
            version: Some(row.get(version).to_owned()).filter(|version| !version.is_empty()),
            reliability: match row.get(reliability) {
                "" => None,
                "exact" => Some(Reliability::Exact),
                "typed" => Some(Reliability::Typed),
                "old" => Some(Reliability::Old),
                _ => return Err(row.refuse(reliability, "exact, typed, old or nothing")),
            },
        };
        if editions.insert(row.required(name)?.to_owned(), edition).is_some() {
            return Err(row.duplicate(&[row.get(name)]));
        }
    }
    Ok(editions)
}

fn read_event_code_systems(text: &str) -> Result<HashMap<String, String>, NomenclatureError> {
    let table = Table::new(EVENT_CODE_SYSTEMS, text);
    let (system, meaning) = (table.column("system")?, table.column("meaning")?);
    let mut systems = HashMap::new();
    for row in table.rows() {
        let row = row?;
        if systems.insert(row.required(system)?.to_owned(), row.get(meaning).to_owned()).is_some() {
            return Err(row.duplicate(&[row.get(system)]));
        }
    }
    Ok(systems)
}
