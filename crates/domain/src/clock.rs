//! The one timestamp type, and the clock it comes from.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Where the time comes from. Sync, cheap, callable from anywhere.
///
/// The clock may step backwards (NTP); nothing in the domain orders events by it. Versions and positions do that.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present instant in UTC, cut to whole milliseconds.
    fn now(&self) -> Timestamp;
}

/// An instant in UTC with millisecond precision, between the years 0 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Text or a number that is no instant this service can write.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be an RFC 3339 date-time")]
pub struct InvalidTimestamp;

/// 9999-12-31T23:59:59.999Z, the last instant RFC 3339 can write.
const LAST_MILLIS: i64 = 253_402_300_799_999;
/// 0000-01-01T00:00:00Z, the first one.
const FIRST_MILLIS: i64 = -62_167_219_200_000;

impl Timestamp {
    /// Builds an instant from milliseconds since 1970-01-01T00:00:00Z, held within the years 0 to 9999.
    pub const fn from_unix_millis(millis: i64) -> Self {
        if millis > LAST_MILLIS {
            Self(LAST_MILLIS)
        } else if millis < FIRST_MILLIS {
            Self(FIRST_MILLIS)
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Microseconds since 1970-01-01T00:00:00Z: the form databases keep.
    pub const fn unix_micros(self) -> i64 {
        self.0 * 1000
    }

    /// Builds an instant from microseconds, cut to whole milliseconds.
    pub const fn from_unix_micros(micros: i64) -> Self {
        Self::from_unix_millis(micros.div_euclid(1000))
    }

    /// Reads RFC 3339 with any offset; digits past the millisecond are cut.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidTimestamp)?;
        let millis = parsed.unix_timestamp_nanos().div_euclid(1_000_000);
        match i64::try_from(millis) {
            Ok(millis) if (FIRST_MILLIS..=LAST_MILLIS).contains(&millis) => Ok(Self(millis)),
            _ => Err(InvalidTimestamp),
        }
    }

    /// This instant later by `by`, or the last one that can be written.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Self::from_unix_millis(self.0.saturating_add(millis))
    }

    /// This instant earlier by `by`, or the first one that can be written.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Self::from_unix_millis(self.0.saturating_sub(millis))
    }
}

/// Times as numbers, for the wires that have them so: `#[serde(with = "epoch_millis")]`.
pub(crate) mod epoch_millis {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Timestamp;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.unix_millis())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_unix_millis)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339, UTC, always three digits of milliseconds: `2026-11-21T10:15:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0) * 1_000_000;
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|_| fmt::Error)?.to_offset(UtcOffset::UTC);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}
