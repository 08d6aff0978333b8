//! Users and roles in a file of JSON, which is written anew at every change and is always whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf, absolute};
use std::sync::{Mutex, PoisonError};

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
    /// The file as it is now, locked: two stand-ins would undo each other's changes.
    held: Mutex<Option<File>>,
}

impl StateFile {
    /// A link is followed, so that what it points to is replaced and not the link.
    pub(super) fn new(path: &Path) -> Self {
        let whole = || absolute(path).unwrap_or_else(|_| path.to_owned());
        Self { path: fs::canonicalize(path).unwrap_or_else(|_| whole()), held: Mutex::new(None) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// `None` if there is no file.
    pub(super) fn load(&self, config: &SimConfig) -> Result<Option<World>, StateFileError> {
        let path = || self.path.clone();
        let unreadable = |source| StateFileError::Read { path: path(), source };
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(unreadable(source)),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StateFileError::InUse { path: path() }),
            Err(TryLockError::Error(source)) => return Err(unreadable(source)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unreadable)?;
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
        let world = revived.map_err(|reason| StateFileError::Damaged { path: path(), reason: reason.to_owned() })?;
        self.hold(file);
        Ok(Some(world))
    }

    /// When this has returned, the file holds the world, whatever becomes of this process; until then it holds what it held.
    pub(super) fn save(&self, world: &World) -> Result<(), StateFileError> {
        self.replace(world).map_err(|source| StateFileError::Write { path: self.path.clone(), source })
    }

    fn hold(&self, file: File) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    }

    fn replace(&self, world: &World) -> io::Result<()> {
        let name = self.path.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
        let beside = self.path.with_file_name(format!(".{name}.new"));
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
        file.lock()?;
        fs::rename(&beside, &self.path)?;
        self.hold(file);
        Ok(())
    }
}

/// Whether it began as one of ours does.
fn broken_off(bytes: &[u8], error: &serde_json::Error) -> bool {
    let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
    !error.is_data() && begin.contains(FORMAT)
}
