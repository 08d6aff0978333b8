//! Where what we know of camera accounts and what is at 3dEye have drifted apart.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{AccountState, Mapping, MappingState, RemoteCursor};
use crate::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::port::GatewayError;
use crate::text::EmailAddress;

/// What is wrong. The words are those of the wire and of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DriftKind {
    /// A mapping in use whose account is not in our customer.
    Missing,
    /// An account in our customer that no mapping names.
    Orphaned,
    /// The account of a mapping in use lacks roles it should have.
    Roleless,
    /// A mapping in use whose account is gone, with another account under its address.
    IdChanged,
}

impl DriftKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Missing, Self::Orphaned, Self::Roleless, Self::IdChanged];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Orphaned => "orphaned",
            Self::Roleless => "roleless",
            Self::IdChanged => "idChanged",
        }
    }

    /// Is it told of a remote account, instead of a person's mapping?
    pub const fn is_of_account(self) -> bool {
        matches!(self, Self::Orphaned)
    }

    /// Is the account a mapping names gone?
    pub const fn loses_the_account(self) -> bool {
        matches!(self, Self::Missing | Self::IdChanged)
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What sets it right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Remedy {
    /// Make the person an account, with the roles it should have; one that is there is taken over.
    Provision,
    /// Give the account the roles it lacks.
    AssignRoles,
    /// Delete the account at 3dEye, which belongs to nobody here.
    DeleteRemote,
}

impl Remedy {
    /// The word of the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::AssignRoles => "assignRoles",
            Self::DeleteRemote => "deleteRemote",
        }
    }
}

/// Something found wrong, confirmed by a look at both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftFinding {
    /// What.
    pub kind: DriftKind,
    /// Whose account; for an orphaned one the person with its address, if there is one.
    pub user: Option<UserId>,
    /// The account our mapping names, or the orphaned one. None = 3dEye never told the id.
    pub threedeye_user: Option<ThreeDEyeUserId>,
    /// The account found under the mapping's address instead.
    pub found: Option<ThreeDEyeUserId>,
    /// The address of mapping or account.
    pub email: Option<EmailAddress>,
    /// Roles the account should have, as far as is known here.
    pub expected: Vec<ThreeDEyeRoleId>,
    /// Roles it has.
    pub present: Vec<ThreeDEyeRoleId>,
    /// What sets it right.
    pub remedy: Remedy,
}

/// A mapping without its password, with the roles that wait to be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAccount {
    /// The person.
    pub user: UserId,
    /// The remote account, when 3dEye told its id.
    pub threedeye_user: Option<ThreeDEyeUserId>,
    /// The address it was made for.
    pub email: EmailAddress,
    /// What the mapping is worth.
    pub state: MappingState,
    /// Roles that wait to be restored.
    pub recovery: Vec<ThreeDEyeRoleId>,
}

impl KnownAccount {
    /// What the rows of a person say, if there is a mapping.
    pub fn of(rows: &AccountState) -> Option<Self> {
        let Mapping { user, threedeye_user, email, state, .. } = rows.mapping.clone()?;
        Some(Self { user, threedeye_user, email, state, recovery: rows.recovery.clone().unwrap_or_default() })
    }
}

/// Who has to do with a remote account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountOwner {
    /// Whose mapping names it by its id.
    pub by_id: Option<UserId>,
    /// Whose mapping has its address.
    pub by_address: Option<UserId>,
    /// The person who has the address.
    pub person: Option<UserId>,
}

/// How far a comparison has come: first our mappings by person, then 3dEye's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriftCursor {
    /// At our mappings, after this person's.
    Mappings(Option<UserId>),
    /// At 3dEye's list.
    Accounts {
        /// Where the page begins; none = the list.
        from: Option<RemoteCursor>,
        /// So many of the page were judged before.
        judged: usize,
    },
}

/// What stands in the way of a comparison.
#[derive(Debug, Error)]
pub enum DriftRefusal {
    /// 3dEye failed before anything was compared.
    #[error("3dEye did not do what was asked")]
    Gateway(#[source] GatewayError),
}

/// What stands in the way of a repair.
#[derive(Debug, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepairRefusal {
    /// Another call is at work on the same person.
    #[error("Another operation on this user's 3dEye account is still running")]
    Busy,
    /// Only deleting would help, and nobody asked for it.
    #[error("The account belongs to nobody here and can only be deleted: ask for it with deleteRemote")]
    DeleteNotAsked,
    /// The person has no address to make an account for.
    #[error("The user has no e-mail address to make a 3dEye account for")]
    NoAddress,
    /// An account with the address exists where we cannot reach or may not take it.
    #[error("A 3dEye account with this e-mail address exists but cannot be used from here")]
    Orphan,
    /// 3dEye failed. Never remembered.
    #[error("3dEye did not do what was asked")]
    #[serde(skip)]
    Gateway(#[source] GatewayError),
}
