//! Files nobody else may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Makes a file nobody else may read, unless it is there already.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes a new file nobody else may read, durable before anything relies on it.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Puts a file nobody else may read in the place of another, whole or not at all. `beside` is the new one's name until it
/// is complete; while it is there nobody else can do the same.
pub(super) fn replace_private(path: &Path, beside: &Path, text: &str) -> io::Result<()> {
    write_private(beside, text)?;
    if let Err(error) = fs::rename(beside, path) {
        let _ = fs::remove_file(beside);
        return Err(error);
    }
    // The new name must be as durable as what it names.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
