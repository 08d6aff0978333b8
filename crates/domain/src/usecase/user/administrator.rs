//! The first administrator of a new service.

use std::sync::Arc;

use super::{AccountOrder, CreateAccount};
use crate::ids::RequestId;
use crate::policy::Caller;
use crate::port::UserRepository;
use crate::usecase::{Request, UseCaseError};
use crate::user::{UserRefusal, UserStatus};

/// Makes the first administrator, if there is none.
pub struct FirstAdministrator {
    users: Arc<dyn UserRepository>,
    accounts: CreateAccount,
}

impl FirstAdministrator {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>, accounts: CreateAccount) -> Self {
        Self { users, accounts }
    }

    /// Is one still to be made?
    pub async fn is_missing(&self) -> Result<bool, UseCaseError<UserRefusal>> {
        Ok(!self.users.has_administrator().await?)
    }

    /// Makes one. When two processes start at once, the name is claimed by one of them, which is enough.
    pub async fn execute(&self, id: RequestId, order: AccountOrder) -> Result<(), UseCaseError<UserRefusal>> {
        let request = Request::plain(Caller::system("bootstrap"), id);
        match self.accounts.execute(&request, order, UserStatus::Active).await {
            Ok(_) => Ok(()),
            Err(UseCaseError::Refused { .. }) if !self.is_missing().await? => Ok(()),
            Err(error) => Err(error),
        }
    }
}
