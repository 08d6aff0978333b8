//! Mail as files.

use std::fs::{DirBuilder, File, OpenOptions, rename};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::transport::MailTransportError;

/// A folder that gets one `.eml` file a message: readable by its owner only, there whole or not at all, and called by
/// the message's id, so that a listing is in the order of queueing and a repeat replaces the first.
#[derive(Debug, Clone)]
pub struct MailFolder(PathBuf);

impl MailFolder {
    /// Takes a folder, which is made if need be.
    pub fn open(path: &Path) -> Result<Self, MailTransportError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        // Mails are about people by name: nobody else's business on this machine.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|source| MailTransportError::Folder { path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    /// Blocks while the disk writes.
    pub(super) fn write(&self, name: &str, message: &[u8]) -> io::Result<()> {
        let unfinished = self.0.join(format!(".{name}.{}.tmp", std::process::id()));
        let mut file = private_file(&unfinished)?;
        file.write_all(message)?;
        file.sync_all()?;
        rename(&unfinished, self.0.join(format!("{name}.eml")))
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
