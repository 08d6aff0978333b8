//! Camera roles, and what was done at 3dEye behind our back or without our knowing.

use std::sync::Arc;

use portcullis_domain::camera_role::CameraRoleRefusal;
use portcullis_domain::event::Event;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{GatewayError, ThreeDEyeGateway};
use portcullis_domain::threedeye::MappingState;
use portcullis_domain::usecase::camera_role::AssignCameraRole;
use portcullis_domain::user::Voucher;
use portcullis_testkit::build::a_person;
use portcullis_testkit::fake::{Fault, Operation};

use super::camera::switches;
use super::camera_role::{lobby, order, refusal};
use super::camera_role_people::world_with_ada;
use super::meddling::Meddling;
use super::world::{World, key_of, keyed, person, request, staff};

#[tokio::test]
async fn an_account_deleted_at_3deye_is_made_anew_for_the_role() {
    // Somebody who was in the role, and somebody who was not.
    for was_in in [true, false] {
        let (world, ada) = world_with_ada().await;
        if was_in {
            world.assign(ada).await.unwrap();
        } else {
            world.credentials().execute(&request(person(ada)), ada).await.unwrap();
        }
        let before = world.gateway.accounts()[0].id.clone();
        world.gateway.delete(&before).await.unwrap();
        let assigned = world.assign(ada).await.unwrap().value;
        assert_eq!(assigned.event.is_none(), was_in);
        assert_eq!(world.is_in(ada).await, (true, true));
        world.assert_password_opens(ada).await;
        assert_ne!(world.gateway.accounts()[0].id, before);
    }
}

#[tokio::test]
async fn one_whose_id_nobody_knew_is_made_anew_too() {
    let (world, ada) = world_with_ada().await;
    world.gateway.hide_ids(true);
    world.gateway.fail_next(Operation::Find, Fault::Before(GatewayError::Unauthorised));
    world.credentials().execute(&request(person(ada)), ada).await.unwrap();
    let mapping = world.rows(ada).await.mapping.unwrap();
    assert_eq!((mapping.threedeye_user, mapping.state), (None, MappingState::Live));
    world.gateway.delete(&world.gateway.accounts()[0].id.clone()).await.unwrap();
    assert!(world.assign(ada).await.unwrap().value.event.is_some());
    assert_eq!(world.is_in(ada).await, (true, true));
    world.assert_password_opens(ada).await;
}

/// 3dEye may not show at once what it made.
#[tokio::test]
async fn an_account_made_just_now_is_not_taken_for_deleted() {
    let (world, ada) = world_with_ada().await;
    let there = world.gateway.clone();
    let hidden = Meddling::with(world.gateway.clone()).before(Operation::AssignRole, 1, async move {
        there.delete(&there.accounts()[0].id.clone()).await.unwrap();
    });
    let assign = AssignCameraRole::new(world.camera_through(Arc::new(hidden)));
    let answer = refusal(assign.execute(&request(staff()), lobby(), ada).await);
    assert!(matches!(answer, CameraRoleRefusal::Gateway(GatewayError::Rejected(_))), "{answer:?}");
    assert_eq!(world.rows(ada).await.mapping.unwrap().state, MappingState::Live);
    assert_eq!(world.gateway.calls().into_iter().filter(|call| *call == Operation::Create).count(), 1);
}

#[tokio::test]
async fn an_account_that_is_there_is_not_made_anew_whatever_is_refused() {
    let (world, ada) = world_with_ada().await;
    world.credentials().execute(&request(person(ada)), ada).await.unwrap();
    let there = world.gateway.accounts();
    world.gateway.delete_role(&world.remote_lobby().await).await.unwrap();
    for looks in [true, false] {
        if !looks {
            let down = GatewayError::Unavailable { retry_after: None };
            world.gateway.fail_next(Operation::Get, Fault::Before(down));
        }
        let answer = refusal(world.assign(ada).await);
        assert!(matches!(answer, CameraRoleRefusal::Gateway(GatewayError::Rejected(_))), "{answer:?}");
        assert_eq!(world.rows(ada).await.mapping.unwrap().state, MappingState::Live);
        assert_eq!(world.gateway.accounts(), there);
    }
}

/// The role was given at 3dEye, and the process that did so heard nothing of it.
async fn given_and_not_written(world: &World, user: UserId) {
    let down = GatewayError::Unavailable { retry_after: None };
    world.gateway.fail_next(Operation::AssignRole, Fault::After(down));
    refusal(world.assign(user).await);
    assert_eq!(world.is_in(user).await, (false, true));
}

#[tokio::test]
async fn a_role_given_without_our_knowing_is_taken_all_the_same() {
    let (world, ada) = world_with_ada().await;
    given_and_not_written(&world, ada).await;
    let ask = keyed(&request(staff()), 1, 1);
    world.gateway.set_down(Some(GatewayError::NotConfigured));
    let down = refusal(world.unassign_role().execute(&ask, lobby(), ada).await);
    assert!(matches!(down, CameraRoleRefusal::Gateway(GatewayError::NotConfigured)), "{down:?}");
    world.gateway.set_down(None);
    for replayed in [false, true] {
        let removed = world.unassign_role().execute(&ask, lobby(), ada).await.unwrap();
        assert_eq!((removed.value.event, removed.replayed), (None, replayed), "nobody was put into it here");
        assert_eq!(world.is_in(ada).await, (false, false));
    }
    assert_eq!(world.told_of_role(&lobby()), ["CameraRoleCreated"]);
    assert!(matches!(refusal(world.unassign(ada).await), CameraRoleRefusal::NotAssigned));
}

#[tokio::test]
async fn it_is_taken_from_what_waits_to_be_restored_too() {
    let (world, ada) = world_with_ada().await;
    given_and_not_written(&world, ada).await;
    world.reset().execute(&request(staff()), ada, switches(false, true, false)).await.unwrap();
    assert_eq!(world.rows(ada).await.recovery, Some(vec![world.remote_lobby().await]));
    assert_eq!(world.unassign(ada).await.unwrap().value.event, None);
    assert_eq!(world.rows(ada).await.recovery, None, "no role waits any more");
    world.assert_password_opens(ada).await;
    assert_eq!(world.is_in(ada).await, (false, false));
}

#[tokio::test]
async fn nobody_is_asked_about_somebody_without_account() {
    let (world, ada) = world_with_ada().await;
    let calls = world.gateway.calls().len();
    assert!(matches!(refusal(world.unassign(ada).await), CameraRoleRefusal::NotAssigned));
    assert_eq!(world.gateway.calls().len(), calls);
}

/// A key learns nothing of the people of other organisations by a role of its own, and does nothing to them.
#[tokio::test]
async fn a_stranger_takes_nothing_from_somebody_who_is_not_in_the_role() {
    let world = World::new();
    let acme = key_of("acme");
    world.create_role().execute(&request(acme.clone()), order("lobby", "Lobby")).await.unwrap();
    let other = a_person().org("bolt").email("bob@example.com").put(world.store.as_ref()).await;
    let own = a_person().org("acme").email("ada@example.com").put(world.store.as_ref()).await;
    for user in [other, own] {
        given_and_not_written(&world, user).await;
        let (calls, rows) = (world.gateway.calls().len(), world.rows(user).await);
        let removed = world.unassign_role().execute(&request(acme.clone()), lobby(), user).await;
        if user == own {
            assert_eq!(removed.unwrap().value.event, None);
        } else {
            assert!(matches!(refusal(removed), CameraRoleRefusal::NotAssigned));
            assert_eq!((world.gateway.calls().len(), world.rows(user).await), (calls, rows));
            assert_eq!(world.unassign(user).await.unwrap().value.event, None, "staff may");
        }
        assert_eq!(world.is_in(user).await, (false, false));
    }
}

/// The account is known to be gone, and what is at its address now is whoever's.
#[tokio::test]
async fn no_role_is_taken_from_what_came_to_the_address_of_an_account_that_is_gone() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    world.reset().execute(&request(staff()), ada, switches(false, true, false)).await.unwrap();
    let left = world.rows(ada).await.mapping.unwrap();
    assert_eq!((left.threedeye_user, left.state), (None, MappingState::Stale));
    world.has_address(ada, Some("ada@new.example"), Voucher::Nobody).await;
    world.gateway.seed("ada@example.com", true, &[world.remote_lobby().await]);
    world.unassign(ada).await.unwrap();
    assert_eq!(world.is_in(ada).await, (false, true), "the other account still has it");
}

/// The address leads to an account that is another person's by its id.
#[tokio::test]
async fn no_role_is_taken_from_the_account_of_whoever_had_the_address() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    world.has_address(ada, Some("ada@new.example"), Voucher::Nobody).await;
    let bob = a_person().email("bob@example.com").put(world.store.as_ref()).await;
    world.assign(bob).await.unwrap();
    world.reset().execute(&request(staff()), bob, switches(true, true, false)).await.unwrap();
    world.has_address(bob, Some("ada@example.com"), Voucher::Token).await;
    let removed = world.unassign(bob).await.unwrap().value;
    assert!(matches!(removed.event, Some(Event::CameraRoleUserRemoved(_))));
    assert_eq!(world.is_in(ada).await, (true, true));
}
