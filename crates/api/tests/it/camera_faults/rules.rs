//! What may be answered, by rules.

use portcullis_domain::threedeye::ResetSwitches;
use threedeye_sim::Operation;

use super::fault::{Effect, Kind, Told};
use super::flow::{Ask, Finding, Flow, RoleCommand};

/// An answer, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answered {
    Done,
    /// 200, and why there is no new account; of a backfill, for how many it failed.
    DoneWithError,
    /// 200 of a repair, and why there was nothing to do.
    Unchanged,
    /// There is nothing left to be done: only of a repeat.
    DoneBefore,
    Conflict,
    BadGateway,
    NotCalled,
}

impl Answered {
    pub(super) const ALL: [Self; 7] = [
        Self::Done,
        Self::DoneWithError,
        Self::Unchanged,
        Self::DoneBefore,
        Self::Conflict,
        Self::BadGateway,
        Self::NotCalled,
    ];

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Done => "200",
            Self::DoneWithError => "200, error",
            Self::Unchanged => "200, no change",
            Self::DoneBefore => "400, 404",
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

fn verdict(calls: &[Operation], at: usize, kind: Kind) -> Verdict {
    let operation = calls[at];
    let deletes = operation == Operation::DeleteUser;
    let is_vain = operation == Operation::CreateUser && calls[at + 1..].contains(&Operation::CreateUser);
    match (kind.told(operation), kind.effect()) {
        // It makes none, as there is one, which is found whatever else was answered.
        (Told::Taken | Told::Unknown, _) if is_vain && !kind.is_slow() => Verdict::Succeeds,
        (Told::Unknown, _) if is_vain => Verdict::Either,
        (Told::Taken, _) => Verdict::Orphan,
        // Impatience on a busy machine may begin before the call is sent.
        (Told::Unknown, effect) if effect == Effect::Late || (effect == Effect::Done && kind.is_slow()) => {
            Verdict::Either
        }
        // What is made is looked for, and taken over.
        (Told::Well, _) | (Told::Unknown, Effect::Done) => Verdict::Succeeds,
        // The deletion of what is there was said to find nothing. An account that is not to be seen by its id may not
        // be visible yet, or may be made anew.
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
    let verdict = verdict(calls, at, kind);
    match flow.ask {
        Ask::Fetch => of_account(verdict),
        Ask::Role(command) => of_role(command, calls, at, kind),
        Ask::Repair(finding) => of_repair(finding, calls, at, kind),
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

/// Of a call that sees to the account.
fn of_account(verdict: Verdict) -> Vec<Answered> {
    match verdict {
        Verdict::Succeeds => vec![Answered::Done],
        Verdict::Fails => vec![Answered::BadGateway],
        Verdict::Either => vec![Answered::Done, Answered::BadGateway],
        Verdict::Orphan => vec![Answered::Conflict],
    }
}

/// Of a call without which nothing is known or done. What is said to be absent already is `absent`.
fn of_step(operation: Operation, kind: Kind, absent: Answered) -> Vec<Answered> {
    match kind.told(operation) {
        Told::Well => vec![Answered::Done],
        Told::Absent => vec![absent],
        Told::Taken | Told::Unknown | Told::Failed => vec![Answered::BadGateway],
    }
}

fn of_role(command: RoleCommand, calls: &[Operation], at: usize, kind: Kind) -> Vec<Answered> {
    let operation = calls[at];
    let makes = operation == Operation::CreateRole;
    let account =
        matches!(operation, Operation::ListUsers | Operation::GetUser | Operation::CreateUser | Operation::DeleteUser);
    if makes || (command == RoleCommand::Assign && account) {
        of_account(verdict(calls, at, kind))
    } else {
        of_step(operation, kind, Answered::Done)
    }
}

fn of_repair(finding: Finding, calls: &[Operation], at: usize, kind: Kind) -> Vec<Answered> {
    let operation = calls[at];
    let place = calls[..at].iter().filter(|earlier| **earlier != Operation::Token).count();
    let is_gone = place == 0 && matches!(finding, Finding::Missing | Finding::IdChanged);
    if operation == Operation::GetUser && is_gone && kind.spoils_success() {
        // There is none: the account is not there.
        return vec![Answered::Done];
    }
    if operation == Operation::Token || place < finding.looks() {
        return of_step(operation, kind, if is_gone { Answered::Done } else { Answered::Unchanged });
    }
    if finding == Finding::OrphanOfNobody {
        return of_step(operation, kind, Answered::Unchanged);
    }
    of_account(verdict(calls, at, kind))
}

/// Does the call belong to the part that deletes the account, before anything is cleared?
fn deleting(switches: ResetSwitches, calls: &[Operation], at: usize) -> bool {
    // What looks up and deletes comes first; where nothing is found to be deleted, that is the first look.
    let deletes = calls.iter().position(|call| *call == Operation::DeleteUser);
    let looks = calls.iter().position(|call| *call == Operation::ListUsers);
    switches.delete_remote && deletes.or(looks).is_some_and(|last| at <= last)
}
