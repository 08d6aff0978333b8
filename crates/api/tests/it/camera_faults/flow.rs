//! The flows that call 3dEye, each with what there is before.

use portcullis_domain::threedeye::{MappingState, ResetSwitches};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Fetch,
    Reset(ResetSwitches),
    /// For everybody, who is this one person.
    Backfill,
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

impl Flow {
    /// Are there roles that must not be lost?
    pub(super) const fn has_roles(self) -> bool {
        !matches!(self.before, Before::Nothing)
    }
}
