//! A process' line to 3dEye, on which it can be interrupted anywhere.

use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{
    Created, Deleted, GatewayError, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway, Timer,
};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};

use super::act::{Failure, Fate};
use super::cast::Who;
use super::ledger::Sender;
use super::there::{Sent, There, Told};

/// Longer than anybody pauses who waits for another's job.
const FOREVER: Duration = Duration::from_secs(1);

/// Lets the others go on.
pub(super) async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// A timer without time: whoever waits is asked again later, and no time-out comes.
pub(super) struct Patience;

#[async_trait]
impl Timer for Patience {
    async fn sleep(&self, duration: Duration) {
        if duration >= FOREVER {
            std::future::pending::<()>().await;
        }
        pause().await;
    }
}

/// What is known of one process, and what its calls say of it.
pub(super) struct Process(Mutex<Sender>);

impl Process {
    pub(super) fn new(sender: Sender) -> Arc<Self> {
        Arc::new(Self(Mutex::new(sender)))
    }

    /// It holds somebody's job.
    pub(super) fn holds(&self, who: Option<Who>) {
        self.0.lock().unwrap().on = who;
    }

    fn looked(&self, now: u64) {
        self.0.lock().unwrap().looked = Some(now);
    }

    fn sends(&self, now: u64) -> Sender {
        let mut sender = self.0.lock().unwrap();
        sender.sent = now;
        sender.clone()
    }
}

/// One process' line to 3dEye.
pub(super) struct Line {
    there: Arc<There>,
    process: Arc<Process>,
}

/// A call that is about to be sent: if the process dies now, it may be on its way.
struct OnTheWay<'a>(&'a There, Option<(Sent, Sender)>);

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        if let Some((sent, sender)) = self.1.take() {
            self.0.died_sending(sent, sender);
        }
    }
}

impl Line {
    pub(super) const fn new(there: Arc<There>, process: Arc<Process>) -> Self {
        Self { there, process }
    }

    async fn call(&self, sent: Sent) -> Result<Told, GatewayError> {
        let sender = self.process.sends(self.there.tick());
        let mut on_the_way = OnTheWay(&self.there, Some((sent.clone(), sender.clone())));
        pause().await;
        on_the_way.1 = None;
        let answer = match self.there.next_fate() {
            Fate::Well => self.there.arrives(&sent, &sender),
            Fate::WithoutId => self.there.arrives(&sent, &sender).map(|told| match told {
                Told::Created(_) => Told::Created(Created { id: None }),
                Told::RoleMade(_) => Told::RoleMade(None),
                told => told,
            }),
            Fate::Before(failure) => Err(told(&sent, failure)),
            Fate::After(failure) => self.there.arrives(&sent, &sender).and(Err(told(&sent, failure))),
            Fate::Late => {
                self.there.gave_up(sent.clone(), sender);
                Err(told(&sent, Failure::Unconfirmed))
            }
        };
        if matches!(answer, Ok(Told::Seen(_))) {
            self.process.looked(self.there.tick());
        }
        pause().await;
        answer
    }

    async fn deletes(&self, sent: Sent) -> Result<Deleted, GatewayError> {
        let Told::Deleted(deleted) = self.call(sent).await? else { panic!("nothing was deleted") };
        Ok(deleted)
    }

    async fn sees(&self, sent: Sent) -> Result<Option<RemoteAccount>, GatewayError> {
        let Told::Seen(seen) = self.call(sent).await? else { panic!("nothing was looked at") };
        Ok(seen)
    }
}

/// What the client makes of a failure.
fn told(sent: &Sent, failure: Failure) -> GatewayError {
    let unavailable = GatewayError::Unavailable { retry_after: None };
    match (failure, sent) {
        (Failure::Unconfirmed, Sent::Create(_) | Sent::CreateRole(_)) => GatewayError::Ambiguous,
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
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        self.sees(Sent::Look(email.clone())).await
    }

    async fn find(&self, id: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        self.sees(Sent::Get(id.clone())).await
    }

    async fn list(&self, from: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        let Told::Page(page) = self.call(Sent::List(from)).await? else { panic!("no page") };
        Ok(page)
    }

    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError> {
        let Told::Created(created) = self.call(Sent::Create(account.clone())).await? else { panic!("no account") };
        Ok(created)
    }

    async fn delete(&self, id: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        self.deletes(Sent::Delete(id.clone())).await
    }

    async fn assign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        self.call(Sent::Assign(id.clone(), role.clone())).await.map(|_| ())
    }

    async fn unassign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.deletes(Sent::Unassign(id.clone(), role.clone())).await
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        let Told::Roles(roles) = self.call(Sent::Roles).await? else { panic!("no roles") };
        Ok(roles)
    }

    async fn create_role(&self, role: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        let Told::RoleMade(made) = self.call(Sent::CreateRole(role.clone())).await? else { panic!("no role") };
        Ok(made)
    }

    async fn delete_role(&self, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.deletes(Sent::DeleteRole(role.clone())).await
    }
}
