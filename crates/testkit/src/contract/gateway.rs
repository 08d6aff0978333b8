//! The contract of a gateway to 3dEye.

use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Deleted, GatewayError, NewRemoteAccount};
use portcullis_domain::secret::Secret;
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::RemoteAccount;

use super::GatewayHarness;
use crate::build::email;

fn account(address: &str, roles: Vec<ThreeDEyeRoleId>) -> NewRemoteAccount {
    NewRemoteAccount {
        email: email(address),
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        password: Secret::new("Correct-Horse-7-Battery".to_owned()),
        roles,
    }
}

async fn find(h: &dyn GatewayHarness, address: &EmailAddress) -> Option<RemoteAccount> {
    h.gateway().find_by_email(address).await.expect("3dEye answers")
}

/// An address nobody has is found nowhere, which is no error.
pub async fn an_absent_account_is_not_found(h: &dyn GatewayHarness) {
    assert_eq!(find(h, &email("ada@example.com")).await, None);
    h.seed("bob@example.com", true, &[]).await;
    h.seed("not-ada@example.com", true, &[]).await;
    h.seed("ada@example.com.au", true, &[]).await;
    assert_eq!(find(h, &email("ada@example.com")).await, None, "a part of an address is not the address");
}

/// An account of ours is found however its address is spelled there, with its roles.
pub async fn an_account_is_found_whatever_its_spelling(h: &dyn GatewayHarness) {
    let [one, two] = h.roles();
    h.seed(" Ada.Lovelace@Example.COM ", true, &[one.clone(), two.clone()]).await;
    let found = find(h, &email("ada.lovelace@example.com")).await.expect("it is there");
    assert_eq!(found.roles.len(), 2);
    assert!(found.roles.contains(&one) && found.roles.contains(&two));
}

/// A new account can be found by the id it was given.
pub async fn a_created_account_has_its_id(h: &dyn GatewayHarness) {
    let created = h.gateway().create(&account("ada@example.com", Vec::new())).await.expect("the address is free");
    let id = created.id.expect("3dEye tells the id");
    let found = find(h, &email("ada@example.com")).await.expect("it was made");
    assert_eq!((found.id, found.roles), (id, Vec::new()));
    assert_eq!(h.count_accounts().await, 1);
}

/// A new account has the roles asked for.
pub async fn an_account_is_created_with_roles(h: &dyn GatewayHarness) {
    let [one, two] = h.roles();
    h.gateway().create(&account("ada@example.com", vec![two.clone(), one.clone()])).await.expect("the address is free");
    let mut roles = find(h, &email("ada@example.com")).await.expect("it was made").roles;
    let mut wanted = vec![one, two];
    roles.sort();
    wanted.sort();
    assert_eq!(roles, wanted);
}

/// An address in use is refused by name, whatever its spelling, and nothing is made.
pub async fn a_duplicate_is_told(h: &dyn GatewayHarness) {
    h.seed("ADA@example.com", true, &[]).await;
    let answer = h.gateway().create(&account("ada@example.com", Vec::new())).await;
    assert_eq!(answer, Err(GatewayError::EmailTaken));
    h.gateway().create(&account("bob@example.com", Vec::new())).await.expect("the address is free");
    assert_eq!(h.gateway().create(&account("bob@example.com", Vec::new())).await, Err(GatewayError::EmailTaken));
    assert_eq!(h.count_accounts().await, 2);
}

/// An address in use at another customer is taken, too, though that account cannot be seen.
pub async fn a_foreign_account_is_taken_and_invisible(h: &dyn GatewayHarness) {
    h.seed("ada@example.com", false, &[]).await;
    assert_eq!(find(h, &email("ada@example.com")).await, None);
    let answer = h.gateway().create(&account("ada@example.com", Vec::new())).await;
    assert_eq!(answer, Err(GatewayError::EmailTaken));
    assert_eq!(find(h, &email("ada@example.com")).await, None);
    assert_eq!(h.count_accounts().await, 1);
}

/// A deleted account is gone, a second deletion says so, and its address is free.
pub async fn a_deleted_account_is_gone(h: &dyn GatewayHarness) {
    h.seed("ada@example.com", true, &[]).await;
    h.seed("bob@example.com", true, &[]).await;
    let id = find(h, &email("ada@example.com")).await.expect("it is there").id;
    assert_eq!(h.gateway().delete(&id).await, Ok(Deleted::Gone));
    assert_eq!(find(h, &email("ada@example.com")).await, None);
    assert_eq!(h.gateway().delete(&id).await, Ok(Deleted::NotFound));
    assert_eq!(h.count_accounts().await, 1, "bob's account stays");
    h.gateway().create(&account("ada@example.com", Vec::new())).await.expect("the address is free again");
}

/// An account that never was is not found.
pub async fn deleting_nothing_is_not_found(h: &dyn GatewayHarness) {
    h.seed("bob@example.com", true, &[]).await;
    let nobody = ThreeDEyeUserId::parse("00000000-0000-4000-8000-00000000dead").expect("a short id");
    assert_eq!(h.gateway().delete(&nobody).await, Ok(Deleted::NotFound));
    assert_eq!(h.count_accounts().await, 1);
}

/// A role is given once, however often, and beside those there are.
pub async fn a_role_is_given_once(h: &dyn GatewayHarness) {
    let [one, two] = h.roles();
    h.seed("ada@example.com", true, std::slice::from_ref(&one)).await;
    let id = find(h, &email("ada@example.com")).await.expect("it is there").id;
    for _ in 0..2 {
        h.gateway().assign_role(&id, &two).await.expect("repeating does no harm");
    }
    let mut roles = find(h, &email("ada@example.com")).await.expect("it is there").roles;
    let mut wanted = vec![one, two];
    roles.sort();
    wanted.sort();
    assert_eq!(roles, wanted);
}
