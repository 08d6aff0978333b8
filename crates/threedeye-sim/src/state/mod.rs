//! The handle on a stand-in: what it knows, what it was asked, and what is to go wrong.

mod file;
mod people;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::file::StateFile;
pub use self::file::StateFileError;
use crate::calls::{Call, Calls};
use crate::config::SimConfig;
use crate::door::Door;
use crate::fault::Fault;
use crate::faults::Faults;
use crate::operation::Operation;
use crate::refusal::Refusal;
use crate::world::World;

/// Looks into a stand-in and changes it while it runs. Clones are handles on the same one.
///
/// "Ours" is the customer of [`SimConfig::username`]. Addresses are compared whatever their case.
#[derive(Clone)]
pub struct SimState {
    shared: Arc<Shared>,
}

struct Shared {
    config: SimConfig,
    file: Option<StateFile>,
    inner: Mutex<Inner>,
    changes: watch::Sender<()>,
    /// Calls at work. They finish even if their client has gone, as they would at a real server.
    tasks: TaskTracker,
    closing: CancellationToken,
    /// Weak, because its routes hold this.
    door: OnceLock<Weak<Door>>,
}

struct Inner {
    world: World,
    faults: Faults,
    calls: Calls,
}

impl SimState {
    /// Fails if there is a state file that cannot be used.
    pub(crate) fn new(config: SimConfig) -> Result<Self, StateFileError> {
        let new = || World::new(config.seed, config.username.clone(), config.password.clone());
        let file = config.state_file.as_deref().map(StateFile::open).transpose()?;
        let kept = file.as_ref().map(|file| file.load(&config)).transpose()?.flatten();
        let is_new = kept.is_none();
        let world = kept.unwrap_or_else(new);
        if let Some(file) = file.as_ref().filter(|_| is_new) {
            // Now, so that a file that cannot be written is known before anybody relies on it.
            file.save(&world)?;
        }
        Ok(Self {
            shared: Arc::new(Shared {
                config,
                file,
                inner: Mutex::new(Inner { world, faults: Faults::default(), calls: Calls::default() }),
                changes: watch::Sender::new(()),
                tasks: TaskTracker::new(),
                closing: CancellationToken::new(),
                door: OnceLock::new(),
            }),
        })
    }

    /// Takes every user, role and token away, every fault, and what is remembered of calls. Customers stay.
    pub fn reset(&self) -> Result<(), Refusal> {
        self.alter(|world| {
            world.empty();
            Ok(())
        })?;
        self.change(|inner| {
            inner.faults.clear();
            inner.calls.clear();
        });
        Ok(())
    }

    // --- faults

    /// Makes calls go wrong from now on. Faults of one operation take their turns, oldest first, one a call.
    pub fn inject(&self, fault: Fault) -> Result<(), Refusal> {
        fault.check().map_err(Refusal::Invalid)?;
        self.change(|inner| inner.faults.add(fault));
        Ok(())
    }

    /// The faults in force, oldest first, with the times they have left.
    pub fn faults(&self) -> Vec<Fault> {
        self.lock().faults.numbered().iter().map(|(_, fault)| fault.clone()).collect()
    }

    /// Lets everything go well again. Calls already delayed stay so.
    pub fn clear_faults(&self) {
        self.change(|inner| inner.faults.clear());
    }

    /// Whether connections are refused from now on, as if nobody listened. Connections there are get closed, also those
    /// with a call under way, which does its work nevertheless. When this has returned, it is so.
    ///
    /// Fails if the stand-in is not being served, and if somebody else took the port at just that moment.
    pub async fn refuse(&self, refuse: bool) -> io::Result<()> {
        let door = self.shared.door.get().and_then(Weak::upgrade);
        let door =
            door.ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "the stand-in is not being served"))?;
        if refuse { door.shut().await } else { door.reopen().await }
    }

    // --- calls

    /// How many calls of this kind arrived, refused ones and failed ones included.
    pub fn calls(&self, operation: Operation) -> u64 {
        self.lock().calls.count(operation)
    }

    /// The last 1,000 calls, oldest first.
    pub fn log(&self) -> Vec<Call> {
        self.lock().calls.log().cloned().collect()
    }

    /// Counts from nought again and forgets the calls.
    pub fn reset_calls(&self) {
        self.change(|inner| inner.calls.clear());
    }

    /// Waits until the condition holds; looks at it after every change. Waits for ever if it never does.
    pub async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let mut changes = self.shared.changes.subscribe();
        while !condition(self) {
            // Never an error: the sender lives as long as this handle.
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    // --- for the routes

    pub(crate) fn config(&self) -> &SimConfig {
        &self.shared.config
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.shared.tasks
    }

    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.shared.closing
    }

    /// A stand-in is served once only.
    pub(crate) fn set_door(&self, door: &Arc<Door>) {
        let _set = self.shared.door.set(Arc::downgrade(door));
    }

    /// Counts a call, and gives its number and the fault that befalls it.
    pub(crate) fn arrive(&self, operation: Operation, about: Vec<String>) -> (u64, Option<Fault>) {
        self.change(|inner| {
            let fault = inner.faults.take(operation, &about);
            (inner.calls.arrive(operation, about), fault)
        })
    }

    /// The call has been dealt with; `None` is for a connection that was closed instead of an answer.
    pub(crate) fn end(&self, number: u64, status: Option<u16>) {
        self.change(|inner| inner.calls.end(number, status));
    }

    pub(crate) fn counts(&self) -> BTreeMap<Operation, u64> {
        self.lock().calls.counts().clone()
    }

    /// The faults in force with the numbers by which one can be removed.
    pub(crate) fn numbered_faults(&self) -> Vec<(u64, Fault)> {
        self.lock().faults.numbered().to_vec()
    }

    /// It may have been used up meanwhile.
    pub(crate) fn remove_fault(&self, number: u64) {
        self.change(|inner| inner.faults.remove(number));
    }

    /// Where users and roles are kept, if not in memory only.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.shared.file.as_ref().map(StateFile::path)
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock().world)
    }

    /// Changes users, roles or tokens. What has been answered is in the file: a change that cannot be saved is none.
    pub(crate) fn alter<T>(&self, change: impl FnOnce(&mut World) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.change(|inner| {
            let Some(file) = &self.shared.file else { return change(&mut inner.world) };
            let mut world = inner.world.clone();
            let outcome = change(&mut world)?;
            if let Err(error) = file.save(&world) {
                tracing::error!(%error, "not saved");
                return Err(Refusal::NotSaved);
            }
            inner.world = world;
            Ok(outcome)
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let outcome = change(&mut self.lock());
        self.shared.changes.send_replace(());
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while it holds the lock; a test that does so elsewhere should see its own failure.
        self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
