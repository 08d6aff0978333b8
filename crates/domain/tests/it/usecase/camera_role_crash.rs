//! The process dies after each durable step of each command on camera roles, and before and after the effect of each
//! remote call; one repeat then reaches the goal.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::camera_role::CameraRoleStatus;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{CameraRoles, GatewayError, ThreeDEyeAccounts};
use portcullis_domain::usecase::camera_role::{
    AssignCameraRole, CreateCameraRole, DeleteCameraRole, UnassignCameraRole,
};
use portcullis_domain::usecase::threedeye::CameraPorts;
use portcullis_testkit::build::{a_person, org, remote_role};
use portcullis_testkit::fake::{Fault, Operation};

use super::camera_role::{Answer, delete_lobby, lobby, order};
use super::world::{DyingStore, World, request, staff};

/// More than any flow has.
const STEPS: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Create,
    Assign,
    Unassign,
    Delete,
}

const FLOWS: [Flow; 4] = [Flow::Create, Flow::Assign, Flow::Unassign, Flow::Delete];

impl Flow {
    /// What must have happened before.
    async fn prepare(self, world: &World) -> UserId {
        // An account that is there already, with a role of its own that must not be lost.
        world.gateway.seed("ada@example.com", true, &[remote_role("own")]);
        let ada = a_person().email("ada@example.com").put(world.store.as_ref()).await;
        if self != Self::Create {
            world.create("lobby", "Lobby").await.unwrap();
        }
        if matches!(self, Self::Unassign | Self::Delete) {
            world.assign_role().execute(&request(staff()), lobby(), ada).await.unwrap();
        }
        ada
    }

    async fn run(self, ports: CameraPorts, user: UserId) -> Answer {
        let ask = request(staff());
        match self {
            Self::Create => CreateCameraRole::new(ports, org("default")).execute(&ask, order("lobby", "Lobby")).await,
            Self::Assign => AssignCameraRole::new(ports).execute(&ask, lobby(), user).await,
            Self::Unassign => UnassignCameraRole::new(ports).execute(&ask, lobby(), user).await,
            Self::Delete => DeleteCameraRole::new(ports).execute(&ask, delete_lobby()).await,
        }
    }

    /// One role or none, here as there; the person in it or not, here as there; one account, with the role it had.
    async fn assert_goal(self, world: &World, user: UserId, told: &str) {
        let role = CameraRoles::find(world.store.as_ref(), &lobby()).await.unwrap().expect("made");
        let mut there = world.remote_roles().await;
        there.retain(|remote| remote.id != remote_role("own"));
        let is_there = there.iter().any(|remote| remote.id == role.threedeye_role);
        let (active, count) = if self == Self::Delete { (false, 0) } else { (true, 1) };
        assert_eq!((role.status == CameraRoleStatus::Active, is_there, there.len()), (active, active, count), "{told}");
        let accounts = world.gateway.accounts();
        assert_eq!(accounts.len(), 1, "{told}");
        assert!(accounts[0].roles.contains(&remote_role("own")), "a role was lost: {told}");
        let here = world.store.situation(&lobby(), user).await.unwrap().member.is_some();
        let in_it = self == Self::Assign;
        assert_eq!((here, accounts[0].roles.contains(&role.threedeye_role)), (in_it, in_it), "{told}");
        assert_eq!(world.store.count_rows()["work_camera_role_makings"], 0, "{told}");
        let state = ThreeDEyeAccounts::find(world.store.as_ref(), user).await.unwrap();
        assert_eq!(state.recovery, None, "{told}");
    }
}

/// Repeats a command, which may find that it was done.
async fn repeat(flow: Flow, world: &World, user: UserId, first: &Answer, told: &str) {
    let repeated = flow.run(world.camera(), user).await;
    assert!(repeated.is_ok() || first.is_ok(), "{told}: {repeated:?}");
}

#[tokio::test]
async fn dying_after_any_commit() {
    for (flow, least) in FLOWS.into_iter().zip([3, 6, 3, 1]) {
        let mut died = 0;
        for commits in 0..STEPS {
            let told = format!("{flow:?} after {commits} commits");
            let world = World::new();
            let user = flow.prepare(&world).await;
            let dying = Arc::new(DyingStore::after(world.store.clone(), commits));
            let interrupted = flow.run(world.camera_on(dying), user).await;
            died += usize::from(interrupted.is_err());
            world.clock.advance(Duration::from_secs(31));
            repeat(flow, &world, user, &interrupted, &told).await;
            flow.assert_goal(&world, user, &told).await;
        }
        assert!(died >= least, "{flow:?} was interrupted only {died} times");
    }
}

#[tokio::test]
async fn any_remote_call_failing_before_or_after_its_effect() {
    let errors = [
        GatewayError::Unavailable { retry_after: None },
        GatewayError::Ambiguous,
        GatewayError::Unauthorised,
        GatewayError::Rejected("status 400".to_owned()),
    ];
    let operations = |flow| match flow {
        Flow::Create => [Operation::Roles, Operation::CreateRole].to_vec(),
        Flow::Assign => vec![Operation::Find, Operation::Delete, Operation::Create, Operation::AssignRole],
        Flow::Unassign => vec![Operation::UnassignRole],
        Flow::Delete => vec![Operation::DeleteRole],
    };
    let mut cases = 0;
    for flow in FLOWS {
        for operation in operations(flow) {
            for error in &errors {
                for fault in [Fault::Before(error.clone()), Fault::After(error.clone())] {
                    // A role certainly not made was not: only what is not confirmed may have been.
                    let lies = matches!(&fault, Fault::After(error) if *error != GatewayError::Ambiguous);
                    if operation == Operation::CreateRole && lies {
                        continue;
                    }
                    let told = format!("{flow:?} {operation:?} {fault:?}");
                    let world = World::new();
                    let user = flow.prepare(&world).await;
                    world.gateway.fail_next(operation, fault);
                    let first = flow.run(world.camera(), user).await;
                    repeat(flow, &world, user, &first, &told).await;
                    flow.assert_goal(&world, user, &told).await;
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 50, "only {cases} cases");
}
