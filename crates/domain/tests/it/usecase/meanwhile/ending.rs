//! How a session ends.

use portcullis_domain::ids::UserId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::TotpStore;
use portcullis_domain::usecase::session::{EndOtherSessions, SignOut};
use portcullis_domain::usecase::totp::ResetTotp;
use portcullis_domain::usecase::user::{AccountEdit, ChangeAccount, DeletePerson, SetAccountActive};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{a_session, user_name};
use portcullis_testkit::fake::FakeHasher;

use crate::usecase::world::{World, operator, request};

use super::store::Happening;

/// What can become of the operator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ending {
    Reset,
    Deactivated,
    Deleted,
    RoleLost,
    PasswordSet,
    SignedOut,
    EndedElsewhere,
}

pub(super) const ENDINGS: [Ending; 7] = [
    Ending::Reset,
    Ending::Deactivated,
    Ending::Deleted,
    Ending::RoleLost,
    Ending::PasswordSet,
    Ending::SignedOut,
    Ending::EndedElsewhere,
];

impl Ending {
    pub(super) fn of(self, world: &World, user: UserId, caller: &Caller) -> Happening {
        let (store, commands) = (world.store.clone(), world.commands());
        let (hasher, gate, tokens) = (world.hasher.clone(), world.gate(), world.token_ports());
        let ask = request(Caller::system("test"));
        let own = request(caller.clone());
        Box::pin(async move {
            match self {
                Self::Reset => {
                    let resetting = ResetTotp::new(commands, store.clone(), store, gate);
                    let done = resetting.by_name(&ask, &user_name("root"), None).await.unwrap();
                    assert!(done.value.done.event.is_some());
                }
                Self::Deactivated => {
                    let switching = SetAccountActive::new(commands, store.clone(), store);
                    switching.execute(&ask, user, false).await.unwrap();
                }
                Self::Deleted => {
                    let deleting =
                        DeletePerson::new(commands, store.clone(), store.clone(), store.clone(), store.clone(), store);
                    deleting.execute(&ask, user).await.unwrap();
                }
                Self::RoleLost => {
                    let changing = ChangeAccount::new(commands, store.clone(), store, hasher, false);
                    let edit = AccountEdit { roles: Some([Role::User].into()), ..AccountEdit::default() };
                    changing.execute(&ask, user, edit).await.unwrap();
                }
                Self::PasswordSet => {
                    let changing = ChangeAccount::new(commands, store.clone(), store, hasher, false);
                    let password = Some(FakeHasher::password_digest("another"));
                    changing.execute(&ask, user, AccountEdit { password, ..AccountEdit::default() }).await.unwrap();
                }
                Self::SignedOut => SignOut::new(tokens).execute(&own).await.unwrap(),
                Self::EndedElsewhere => {
                    let epoch = TotpStore::find(store.as_ref(), user).await.unwrap().epoch;
                    let other = operator(user, a_session(store.as_ref(), user, epoch).await, Role::Admin);
                    EndOtherSessions::new(commands, store).execute(&request(other)).await.unwrap();
                }
            }
        })
    }
}
