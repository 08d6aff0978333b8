//! Users and roles in a file of JSON, which is written anew at every change and is always whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf, absolute};

use serde::{Deserialize, Serialize};

use crate::config::SimConfig;
use crate::world::World;

const FORMAT: &str = "threedeye-sim";
const VERSION: u32 = 1;

/// Why a state file cannot be used. It has been left as it was.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// It is there, but cannot be read.
    #[error("the state file {} cannot be read", .path.display())]
    Read {
        /// Of the file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another stand-in keeps its state there.
    #[error("the state file {} is in use by another stand-in; stop that one, or name another file", .path.display())]
    InUse {
        /// Of the file.
        path: PathBuf,
    },
    /// It is the file of something else.
    #[error("{} is no state file of this stand-in; name another, or one that is not there yet", .path.display())]
    Foreign {
        /// Of the file.
        path: PathBuf,
    },
    /// It was written by another release.
    #[error("the state file {} has version {found}; this release knows version {VERSION}", .path.display())]
    Version {
        /// Of the file.
        path: PathBuf,
        /// What it says.
        found: u32,
    },
    /// It is ours, but damaged.
    #[error("the state file {} is damaged ({reason}); mend it, or move it away to begin anew", .path.display())]
    Damaged {
        /// Of the file.
        path: PathBuf,
        /// Where, without what is written there: that may be a password.
        reason: String,
    },
    /// It cannot be written.
    #[error("the state file {} cannot be written", .path.display())]
    Write {
        /// Of the file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<W> {
    format: String,
    version: u32,
    world: W,
}

pub(super) struct StateFile {
    path: PathBuf,
    /// A file beside it, locked as long as this is used: two stand-ins would undo each other's changes. The file itself
    /// is another one after each change.
    _lock: File,
}

impl StateFile {
    /// A link is followed, so that what it points to is replaced and not the link.
    pub(super) fn open(path: &Path) -> Result<Self, StateFileError> {
        let whole = || absolute(path).unwrap_or_else(|_| path.to_owned());
        let path = fs::canonicalize(path).unwrap_or_else(|_| whole());
        let lock = beside(&path, "lock").and_then(File::create);
        let lock = lock.map_err(|source| StateFileError::Write { path: path.clone(), source })?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StateFileError::InUse { path }),
            Err(TryLockError::Error(source)) => Err(StateFileError::Write { path, source }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// `None` if there is no file.
    pub(super) fn load(&self, config: &SimConfig) -> Result<Option<World>, StateFileError> {
        let path = || self.path.clone();
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StateFileError::Read { path: path(), source }),
        };
        let damaged = |error: &serde_json::Error| {
            let reason = format!("line {}, column {}", error.line(), error.column());
            StateFileError::Damaged { path: path(), reason }
        };
        let head = serde_json::from_slice::<Head>(&bytes).map_err(|error| {
            if broken_off(&bytes, &error) { damaged(&error) } else { StateFileError::Foreign { path: path() } }
        })?;
        if head.format != FORMAT {
            return Err(StateFileError::Foreign { path: path() });
        }
        if head.version != VERSION {
            return Err(StateFileError::Version { path: path(), found: head.version });
        }
        let document: Document<World> = serde_json::from_slice(&bytes).map_err(|error| damaged(&error))?;
        let revived = document.world.revived(config.username.clone(), config.password.clone());
        revived.map(Some).map_err(|reason| StateFileError::Damaged { path: path(), reason: reason.to_owned() })
    }

    /// When this has returned, the file holds the world, whatever becomes of this process; until then it holds what it
    /// held.
    pub(super) fn save(&self, world: &World) -> Result<(), StateFileError> {
        self.replace(world).map_err(|source| StateFileError::Write { path: self.path.clone(), source })
    }

    fn replace(&self, world: &World) -> io::Result<()> {
        let beside = beside(&self.path, "new")?;
        // Left over by a process that died; its mode may be another.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600); // there are passwords in it
        let mut file = options.open(&beside)?;
        let document = Document { format: FORMAT.to_owned(), version: VERSION, world };
        file.write_all(&serde_json::to_vec_pretty(&document)?)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)
    }
}

fn beside(path: &Path, what: &str) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.{what}")))
}

/// Whether it began as one of ours does.
fn broken_off(bytes: &[u8], error: &serde_json::Error) -> bool {
    let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
    !error.is_data() && begin.contains(FORMAT)
}
