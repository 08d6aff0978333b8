//! What may go wrong with a remote call, what it does there, and what the client makes of it.

use std::time::Duration;

use threedeye_sim::{Fault, Misbehaviour, Operation};

/// How long the call with the fault may take, where the fault is that it takes too long.
pub(super) const QUICK: Duration = Duration::from_millis(300);
/// Long after that.
const LATE: Duration = Duration::from_millis(900);
const HUGE: u64 = 10 * 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Refused,
    ResetBefore,
    ResetAfter,
    TimeOutWithoutEffect,
    TimeOutEffectLate,
    TimeOutAfterEffect,
    Status401Once,
    Status401Always,
    Status403,
    Status404,
    Status409,
    Status429,
    Status429RetryAfter,
    Status500,
    Status500AfterEffect,
    Status503,
    Status503AfterEffect,
    MalformedJson,
    WrongTypes,
    WithoutId,
    HugeBody,
    SlowDrip,
}

/// What the call does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    Done,
    Late,
}

/// What the client makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Well,
    /// As if it were not there.
    Absent,
    Taken,
    Unknown,
    Failed,
}

impl Kind {
    pub(super) const ALL: [Self; 22] = [
        Self::Refused,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::TimeOutWithoutEffect,
        Self::TimeOutEffectLate,
        Self::TimeOutAfterEffect,
        Self::Status401Once,
        Self::Status401Always,
        Self::Status403,
        Self::Status404,
        Self::Status409,
        Self::Status429,
        Self::Status429RetryAfter,
        Self::Status500,
        Self::Status500AfterEffect,
        Self::Status503,
        Self::Status503AfterEffect,
        Self::MalformedJson,
        Self::WrongTypes,
        Self::WithoutId,
        Self::HugeBody,
        Self::SlowDrip,
    ];

    /// The stand-in's fault for the nth call of an operation, counted from 0. None: it is the connections that are
    /// refused.
    pub(super) fn inject(self, operation: Operation, nth: u32) -> Option<Fault> {
        let before = |what| Fault::before(operation, what);
        let after = |what| Fault::after(operation, what);
        let fault = match self {
            Self::Refused => return None,
            Self::ResetBefore => before(Misbehaviour::Reset),
            Self::ResetAfter => after(Misbehaviour::Reset),
            Self::TimeOutWithoutEffect => before(Misbehaviour::SlowDrip { millis_per_byte: 60_000 }),
            Self::TimeOutEffectLate => before(Misbehaviour::delay(LATE)),
            Self::TimeOutAfterEffect => after(Misbehaviour::delay(LATE)),
            Self::Status401Once | Self::Status401Always => before(Misbehaviour::status(401)),
            Self::Status403 => before(Misbehaviour::status(403)),
            Self::Status404 => before(Misbehaviour::status(404)),
            Self::Status409 => before(Misbehaviour::status(409)),
            Self::Status429 => before(Misbehaviour::status(429)),
            Self::Status429RetryAfter => before(Misbehaviour::status_retry_after(429, 1)),
            Self::Status500 => before(Misbehaviour::status(500)),
            Self::Status500AfterEffect => after(Misbehaviour::status(500)),
            Self::Status503 => before(Misbehaviour::status(503)),
            Self::Status503AfterEffect => after(Misbehaviour::status(503)),
            Self::MalformedJson => after(Misbehaviour::MalformedJson),
            Self::WrongTypes => after(Misbehaviour::WrongTypes),
            Self::WithoutId => after(Misbehaviour::WithoutId),
            Self::HugeBody => after(Misbehaviour::HugeBody { bytes: HUGE }),
            Self::SlowDrip => after(Misbehaviour::SlowDrip { millis_per_byte: 1_000 }),
        };
        let fault = fault.skip(nth);
        Some(if self == Self::Status401Always { fault } else { fault.once() })
    }

    /// Does it befall the body of an answer of success alone?
    pub(super) const fn spoils_success(self) -> bool {
        matches!(self, Self::MalformedJson | Self::WrongTypes | Self::WithoutId | Self::HugeBody)
    }

    pub(super) const fn is_slow(self) -> bool {
        matches!(self, Self::TimeOutWithoutEffect | Self::TimeOutEffectLate | Self::TimeOutAfterEffect | Self::SlowDrip)
    }

    pub(super) const fn effect(self) -> Effect {
        match self {
            Self::TimeOutEffectLate => Effect::Late,
            // After a 401 the call is repeated with a new token and then goes well.
            Self::Status401Once
            | Self::ResetAfter
            | Self::TimeOutAfterEffect
            | Self::Status500AfterEffect
            | Self::Status503AfterEffect
            | Self::MalformedJson
            | Self::WrongTypes
            | Self::WithoutId
            | Self::HugeBody
            | Self::SlowDrip => Effect::Done,
            _ => Effect::None,
        }
    }

    /// The table in the client's documentation, once more.
    pub(super) fn told(self, operation: Operation) -> Told {
        let creates = matches!(operation, Operation::CreateUser | Operation::CreateRole);
        let reads =
            matches!(operation, Operation::Token | Operation::ListUsers | Operation::GetUser | Operation::ListRoles);
        match self {
            Self::Status401Once if operation != Operation::Token => Told::Well,
            Self::Status404 if removes(operation) || operation == Operation::GetUser => Told::Absent,
            Self::Status409 if operation == Operation::CreateUser => Told::Taken,
            Self::WithoutId if creates => Told::Well,
            // Nobody reads what a deletion or an assignment answers.
            Self::MalformedJson | Self::WrongTypes | Self::WithoutId if !creates && !reads => Told::Well,
            Self::ResetBefore
            | Self::ResetAfter
            | Self::TimeOutWithoutEffect
            | Self::TimeOutEffectLate
            | Self::TimeOutAfterEffect
            | Self::Status500
            | Self::Status500AfterEffect
            | Self::MalformedJson
            | Self::WrongTypes
            | Self::HugeBody
            | Self::SlowDrip
                if creates =>
            {
                Told::Unknown
            }
            _ => Told::Failed,
        }
    }
}

/// Does the call take something away?
pub(super) const fn removes(operation: Operation) -> bool {
    matches!(operation, Operation::DeleteUser | Operation::RemoveUserFromRole | Operation::DeleteRole)
}
