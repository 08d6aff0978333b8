//! What clients ask for, at random.

use anyhow::Result;
use portcullis_tests::clock;
use portcullis_tests::dice::Dice;
use portcullis_tests::linear::{Asked, Grant, Moment};
use serde_json::{Value, json};

pub(super) const PEOPLE: usize = 50;
pub(super) const LOCKS: usize = 50;
/// Who suspends, as the events have it.
const DESK: &str = "front desk";
/// So many of each get half of all orders, so that there is something to race for.
const CROWDED: usize = 4;

/// The organisation that has a key of its own, and the one its locks go to and come back from.
pub(super) const TENANT: &str = "acme";
pub(super) const OTHER: &str = "other";

/// What a client is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// May ask for everything.
    Desk,
    /// May too, and gives registered locks to one organisation and the other.
    Mover,
    /// Asks with the tenant's key, about registered locks.
    Tenant,
}

/// Whose stream something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    Person(usize),
    Lock(usize),
}

impl Whose {
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "user",
            Self::Lock(_) => "lock",
        }
    }

    pub(super) fn id(self) -> String {
        match self {
            Self::Person(n) => person(n),
            Self::Lock(n) => lock(n),
        }
    }
}

/// One thing somebody wants done, sent once or twice.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) tag: String,
    pub(super) whose: Whose,
    pub(super) asked: Asked,
    pub(super) repeated: Option<Repeated>,
    /// Asks for the version seen last.
    pub(super) conditional: bool,
}

/// How a request with an `Idempotency-Key` is sent the second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeated {
    AtOnce,
    Afterwards,
}

pub(super) fn person(n: usize) -> String {
    format!("0198a000-0000-7000-8000-{n:012}")
}

pub(super) fn lock(n: usize) -> String {
    format!("lock-{n}")
}

/// Every other lock is registered, so that commands rely on a second stream; the others are nobody's.
pub(super) fn registered() -> impl Iterator<Item = usize> {
    (0..LOCKS).step_by(2)
}

fn pick(dice: &mut Dice, of: usize) -> usize {
    let crowded = dice.percent(50);
    dice.below(if crowded { CROWDED } else { of })
}

pub(super) fn draw(dice: &mut Dice, role: Role, tag: String, now: Moment) -> Order {
    let (person, n) = (pick(dice, PEOPLE), pick(dice, LOCKS));
    if role == Role::Mover && dice.percent(35) {
        let org = [TENANT, OTHER][dice.below(2)].to_owned();
        let (whose, asked) = (Whose::Lock(n - n % 2), Asked::Organisation { org });
        return Order { tag, whose, asked, repeated: None, conditional: dice.percent(10) };
    }
    let lock = lock(if role == Role::Tenant { n - n % 2 } else { n });
    let asked = match dice.below(100) {
        0..=3 if role != Role::Tenant => Asked::Status { suspended: dice.percent(50) },
        0..=19 => Asked::List,
        20..=61 => Asked::Grant(grant(dice, &tag, lock, now.millis())),
        _ => Asked::Revoke { lock },
    };
    let command = asked != Asked::List;
    let repeated = match dice.below(100) {
        0..=9 if command => Some(Repeated::AtOnce),
        10..=14 if command => Some(Repeated::Afterwards),
        _ => None,
    };
    let conditional = command && repeated.is_none() && dice.percent(10);
    Order { tag, whose: Whose::Person(person), asked, repeated, conditional }
}

/// A third of the grants begin or end while the clients are still busy.
fn grant(dice: &mut Dice, tag: &str, lock: String, now: i64) -> Grant {
    let mut ahead = |from: i64, to: usize| now + from + i64::try_from(dice.below(to)).unwrap_or_default();
    let (begin, end) = (ahead(200, 1500), ahead(1000, 1500));
    let (from, until) = match dice.below(12) {
        0..=1 => (None, Some(end)),
        2 => (Some(begin), None),
        3 => (Some(begin), Some(begin + 1000)),
        _ => (None, None),
    };
    let level = ["OWNER", "ADMIN", "USER", "GUEST"][dice.below(4)].to_owned();
    Grant { name: format!("Door of {lock}"), lock, level, by: tag.to_owned(), from, until }
}

impl Order {
    /// The path and, for a command, the body.
    pub(super) fn request(&self) -> Result<(String, Option<Value>)> {
        let (name, body) = match &self.asked {
            Asked::Grant(grant) => ("AddAccessibleLock", Some(self.granted(grant)?)),
            Asked::Revoke { lock } => ("RemoveAccessibleLock", Some(self.revoked(lock))),
            Asked::Status { suspended: true } => ("SuspendUser", Some(json!({"reason": self.tag, "by": DESK}))),
            Asked::Status { suspended: false } => ("ReactivateUser", Some(json!({"reason": self.tag, "by": DESK}))),
            Asked::Organisation { org } => ("SetOrganization", Some(json!({"orgId": org}))),
            Asked::List | Asked::Other { .. } => ("accessible-locks", None),
        };
        Ok((format!("/{}s/{}/{name}", self.whose.kind(), self.whose.id()), body))
    }

    /// What the event has to say; the times in it are taken from what was told.
    pub(super) fn event(&self, told: &Value) -> Result<Value> {
        let mut event = match &self.asked {
            Asked::Grant(grant) => self.granted(grant)?,
            Asked::Revoke { lock } => {
                let mut event = self.revoked(lock);
                event["removedAt"] = told["removedAt"].clone();
                event
            }
            Asked::Status { suspended: true } => {
                json!({"reason": self.tag, "suspendedBy": DESK, "suspendedAt": told["suspendedAt"]})
            }
            Asked::Status { suspended: false } => {
                json!({"reason": self.tag, "reactivatedBy": DESK, "reactivatedAt": told["reactivatedAt"]})
            }
            Asked::Organisation { org } => json!({"orgId": org}),
            Asked::List | Asked::Other { .. } => Value::Null,
        };
        event[format!("{}Id", self.whose.kind())] = self.whose.id().into();
        Ok(event)
    }

    fn granted(&self, grant: &Grant) -> Result<Value> {
        let mut body = json!({"lockId": grant.lock, "lockName": grant.name, "accessLevel": grant.level,
            "grantedBy": self.tag});
        for (key, at) in [("validFrom", grant.from), ("validUntil", grant.until)] {
            if let Some(at) = at {
                body[key] = clock::text(at)?.into();
            }
        }
        Ok(body)
    }

    fn revoked(&self, lock: &str) -> Value {
        json!({"lockId": lock, "removedBy": self.tag, "reason": "moved out"})
    }
}
