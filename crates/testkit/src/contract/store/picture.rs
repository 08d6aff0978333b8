//! Everything that can be seen of a store, to compare before and after.

use std::collections::BTreeMap;

use portcullis_domain::event::Recorded;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{GrantList, OutboxEntry};
use portcullis_domain::session::{SignedIn, StoredCredentials, TokenHash};
use portcullis_domain::threedeye::AccountState;
use portcullis_domain::totp::SecondFactor;
use portcullis_domain::user::Person;

use super::super::StoreHarness;
use super::{MANY, everything};
use crate::build::millis;

/// What the ports say of a person and of the store as a whole.
#[derive(Debug, PartialEq)]
pub(super) struct Picture {
    rows: BTreeMap<String, u64>,
    views: String,
    events: Vec<Recorded>,
    person: Option<Person>,
    credentials: Option<StoredCredentials>,
    factor: SecondFactor,
    camera: AccountState,
    grants: Option<GrantList>,
    session: Option<SignedIn>,
    due: Vec<OutboxEntry>,
    waiting: u64,
}

impl Picture {
    pub(super) async fn of(h: &dyn StoreHarness, user: UserId, token: &TokenHash) -> Self {
        const ANSWERS: &str = "the store answers";
        let person = h.users().find(user).await.expect(ANSWERS);
        let name =
            person.as_ref().and_then(|person| person.account.as_ref()).map(|(account, _)| account.username.clone());
        let credentials = match name {
            Some(name) => {
                h.users().credentials(&portcullis_domain::port::LoginName::UserName(name)).await.expect(ANSWERS)
            }
            None => None,
        };
        Self {
            rows: h.count_rows().await,
            views: h.dump_views().await,
            events: everything(h).await,
            person,
            credentials,
            factor: h.totp().find(user).await.expect(ANSWERS),
            camera: h.threedeye().find(user).await.expect(ANSWERS),
            grants: h.lock_access().grants_of(user).await.expect(ANSWERS),
            session: h.sessions().find(token).await.expect(ANSWERS),
            due: h.outbox().due(millis(i64::MAX), MANY).await.expect(ANSWERS),
            waiting: h.outbox().backlog().await.expect(ANSWERS).waiting,
        }
    }
}
