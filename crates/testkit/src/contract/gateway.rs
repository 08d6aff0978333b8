//! The contract of a gateway to 3dEye.

use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Deleted, GatewayError, NewRemoteAccount, NewRemoteRole};
use portcullis_domain::secret::Secret;
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteRole};

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

/// No account is made with a role that is no more, and none is given one; the rest goes on as before.
pub async fn a_role_that_is_no_more_is_refused(h: &dyn GatewayHarness) {
    let [one, _] = h.roles();
    let gone = ThreeDEyeRoleId::parse("00000000-0000-4000-8000-00000000dead").expect("a short id");
    let made = h.gateway().create(&account("ada@example.com", [&one, &gone].map(Clone::clone).into())).await;
    assert!(matches!(made, Err(GatewayError::Rejected(_))), "{made:?}");
    assert_eq!((find(h, &email("ada@example.com")).await, h.count_accounts().await), (None, 0));
    h.seed("ada@example.com", true, std::slice::from_ref(&one)).await;
    let id = find(h, &email("ada@example.com")).await.expect("it is there").id;
    let given = h.gateway().assign_role(&id, &gone).await;
    assert!(matches!(given, Err(GatewayError::Rejected(_))), "{given:?}");
    assert_eq!(find(h, &email("ada@example.com")).await.expect("it was made").roles, [one]);
}

/// An account is found by its id, with its sign-in in the form addresses are compared in; another customer's is not.
pub async fn an_account_is_found_by_its_id(h: &dyn GatewayHarness) {
    let [one, _] = h.roles();
    h.seed(" Ada@Example.COM ", true, std::slice::from_ref(&one)).await;
    let by_address = find(h, &email("ada@example.com")).await.expect("it is there");
    assert_eq!((&by_address.email, &by_address.roles), (&Some(email("ada@example.com")), &vec![one]));
    let by_id = h.gateway().find(&by_address.id).await.expect("3dEye answers");
    assert_eq!(by_id, Some(by_address));
    let nobody = ThreeDEyeUserId::parse("00000000-0000-4000-8000-00000000dead").expect("a short id");
    assert_eq!(h.gateway().find(&nobody).await, Ok(None));
}

/// The list goes over pages, has every account of ours once and none of others, and ends.
pub async fn the_list_has_every_account_once(h: &dyn GatewayHarness) {
    let first = h.gateway().list(None).await.expect("3dEye answers");
    assert_eq!((first.accounts, first.next), (Vec::new(), None), "an empty list ends at once");
    let mut wanted = Vec::new();
    for number in 0..203 {
        let address = format!("person{number}@example.com");
        h.seed(&address, number % 50 != 7, &[]).await;
        if number % 50 != 7 {
            wanted.push(Some(email(&address)));
        }
    }
    let (mut listed, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = h.gateway().list(cursor).await.expect("3dEye answers");
        assert!(page.total.is_none_or(|total| total == wanted.len() as u64));
        listed.extend(page.accounts.into_iter().map(|account| account.email));
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert!(pages > 1, "one page is no list");
    listed.sort();
    wanted.sort();
    assert_eq!(listed, wanted);
}

/// A role is taken once; a second time, or from nobody, there is nothing to take.
pub async fn a_role_is_taken_once(h: &dyn GatewayHarness) {
    let [one, two] = h.roles();
    h.seed("ada@example.com", true, &[one.clone(), two.clone()]).await;
    let id = find(h, &email("ada@example.com")).await.expect("it is there").id;
    assert_eq!(h.gateway().unassign_role(&id, &one).await, Ok(Deleted::Gone));
    assert_eq!(h.gateway().unassign_role(&id, &one).await, Ok(Deleted::NotFound));
    assert_eq!(find(h, &email("ada@example.com")).await.expect("it is there").roles, std::slice::from_ref(&two));
    let nobody = ThreeDEyeUserId::parse("00000000-0000-4000-8000-00000000dead").expect("a short id");
    assert_eq!(h.gateway().unassign_role(&nobody, &two).await, Ok(Deleted::NotFound));
}

/// A role is made, listed by its id, given, and deleted; with it everybody loses it. A name in use is refused.
pub async fn roles_come_and_go(h: &dyn GatewayHarness) {
    let gateway = h.gateway();
    let new = NewRemoteRole { name: "Lobby".to_owned(), description: Some("Cameras of the lobby".to_owned()) };
    let role = gateway.create_role(&new).await.expect("the name is free").expect("3dEye tells the id");
    assert!(matches!(gateway.create_role(&new).await, Err(GatewayError::Rejected(_))));
    let named = RemoteRole { id: role.clone(), name: Some("Lobby".to_owned()) };
    assert!(gateway.roles().await.expect("3dEye answers").contains(&named));
    h.seed("ada@example.com", true, std::slice::from_ref(&role)).await;
    assert_eq!(gateway.delete_role(&role).await, Ok(Deleted::Gone));
    assert_eq!(gateway.delete_role(&role).await, Ok(Deleted::NotFound));
    assert!(!gateway.roles().await.expect("3dEye answers").contains(&named));
    assert_eq!(find(h, &email("ada@example.com")).await.expect("it is there").roles, []);
}
