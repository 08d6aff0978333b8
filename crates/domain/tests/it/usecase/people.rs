//! People, as callers meet them.

use std::sync::Arc;

use portcullis_domain::ids::UserId;
use portcullis_domain::port::UserRepository;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::user::SuspendPerson;
use portcullis_domain::user::{Role, SuspendUser, UserRefusal};
use portcullis_testkit::build::{a_person, a_session, free};

use super::world::{World, request, staff};

fn suspension(user: UserId) -> SuspendUser {
    SuspendUser { user, reason: free("lost phone"), by: free("the desk") }
}

impl World {
    fn suspending(&self) -> SuspendPerson {
        SuspendPerson::new(self.commands(), self.store.clone(), self.store.clone())
    }

    async fn administrator(&self, name: &str) -> UserId {
        let person = a_person().email(&format!("{name}@example.com")).account(name, &[Role::Admin]);
        person.put(self.store.as_ref()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_administrators_suspended_at_once_one_is_left() {
    for _ in 0..20 {
        let world = Arc::new(World::new());
        let mut tasks = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            let user = world.administrator(name).await;
            let world = world.clone();
            tasks.push(tokio::spawn(
                async move { world.suspending().execute(&request(staff()), suspension(user)).await },
            ));
        }
        let mut refused = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(done) => assert!(done.value.event.is_some()),
                Err(UseCaseError::Refused { refusal: UserRefusal::LastAdministrator, .. }) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(refused, 1);
        assert!(world.store.has_administrator().await.unwrap());
    }
}

#[tokio::test]
async fn a_sign_in_under_way_does_not_survive_a_suspension() {
    let world = World::new();
    let user = a_person().email("bob@example.com").account("bob", &[]).put(world.store.as_ref()).await;
    a_session(world.store.as_ref(), user, 0).await;
    world.suspending().execute(&request(staff()), suspension(user)).await.unwrap();
    assert!(world.store.sessions_of(user).is_empty());
    assert_eq!(world.told(user), ["UserCreated", "AccountAdded", "UserSuspended"]);
    // The sign-in read epoch 0 before the suspension.
    let late = tokio::spawn(async move { a_session(world.store.as_ref(), user, 0).await });
    assert!(late.await.is_err(), "the session was begun");
}
