//! What can be made to go wrong, and when.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::body::Filler;
use crate::operation::Operation;

/// One way for one operation to go wrong, a number of times or until cleared.
///
/// As JSON: `{"operation": "createUser", "when": "after", "what": {"status": {"code": 503, "retryAfter": 2}}, "times": 1}`,
/// and also `"about": "ann@example.com"` and `"skip": 2`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The call it befalls.
    pub operation: Operation,
    /// Whether the call does its work first.
    pub when: When,
    /// What happens.
    pub what: Misbehaviour,
    /// How many calls it befalls; until cleared if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<NonZeroU32>,
    /// Only calls about this user id, role id or e-mail address, whatever its case. A call is about the ids in its path and
    /// its body, the address in its body, and the address of the user it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// So many calls that it could befall go by first.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub skip: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_nought(number: &u32) -> bool {
    *number == 0
}

/// Whether a call goes wrong before or after its work is done.
///
/// Before also means before anybody looks at the credentials, and that the work is never done, but for
/// [`Misbehaviour::Delay`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// The work is not done.
    Before,
    /// The work is done, and the answer goes wrong.
    After,
}

/// What a call does instead of answering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Misbehaviour {
    /// It takes this long and then goes its normal way, also if the client has hung up by then.
    #[serde(rename_all = "camelCase")]
    Delay {
        /// Milliseconds.
        millis: u64,
    },
    /// It answers with this status and a `message`.
    #[serde(rename_all = "camelCase")]
    Status {
        /// From 400 to 599.
        code: u16,
        /// Seconds, for the header `Retry-After`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// It closes the connection without a byte of answer, in good order (TCP FIN).
    HangUp,
    /// It tears the connection down without a byte of answer (TCP RST).
    Reset,
    /// It answers with success and well-formed JSON of this length, whose length is not announced. A refusal stays as it is.
    #[serde(rename_all = "camelCase")]
    HugeBody {
        /// From 13 to 1 GiB.
        bytes: u64,
    },
    /// It answers with the status and the headers at once and then sends the body byte by byte. An answer without a body
    /// becomes `{}` for it, and so does the success that a call without work has.
    #[serde(rename_all = "camelCase")]
    SlowDrip {
        /// Pause before each byte.
        millis_per_byte: u64,
    },
    /// It answers with success and JSON that breaks off. A refusal stays as it is.
    MalformedJson,
    /// It answers with success and numbers for texts and lists. A refusal stays as it is.
    WrongTypes,
    /// It answers with success and an empty object, so that a creation gives no id. A refusal stays as it is.
    WithoutId,
}

impl Fault {
    /// Befalls every call until cleared, instead of its work.
    pub fn before(operation: Operation, what: Misbehaviour) -> Self {
        Self { operation, when: When::Before, what, times: None, about: None, skip: 0 }
    }

    /// Befalls every call until cleared, after its work.
    pub fn after(operation: Operation, what: Misbehaviour) -> Self {
        Self { operation, when: When::After, what, times: None, about: None, skip: 0 }
    }

    /// The same for the next `times` calls only; 0 means until cleared.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = NonZeroU32::new(times);
        self
    }

    /// The same for the next call only.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// The same for calls about this user id, role id or e-mail address only.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.about = Some(subject.into());
        self
    }

    /// The same after so many calls have gone by.
    #[must_use]
    pub fn skip(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    pub(crate) fn could_befall(&self, operation: Operation, about: &[String]) -> bool {
        let meant = |subject: &String| about.iter().any(|named| named.to_lowercase() == subject.to_lowercase());
        self.operation == operation && self.about.as_ref().is_none_or(meant)
    }

    /// Why the fault cannot be injected, if so.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        match self.what {
            Misbehaviour::Status { code, .. } if !(400..=599).contains(&code) => Err("A status is 400 to 599."),
            Misbehaviour::Delay { millis } if millis > 600_000 => Err("A delay is at most 600000 ms."),
            Misbehaviour::SlowDrip { millis_per_byte } if millis_per_byte > 600_000 => {
                Err("A pause between bytes is at most 600000 ms.")
            }
            Misbehaviour::HugeBody { bytes } if !(Filler::LEAST..=Filler::MOST).contains(&bytes) => {
                Err("A body has 13 to 1073741824 bytes.")
            }
            _ => Ok(()),
        }
    }
}

impl Misbehaviour {
    /// It takes this long; see [`Misbehaviour::Delay`]. At most ten minutes.
    pub fn delay(duration: Duration) -> Self {
        Self::Delay { millis: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX) }
    }

    /// It answers with this status, 400 to 599.
    pub fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None }
    }

    /// It answers with this status and asks for a pause of so many seconds.
    pub fn status_retry_after(code: u16, seconds: u32) -> Self {
        Self::Status { code, retry_after: Some(seconds) }
    }
}
