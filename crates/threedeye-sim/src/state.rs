//! The handle on a stand-in: what it knows, what it was asked, and what is to go wrong.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::calls::{Call, Calls};
use crate::config::{Credentials, SimConfig};
use crate::door::Door;
use crate::fault::{Fault, Faults};
use crate::operation::Operation;
use crate::refusal::Refusal;
use crate::world::{NewUser, Role, User, World};

/// Looks into a stand-in and changes it while it runs. Clones are handles on the same one.
///
/// "Ours" is the customer of [`SimConfig::username`]. Addresses are compared whatever their case.
#[derive(Clone)]
pub struct SimState {
    shared: Arc<Shared>,
}

struct Shared {
    config: SimConfig,
    ours: Uuid,
    theirs: Uuid,
    inner: Mutex<Inner>,
    changes: watch::Sender<()>,
    /// Calls at work. They finish even if their client has gone, as they would at a real server.
    tasks: TaskTracker,
    closing: CancellationToken,
    /// Weak, because its routes hold this.
    door: OnceLock<Weak<Door>>,
}

pub(crate) struct Inner {
    pub(crate) world: World,
    faults: Faults,
    calls: Calls,
}

impl SimState {
    pub(crate) fn new(config: SimConfig) -> Self {
        let mut world = World::new(config.seed);
        let ours = world.add_customer(config.username.clone(), config.password.clone());
        let theirs = add_stranger(&mut world).customer;
        let inner = Inner { world, faults: Faults::default(), calls: Calls::default() };
        Self {
            shared: Arc::new(Shared {
                config,
                ours,
                theirs,
                inner: Mutex::new(inner),
                changes: watch::Sender::new(()),
                tasks: TaskTracker::new(),
                closing: CancellationToken::new(),
                door: OnceLock::new(),
            }),
        }
    }

    // --- people and roles

    /// What a client needs to act for our customer.
    pub fn credentials(&self) -> Credentials {
        let config = self.config();
        self.credentials_of(config.username.clone(), config.password.clone(), self.shared.ours)
    }

    /// Makes another customer and gives its credentials.
    pub fn add_customer(&self) -> Credentials {
        let stranger = self.change(|inner| add_stranger(&mut inner.world));
        self.credentials_of(stranger.username, stranger.password, stranger.customer)
    }

    /// Adds a user to our customer, as a creation over HTTP would, but without its checks of form.
    pub fn add_user(&self, user: NewUser) -> Result<Uuid, Refusal> {
        self.change(|inner| inner.world.create_user(self.shared.ours, user))
    }

    /// Adds a user of another customer: out of our sight, but its address is taken.
    pub fn add_foreign_user(&self, email: &str) -> Result<Uuid, Refusal> {
        let stranger = NewUser::new(email, "out of our reach");
        self.change(|inner| inner.world.create_user(self.shared.theirs, stranger))
    }

    /// Adds a role to our customer.
    pub fn add_role(&self, name: &str) -> Result<Uuid, Refusal> {
        self.change(|inner| inner.world.create_role(self.shared.ours, name.to_owned(), None))
    }

    /// Puts a user of ours into a role of ours.
    pub fn add_user_to_role(&self, role: Uuid, user: Uuid) -> Result<(), Refusal> {
        self.change(|inner| inner.world.add_user_to_role(self.shared.ours, role, user))
    }

    /// Deletes a user of ours, as somebody at another console would.
    pub fn delete_user(&self, id: Uuid) -> Result<(), Refusal> {
        self.change(|inner| inner.world.delete_user(self.shared.ours, id))
    }

    /// Our users in the order they were made.
    pub fn users(&self) -> Vec<User> {
        self.lock().world.users(self.shared.ours).cloned().collect()
    }

    /// Our user with this address.
    pub fn user(&self, email: &str) -> Option<User> {
        let email = email.to_lowercase();
        self.lock().world.users(self.shared.ours).find(|user| user.email.to_lowercase() == email).cloned()
    }

    /// Our roles in the order they were made.
    pub fn roles(&self) -> Vec<Role> {
        self.lock().world.roles(self.shared.ours).cloned().collect()
    }

    /// Whether our user with this address could sign in with this password.
    pub fn password_matches(&self, email: &str, password: &str) -> bool {
        self.lock().world.password_matches(self.shared.ours, email, password)
    }

    /// Makes every token given out so far worthless.
    pub fn expire_tokens(&self) {
        self.change(|inner| inner.world.expire_tokens());
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
        self.lock().faults.list()
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

    pub(crate) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock().world)
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let outcome = change(&mut self.lock());
        self.shared.changes.send_replace(());
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while it holds the lock; a test that does so elsewhere should see its own failure.
        self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn credentials_of(&self, username: String, password: String, customer_id: Uuid) -> Credentials {
        Credentials { api_key: self.config().api_key.clone(), username, password, customer_id }
    }
}

struct Stranger {
    customer: Uuid,
    username: String,
    password: String,
}

fn add_stranger(world: &mut World) -> Stranger {
    let (name, password) = (world.new_id().simple(), world.new_id().simple().to_string());
    let username = format!("service-{name}@sim.example");
    let customer = world.add_customer(username.clone(), password.clone());
    Stranger { customer, username, password }
}
