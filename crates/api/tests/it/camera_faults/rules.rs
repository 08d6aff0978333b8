//! What may be answered, by rules.

use portcullis_domain::threedeye::ResetSwitches;
use threedeye_sim::Operation;

use super::fault::{Effect, Kind, Told};
use super::flow::{Ask, Flow};

/// An answer, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answered {
    Done,
    /// 200, and why there is no new account; of a backfill, for how many it failed.
    DoneWithError,
    Conflict,
    BadGateway,
    NotCalled,
}

impl Answered {
    pub(super) const ALL: [Self; 5] =
        [Self::Done, Self::DoneWithError, Self::Conflict, Self::BadGateway, Self::NotCalled];

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Done => "200",
            Self::DoneWithError => "200, error",
            Self::Conflict => "409",
            Self::BadGateway => "502",
            Self::NotCalled => "503",
        }
    }
}

/// How the part of the flow ends that the call belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Succeeds,
    Fails,
    Either,
    /// There is said to be an account we cannot see.
    Orphan,
}

fn verdict(operation: Operation, kind: Kind) -> Verdict {
    let deletes = operation == Operation::DeleteUser;
    match (kind.told(operation), kind.effect()) {
        (Told::Taken, _) => Verdict::Orphan,
        // Impatience on a busy machine may begin before the call is sent.
        (Told::Unknown, effect) if effect == Effect::Late || (effect == Effect::Done && kind.is_slow()) => {
            Verdict::Either
        }
        // What is made is looked for, and taken over.
        (Told::Well, _) | (Told::Unknown, Effect::Done) => Verdict::Succeeds,
        // The deletion of what is there was said to find nothing. An account that is not to be seen by its id may not be
        // visible yet, or may be made anew.
        (Told::Absent, _) => Verdict::Either,
        // Looking afterwards may show that it is gone, or that a role is no more.
        (Told::Failed, effect) if (deletes && effect == Effect::Done) || operation == Operation::ListRoles => {
            Verdict::Either
        }
        (Told::Unknown | Told::Failed, _) => Verdict::Fails,
    }
}

/// The answers that are right for a flow whose call number `at` of these has the fault.
pub(super) fn allowed(flow: Flow, calls: &[Operation], at: usize, kind: Kind) -> Vec<Answered> {
    let verdict = verdict(calls[at], kind);
    match flow.ask {
        Ask::Fetch => match verdict {
            Verdict::Succeeds => vec![Answered::Done],
            Verdict::Fails => vec![Answered::BadGateway],
            Verdict::Either => vec![Answered::Done, Answered::BadGateway],
            Verdict::Orphan => vec![Answered::Conflict],
        },
        Ask::Reset(switches) if deleting(switches, calls, at) => match verdict {
            Verdict::Succeeds => vec![Answered::Done],
            Verdict::Fails | Verdict::Orphan => vec![Answered::BadGateway],
            // What was said to be gone may turn out to be there when the new account is made.
            Verdict::Either => vec![Answered::Done, Answered::BadGateway, Answered::DoneWithError],
        },
        // The look at the whole list at its beginning may be spared; whoever comes next signs in then.
        Ask::Backfill if calls[at] == Operation::Token => vec![Answered::Done, Answered::DoneWithError],
        Ask::Reset(_) | Ask::Backfill => match verdict {
            Verdict::Succeeds => vec![Answered::Done],
            Verdict::Fails | Verdict::Orphan => vec![Answered::DoneWithError],
            Verdict::Either => vec![Answered::Done, Answered::DoneWithError],
        },
    }
}

/// Does the call belong to the part that deletes the account, before anything is cleared?
fn deleting(switches: ResetSwitches, calls: &[Operation], at: usize) -> bool {
    // What looks up and deletes comes first; where nothing is found to be deleted, that is the first look.
    let deletes = calls.iter().position(|call| *call == Operation::DeleteUser);
    let looks = calls.iter().position(|call| *call == Operation::ListUsers);
    switches.delete_remote && deletes.or(looks).is_some_and(|last| at <= last)
}
