//! One flow with faults in it: the service over the real client and the stand-in over real HTTP.

macro_rules! hold {
    ($condition:expr, $($told:tt)+) => {
        if !$condition {
            return Err(format!($($told)+));
        }
    };
}

mod answer;
mod before;
mod goal;
mod truth;
mod truth_of_roles;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::event::{Envelope, Event};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{CameraRoleSituation, CameraRoles, ThreeDEyeAccounts};
use portcullis_domain::threedeye::AccountState;
use portcullis_testkit::build::{a_user_id, camera_role_id};
use serde_json::{Value, json};
use threedeye_sim::{Operation, RunningSim, Sim, SimConfig, User};
use uuid::Uuid;

use super::fault::{Effect, Kind};
use super::flow::{Ask, Flow, RoleCommand};
use super::wire::Wire;
use crate::support::{ADMIN_KEY, Answer, TestApp};

const EMAIL: &str = "carol@example.com";
/// Of an account that belongs to nobody here.
const STRANGER: &str = "stranger@example.com";
const PASSWORD: &str = "Old-password-of-the-account-7";
/// The camera role, and what it is called.
const ROLE: &str = "guards";
const ROLE_NAME: &str = "Guards";

pub(super) type Holds = Result<(), String>;

/// A call with a fault.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faulted {
    pub(super) operation: Operation,
    /// Among the calls of the operation.
    pub(super) nth: u32,
    /// Among all calls of the gateway.
    pub(super) call: usize,
    pub(super) kind: Kind,
}

pub(super) struct Case {
    flow: Flow,
    sim: RunningSim,
    test: TestApp,
    wire: Arc<Wire>,
    user: UserId,
    /// Two roles that no camera role is behind.
    roles: BTreeSet<Uuid>,
    /// The one a camera role is behind.
    guards: Option<Uuid>,
    /// The account there was.
    old: Option<Uuid>,
}

impl Case {
    pub(super) async fn new(flow: Flow, loses_roles: bool) -> Self {
        let sim = Sim::start(SimConfig::default()).await.unwrap();
        let wire = Wire::new(&sim, loses_roles);
        let gateway = wire.clone();
        let test = TestApp::on(|ports, _| ports.gateway = gateway);
        let roles = ["lobby", "garage"].map(|name| sim.state().add_role(name).unwrap());
        let user = a_user_id();
        let mut case = Self { flow, sim, test, wire, user, roles: roles.into(), guards: None, old: None };
        case.begins().await;
        case
    }

    /// The calls the flow made so far, in order.
    pub(super) fn calls(&self) -> Vec<Operation> {
        self.sim.state().log().iter().map(|call| call.operation).collect()
    }

    pub(super) async fn asks(&self) -> Answer {
        match self.flow.ask {
            Ask::Fetch => self.fetches().await,
            Ask::Backfill => self.orders("/admin/backfill-threedeye?limit=1", &json!({})).await,
            Ask::Reset(switches) => {
                let body = json!({"clearMapping": switches.clear_mapping, "deleteRemote": switches.delete_remote,
                    "reprovision": switches.reprovision});
                self.orders(&format!("/admin/threedeye/users/{}/reset", self.user), &body).await
            }
            Ask::Role(command) => {
                let (name, body) = match command {
                    RoleCommand::Create => ("CreateCameraRole", json!({"roleId": ROLE, "name": ROLE_NAME})),
                    RoleCommand::Assign => ("AssignUser", json!({"userId": self.user.to_string()})),
                    RoleCommand::Remove => ("RemoveUser", json!({"userId": self.user.to_string()})),
                    RoleCommand::Delete => ("DeleteCameraRole", json!({"deletedBy": "front desk"})),
                };
                self.orders(&format!("/camera-roles/{ROLE}/{name}"), &body).await
            }
            Ask::Repair(finding) => {
                let account = self.old.map(|id| id.to_string());
                let finding =
                    json!({"kind": finding.word(), "userId": self.user.to_string(), "threedeyeUserId": account});
                let body = json!({"finding": finding, "dryRun": false, "deleteRemote": true});
                self.orders("/admin/threedeye/drift/repair", &body).await
            }
        }
    }

    async fn orders(&self, path: &str, body: &Value) -> Answer {
        let staff = self.test.staff();
        self.test.post(path, &[("x-admin-api-key", ADMIN_KEY), ("authorization", &staff)], body).await
    }

    /// The token's address is another than the person's, so that it stands for nothing.
    async fn fetches(&self) -> Answer {
        let token = self.test.bearer(self.user);
        let path = format!("/users/{}/3deye-credentials", self.user);
        self.test.get(&path, &[("authorization", &token)]).await
    }

    /// The flow with a fault in it.
    pub(super) async fn asks_with(&self, fault: Faulted) -> Answer {
        self.wire.rewind();
        match fault.kind.inject(fault.operation, fault.nth) {
            Some(injected) => self.sim.state().inject(injected).unwrap(),
            None => self.wire.is_refused_from(fault.call),
        }
        if fault.kind.is_slow() {
            self.wire.is_quick_at(fault.call);
        }
        self.asks().await
    }

    /// The fault is lifted, what was late has happened, and the lease of whoever died is over.
    pub(super) async fn is_lifted(&self, kind: Kind) {
        self.wire.rewind();
        let state = self.sim.state();
        state.clear_faults();
        if kind == Kind::Refused {
            state.refuse(false).await.unwrap();
        }
        if kind.effect() == Effect::Late {
            state.until(|state| state.log().iter().all(|call| call.ended)).await;
        }
        if kind == Kind::Status429RetryAfter {
            tokio::time::sleep(Duration::from_millis(1100)).await;
        }
        self.test.clock.advance(Duration::from_mins(1));
    }

    async fn rows(&self) -> AccountState {
        ThreeDEyeAccounts::find(self.test.store.as_ref(), self.user).await.unwrap()
    }

    /// The camera role, and the person in it.
    async fn situation(&self) -> CameraRoleSituation {
        CameraRoles::situation(self.test.store.as_ref(), &camera_role_id(ROLE), self.user).await.unwrap()
    }

    /// The roles of the camera role's name that are there.
    fn guards_there(&self) -> Vec<Uuid> {
        let roles = self.sim.state().roles().into_iter();
        roles.filter(|role| role.name == ROLE_NAME).map(|role| role.id).collect()
    }

    /// The person's accounts: one at most, if all is well.
    fn accounts(&self) -> Vec<User> {
        let users = self.sim.state().users().into_iter();
        users.filter(|user| user.email.to_lowercase() == EMAIL).collect()
    }

    /// What was written, but for the making of the person, which tells the address.
    fn envelopes(&self) -> Vec<Envelope> {
        let own = self.user.to_string();
        let is_first = |envelope: &Envelope| envelope.aggregate_id == own && envelope.version.number() == 1;
        self.test.store.envelopes().into_iter().filter(|envelope| !is_first(envelope)).collect()
    }

    /// What was written about the person.
    fn events(&self) -> Vec<Event> {
        let own = self.user.to_string();
        let envelopes = self.envelopes().into_iter();
        envelopes.filter(|envelope| envelope.aggregate_id == own).map(|envelope| envelope.event).collect()
    }
}
