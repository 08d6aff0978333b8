//! The real client, which can be told to be impatient with one call, to find nobody listening from one call on, and to
//! lie.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_adapters::threedeye::{HttpThreeDEyeGateway, ThreeDEyeAccess};
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Created, Deleted, GatewayError, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};
use threedeye_sim::{RunningSim, SimState};

use super::fault::QUICK;

/// Nothing that goes well takes so long, however busy the machine is.
const PATIENT: Duration = Duration::from_secs(20);
/// No call has this number.
const NEVER: usize = usize::MAX;
/// Stands for all numbers.
pub(super) const EVERY: usize = usize::MAX - 1;

pub(super) struct Wire {
    quick: HttpThreeDEyeGateway,
    patient: HttpThreeDEyeGateway,
    sim: SimState,
    calls: AtomicUsize,
    quick_at: AtomicUsize,
    refused_from: AtomicUsize,
    /// Accounts that are found have no roles: what this does must be noticed.
    loses_roles: bool,
}

fn gateway(sim: &RunningSim, timeout: Duration) -> HttpThreeDEyeGateway {
    let known = sim.credentials();
    let access = ThreeDEyeAccess::new(sim.base_url(), known.api_key, known.username, known.password);
    HttpThreeDEyeGateway::new(ThreeDEyeAccess { timeout, call_timeout: timeout, ..access }).unwrap()
}

impl Wire {
    pub(super) fn new(sim: &RunningSim, loses_roles: bool) -> Arc<Self> {
        Arc::new(Self {
            quick: gateway(sim, QUICK),
            patient: gateway(sim, PATIENT),
            sim: sim.state(),
            calls: AtomicUsize::new(0),
            quick_at: AtomicUsize::new(NEVER),
            refused_from: AtomicUsize::new(NEVER),
            loses_roles,
        })
    }

    /// Counts from 0 again; everything goes its normal way.
    pub(super) fn rewind(&self) {
        self.calls.store(0, Ordering::SeqCst);
        self.quick_at.store(NEVER, Ordering::SeqCst);
        self.refused_from.store(NEVER, Ordering::SeqCst);
    }

    pub(super) fn is_quick_at(&self, call: usize) {
        self.quick_at.store(call, Ordering::SeqCst);
    }

    pub(super) fn is_refused_from(&self, call: usize) {
        self.refused_from.store(call, Ordering::SeqCst);
    }

    async fn next(&self) -> &HttpThreeDEyeGateway {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if call == self.refused_from.load(Ordering::SeqCst) {
            self.sim.refuse(true).await.unwrap();
        }
        let quick_at = self.quick_at.load(Ordering::SeqCst);
        if quick_at == EVERY || quick_at == call { &self.quick } else { &self.patient }
    }
}

#[async_trait]
impl ThreeDEyeGateway for Wire {
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        let found = self.next().await.find_by_email(email).await?;
        Ok(found.map(|account| if self.loses_roles { RemoteAccount { roles: vec![], ..account } } else { account }))
    }

    async fn find(&self, id: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        self.next().await.find(id).await
    }

    async fn list(&self, from: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        self.next().await.list(from).await
    }

    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError> {
        self.next().await.create(account).await
    }

    async fn delete(&self, id: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        self.next().await.delete(id).await
    }

    async fn assign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        self.next().await.assign_role(id, role).await
    }

    async fn unassign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.next().await.unassign_role(id, role).await
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        self.next().await.roles().await
    }

    async fn create_role(&self, role: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        self.next().await.create_role(role).await
    }

    async fn delete_role(&self, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.next().await.delete_role(role).await
    }
}
