//! What may happen, one thing at a time.

use portcullis_domain::threedeye::ResetSwitches;
use proptest::prelude::*;

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

/// Changes behind our back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Other {
    Deletes,
    /// Where there is none; of our customer or of another one.
    Makes {
        ours: bool,
        role: usize,
    },
    AddsRole(usize),
    RemovesRole(usize),
    DeletesRole(usize),
    /// To another customer: out of our sight, but the address stays taken.
    MovesAway,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// The person asks; with a token that stands for the address or not.
    Fetch {
        token: bool,
    },
    Reset(ResetSwitches),
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

pub(super) fn switches() -> impl Strategy<Value = ResetSwitches> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(clear_mapping, delete_remote, reprovision)| {
        ResetSwitches { clear_mapping, delete_remote, reprovision }
    })
}

fn other() -> impl Strategy<Value = Other> {
    let role = || 0_usize..4;
    prop_oneof![
        2 => Just(Other::Deletes),
        2 => (any::<bool>(), role()).prop_map(|(ours, role)| Other::Makes { ours, role }),
        4 => role().prop_map(Other::AddsRole),
        1 => role().prop_map(Other::RemovesRole),
        1 => role().prop_map(Other::DeletesRole),
        1 => Just(Other::MovesAway),
    ]
}

pub(super) fn act() -> impl Strategy<Value = Act> {
    let goes = (0_usize..4, 1_usize..28, (0_usize..4, fate()), (0_usize..6, write()));
    prop_oneof![
        4 => any::<bool>().prop_map(|token| Act::Fetch { token }),
        4 => switches().prop_map(Act::Reset),
        12 => goes.prop_map(|(task, steps, call, commit)| Act::Goes { task, steps, call, commit }),
        2 => (0_usize..4, any::<bool>()).prop_map(|(task, sends)| Act::Dies { task, sends }),
        2 => (0_usize..3).prop_map(Act::Lands),
        2 => Just(Act::LeaseEnds),
        3 => other().prop_map(Act::Behind),
    ]
}
