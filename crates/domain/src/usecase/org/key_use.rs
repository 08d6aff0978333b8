//! When keys were used last, without a write for every request.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;
use crate::commit::{Effects, WorkChange};
use crate::event::Actor;
use crate::ids::ApiKeyPrefix;
use crate::port::Unavailable;
use crate::usecase::command::NotWritten;
use crate::usecase::{Commands, Request};

/// Keys written at a time.
const CHUNK: usize = 500;

/// Remembers in this process when keys were used, and writes it now and then, all keys together. What was not written
/// when a process dies is lost; a shutdown in good order loses nothing.
pub struct RecordKeyUse {
    commands: Commands,
    /// Used since written last.
    used: Mutex<BTreeMap<ApiKeyPrefix, Timestamp>>,
}

impl RecordKeyUse {
    /// Wires the use case.
    pub fn new(commands: Commands) -> Self {
        Self { commands, used: Mutex::default() }
    }

    /// Notes that a key was used just now. Cheap; for keys that were verified, so that there are no more of them than
    /// keys.
    pub fn note(&self, prefix: &ApiKeyPrefix) {
        let now = self.commands.clock.now();
        let mut used = self.used();
        match used.get_mut(prefix) {
            Some(at) => *at = now.max(*at),
            None => drop(used.insert(prefix.clone(), now)),
        }
    }

    /// Writes what was noted since the last time. What could not be written is kept for the next time, and so is what is
    /// being written when this is dropped.
    pub async fn write(&self, request: &Request) -> Result<(), Unavailable> {
        let noted: Vec<_> = self.used().iter().map(|(prefix, at)| (prefix.clone(), *at)).collect();
        for chunk in noted.chunks(CHUNK) {
            let used = |(prefix, at): &(ApiKeyPrefix, _)| WorkChange::ApiKeyUsed { prefix: prefix.clone(), at: *at };
            let effects = Effects { work: chunk.iter().map(used).collect(), ..Effects::default() };
            let now = self.commands.clock.now();
            match self.commands.write(request, Actor::system("key-use"), effects, now).await {
                Ok(()) => {}
                Err(NotWritten::Unavailable(unavailable)) => return Err(unavailable),
                Err(other) => return Err(Unavailable::new(other)),
            }
            let mut used = self.used();
            for (prefix, written) in chunk {
                // One that was used again meanwhile is to be written again.
                if used.get(prefix).is_some_and(|at| at == written) {
                    used.remove(prefix);
                }
            }
        }
        Ok(())
    }

    fn used(&self) -> MutexGuard<'_, BTreeMap<ApiKeyPrefix, Timestamp>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
