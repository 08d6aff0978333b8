//! What can go wrong, told apart by what the caller may do next.

use std::time::Duration;

/// Why an operation did not succeed.
///
/// The question behind the variants is: *may something have changed over there?* Calls that read, and calls that may be
/// repeated without harm (deleting, adding to and removing from a role), are **repeatable**; making a user or a role is
/// sent **once**.
///
/// | What happened | repeatable | once |
/// |---|---|---|
/// | the circuit is open, or 3dEye asked for a pause | `CircuitOpen` | `CircuitOpen` |
/// | no free place among [`Config::concurrency`](crate::Config::concurrency) before the deadline | `Unavailable` | `Unavailable` |
/// | no connection (refused, unknown host, TLS, connect time-out) | `Unavailable` | `Unavailable` |
/// | deadline before the request was handed to a connection, or after its 401 | `Unavailable` | `Unavailable` |
/// | deadline or [`Config::call_timeout`](crate::Config::call_timeout) after that | `Unavailable` | `Ambiguous` |
/// | connection lost before a whole answer | `Unavailable` | `Ambiguous` |
/// | 2xx that cannot be read | `Decode` | `Ambiguous` |
/// | 2xx larger than the cap | `TooLarge` | `Ambiguous` |
/// | 3xx (redirects are not followed) | `Rejected` | `Ambiguous` |
/// | 401 twice, or 403 | `Unauthorised` | `Unauthorised` |
/// | 404 where absence is an answer | a value, no error | `Rejected` |
/// | 408, 425, 429 | `Unavailable` | `Unavailable` |
/// | 409 | `Rejected` | `EmailTaken` for a user, else `Rejected` |
/// | any other 4xx | `Rejected` | `Rejected` |
/// | 503 | `Unavailable` | `Unavailable` |
/// | any other 5xx | `Unavailable` | `Ambiguous` |
/// | sign-in refused (any 4xx but 408, 425, 429) | `Unauthorised` | `Unauthorised` |
/// | sign-in failed otherwise | as a repeatable call | as a repeatable call |
///
/// Remarks on the close ones. 500 may come after the work was done, 502 and 504 come from a gateway that had already
/// passed the request on: only looking tells. 503 is by definition "cannot handle this request now"; a proxy that answers
/// it after passing the request on breaks that promise, so a caller who repeats a creation should look first anyway. A
/// creation that ran into the deadline while its connection was still being made counts as sent. The sign-in changes
/// nothing, so its failures never make a creation ambiguous. Of a call that the circuit or the crowd kept back, nothing was
/// sent at all.
///
/// No variant holds a secret, a query string or a value out of an answer. The one text taken from 3dEye, `message`, is
/// cut to 200 characters after everything secret or personal that the call sent was blotted out of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of the user to be made belongs to an account already, perhaps one of another customer, which we can
    /// neither see nor change.
    #[error("the e-mail address belongs to another account of 3dEye")]
    EmailTaken,
    /// 3dEye understood the call and will not do it. Repeating it unchanged is no use.
    #[error("3dEye refused the call with status {status}: {message}")]
    Rejected {
        /// HTTP status.
        status: u16,
        /// What 3dEye says about it; empty if it says nothing readable.
        message: String,
    },
    /// 3dEye does not accept our API key or login, or the login may not do this.
    #[error("3dEye does not accept our credentials (status {status}): {message}")]
    Unauthorised {
        /// HTTP status.
        status: u16,
        /// What 3dEye says about it; empty if it says nothing readable.
        message: String,
    },
    /// Nothing happened, or what happened may be repeated without harm: try again later.
    #[error("3dEye is unavailable: {cause}")]
    Unavailable {
        /// How long 3dEye asks us to wait, where it told so, in seconds or as a date; at most a day.
        retry_after: Option<Duration>,
        /// What was seen.
        cause: Cause,
    },
    /// Nothing was sent: too many calls failed before this one, or 3dEye asked for a pause. See
    /// [`Client::circuit`](crate::Client::circuit).
    #[error("3dEye is left alone for {retry_after:?} after failures")]
    CircuitOpen {
        /// How long calls are refused yet, or how long to leave it to the call that tries out whether 3dEye is back.
        retry_after: Duration,
    },
    /// The user or role may or may not have been made. Look before trying again.
    #[error("it is unknown whether 3dEye did what was asked: {cause}")]
    Ambiguous {
        /// What was seen.
        cause: Cause,
    },
    /// The answer is not what 3dEye is known to say.
    #[error("the answer of 3dEye cannot be read at `{path}`")]
    Decode {
        /// Where in the answer, as in `data[3].email`; `.` is the document itself.
        path: String,
    },
    /// The answer is larger than we are willing to read.
    #[error("the answer of 3dEye is larger than {limit} bytes")]
    TooLarge {
        /// The cap, in bytes.
        limit: usize,
    },
    /// A list repeats a page or has more pages than the configuration allows, so what was read of it proves nothing.
    #[error("the list of 3dEye does not advance at page {page}")]
    EndlessList {
        /// The page, counted from 1.
        page: u32,
    },
}

impl Error {
    /// A name for labels, in lower case with underscores. It stays the same from release to release.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::EmailTaken => "email_taken",
            Self::Rejected { .. } => "rejected",
            Self::Unauthorised { .. } => "unauthorised",
            Self::Unavailable { .. } => "unavailable",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Decode { .. } => "decode",
            Self::TooLarge { .. } => "too_large",
            Self::EndlessList { .. } => "endless_list",
        }
    }
}

/// What was seen of a failure that leaves the caller waiting or wondering.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// No connection could be made; the text is the innermost reason of the network or TLS library.
    #[error("no connection ({0})")]
    Connect(String),
    /// The connection ended before a whole answer; the text is the innermost reason of the network or HTTP library.
    #[error("the connection was lost ({0})")]
    Lost(String),
    /// The time allowed by [`Config::timeout`](crate::Config::timeout) ran out.
    #[error("no answer in time")]
    Deadline,
    /// One exchange took longer than [`Config::call_timeout`](crate::Config::call_timeout).
    #[error("no answer to a call in time")]
    CallDeadline,
    /// As many calls as [`Config::concurrency`](crate::Config::concurrency) allows were under way until the time ran out.
    /// Nothing was sent.
    #[error("too many calls at once")]
    Crowded,
    /// The HTTP status.
    #[error("status {0}")]
    Status(u16),
    /// The answer to a creation cannot be read at this path.
    #[error("an answer that cannot be read at `{0}`")]
    Undecodable(String),
    /// The answer to a creation is larger than this many bytes.
    #[error("an answer larger than {0} bytes")]
    TooLarge(usize),
}
