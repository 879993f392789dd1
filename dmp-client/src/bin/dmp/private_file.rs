//! Files that hold a password or an assertion: for their owner only.

use std::io::{self, Write};
use std::path::Path;

/// Writes a file that only its owner reads (0600); one that exists keeps its rights, and is written only to `replace` it.
pub(crate) fn write(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!replace);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
