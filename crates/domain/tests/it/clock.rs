//! Timestamps.

use std::time::Duration;

use portcullis_domain::clock::{InvalidTimestamp, Timestamp};
use proptest::prelude::*;

const FIRST: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;

#[test]
fn text_is_read_at_any_offset_and_written_in_utc() {
    for (text, written) in [
        ("2026-11-21T10:15:00Z", "2026-11-21T10:15:00.000Z"),
        ("2026-11-21T10:15:00.1Z", "2026-11-21T10:15:00.100Z"),
        ("2026-11-21T11:15:00.123+01:00", "2026-11-21T10:15:00.123Z"),
        ("2026-11-20T23:45:00.999999-10:30", "2026-11-21T10:15:00.999Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"),
    ] {
        assert_eq!(Timestamp::parse(text).map(|at| at.to_string()), Ok(written.to_owned()), "{text}");
    }
}

#[test]
fn text_that_is_no_instant_is_refused() {
    for text in [
        "",
        "2026-11-21",
        "2026-11-21T10:15:00",
        "2026-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z",
        "1795256100000",
        "10000-01-01T00:00:00Z",
        "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59.999-00:01",
        " 2026-11-21T10:15:00Z",
    ] {
        assert_eq!(Timestamp::parse(text), Err(InvalidTimestamp), "{text}");
    }
}

#[test]
fn arithmetic_stops_at_the_ends_of_time() {
    let (first, last) = (Timestamp::from_unix_millis(FIRST), Timestamp::from_unix_millis(LAST));
    assert_eq!(Timestamp::from_unix_millis(i64::MIN), first);
    assert_eq!(Timestamp::from_unix_millis(i64::MAX), last);
    assert_eq!(last.plus(Duration::from_millis(1)), last);
    assert_eq!(first.minus(Duration::MAX), first);
    assert_eq!(first.plus(Duration::MAX), last);
    assert_eq!(first.plus(Duration::from_millis(1)).unix_millis(), FIRST + 1);
}

#[test]
fn a_json_number_is_no_timestamp() {
    assert!(serde_json::from_str::<Timestamp>("1795256100000").is_err());
    assert!(serde_json::from_str::<Timestamp>("\"soon\"").is_err());
}

proptest! {
    #[test]
    fn every_instant_is_read_as_it_is_written(millis in FIRST..=LAST) {
        let at = Timestamp::from_unix_millis(millis);
        prop_assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
        prop_assert_eq!(at.to_string().len(), 24);
        prop_assert_eq!(Timestamp::from_unix_micros(at.unix_micros()), at);
        let json = serde_json::to_string(&at).unwrap();
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
    }

    #[test]
    fn text_sorts_as_time_does(one in FIRST..=LAST, other in FIRST..=LAST) {
        let (one, other) = (Timestamp::from_unix_millis(one), Timestamp::from_unix_millis(other));
        prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
    }

    #[test]
    fn microseconds_are_cut_towards_the_past(micros in FIRST * 1000..=LAST * 1000) {
        let at = Timestamp::from_unix_micros(micros);
        prop_assert!(at.unix_micros() <= micros && micros < at.unix_micros() + 1000);
    }

    #[test]
    fn later_and_earlier_cancel_out(millis in 0..LAST / 2, by in 0..1_000_000_000_u64) {
        let (at, by) = (Timestamp::from_unix_millis(millis), Duration::from_millis(by));
        prop_assert_eq!(at.plus(by).minus(by), at);
    }

    #[test]
    fn no_text_is_too_odd(text in ".{0,40}") {
        if let Ok(at) = Timestamp::parse(&text) {
            prop_assert!((FIRST..=LAST).contains(&at.unix_millis()));
        }
    }
}
