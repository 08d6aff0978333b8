//! What is asked for together is answered one by one.

use portcullis_domain::policy::Permission;
use portcullis_domain::port::{Permissions, Sessions, UserRepository};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{a_person, a_session};
use tokio::task::JoinSet;

use super::on_each_database;
use crate::harness::Sea;

on_each_database!(a_row_that_cannot_be_read_is_its_owners_alone, a_permission_of_a_newer_release_is_left_out);

async fn a_row_that_cannot_be_read_is_its_owners_alone(sea: &Sea) {
    let mut people = Vec::new();
    for number in 0..8 {
        let user = a_person().account(&format!("ada{number}"), &[Role::User]).put(&sea.store).await;
        people.push((user, a_session(&sea.store, user, 0).await));
    }
    let (damaged, _) = people[3];
    sea.execute(&format!("UPDATE view_accounts SET roles = 'of-tomorrow' WHERE user_id = '{damaged}'")).await;
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        for (user, token) in people.clone() {
            let store = sea.store.clone();
            asking.spawn(async move { (user, Sessions::find(&store, &token).await, store.own_record(user).await) });
        }
    }
    for (user, session, own) in asking.join_all().await {
        if user == damaged {
            assert!(session.is_err() && own.is_err());
        } else {
            assert_eq!((session.unwrap().unwrap().user, own.unwrap().unwrap().person.id), (user, user));
        }
    }
}

async fn a_permission_of_a_newer_release_is_left_out(sea: &Sea) {
    let ada = a_person().account("ada", &[Role::User]).put(&sea.store).await;
    let token = a_session(&sea.store, ada, 0).await;
    let before = Sessions::find(&sea.store, &token).await.unwrap().unwrap();
    assert!(!before.permissions.contains(&Permission::CreateUser));
    for word in ["aaa-of-tomorrow", "create-user", "zzz-of-tomorrow"] {
        sea.execute(&format!(
            "INSERT INTO view_permissions (permission, roles, updated_at) VALUES ('{word}', 'user', 0)"
        ))
        .await;
    }
    let found = Sessions::find(&sea.store, &token).await.unwrap().unwrap();
    assert!(found.permissions.contains(&Permission::CreateUser));
    assert_eq!(found.permissions.len(), before.permissions.len() + 1);
    let table = sea.store.table().await.unwrap();
    assert_eq!(table.changed.iter().map(|view| view.permission).collect::<Vec<_>>(), [Permission::CreateUser]);
}
