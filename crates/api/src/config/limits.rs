//! The rules of the settings that say how often something may be tried.

use std::time::Duration;

use portcullis_domain::session::LockoutPolicy;

use super::Effective;
use crate::http::rate_limit::RatePolicy;

/// Longest window: whoever wants to keep somebody out for longer switches the account off.
const LONGEST: Duration = Duration::from_hours(24);

/// How 3dEye is called.
pub(super) struct RemoteCalls {
    pub(super) call_timeout: Duration,
    pub(super) concurrency: usize,
    pub(super) breaker_failures: u32,
    pub(super) breaker_pause: Duration,
}

impl Effective {
    /// How 3dEye is called, and when not.
    pub(super) fn remote_calls(&mut self) -> Option<RemoteCalls> {
        let call_timeout = self.seconds("threedeye.call_timeout", 25);
        let concurrency = self.value("threedeye.concurrency", "a number");
        if concurrency.is_some_and(|calls| !(1..=1000).contains(&calls)) {
            self.fault("threedeye.concurrency", "must be 1 to 1000 calls at once");
        }
        let breaker_failures = self.at_least_one("threedeye.breaker_failures");
        let breaker_pause = self.seconds("threedeye.breaker_pause", 300);
        Some(RemoteCalls {
            call_timeout: call_timeout?,
            concurrency: concurrency?,
            breaker_failures: breaker_failures?,
            breaker_pause: breaker_pause?,
        })
    }

    fn seconds(&mut self, key: &str, most: u64) -> Option<Duration> {
        let seconds = self.value(key, "a number of seconds")?;
        if !(1..=most).contains(&seconds) {
            self.fault(key, format_args!("must be 1 to {most} seconds"));
        }
        Some(Duration::from_secs(seconds))
    }

    /// Failed sign-ins, where they are counted.
    pub(super) fn lockout(&mut self, counted: bool) -> Option<LockoutPolicy> {
        let account_failures = self.at_least_one("lockout.account_failures");
        let address_failures = self.at_least_one("lockout.address_failures");
        let window = self.window("lockout.window", Duration::from_secs);
        let policy =
            LockoutPolicy { account_failures: account_failures?, address_failures: address_failures?, window: window? };
        counted.then_some(policy)
    }

    /// Calls, where they are limited.
    pub(super) fn rate_limit(&mut self) -> Option<RatePolicy> {
        let enabled: Option<bool> = self.value("rate_limit.enabled", "true or false");
        let calls = self.at_least_one("rate_limit.calls");
        let window = self.window("rate_limit.window_ms", Duration::from_millis);
        let policy = RatePolicy { calls: calls?, window: window? };
        enabled?.then_some(policy)
    }

    pub(super) fn at_least_one(&mut self, key: &str) -> Option<u32> {
        const RULE: &str = "a number of 1 or more";
        let number = self.value(key, RULE)?;
        if number == 0 {
            self.fault(key, format_args!("must be {RULE}"));
        }
        Some(number)
    }

    pub(super) fn window(&mut self, key: &str, unit: impl Fn(u64) -> Duration) -> Option<Duration> {
        let window = unit(self.value(key, "a whole number")?);
        if window.is_zero() || window > LONGEST {
            self.fault(key, "must be more than nothing and at most a day");
        }
        Some(window)
    }
}
