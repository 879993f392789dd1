//! An extraction, written as it is read: no more than a page of lines is in memory.

use std::path::Path;

use aws_lc_rs::digest;
use dmp_protocol::signature::encode_base64;
use jiff::Timestamp;
use serde::Serialize;
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};

use super::columns::{Columns, local, row};
use super::cursor::{Cursor, TraceLine};
use super::{TraceExtract, TraceReader};
use crate::trace::journal::Journal;
use crate::trace::{AccessTrace, Action, AirTrace, TraceError, TraceKind, Tracer};

/// Signs the bytes of a manifest with a key of the establishment.
pub type ManifestSigner = dyn Fn(&[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> + Send + Sync;

/// Where an extraction goes.
pub struct ExtractSinks<'a> {
    /// CSV: `;` between fields, one row of names, UTF-8.
    pub csv: &'a mut (dyn AsyncWrite + Unpin + Send),
    /// One JSON object a line.
    pub json_lines: &'a mut (dyn AsyncWrite + Unpin + Send),
}

/// What an extraction holds, to go with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Manifest {
    /// `access` or `air`.
    pub trace: &'static str,
    /// What was asked for: `all`, `professionals`, `users`, `patient`, `document`.
    pub of: &'static str,
    /// Written at that time or later, UTC.
    pub from: Option<Timestamp>,
    /// Written at that time or earlier, UTC.
    pub to: Option<Timestamp>,
    /// When it was extracted, UTC.
    pub extracted_at: Timestamp,
    /// Rows of each file, without the names.
    pub rows: u64,
    /// Lines of a connexion secrète that the reader may not see.
    pub withheld: u64,
    /// Rank of the first line; 0 when there is none.
    pub first_seq: u64,
    /// Rank of the last line.
    pub last_seq: u64,
    /// SHA-256 of the CSV file, in hexadecimal.
    pub csv_sha256: String,
    /// SHA-256 of the file of JSON lines, in hexadecimal.
    pub json_lines_sha256: String,
}

impl Manifest {
    /// The manifest as a file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Made of texts and numbers.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Tracer {
    /// Extracts lines of a trace, oldest first (EXI 16, `EX_AIR-120`). The reading is traced before the first line.
    ///
    /// # Errors
    /// [`TraceError`]: what was written before is incomplete, and to be thrown away.
    pub async fn extract(
        &self,
        trace: TraceKind,
        extract: &TraceExtract,
        reader: &TraceReader,
        sinks: ExtractSinks<'_>,
    ) -> Result<Manifest, TraceError> {
        let words = match trace {
            TraceKind::Access => "local trace",
            TraceKind::Air => "trace of AIR",
        };
        self.note_reading(&reader.actor, extract.note(Action::ExtractTraces, words)).await?;
        let journal = self.journal(trace);
        let written = match trace {
            TraceKind::Access => write::<AccessTrace>(journal, extract, reader, sinks).await?,
            TraceKind::Air => write::<AirTrace>(journal, extract, reader, sinks).await?,
        };
        let TraceExtract { from, to, .. } = *extract;
        let (trace, of, extracted_at) = (journal.name, extract.kind(), self.inner.clock.now());
        let Written { rows, withheld, first_seq, last_seq, csv_sha256, json_lines_sha256 } = written;
        Ok(Manifest {
            trace,
            of,
            from,
            to,
            extracted_at,
            rows,
            withheld,
            first_seq,
            last_seq,
            csv_sha256,
            json_lines_sha256,
        })
    }

    /// The same into a folder: `traces.csv`, `traces.jsonl`, `manifest.json`, and `manifest.sig` (base64) with a signer;
    /// readable by their owner only. None of them may be there already.
    ///
    /// # Errors
    /// As [`Self::extract`]; also when the manifest cannot be signed.
    pub async fn extract_to_folder(
        &self,
        trace: TraceKind,
        extract: &TraceExtract,
        reader: &TraceReader,
        folder: &Path,
        signer: Option<&ManifestSigner>,
    ) -> Result<Manifest, TraceError> {
        let mut csv = BufWriter::new(create(folder, "traces.csv").await?);
        let mut json_lines = BufWriter::new(create(folder, "traces.jsonl").await?);
        let sinks = ExtractSinks { csv: &mut csv, json_lines: &mut json_lines };
        let manifest = self.extract(trace, extract, reader, sinks).await?;
        csv.get_ref().sync_all().await?;
        json_lines.get_ref().sync_all().await?;
        let text = manifest.to_json();
        if let Some(signer) = signer {
            let signature = signer(text.as_bytes()).map_err(TraceError::Signature)?;
            put(folder, "manifest.sig", encode_base64(&signature).as_bytes()).await?;
        }
        put(folder, "manifest.json", text.as_bytes()).await?;
        Ok(manifest)
    }
}

struct Written {
    rows: u64,
    withheld: u64,
    first_seq: u64,
    last_seq: u64,
    csv_sha256: String,
    json_lines_sha256: String,
}

/// A line, with the two things that are not in its body, and the hour of Paris.
#[derive(Serialize)]
struct JsonLine<'a, T> {
    seq: u64,
    at: Timestamp,
    at_local: String,
    #[serde(flatten)]
    line: &'a T,
}

async fn write<T: TraceLine + Columns + Serialize + Sync>(
    journal: &Journal,
    extract: &TraceExtract,
    reader: &TraceReader,
    sinks: ExtractSinks<'_>,
) -> Result<Written, TraceError> {
    let (mut csv, mut json_lines) = (Sink::new(sinks.csv), Sink::new(sinks.json_lines));
    csv.put(row(T::NAMES.iter().copied()).as_bytes()).await?;
    let mut cursor = Cursor::<T>::over(journal, extract, reader.restricted);
    let (mut rows, mut first_seq, mut last_seq) = (0, 0, 0);
    while let Some(page) = cursor.next().await? {
        let (mut table, mut objects) = (String::new(), Vec::new());
        for line in &page {
            let (seq, at) = line.place();
            table.push_str(&row(line.values().iter().map(String::as_str)));
            let object = JsonLine { seq, at, at_local: local(at), line };
            serde_json::to_writer(&mut objects, &object).map_err(|_| TraceError::Unreadable(seq))?;
            objects.push(b'\n');
            first_seq = if rows == 0 { seq } else { first_seq };
            (rows, last_seq) = (rows + 1, seq);
        }
        csv.put(table.as_bytes()).await?;
        json_lines.put(&objects).await?;
    }
    let withheld = cursor.withheld;
    let (csv_sha256, json_lines_sha256) = (csv.finish().await?, json_lines.finish().await?);
    Ok(Written { rows, withheld, first_seq, last_seq, csv_sha256, json_lines_sha256 })
}

/// Writes, and keeps the digest of what was written.
struct Sink<'a> {
    to: &'a mut (dyn AsyncWrite + Unpin + Send),
    digest: digest::Context,
}

impl<'a> Sink<'a> {
    fn new(to: &'a mut (dyn AsyncWrite + Unpin + Send)) -> Self {
        Self { to, digest: digest::Context::new(&digest::SHA256) }
    }

    async fn put(&mut self, bytes: &[u8]) -> Result<(), TraceError> {
        self.digest.update(bytes);
        Ok(self.to.write_all(bytes).await?)
    }

    async fn finish(self) -> Result<String, TraceError> {
        self.to.flush().await?;
        Ok(self.digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

async fn create(folder: &Path, name: &str) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(folder.join(name)).await
}

async fn put(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = create(folder, name).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}
