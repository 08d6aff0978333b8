//! What is known here of a person's camera account.

use crate::clock::Timestamp;
use crate::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::secret::Secret;
use crate::text::EmailAddress;

/// What a mapping is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingState {
    /// An account was asked for with this password, or is about to be; whether it exists is not known.
    Creating,
    /// The account exists and this is its password.
    Live,
    /// The account is gone or must be made anew.
    Stale,
}

/// The local row of a remote account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The person.
    pub user: UserId,
    /// The remote account, when 3dEye told its id.
    pub threedeye_user: Option<ThreeDEyeUserId>,
    /// The address the account was made for.
    pub email: EmailAddress,
    /// Its password; sealed at rest.
    pub password: Secret<String>,
    /// What it is worth.
    pub state: MappingState,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Who holds a person's remote job, as the `ThreeDEye` guard and its row say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lease {
    /// Raised by each holder; every step's commit compares it.
    pub fence: u64,
    /// Others may take over from then on; none = nobody holds it.
    pub until: Option<Timestamp>,
}

/// Everything known here of a person's camera account, read in one statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountState {
    /// The mapping, if there is one.
    pub mapping: Option<Mapping>,
    /// Roles to restore, if there is a recovery row.
    pub recovery: Option<Vec<ThreeDEyeRoleId>>,
    /// Who holds the remote job.
    pub lease: Lease,
}

impl Mapping {
    /// The same when its account is, or may be, gone. Without an id `Creating` says that there may still be one: a stale
    /// mapping without an id is that of an account known to be gone.
    #[must_use]
    pub fn stale(self) -> Self {
        let may_be_there = self.threedeye_user.is_none() && self.state != MappingState::Stale;
        let state = if may_be_there { MappingState::Creating } else { MappingState::Stale };
        Self { state, ..self }
    }

    /// May it be all that leads to an account made for another address than this one?
    pub fn leads_elsewhere(&self, address: Option<&EmailAddress>) -> bool {
        address != Some(&self.email) && (self.threedeye_user.is_some() || self.state != MappingState::Stale)
    }

    /// Does it name the account: by its id or, where 3dEye told none, by its address?
    pub fn names(&self, account: &RemoteAccount) -> bool {
        match &self.threedeye_user {
            Some(id) => *id == account.id,
            None => self.state != MappingState::Stale && Some(&self.email) == account.email.as_ref(),
        }
    }
}

impl AccountState {
    /// The account that can be used as it is: it exists, its password is known, and no role waits to be restored.
    pub fn ready(&self) -> Option<&Mapping> {
        self.mapping.as_ref().filter(|mapping| mapping.state == MappingState::Live && self.recovery.is_none())
    }
}

/// An account at 3dEye as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteAccount {
    /// Its id.
    pub id: ThreeDEyeUserId,
    /// Its sign-in, trimmed and in lower case; none when what is there is no address.
    pub email: Option<EmailAddress>,
    /// The roles it has.
    pub roles: Vec<ThreeDEyeRoleId>,
}

/// Some of the accounts of our customer, in 3dEye's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemotePage {
    /// The accounts; none at the end of a list that does not tell its length, or where a page had our own login alone.
    pub accounts: Vec<RemoteAccount>,
    /// How many users there are in all, our own login with them, where 3dEye tells.
    pub total: Option<u64>,
    /// Where the list goes on; none = this was the end.
    pub next: Option<RemoteCursor>,
}

/// A place in the list of our customer's accounts; made by the gateway and given back to it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCursor {
    /// The page to ask for, counted from 1.
    pub page: u32,
    /// How many accounts were on the pages before.
    pub seen: u64,
    /// The first account of the page before: a page that comes twice proves nothing.
    pub first: Option<ThreeDEyeUserId>,
}

/// A role at 3dEye as it is there: a named set of cameras and of what may be done with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteRole {
    /// Its id.
    pub id: ThreeDEyeRoleId,
    /// Its name, for people.
    pub name: Option<String>,
}
