//! Camera roles, and what was done at 3dEye behind our back or without our knowing.

use portcullis_domain::camera_role::CameraRoleRefusal;
use portcullis_domain::port::{GatewayError, ThreeDEyeGateway};
use portcullis_domain::threedeye::MappingState;
use portcullis_testkit::fake::{Fault, Operation};

use super::camera_role::refusal;
use super::camera_role_people::world_with_ada;
use super::world::{person, request};

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
