//! The time of a run.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::linear::{Millis, Moment};

/// A clock that is set once and only runs on since: it orders what clients of one test see, and tells the time of day.
#[derive(Debug, Clone, Copy)]
pub struct RunClock {
    started: Instant,
    at: Duration,
}

impl RunClock {
    /// Sets it.
    #[expect(clippy::disallowed_methods, reason = "the servers go by the time of day")]
    pub fn start() -> Result<Self> {
        Ok(Self { started: Instant::now(), at: SystemTime::now().duration_since(UNIX_EPOCH)? })
    }

    /// Now.
    pub fn now(&self) -> Moment {
        Moment(i64::try_from((self.at + self.started.elapsed()).as_micros()).unwrap_or(i64::MAX))
    }

    /// Since it was set.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The instant after a period from now, as [`text`].
pub fn after(period: Duration) -> Result<String> {
    text(RunClock::start()?.now().millis() + i64::try_from(period.as_millis())?)
}

/// RFC 3339 as the service writes it, with three digits of milliseconds.
pub fn text(at: Millis) -> Result<String> {
    let seconds = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000))?.format(&Rfc3339)?;
    Ok(format!("{}.{:03}Z", seconds.trim_end_matches('Z'), at.rem_euclid(1000)))
}

/// Milliseconds since 1970 of an RFC 3339 text.
pub fn millis(text: &str) -> Result<Millis> {
    let at = OffsetDateTime::parse(text, &Rfc3339).with_context(|| format!("no instant: {text}"))?;
    Ok(i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000))?)
}
