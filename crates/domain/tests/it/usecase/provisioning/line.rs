//! The lines to 3dEye and to the store, on which one can be interrupted anywhere.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::commit::{Commit, Recalled};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{
    CommitError, Created, Deleted, EventStore, GatewayError, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway, Timer,
    Unavailable, VersionRange,
};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};
use portcullis_testkit::memory::MemoryStore;

use super::act::{Failure, Fate, Write};
use super::there::{Sender, Sent, There, Told};

/// Lets the others go on.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// A timer without time: whoever waits is asked again later.
pub(super) struct Patience;

#[async_trait]
impl Timer for Patience {
    async fn sleep(&self, _: Duration) {
        pause().await;
    }
}

/// One process' line to 3dEye.
pub(super) struct Line {
    there: Arc<There>,
    sender: Mutex<Sender>,
}

/// A call that is about to be sent: if the process dies now, it may be on its way.
struct OnTheWay<'a>(&'a Line, Option<Sent>);

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        if let Some(sent) = self.1.take() {
            self.0.there.died_sending(sent, self.0.sender());
        }
    }
}

impl Line {
    pub(super) fn new(there: Arc<There>, sender: Sender) -> Self {
        Self { there, sender: Mutex::new(sender) }
    }

    fn sender(&self) -> Sender {
        *self.sender.lock().unwrap()
    }

    async fn call(&self, sent: Sent) -> Result<Told, GatewayError> {
        let mut on_the_way = OnTheWay(self, Some(sent.clone()));
        pause().await;
        on_the_way.1 = None;
        let answer = match self.there.next_fate() {
            Fate::Well => self.there.arrives(&sent, self.sender()),
            Fate::WithoutId => self.there.arrives(&sent, self.sender()).map(|told| match told {
                Told::Created(_) => Told::Created(Created { id: None }),
                told => told,
            }),
            Fate::Before(failure) => Err(told(&sent, failure)),
            Fate::After(failure) => self.there.arrives(&sent, self.sender()).and(Err(told(&sent, failure))),
            Fate::Late => {
                self.there.gave_up(sent.clone(), self.sender());
                Err(told(&sent, Failure::Unconfirmed))
            }
        };
        if matches!(answer, Ok(Told::Seen(_))) {
            self.sender.lock().unwrap().looked = Some(self.there.tick());
        }
        pause().await;
        answer
    }
}

/// What the client makes of a failure.
fn told(sent: &Sent, failure: Failure) -> GatewayError {
    let unavailable = GatewayError::Unavailable { retry_after: None };
    match (failure, sent) {
        (Failure::Unconfirmed, Sent::Create(_)) => GatewayError::Ambiguous,
        (Failure::Taken, Sent::Create(_)) => GatewayError::EmailTaken,
        (Failure::Taken, _) => GatewayError::Rejected("status 409".to_owned()),
        (Failure::Unavailable | Failure::Unconfirmed, _) => unavailable,
        (Failure::Unauthorised, _) => GatewayError::Unauthorised,
        (Failure::Rejected, _) => GatewayError::Rejected("status 400".to_owned()),
        (Failure::CircuitOpen, _) => GatewayError::CircuitOpen { retry_after: Duration::from_secs(1) },
    }
}

#[async_trait]
impl ThreeDEyeGateway for Line {
    async fn find_by_email(&self, _: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        match self.call(Sent::Look).await? {
            Told::Seen(seen) => Ok(seen),
            other => panic!("{other:?}"),
        }
    }

    async fn find(&self, id: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        let Told::Seen(seen) = self.call(Sent::Look).await? else { panic!("no look") };
        Ok(seen.filter(|account| account.id == *id))
    }

    async fn list(&self, from: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        self.there.remote().list(from).await
    }

    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError> {
        match self.call(Sent::Create(account.clone())).await? {
            Told::Created(created) => Ok(created),
            other => panic!("{other:?}"),
        }
    }

    async fn delete(&self, id: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        match self.call(Sent::Delete(id.clone())).await? {
            Told::Deleted(deleted) => Ok(deleted),
            other => panic!("{other:?}"),
        }
    }

    async fn assign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        self.call(Sent::Assign(id.clone(), role.clone())).await.map(|_| ())
    }

    async fn unassign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.there.remote().unassign_role(id, role).await
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        pause().await;
        let answer = match self.there.next_fate() {
            Fate::Well | Fate::WithoutId => self.there.remote().roles().await,
            Fate::Before(failure) | Fate::After(failure) => Err(told(&Sent::Look, failure)),
            Fate::Late => Err(told(&Sent::Look, Failure::Unconfirmed)),
        };
        pause().await;
        answer
    }

    async fn create_role(&self, role: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        self.there.remote().create_role(role).await
    }

    async fn delete_role(&self, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.there.remote().delete_role(role).await
    }
}

/// One process' line to the store.
pub(super) struct Desk {
    store: Arc<MemoryStore>,
    fates: Arc<Writes>,
}

/// The fate of the nth commit from now on; all others go well.
#[derive(Default)]
pub(super) struct Writes {
    left: AtomicUsize,
    done: AtomicUsize,
    next: Mutex<Option<Write>>,
}

impl Writes {
    pub(super) fn foresee(&self, nth: usize, fate: Write) {
        self.left.store(nth, Ordering::SeqCst);
        *self.next.lock().unwrap() = Some(fate);
    }

    /// How many commits there were so far.
    pub(super) fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    fn next(&self) -> Write {
        let mut next = self.next.lock().unwrap();
        match self.left.load(Ordering::SeqCst) {
            0 => next.take().unwrap_or(Write::Well),
            left => {
                self.left.store(left - 1, Ordering::SeqCst);
                Write::Well
            }
        }
    }
}

impl Desk {
    pub(super) fn new(store: Arc<MemoryStore>, fates: Arc<Writes>) -> Self {
        Self { store, fates }
    }
}

#[async_trait]
impl EventStore for Desk {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        pause().await;
        let away = || CommitError::from(Unavailable::new("the database is away"));
        let done = match self.fates.next() {
            Write::Well => self.store.commit(commit).await,
            Write::Refused => Err(away()),
            Write::Unsure => self.store.commit(commit).await.and(Err(away())),
        };
        self.fates.done.fetch_add(1, Ordering::SeqCst);
        pause().await;
        done
    }

    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        self.store.recall(scope).await
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.store.load(stream, range, limit).await
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.store.read_from(after, limit).await
    }
}
