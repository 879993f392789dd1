//! Documents of any size, written to disk without being held in memory.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use dmp_client::Document;
use dmp_vocabulary::Oid;
use uuid::Uuid;
use xds_model::CodedValue;

use super::wrap::{Content, wrap};
use crate::bare::Failure;

/// formatCode and mimeType of an imaging reference: what a DMP takes that is no CDA.
const KOS_FORMAT: &str = "1.2.840.10008.5.1.4.1.1.88.59";
const DICOM: &str = "1.2.840.10008.2.6.1";
/// The largest CDA is 50 MiB (the reader's documented limit): its header and body stay below.
const CDA_BODY: usize = 49 << 20;

/// An opaque document of that many megabytes, with the metadata of an imaging reference.
///
/// # Errors
/// The file cannot be written.
pub async fn opaque(folder: &Path, megabytes: u64) -> Result<(PathBuf, Document), Failure> {
    let path = folder.join(format!("opaque-{megabytes}.bin"));
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    let mut block = [0_u8; 4096];
    // Any bytes that do not repeat from block to block; a boundary of MIME is among them now and then.
    for number in 0..megabytes * 1_000_000 / 4096 {
        for (index, byte) in block.iter_mut().enumerate() {
            *byte = (number.wrapping_mul(31) as usize + index * 7 + (index >> 3)) as u8;
        }
        block[..9].copy_from_slice(b"\r\n--uuid:");
        file.write_all(&block)?;
    }
    file.flush()?;

    let wrapped = Document::from_cda_bytes(wrap(&Content::Text("imagerie"))?).await?;
    let mut entry = wrapped.entry().clone();
    entry.unique_id = Oid::from_uuid(Uuid::new_v4().as_u128()).to_string();
    entry.mime_type = "application/dicom".into();
    entry.format_code = Some(CodedValue::new(KOS_FORMAT, "Key Object Selection Document", DICOM));
    Ok((path.clone(), Document::from_opaque_file(path, entry).await?))
}

/// A CDA whose body is one base64 text of 49 MiB.
///
/// # Errors
/// The file cannot be written.
pub async fn cda(folder: &Path) -> Result<(PathBuf, Document), Failure> {
    let path = folder.join("large.cda.xml");
    let small = String::from_utf8(wrap(&Content::Text("ABC"))?)?;
    let (head, tail) = small.split_once("QUJD").ok_or("the wrapped text is not where it was")?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    file.write_all(head.as_bytes())?;
    let line = "QUJD".repeat(1024);
    for _ in 0..CDA_BODY / line.len() {
        file.write_all(line.as_bytes())?;
    }
    file.write_all(tail.as_bytes())?;
    file.flush()?;
    drop(file);
    Ok((path.clone(), Document::from_cda_file(path).await?))
}
