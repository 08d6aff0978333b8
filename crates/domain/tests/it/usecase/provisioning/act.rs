//! What may happen, one thing at a time.

use portcullis_domain::threedeye::ResetSwitches;
use proptest::prelude::*;

use super::cast::{ADDRESSES, PEOPLE, PLAIN, SLOTS, Who};

/// How a remote call ends that does not go well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// No connection, 429, 503.
    Unavailable,
    /// 500, a time-out, a lost connection; of a call that may be repeated it is `Unavailable`.
    Unconfirmed,
    /// 401 or 403.
    Unauthorised,
    /// 400, or an answer that cannot be read.
    Rejected,
    /// 409.
    Taken,
    /// It is not called at all.
    CircuitOpen,
}

/// What becomes of a remote call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It does what it is to do, and says so.
    Well,
    /// It does it, but a creation tells no id.
    WithoutId,
    /// It does nothing.
    Before(Failure),
    /// It does it, and the caller is told something else.
    After(Failure),
    /// The caller gives up, and it is done when [`Act::Lands`] says so.
    Late,
}

/// What becomes of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    Well,
    /// Nothing is written, and the database is said to be away.
    Refused,
    /// It is written, and the database is said to be away.
    Unsure,
}

/// Changes behind our back, at the account of an address. Roles are counted through: those that are none of ours,
/// then those of the camera roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Other {
    Deletes {
        at: usize,
    },
    /// Where there is none; of our customer or of another one.
    Makes {
        at: usize,
        ours: bool,
        role: usize,
    },
    AddsRole {
        at: usize,
        role: usize,
    },
    /// One of those the account has.
    RemovesRole {
        at: usize,
        nth: usize,
    },
    DeletesRole(usize),
    /// To another customer: out of our sight, but the address stays taken.
    MovesAway {
        at: usize,
    },
}

impl Other {
    /// The role meant.
    pub(super) const fn role(self) -> Option<usize> {
        match self {
            Self::Makes { role, .. } | Self::AddsRole { role, .. } | Self::DeletesRole(role) => Some(role),
            Self::Deletes { .. } | Self::RemovesRole { .. } | Self::MovesAway { .. } => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// The person asks; with a token that stands for the address or not.
    Fetch {
        who: Who,
        token: bool,
    },
    Reset {
        who: Who,
        switches: ResetSwitches,
    },
    CreateRole(usize),
    AssignUser {
        who: Who,
        slot: usize,
    },
    RemoveUser {
        who: Who,
        slot: usize,
    },
    DeleteRole(usize),
    /// Compares everything, and repairs one of the findings.
    Repair {
        nth: usize,
        delete_remote: bool,
    },
    /// The person's address becomes another one, which nobody else has; somebody stands for it or not.
    Moves {
        who: Who,
        to: usize,
        vouched: bool,
    },
    /// One of those at work goes on for some steps. The fates are those of the remote call and of the commit with these
    /// numbers among them.
    Goes {
        task: usize,
        steps: usize,
        call: (usize, Fate),
        commit: (usize, Write),
    },
    /// The process of one of those at work dies; what it was about to send is sent or not.
    Dies {
        task: usize,
        sends: bool,
    },
    /// A call somebody gave up takes effect.
    Lands(usize),
    /// Time for leases to run out.
    LeaseEnds,
    Behind(Other),
}

fn fate() -> impl Strategy<Value = Fate> {
    let failure = prop_oneof![
        3 => Just(Failure::Unconfirmed),
        2 => Just(Failure::Unavailable),
        1 => Just(Failure::Unauthorised),
        1 => Just(Failure::Rejected),
        1 => Just(Failure::Taken),
        1 => Just(Failure::CircuitOpen),
    ];
    prop_oneof![
        6 => Just(Fate::Well),
        1 => Just(Fate::WithoutId),
        2 => failure.prop_map(Fate::Before),
        // Whoever says 400, 401, 409, 429 or 503 has not done it.
        2 => Just(Fate::After(Failure::Unconfirmed)),
        2 => Just(Fate::Late),
    ]
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![12 => Just(Write::Well), 1 => Just(Write::Refused), 1 => Just(Write::Unsure)]
}

fn switches() -> impl Strategy<Value = ResetSwitches> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(clear_mapping, delete_remote, reprovision)| {
        ResetSwitches { clear_mapping, delete_remote, reprovision }
    })
}

fn other(addresses: usize, roles: usize) -> impl Strategy<Value = Other> {
    let at = move || 0..addresses;
    let role = move || 0..roles;
    prop_oneof![
        2 => at().prop_map(|at| Other::Deletes { at }),
        2 => (at(), any::<bool>(), 0..PLAIN).prop_map(|(at, ours, role)| Other::Makes { at, ours, role }),
        4 => (at(), role()).prop_map(|(at, role)| Other::AddsRole { at, role }),
        2 => (at(), 0_usize..3).prop_map(|(at, nth)| Other::RemovesRole { at, nth }),
        1 => role().prop_map(Other::DeletesRole),
        1 => at().prop_map(|at| Other::MovesAway { at }),
    ]
}

fn goes() -> impl Strategy<Value = Act> {
    let steps = prop_oneof![4 => 1_usize..28, 1 => Just(90_usize)];
    (0_usize..4, steps, (0_usize..4, fate()), (0_usize..7, write())).prop_map(|(task, steps, call, commit)| Act::Goes {
        task,
        steps,
        call,
        commit,
    })
}

/// What happens to everybody at work.
fn fortune(addresses: usize, roles: usize) -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (0_usize..4, any::<bool>()).prop_map(|(task, sends)| Act::Dies { task, sends }),
        3 => (0_usize..3).prop_map(Act::Lands),
        2 => Just(Act::LeaseEnds),
        3 => other(addresses, roles).prop_map(Act::Behind),
    ]
}

fn account(people: usize) -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..people, any::<bool>()).prop_map(|(who, token)| Act::Fetch { who, token }),
        (0..people, switches()).prop_map(|(who, switches)| Act::Reset { who, switches }),
    ]
}

fn camera_role(people: usize) -> impl Strategy<Value = Act> {
    let slot = || prop_oneof![3 => Just(0), 1 => 1..SLOTS];
    prop_oneof![
        2 => slot().prop_map(Act::CreateRole),
        4 => (0..people, slot()).prop_map(|(who, slot)| Act::AssignUser { who, slot }),
        4 => (0..people, slot()).prop_map(|(who, slot)| Act::RemoveUser { who, slot }),
        1 => slot().prop_map(Act::DeleteRole),
    ]
}

fn repair() -> impl Strategy<Value = Act> {
    (0_usize..3, any::<bool>()).prop_map(|(nth, delete_remote)| Act::Repair { nth, delete_remote })
}

fn moves() -> impl Strategy<Value = Act> {
    (0..PEOPLE, 0..ADDRESSES.len(), any::<bool>()).prop_map(|(who, to, vouched)| Act::Moves { who, to, vouched })
}

/// One person and one address: as many collisions as can be had.
pub(super) fn alone() -> impl Strategy<Value = Act> {
    prop_oneof![8 => account(1), 12 => goes(), 9 => fortune(1, PLAIN)]
}

/// With camera roles and repairs.
pub(super) fn with_roles() -> impl Strategy<Value = Act> {
    prop_oneof![2 => account(1), 6 => camera_role(1), 1 => repair(), 14 => goes(), 6 => fortune(1, PLAIN + SLOTS)]
}

/// Two people who change their addresses, and everything else.
pub(super) fn everything() -> impl Strategy<Value = Act> {
    let all = PLAIN + SLOTS;
    prop_oneof![
        6 => account(PEOPLE),
        2 => camera_role(PEOPLE),
        2 => repair(),
        4 => moves(),
        14 => goes(),
        5 => fortune(ADDRESSES.len(), all),
    ]
}
