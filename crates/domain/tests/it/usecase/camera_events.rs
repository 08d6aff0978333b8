//! What a reset writes down: what it is about to do, what became of accounts, what came of it.

use portcullis_domain::ids::UserId;
use portcullis_domain::port::GatewayError;
use portcullis_domain::threedeye::ResetRefusal;
use portcullis_domain::usecase::UseCaseError;
use portcullis_testkit::build::{a_person, version_of};
use portcullis_testkit::fake::{Fault, Operation};
use serde_json::{Value, json};

use super::camera::{role, switches};
use super::world::{World, keyed, person, request, staff};

const EMAIL: &str = "ada@example.com";

async fn provisioned(world: &World) -> UserId {
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    user
}

impl World {
    /// The names of a person's events after so many.
    fn told_after(&self, user: UserId, count: usize) -> Vec<String> {
        self.told(user).split_off(count).iter().map(|name| name.replace("ThreeDEye", "")).collect()
    }

    fn last_event(&self, name: &str) -> Value {
        let found = self.store.envelopes().into_iter().rfind(|envelope| envelope.name == name);
        serde_json::to_value(found.expect(name).event).unwrap()
    }
}

#[tokio::test]
async fn each_reset_tells_its_steps() {
    let expected = [
        ((false, false, false), &["Reset"][..]),
        ((true, false, false), &["Reset"]),
        ((false, true, false), &["ResetStarted", "RemoteDeleted", "Reset"]),
        ((true, true, false), &["ResetStarted", "RemoteDeleted", "Reset"]),
        // A live mapping is all that is wanted.
        ((false, false, true), &["Reset"]),
        ((true, false, true), &["ResetStarted", "RemoteDeleted", "Provisioned", "Reset"]),
        ((false, true, true), &["ResetStarted", "RemoteDeleted", "Provisioned", "Reset"]),
        ((true, true, true), &["ResetStarted", "RemoteDeleted", "Provisioned", "Reset"]),
    ];
    for ((clear_mapping, delete_remote, reprovision), names) in expected {
        let world = World::new();
        let user = provisioned(&world).await;
        let switches = switches(clear_mapping, delete_remote, reprovision);
        let report = world.reset().execute(&request(staff()), user, switches).await.unwrap().value;
        assert_eq!(world.told_after(user, 2), names, "{switches:?}");
        assert_eq!(report.version, Some(version_of(world.store.as_ref(), &user.into()).await));
        if names.len() > 1 {
            let started = world.last_event("ThreeDEyeResetStarted");
            let told = [&started["clearMapping"], &started["deleteRemote"], &started["reprovision"]];
            assert_eq!(told, [&json!(clear_mapping), &json!(delete_remote), &json!(reprovision)]);
        }
    }
}

#[tokio::test]
async fn what_was_deleted_is_told_with_its_roles() {
    let world = World::new();
    let id = world.gateway.seed(EMAIL, true, &[role("lobby"), role("garage")]);
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    assert_eq!(world.told_after(user, 1), ["RemoteDeleted", "Provisioned"], "also when it is made anew at once");
    let deleted = world.last_event("ThreeDEyeRemoteDeleted");
    assert_eq!(deleted["threedeyeUserId"], json!(id.as_str()));
    assert_eq!(deleted["roleIds"], json!(["lobby", "garage"]));
}

#[tokio::test]
async fn a_failed_reset_is_told_and_not_remembered() {
    for (operation, step) in [(Operation::Find, "look-up"), (Operation::Delete, "delete")] {
        for error in [GatewayError::Unavailable { retry_after: None }, GatewayError::NotConfigured] {
            let world = World::new();
            let user = provisioned(&world).await;
            world.gateway.fail_next(operation, Fault::Before(error.clone()));
            let ask = keyed(&request(staff()), 1, 1);
            let all = switches(true, true, true);
            let failed = world.reset().execute(&ask, user, all).await;
            assert!(matches!(failed, Err(UseCaseError::Refused { refusal: ResetRefusal::Gateway(_), replayed: None })));
            assert_eq!(world.told_after(user, 2), ["ResetStarted", "ResetFailed"]);
            let told = world.last_event("ThreeDEyeResetFailed");
            assert_eq!((&told["step"], &told["error"]), (&json!(step), &json!(error.to_string())));

            let repeated = world.reset().execute(&ask, user, all).await.unwrap();
            assert!(!repeated.replayed);
            assert!(world.reset().execute(&ask, user, all).await.unwrap().replayed);
            let names = ["ResetStarted", "RemoteDeleted", "Provisioned", "Reset"];
            assert_eq!(world.told_after(user, 4), names, "a replay writes nothing");
        }
    }
}

/// Nothing was done, so nothing stays undone.
#[tokio::test]
async fn a_delete_that_was_refused_leaves_the_rows_as_they_were() {
    for error in [GatewayError::Rejected("status 409".to_owned()), GatewayError::Unauthorised] {
        let world = World::new();
        let user = provisioned(&world).await;
        let account = world.gateway.accounts()[0].id.clone();
        world.gateway_role(&account, "lobby").await;
        let rows = world.rows(user).await;
        world.gateway.fail_next(Operation::Delete, Fault::Before(error.clone()));
        assert!(world.reset().execute(&request(staff()), user, switches(true, true, false)).await.is_err());
        let after = world.rows(user).await;
        assert_eq!((after.mapping, after.recovery), (rows.mapping, rows.recovery), "{error:?}");

        // The answer said refused, and the account is gone: that is what was asked for.
        world.gateway.fail_next(Operation::Delete, Fault::After(error));
        let report = world.reset().execute(&request(staff()), user, switches(true, true, false)).await.unwrap().value;
        assert!(report.remote.deleted.is_some());
        assert_eq!(world.last_event("ThreeDEyeReset")["droppedRoleIds"], json!(["lobby"]));
    }
}

#[tokio::test]
async fn rows_without_a_person_have_no_stream_to_tell_it_on() {
    let world = World::new();
    let user = portcullis_testkit::build::a_user_id();
    let mapping = portcullis_testkit::build::a_mapping(user);
    world.gateway.seed(mapping.email.as_str(), true, &[role("lobby")]);
    let rows = portcullis_domain::commit::PrivateChange::ThreeDEye(mapping);
    portcullis_testkit::build::a_commit().private(rows).put(world.store.as_ref()).await;
    let events = world.store.envelopes().len();
    let report = world.reset().execute(&request(staff()), user, switches(true, true, false)).await.unwrap().value;
    assert_eq!((report.email, report.cleared_mapping, report.version), (None, true, None));
    assert!(report.remote.deleted.is_some());
    assert_eq!(world.gateway.accounts(), []);
    let left = world.rows(user).await;
    assert_eq!((left.mapping, left.recovery), (None, None));
    assert_eq!(world.store.envelopes().len(), events);
    let again = world.reset().execute(&request(staff()), user, switches(true, true, false)).await;
    assert!(matches!(again, Err(UseCaseError::NotFound { .. })));
}
