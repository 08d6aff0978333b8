//! Finding the account a caller names.

use std::sync::Arc;

use thiserror::Error;

use crate::ids::UserId;
use crate::port::{Unavailable, UserRepository};
use crate::text::{EmailAddress, UserName};
use crate::user::Person;

/// Which account is meant, as the caller said; blank text says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountName {
    /// An id, or a user name: no user name is an id.
    pub id: Option<String>,
    /// A user name; looked at when there is no id.
    pub username: Option<String>,
    /// An address; looked at when there is neither.
    pub email: Option<String>,
}

/// Nobody is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Nobody {
    /// Nobody was named.
    #[error("The required \"userId\" or \"username\" param was not provided")]
    Missing,
    /// Nobody has the name.
    #[error("The required \"userId\" or \"username\" param provided does not match any users")]
    Unknown,
}

/// Finds the account a caller names. Whether the caller may know of it is not asked here. A person without an account is
/// nobody.
pub struct FindAccount {
    users: Arc<dyn UserRepository>,
}

impl FindAccount {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>) -> Self {
        Self { users }
    }

    /// Finds it.
    pub async fn execute(&self, name: &AccountName) -> Result<Result<Person, Nobody>, Unavailable> {
        let given = |text: &'_ Option<String>| -> Option<String> {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let found = match (given(&name.id), given(&name.username), given(&name.email)) {
            (Some(id), ..) => match UserId::parse(&id) {
                Ok(id) => self.users.find(id).await?,
                Err(_) => self.by_username(&id).await?,
            },
            (None, Some(username), _) => self.by_username(&username).await?,
            (None, None, Some(email)) => match EmailAddress::parse(&email) {
                Ok(address) => self.users.find_by_address(&address).await?,
                Err(_) => None,
            },
            (None, None, None) => return Ok(Err(Nobody::Missing)),
        };
        Ok(found.filter(|person| person.account.is_some()).ok_or(Nobody::Unknown))
    }

    async fn by_username(&self, name: &str) -> Result<Option<Person>, Unavailable> {
        match UserName::parse(name) {
            Ok(name) => self.users.find_by_name(&name).await,
            Err(_) => Ok(None),
        }
    }
}
