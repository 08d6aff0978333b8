//! A 3dEye where something else happens just before a call.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Created, Deleted, GatewayError, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};
use portcullis_testkit::fake::{FakeGateway, Operation};

type Act = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Does things between the service's calls.
pub(super) struct Meddling {
    inner: Arc<FakeGateway>,
    acts: Mutex<Vec<(Option<Operation>, usize, Act)>>,
}

impl Meddling {
    pub(super) const fn with(inner: Arc<FakeGateway>) -> Self {
        Self { inner, acts: Mutex::new(Vec::new()) }
    }

    /// Just before the nth call of an operation, of those over the life of the gateway, counted from 1.
    pub(super) fn before(
        self,
        operation: Operation,
        nth: usize,
        act: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.acts.lock().unwrap().push((Some(operation), nth, Box::pin(act)));
        self
    }

    /// Just before the nth call of all.
    pub(super) fn before_call(self, nth: usize, act: impl Future<Output = ()> + Send + 'static) -> Self {
        self.acts.lock().unwrap().push((None, nth, Box::pin(act)));
        self
    }

    async fn meddle(&self, operation: Operation) {
        let calls = self.inner.calls();
        let of_it = calls.iter().filter(|made| **made == operation).count() + 1;
        let due = |(of, nth, _): &(Option<Operation>, usize, Act)| match of {
            Some(of) => *of == operation && *nth == of_it,
            None => *nth == calls.len() + 1,
        };
        let act = {
            let mut acts = self.acts.lock().unwrap();
            acts.iter().position(due).map(|index| acts.remove(index).2)
        };
        if let Some(act) = act {
            act.await;
        }
    }
}

#[async_trait]
impl ThreeDEyeGateway for Meddling {
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        self.meddle(Operation::Find).await;
        self.inner.find_by_email(email).await
    }

    async fn find(&self, id: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        self.meddle(Operation::Get).await;
        self.inner.find(id).await
    }

    async fn list(&self, from: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        self.meddle(Operation::List).await;
        self.inner.list(from).await
    }

    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError> {
        self.meddle(Operation::Create).await;
        self.inner.create(account).await
    }

    async fn delete(&self, id: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        self.meddle(Operation::Delete).await;
        self.inner.delete(id).await
    }

    async fn assign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        self.meddle(Operation::AssignRole).await;
        self.inner.assign_role(id, role).await
    }

    async fn unassign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.meddle(Operation::UnassignRole).await;
        self.inner.unassign_role(id, role).await
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        self.meddle(Operation::Roles).await;
        self.inner.roles().await
    }

    async fn create_role(&self, role: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        self.meddle(Operation::CreateRole).await;
        self.inner.create_role(role).await
    }

    async fn delete_role(&self, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.meddle(Operation::DeleteRole).await;
        self.inner.delete_role(role).await
    }
}
