//! Accounts whose id 3dEye never told: their address is all that names them.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{GatewayError, ThreeDEyeGateway};
use portcullis_domain::threedeye::{CredentialsRefusal, Mapping, MappingState, ResetSwitches};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::ResetThreeDEye;
use portcullis_domain::user::Voucher;
use portcullis_testkit::build::{a_commit, a_person, email};
use portcullis_testkit::fake::{Fault, Operation};

use super::camera::{role, switches};
use super::world::{DyingStore, LEASE, World, person, request, staff};

const OLD: &str = "ada@old.example";
const NEW: &str = "ada@new.example";
/// More commits than any flow has.
const STEPS: usize = 24;

/// Every reset that deletes, clears or replaces.
const RESETS: [ResetSwitches; 6] = [
    switches(true, false, false),
    switches(true, false, true),
    switches(true, true, false),
    switches(true, true, true),
    switches(false, true, false),
    switches(false, true, true),
];

/// Somebody with an account with a role, whose id nobody knows here, and another address since. `Creating`: nor does
/// anybody know whether it was made.
async fn moved(world: &World, state: MappingState) -> UserId {
    let user = a_person().email(OLD).put(world.store.as_ref()).await;
    world.gateway.hide_ids(true);
    if state == MappingState::Creating {
        world.gateway.fail_next(Operation::Create, Fault::After(GatewayError::Ambiguous));
    }
    // The look after the create; there is none before it.
    let down = GatewayError::Unavailable { retry_after: None };
    world.gateway.fail_next(Operation::Find, Fault::Before(down));
    let told = world.credentials().execute(&request(person(user)), user).await;
    assert_eq!(told.is_ok(), state == MappingState::Live);
    let mapping = world.rows(user).await.mapping.unwrap();
    assert_eq!((mapping.threedeye_user, mapping.state), (None, state));
    world.gateway.hide_ids(false);
    world.gateway_role(&world.gateway.accounts()[0].id.clone(), "lobby").await;
    world.has_address(user, Some(NEW), Voucher::Nobody).await;
    user
}

/// Somebody else, who has the address now.
async fn with_old_address(world: &World) -> UserId {
    let bob = a_person().put(world.store.as_ref()).await;
    world.has_address(bob, Some(OLD), Voucher::Token).await;
    bob
}

/// One account, at the present address, opened by what is told.
async fn assert_moved(world: &World, user: UserId, told: &str) {
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.accounts()[0].email, NEW, "{told}");
}

#[tokio::test]
async fn it_is_found_by_its_address_when_the_person_has_another() {
    for state in [MappingState::Live, MappingState::Creating] {
        for reset in RESETS {
            let told = format!("{state:?} {reset:?}");
            let world = World::new();
            let user = moved(&world, state).await;
            let old = world.gateway.accounts()[0].id.clone();
            let report = world.reset().execute(&request(staff()), user, reset).await.unwrap().value;
            assert_eq!(report.remote.deleted, reset.delete_remote.then_some(old), "{told}");
            assert!(!report.remote.not_visible, "{told}");
            assert_eq!(report.reprovision.error, None, "{told}");
            let clears = reset.clear_mapping && (reset.delete_remote || reset.reprovision);
            assert_eq!(report.cleared_mapping, clears, "{told}");
            assert_moved(&world, user, &told).await;
            // Dropped as ordered, and only then.
            let drops = reset == switches(true, true, false);
            let roles = if drops { vec![] } else { vec![role("lobby")] };
            assert_eq!(world.gateway.accounts()[0].roles, roles, "{told}");
        }
    }
}

#[tokio::test]
async fn nobody_dies_on_the_way_without_a_lead_to_it() {
    for reset in [switches(true, false, true), switches(false, true, true), switches(true, false, false)] {
        let mut died = 0;
        for commits in 0..STEPS {
            let told = format!("{reset:?} after {commits} commits");
            let world = World::new();
            let user = moved(&world, MappingState::Live).await;
            let dying = Arc::new(DyingStore::after(world.store.clone(), commits));
            let interrupted = ResetThreeDEye::new(world.camera_on(dying)).execute(&request(staff()), user, reset).await;
            died += usize::from(interrupted.is_err());
            world.clock.advance(LEASE + Duration::from_millis(1));
            world.reset().execute(&request(staff()), user, switches(true, false, true)).await.unwrap();
            assert_moved(&world, user, &told).await;
            assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")], "{told}");
        }
        assert!((2..STEPS).contains(&died), "{reset:?} was interrupted {died} times");
    }
}

#[tokio::test]
async fn an_account_known_to_be_gone_is_not_looked_for() {
    let world = World::new();
    let user = moved(&world, MappingState::Live).await;
    world.reset().execute(&request(staff()), user, switches(false, true, false)).await.unwrap();
    let left = world.rows(user).await.mapping.unwrap();
    assert_eq!((left.threedeye_user, left.state), (None, MappingState::Stale));
    // What comes to the address afterwards is somebody else's.
    world.gateway.seed(OLD, true, &[role("vault")]);
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    let accounts = world.gateway.accounts();
    assert_eq!((accounts[0].email.as_str(), accounts[1].email.as_str()), (OLD, NEW));
    assert_eq!((&accounts[0].roles[..], &accounts[1].roles[..]), (&[role("vault")][..], &[role("lobby")][..]));
}

/// A list that goes on while it is read may lack an account that is there.
#[tokio::test]
async fn an_account_that_was_not_to_be_seen_is_not_known_to_be_gone() {
    let world = World::new();
    let user = moved(&world, MappingState::Live).await;
    world.gateway.delete(&world.gateway.accounts()[0].id.clone()).await.unwrap();
    let report = world.reset().execute(&request(staff()), user, switches(false, true, false)).await.unwrap().value;
    assert!(report.remote.not_visible);
    world.gateway.seed(OLD, true, &[role("lobby")]);
    assert_moved(&world, user, "seen again").await;
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
}

/// The address is another person's now, the account is not.
#[tokio::test]
async fn whoever_gets_the_address_does_not_get_the_account() {
    let world = World::new();
    let ada = moved(&world, MappingState::Live).await;
    let bob = with_old_address(&world).await;
    let refused = world.credentials().execute(&request(person(bob)), bob).await;
    assert!(matches!(refused, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Orphan, .. })));
    let report = world.reset().execute(&request(staff()), bob, switches(true, true, true)).await.unwrap().value;
    assert!(report.remote.not_visible && report.reprovision.error.is_some());
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);

    world.reset().execute(&request(staff()), ada, switches(true, false, true)).await.unwrap();
    let told = world.credentials().execute(&request(person(bob)), bob).await.unwrap();
    assert_eq!(told.email, email(OLD));
    let accounts = world.gateway.accounts();
    let roles_of = |address| &accounts.iter().find(|account| account.email == address).unwrap().roles[..];
    assert_eq!((accounts.len(), roles_of(NEW), roles_of(OLD)), (2, &[role("lobby")][..], &[][..]));
}

/// Nobody knows whether either was made; whoever's row comes first.
#[tokio::test]
async fn two_rows_with_one_address_take_nothing_from_each_other() {
    for bob_first in [false, true] {
        let world = World::new();
        let early = a_person().put(world.store.as_ref()).await;
        let ada = moved(&world, MappingState::Creating).await;
        let bob = if bob_first { early } else { a_person().put(world.store.as_ref()).await };
        world.has_address(bob, Some(OLD), Voucher::Token).await;
        let row = world.rows(ada).await.mapping.unwrap();
        a_commit().private(PrivateChange::ThreeDEye(Mapping { user: bob, ..row })).put(world.store.as_ref()).await;
        let hers = world.gateway.accounts();
        let refused = world.credentials().execute(&request(person(bob)), bob).await;
        assert!(matches!(refused, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Orphan, .. })));
        world.reset().execute(&request(staff()), bob, switches(true, true, false)).await.unwrap();
        assert_eq!(world.gateway.accounts(), hers);
        assert_moved(&world, ada, "Bob's row was cleared").await;
        assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
    }
}

/// Else there would be two rows for one account, and whose it is nobody could tell.
#[tokio::test]
async fn no_account_is_asked_for_at_an_address_that_is_anothers() {
    let world = World::new();
    moved(&world, MappingState::Creating).await;
    let bob = with_old_address(&world).await;
    world.gateway.fail_next(Operation::Create, Fault::Before(GatewayError::Ambiguous));
    for _ in 0..2 {
        let refused = world.credentials().execute(&request(person(bob)), bob).await;
        assert!(matches!(refused, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Orphan, .. })));
    }
    assert_eq!(world.rows(bob).await.mapping, None);
    assert_eq!(world.gateway.calls().iter().filter(|call| **call == Operation::Create).count(), 1, "Ada's");
}

/// The person's own account is gone, and somebody else's has the address by now.
#[tokio::test]
async fn anothers_account_with_the_address_stays() {
    for hidden in [false, true] {
        let world = World::new();
        let ada = moved(&world, MappingState::Creating).await;
        world.gateway.delete(&world.gateway.accounts()[0].id.clone()).await.unwrap();
        let bob = with_old_address(&world).await;
        world.gateway.hide_ids(hidden);
        if hidden {
            let down = GatewayError::Unavailable { retry_after: None };
            // The look after the create; one comes before it, as Ada's row names the address.
            world.gateway.fail_nth(Operation::Find, 2, Fault::Before(down));
        }
        let told = world.credentials().execute(&request(person(bob)), bob).await.unwrap();
        assert_eq!(told.threedeye_user.is_none(), hidden);
        for reset in RESETS {
            world.reset().execute(&request(staff()), ada, reset).await.unwrap();
        }
        let there = world.gateway.accounts().into_iter().find(|account| account.email == OLD).unwrap();
        assert_eq!(there.password.as_ref(), Some(told.password.expose()), "hidden: {hidden}");
    }
}
