//! The process dies after each durable step of each flow, and before and after the effect of each remote call; one repeat
//! then reaches the goal.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::ids::UserId;
use portcullis_domain::port::{GatewayError, ThreeDEyeAccounts};
use portcullis_domain::threedeye::ResetSwitches;
use portcullis_domain::usecase::threedeye::ResetThreeDEye;
use portcullis_domain::user::Voucher;
use portcullis_testkit::build::a_person;
use portcullis_testkit::fake::{Fault, Operation};

use super::camera::{role, switches};
use super::world::{DyingStore, LEASE, World, request, staff};

/// More commits than any flow has.
const STEPS: usize = 24;

/// What the reset begins from.
#[derive(Debug, Clone, Copy)]
enum From {
    /// An account nobody here made.
    Found,
    /// One we made.
    Made,
    /// One we made, and the mapping alone is the sign of it.
    MadeForNobody,
}

async fn a_person_with_roles(world: &World) -> UserId {
    let roles = [role("lobby"), role("garage")];
    world.gateway.seed("ada@example.com", true, &roles);
    a_person().email("ada@example.com").put(world.store.as_ref()).await
}

/// The goal: one account, with all its roles, whose password is the one we tell; nothing left to recover.
async fn assert_goal(world: &World, user: UserId, told: &str) {
    world.assert_password_opens(user).await;
    let account = &world.gateway.accounts()[0];
    let mut roles = account.roles.clone();
    roles.sort();
    assert_eq!(roles, [role("garage"), role("lobby")], "a role was lost: {told}");
    let state = ThreeDEyeAccounts::find(world.store.as_ref(), user).await.unwrap();
    assert_eq!(state.recovery, None, "{told}");
}

/// The flow dies after each of its commits; answers how often it did.
async fn die_and_repeat(from: From, first: ResetSwitches, by_fetch: bool) -> usize {
    let mut died = 0;
    for commits in 0..STEPS {
        let told = format!("{from:?} {first:?} after {commits} commits");
        let world = World::new();
        let user = a_person_with_roles(&world).await;
        if !matches!(from, From::Found) {
            world.reset().execute(&request(staff()), user, switches(true, true, true)).await.unwrap();
        }
        if matches!(from, From::MadeForNobody) {
            world.vouched_by(user, Voucher::Nobody).await;
        }
        let dying = Arc::new(DyingStore::after(world.store.clone(), commits));
        let reset = ResetThreeDEye::new(world.camera_on(dying));
        let interrupted = reset.execute(&request(staff()), user, first).await;
        died += usize::from(interrupted.is_err());
        world.clock.advance(LEASE + Duration::from_millis(1));
        if !by_fetch {
            let repeated = world.reset().execute(&request(staff()), user, first).await.unwrap();
            assert_eq!(repeated.value.reprovision.error, None, "{told}");
        }
        assert_goal(&world, user, &told).await;
    }
    died
}

#[tokio::test]
async fn dying_after_any_commit() {
    for from in [From::Found, From::Made, From::MadeForNobody] {
        for first in [switches(true, true, true), switches(true, false, true), switches(false, true, true)] {
            for by_fetch in [false, true] {
                let died = die_and_repeat(from, first, by_fetch).await;
                assert!((8..STEPS).contains(&died), "{from:?} {first:?} was interrupted {died} times");
            }
        }
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
    for operation in [Operation::Find, Operation::Create, Operation::Delete] {
        for error in &errors {
            for fault in [Fault::Before(error.clone()), Fault::After(error.clone())] {
                let told = format!("{operation:?} {fault:?}");
                let world = World::new();
                let user = a_person_with_roles(&world).await;
                world.gateway.fail_next(operation, fault);
                // Whatever is answered, it is an answer and no lost role.
                let first = world.reset().execute(&request(staff()), user, switches(true, true, true)).await;
                drop(first);
                let second = world.reset().execute(&request(staff()), user, switches(true, false, true)).await.unwrap();
                assert_eq!(second.value.reprovision.error, None, "{told}");
                assert_goal(&world, user, &told).await;
            }
        }
    }
}
