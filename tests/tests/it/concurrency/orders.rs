//! What clients ask for, at random.

use anyhow::Result;
use portcullis_tests::clock;
use portcullis_tests::dice::Dice;
use portcullis_tests::linear::{Asked, Grant, Moment};
use serde_json::{Value, json};

pub(super) const PEOPLE: usize = 50;
pub(super) const LOCKS: usize = 50;
/// So many of each get half of all orders, so that there is something to race for.
const CROWDED: usize = 4;

/// One thing somebody wants done, sent once or twice.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) tag: String,
    pub(super) person: usize,
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

fn pick(dice: &mut Dice, of: usize) -> usize {
    let crowded = dice.percent(50);
    dice.below(if crowded { CROWDED } else { of })
}

pub(super) fn draw(dice: &mut Dice, tag: String, now: Moment) -> Order {
    let (person, lock) = (pick(dice, PEOPLE), lock(pick(dice, LOCKS)));
    let asked = match dice.below(100) {
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
    Order { tag, person, asked, repeated, conditional }
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
        let person = person(self.person);
        let (name, body) = match &self.asked {
            Asked::Grant(_) => ("AddAccessibleLock", Some(self.payload()?)),
            Asked::Revoke { .. } => ("RemoveAccessibleLock", Some(self.payload()?)),
            _ => ("accessible-locks", None),
        };
        Ok((format!("/users/{person}/{name}"), body))
    }

    /// What is sent, which is also what the event has to say, but for the time it was taken away.
    pub(super) fn payload(&self) -> Result<Value> {
        Ok(match &self.asked {
            Asked::Grant(grant) => {
                let mut body = json!({"lockId": grant.lock, "lockName": grant.name, "accessLevel": grant.level,
                    "grantedBy": grant.by});
                for (key, at) in [("validFrom", grant.from), ("validUntil", grant.until)] {
                    if let Some(at) = at {
                        body[key] = clock::text(at)?.into();
                    }
                }
                body
            }
            Asked::Revoke { lock } => json!({"lockId": lock, "removedBy": self.tag, "reason": "moved out"}),
            _ => Value::Null,
        })
    }
}
