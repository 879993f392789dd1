//! Bytes of documents in the file: in pieces, once for each SHA-256.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tempfile::NamedTempFile;

use crate::world::{Content, ContentDigests, IN_MEMORY_LIMIT, Place, hexadecimal};

/// Bytes of one row.
const PIECE: usize = 1 << 20;

/// Writes the bytes unless they are there; the file must be told of what cannot be read.
pub(super) fn write(transaction: &Transaction<'_>, content: &Content) -> Result<(), Fault> {
    let sha256 = hexadecimal(&content.sha256());
    let length = i64::try_from(content.length()).unwrap_or(i64::MAX);
    let added = transaction
        .prepare_cached("INSERT OR IGNORE INTO content (sha256, sha1, length) VALUES (?1, ?2, ?3)")?
        .execute(params![sha256, content.sha1(), length])?;
    if added == 0 {
        return Ok(());
    }
    let mut reader = content.reader()?;
    let mut insert = transaction.prepare_cached("INSERT INTO piece (sha256, rank, bytes) VALUES (?1, ?2, ?3)")?;
    let mut piece = Vec::with_capacity(PIECE.min(usize::try_from(length).unwrap_or(PIECE)));
    for rank in 0_i64.. {
        piece.clear();
        reader.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
        if piece.is_empty() {
            break;
        }
        insert.execute(params![sha256, rank, piece])?;
    }
    Ok(())
}

/// Reads the bytes of a digest back, small ones into memory, large ones into a temporary file, and checks them.
pub(super) fn read(connection: &Connection, sha256: &str) -> Result<Option<Content>, Fault> {
    let found: Option<i64> = connection
        .prepare_cached("SELECT length FROM content WHERE sha256 = ?1")?
        .query_row([sha256], |row| row.get(0))
        .optional()?;
    let Some(length) = found else { return Ok(None) };
    let mut pieces = connection.prepare_cached("SELECT bytes FROM piece WHERE sha256 = ?1 ORDER BY rank")?;
    let mut rows = pieces.query([sha256])?;
    let mut digests = ContentDigests::new();
    let large = usize::try_from(length).is_ok_and(|length| length > IN_MEMORY_LIMIT);
    let mut file = if large { Some(NamedTempFile::new()?) } else { None };
    let mut memory = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        digests.update(bytes);
        match &mut file {
            Some(file) => file.write_all(bytes)?,
            None => memory.extend_from_slice(bytes),
        }
    }
    let place = file.map_or_else(|| Place::Memory(memory.into()), |file| Place::File(Arc::new(file.into_temp_path())));
    let content = Content::at(place, digests);
    Ok(Some(content).filter(|content| hexadecimal(&content.sha256()) == sha256))
}

/// What can go wrong while bytes pass.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
    #[error(transparent)]
    System(#[from] io::Error),
}
