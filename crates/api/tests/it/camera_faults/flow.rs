//! The flows that call 3dEye, each with what there is before.

use portcullis_domain::threedeye::{MappingState, ResetSwitches};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Fetch,
    Reset(ResetSwitches),
    /// For everybody, who is this one person.
    Backfill,
    /// Of the camera role, as to this person.
    Role(RoleCommand),
    /// Of what a comparison finds.
    Repair(Finding),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoleCommand {
    Create,
    Assign,
    Remove,
    Delete,
}

/// What is to be set right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    Missing,
    IdChanged,
    Roleless,
    /// Somebody here has the address.
    OrphanOfPerson,
    /// Nobody has.
    OrphanOfNobody,
}

impl Finding {
    /// As the wire has it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::IdChanged => "idChanged",
            Self::Roleless => "roleless",
            Self::OrphanOfPerson | Self::OrphanOfNobody => "orphaned",
        }
    }

    /// So many calls look whether it is still so, before anything is done.
    pub(super) const fn looks(self) -> usize {
        match self {
            Self::Roleless | Self::OrphanOfNobody => 1,
            // The account by its id, and then the address; or once to learn whose it may be, and once more with the
            // person's job in hand.
            Self::Missing | Self::IdChanged | Self::OrphanOfPerson => 2,
        }
    }
}

/// What there is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing anywhere.
    Nothing,
    /// An account with two roles, and no row.
    Account,
    /// An account with two roles, and a mapping.
    Mapped(MappingState),
    /// No account, and a recovery row with two roles.
    RolesWaiting,
    /// A live mapping whose account lacks the two roles that wait.
    MappedRolesWaiting,
    /// The role of a camera role that was being made when its call was interrupted.
    RoleAsked,
    /// In the camera role, with an account that has its role and two more, and a live mapping.
    Member,
    /// The same, but the account lacks the camera role's.
    MemberWithoutRole,
    /// The same, but the account is gone.
    MemberWithoutAccount,
    /// The same, but the account is gone and another is under its address.
    MemberWithAnother,
    /// An account whose address is nobody's here.
    Stranger,
}

impl Before {
    /// Are there roles that must not be lost, besides the camera role's?
    pub(super) const fn has_roles(self) -> bool {
        !matches!(self, Self::Nothing | Self::RoleAsked | Self::MemberWithoutAccount | Self::Stranger)
    }

    /// Is the live mapping's account gone?
    pub(super) const fn is_without_account(self) -> bool {
        matches!(self, Self::MemberWithoutAccount | Self::MemberWithAnother)
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    pub(super) name: &'static str,
    /// Does somebody stand for the address?
    pub(super) vouched: bool,
    pub(super) before: Before,
    pub(super) ask: Ask,
}

const fn fetch(name: &'static str, vouched: bool, before: Before) -> Flow {
    Flow { name, vouched, before, ask: Ask::Fetch }
}

const fn reset(name: &'static str, before: Before, on: [bool; 3]) -> Flow {
    let [clear_mapping, delete_remote, reprovision] = on;
    let switches = ResetSwitches { clear_mapping, delete_remote, reprovision };
    Flow { name, vouched: true, before, ask: Ask::Reset(switches) }
}

const fn role(name: &'static str, before: Before, command: RoleCommand) -> Flow {
    Flow { name, vouched: true, before, ask: Ask::Role(command) }
}

const fn repair(name: &'static str, before: Before, finding: Finding) -> Flow {
    Flow { name, vouched: true, before, ask: Ask::Repair(finding) }
}

const LIVE: Before = Before::Mapped(MappingState::Live);

pub(super) const FETCHES: [Flow; 7] = [
    fetch("credentials of a new person", true, Before::Nothing),
    fetch("credentials of a new person, address not vouched for", false, Before::Nothing),
    fetch("credentials, account to be taken over", true, Before::Account),
    fetch("credentials, account of a stale mapping", true, Before::Mapped(MappingState::Stale)),
    fetch("credentials, account that was being made", false, Before::Mapped(MappingState::Creating)),
    fetch("credentials, roles waiting", true, Before::RolesWaiting),
    fetch("credentials, roles waiting for a live mapping", true, Before::MappedRolesWaiting),
];

pub(super) const BACKFILLS: [Flow; 2] = [
    Flow { ask: Ask::Backfill, ..fetch("backfill of a new person", true, Before::Nothing) },
    Flow { ask: Ask::Backfill, ..fetch("backfill, account to be taken over", true, Before::Account) },
];

pub(super) const RESETS: [Flow; 8] = [
    reset("reset: nothing", LIVE, [false, false, false]),
    reset("reset: clear", LIVE, [true, false, false]),
    reset("reset: delete", LIVE, [false, true, false]),
    reset("reset: clear, delete", LIVE, [true, true, false]),
    reset("reset: new", LIVE, [false, false, true]),
    reset("reset: clear, new", LIVE, [true, false, true]),
    reset("reset: delete, new", LIVE, [false, true, true]),
    reset("reset: clear, delete, new", LIVE, [true, true, true]),
];

pub(super) const RESETS_WITH_ROLES_WAITING: [Flow; 5] = [
    reset("reset, roles waiting: clear", Before::RolesWaiting, [true, false, false]),
    reset("reset, roles waiting: new", Before::RolesWaiting, [false, false, true]),
    reset("reset, roles waiting: clear, new", Before::RolesWaiting, [true, false, true]),
    reset("reset, roles waiting: clear, delete, new", Before::RolesWaiting, [true, true, true]),
    reset("reset, roles waiting for a live mapping: delete, new", Before::MappedRolesWaiting, [false, true, true]),
];

pub(super) const ROLES: [Flow; 7] = [
    role("camera role: make", Before::Nothing, RoleCommand::Create),
    role("camera role: make, asked for before", Before::RoleAsked, RoleCommand::Create),
    role("camera role: assign, account there", LIVE, RoleCommand::Assign),
    role("camera role: assign, no account", Before::Nothing, RoleCommand::Assign),
    role("camera role: assign, account to be taken over", Before::Account, RoleCommand::Assign),
    role("camera role: remove", Before::Member, RoleCommand::Remove),
    role("camera role: delete", Before::Member, RoleCommand::Delete),
];

pub(super) const REPAIRS: [Flow; 5] = [
    repair("repair: missing", Before::MemberWithoutAccount, Finding::Missing),
    repair("repair: id changed", Before::MemberWithAnother, Finding::IdChanged),
    repair("repair: roleless", Before::MemberWithoutRole, Finding::Roleless),
    repair("repair: orphan, of a person", Before::Account, Finding::OrphanOfPerson),
    repair("repair: orphan, of nobody", Before::Stranger, Finding::OrphanOfNobody),
];

impl Flow {
    /// Is there a camera role before?
    pub(super) const fn has_camera_role(self) -> bool {
        let commanded = matches!(self.ask, Ask::Role(RoleCommand::Assign | RoleCommand::Remove | RoleCommand::Delete));
        let repaired = matches!(self.ask, Ask::Repair(Finding::Missing | Finding::IdChanged | Finding::Roleless));
        commanded || repaired
    }
}
