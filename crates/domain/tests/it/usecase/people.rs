//! People, as callers meet them.

use std::sync::Arc;

use portcullis_domain::event::ActorKind;
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::{Caller, UserCaller};
use portcullis_domain::port::UserRepository;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::user::{CreatePerson, PersonOrder, SetFirstEmail, SuspendPerson};
use portcullis_domain::user::{Role, SuspendUser, UserRefusal, Voucher};
use portcullis_testkit::build::{a_person, a_session, a_user_id, email, free, org};

use super::world::{World, key_of, request, staff};

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

/// Who vouches for an address, and whether it counts as confirmed, are two things.
#[tokio::test]
async fn an_address_the_token_was_verified_for_is_confirmed_whoever_vouches() {
    let token = |id| UserCaller { id, verified_email: Some(email("ada@example.com")) };
    let with = |name, token| match name {
        "staff" => Caller { user: Some(token), ..staff() },
        "super" => {
            let mut key = key_of("boss");
            key.organisation.as_mut().unwrap().is_super = true;
            Caller { user: Some(token), ..key }
        }
        "key" => Caller { user: Some(token), ..key_of("acme") },
        _ => Caller { user: Some(token), ..Caller::default() },
    };
    for name in ["token", "staff", "super", "key"] {
        for (address, is_own) in [("ada@example.com", true), ("eve@example.com", false)] {
            for exists in [false, true] {
                let world = World::new();
                let (user, address) = (a_user_id(), email(address));
                let request = request(with(name, token(user)));
                if exists {
                    a_person().id(user).org("acme").put(world.store.as_ref()).await;
                    let setting = SetFirstEmail::new(world.commands(), world.store.clone());
                    setting.execute(&request, user, address).await.unwrap();
                } else {
                    let creating = CreatePerson::new(world.commands(), world.store.clone(), org("default"));
                    let (first_name, last_name, phone_number) = (None, None, None);
                    let order = PersonOrder { user, email: Some(address), first_name, last_name, phone_number };
                    creating.execute(&request, order).await.unwrap();
                }
                let profile = UserRepository::find(world.store.as_ref(), user).await.unwrap().unwrap().profile;
                let vouched = match profile.email_voucher {
                    Voucher::Authority { actor } if actor.kind == ActorKind::Staff => "staff",
                    Voucher::Authority { .. } => "organisation",
                    Voucher::Token => "token",
                    _ => "nobody",
                };
                let expected = match name {
                    "staff" => "staff",
                    "super" => "organisation",
                    _ if is_own => "token",
                    _ => "nobody",
                };
                assert_eq!((vouched, profile.email_verified), (expected, is_own), "{name} {exists}");
            }
        }
    }
}
