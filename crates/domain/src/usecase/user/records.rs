//! Seeing accounts.

use std::convert::Infallible;
use std::sync::Arc;

use super::{AccountName, FindAccount, Nobody};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{AccountPage, UserRepository};
use crate::usecase::UseCaseError;
use crate::user::Person;

/// An account, and how much of it the caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The person.
    pub person: Person,
    /// Is it the caller's own?
    pub own: bool,
    /// May the caller see all of it? Else what everybody sees: names, and whether it is active.
    pub full: bool,
}

/// Some accounts, and how much of them the caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// The accounts.
    pub page: AccountPage,
    /// May the caller see all of each?
    pub full: bool,
}

/// Which accounts to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordQuery {
    /// Those whose user name begins so, without regard to case; empty text for all.
    pub name_prefix: String,
    /// How many to leave out at the beginning.
    pub offset: u64,
    /// At most this many.
    pub limit: u32,
}

/// Shows accounts to whoever is signed in.
pub struct ReadRecords {
    users: Arc<dyn UserRepository>,
    find: FindAccount,
}

impl ReadRecords {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>) -> Self {
        Self { find: FindAccount::new(Arc::clone(&users)), users }
    }

    /// Shows one account. Refused: [`Nobody`]; who may not see addresses finds nobody else by one.
    pub async fn one(&self, caller: &Caller, name: &AccountName) -> Result<Record, UseCaseError<Nobody>> {
        let operator = caller.operator.as_ref().ok_or(Denied)?;
        let by_address = name.id.is_none() && name.username.is_none();
        let found = self.find.execute(name).await?;
        let person = found.map_err(refused)?;
        let own = person.id == operator.id;
        let full = own || may_see_all(caller);
        if by_address && !full {
            return Err(refused(Nobody::Unknown));
        }
        Ok(Record { person, own, full })
    }

    /// Lists accounts.
    pub async fn list(&self, caller: &Caller, query: &RecordQuery) -> Result<Records, UseCaseError<Infallible>> {
        allows(caller, Action::ListAccounts, Resource::Service)?;
        let page = self.users.accounts(&query.name_prefix, query.offset, query.limit).await?;
        Ok(Records { page, full: may_see_all(caller) })
    }
}

fn may_see_all(caller: &Caller) -> bool {
    allows(caller, Action::ReadFullRecord, Resource::Service).is_ok()
}

const fn refused(nobody: Nobody) -> UseCaseError<Nobody> {
    UseCaseError::Refused { refusal: nobody, replayed: None }
}
