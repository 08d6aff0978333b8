//! What cannot be explained.

use std::fmt;

/// Which promise was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Versions are contiguous from 1.
    Contiguous,
    /// An event follows from the events before it: a lock on the list is not added, one that is not there does not leave.
    Follows,
    /// Every event was asked for, once, and is as it was asked for.
    Asked,
    /// What was acknowledged is on record at the version told, as it was told.
    Kept,
    /// Nobody sees less than was acknowledged to anybody before the request.
    Fresh,
    /// Nobody sees what cannot have happened yet.
    Possible,
    /// A refusal is true at some version the caller may have met.
    Refused,
    /// A list read is the list at its version.
    Listed,
    /// Keys reach locks of their own organisation only.
    Owned,
    /// Requests with one `Idempotency-Key` have one answer.
    Repeated,
}

/// One thing that cannot be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The promise.
    pub rule: Rule,
    /// What happened.
    pub text: String,
}

impl Fault {
    pub(super) fn new(rule: Rule, text: impl Into<String>) -> Self {
        Self { rule, text: text.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.text)
    }
}
