//! What is asked for, with what there is before.

use threedeye_sim::Operation;

/// A flow, with what there is before. Each role in it is somebody's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Nobody has an account.
    FetchNew,
    /// An account with roles is there, and nobody here knows of it.
    FetchTakeOver,
    /// `clearMapping`, `deleteRemote`, `reprovision`, from a live mapping to an account with roles.
    Reset([bool; 3]),
    /// There is no such role.
    CreateRole,
    /// An account with roles is there.
    Assign,
    /// Nobody has an account.
    AssignNew,
    /// In the role, with an account that has others too.
    Remove,
    /// The same.
    DeleteRole,
    /// In the role, and the account is gone.
    RepairMissing,
    /// In the role, and the account lacks it.
    RepairRoleless,
    /// An account with roles is there, under the person's address, and nobody here knows of it.
    RepairOrphan,
    /// An account is there under nobody's address.
    RepairStranger,
}

impl Flow {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let resets = (0..8_u8).map(|bits| Self::Reset([bits & 1 != 0, bits & 2 != 0, bits & 4 != 0]));
        let roles = [Self::CreateRole, Self::Assign, Self::AssignNew, Self::Remove, Self::DeleteRole];
        let repairs = [Self::RepairMissing, Self::RepairRoleless, Self::RepairOrphan, Self::RepairStranger];
        [Self::FetchNew, Self::FetchTakeOver].into_iter().chain(resets).chain(roles).chain(repairs)
    }

    /// The calls that are about somebody or about a role that is there, in order; a look into a list, or at a new name,
    /// is about nobody.
    pub(super) fn calls(self) -> Vec<Operation> {
        use Operation::{AddUserToRole, CreateUser, DeleteRole, DeleteUser, GetUser, RemoveUserFromRole};
        match self {
            Self::FetchNew => vec![CreateUser],
            // An account nobody knows of is found when one is asked for in vain.
            Self::FetchTakeOver => vec![CreateUser, DeleteUser, CreateUser, GetUser],
            Self::Reset([true, _, true] | [_, true, true]) => vec![DeleteUser, CreateUser, GetUser],
            Self::Reset([_, true, false]) => vec![DeleteUser],
            Self::Reset(_) | Self::CreateRole => vec![],
            Self::Assign => vec![AddUserToRole],
            Self::AssignNew => vec![CreateUser, AddUserToRole],
            Self::Remove => vec![RemoveUserFromRole],
            Self::DeleteRole => vec![DeleteRole],
            Self::RepairMissing => vec![CreateUser, GetUser],
            Self::RepairRoleless => vec![GetUser, AddUserToRole],
            Self::RepairOrphan => vec![GetUser, CreateUser, DeleteUser, CreateUser],
            Self::RepairStranger => vec![GetUser, DeleteUser],
        }
    }

    /// Does it look into the list of accounts? An account that was never heard of is not looked for.
    pub(super) fn looks(self) -> bool {
        match self {
            Self::FetchTakeOver | Self::RepairMissing | Self::RepairOrphan => true,
            Self::Reset([clear, delete, new]) => delete || (clear && new),
            _ => false,
        }
    }

    /// Is somebody put into a role before it or by it, and in it afterwards?
    pub(super) fn has_role(self) -> bool {
        matches!(self, Self::Assign | Self::AssignNew | Self::RepairMissing | Self::RepairRoleless)
    }

    /// Are there roles on the account that no camera role is behind?
    pub(super) fn has_other_roles(self) -> bool {
        !matches!(
            self,
            Self::FetchNew | Self::CreateRole | Self::AssignNew | Self::RepairMissing | Self::RepairStranger
        )
    }

    /// The event that says how it ended, and on which stream it is.
    pub(super) fn result(self) -> (Stream, &'static str) {
        match self {
            Self::FetchNew | Self::FetchTakeOver => (Stream::Person, "ThreeDEyeProvisioned"),
            Self::Reset(_) => (Stream::Person, "ThreeDEyeReset"),
            Self::CreateRole => (Stream::Role, "CameraRoleCreated"),
            Self::Assign | Self::AssignNew => (Stream::Role, "CameraRoleUserAssigned"),
            Self::Remove => (Stream::Role, "CameraRoleUserRemoved"),
            Self::DeleteRole => (Stream::Role, "CameraRoleDeleted"),
            Self::RepairMissing | Self::RepairRoleless | Self::RepairOrphan => (Stream::Person, "ThreeDEyeRepaired"),
            Self::RepairStranger => (Stream::Organisation, "ThreeDEyeOrphanDeleted"),
        }
    }
}

/// Whose record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Person,
    Role,
    Organisation,
}

/// Somebody with a flow to go through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub(super) n: usize,
    pub(super) flow: Flow,
}

impl Subject {
    pub(super) fn id(self) -> String {
        format!("0198a000-0000-7000-8000-{:012}", self.n)
    }

    pub(super) fn email(self) -> String {
        format!("person-{}@example.com", self.n)
    }

    /// Of the account it is about.
    pub(super) fn address(self) -> String {
        if self.flow == Flow::RepairStranger { format!("stranger-{}@example.com", self.n) } else { self.email() }
    }

    /// The camera role.
    pub(super) fn role(self) -> String {
        format!("role-{}", self.n)
    }

    /// What it is called here and at 3dEye.
    pub(super) fn role_name(self) -> String {
        format!("Role {}", self.n)
    }

    /// An `Idempotency-Key`.
    pub(super) fn key(self) -> String {
        format!("order-{}", self.n)
    }
}
