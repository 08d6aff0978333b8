//! The settings of codes by e-mail, and of how long a proved factor is remembered.

use std::time::Duration;

use portcullis_domain::totp::EmailPolicy;

use super::Effective;

impl Effective {
    pub(super) fn email_factor(&mut self) -> Option<EmailPolicy> {
        let switch = "true or false";
        let enabled = self.value("two_factor.email_enabled", switch);
        let auto_opt_in = self.value("two_factor.email_auto_opt_in", switch);
        let expiration = self.value("two_factor.email_code_expiration", "a number of seconds");
        if expiration.is_some_and(|seconds: u64| !(600..=86_400).contains(&seconds)) {
            let why = "must be 600 to 86400 seconds: a code with five minutes left is not asked for any more";
            self.fault("two_factor.email_code_expiration", why);
        }
        let max_attempts = self.value("two_factor.email_max_attempts", "a number");
        if max_attempts.is_some_and(|attempts: u32| !(1..=20).contains(&attempts)) {
            self.fault("two_factor.email_max_attempts", "must be 1 to 20");
        }
        Some(EmailPolicy {
            enabled: enabled?,
            auto_opt_in: auto_opt_in?,
            code_expiration: Duration::from_secs(expiration?),
            max_attempts: max_attempts?,
        })
    }

    /// A second factor proved more than a day ago proves nothing.
    pub(super) fn remember_for(&mut self) -> Option<Duration> {
        let seconds: u64 = self.value("two_factor.remember_for", "a number of seconds")?;
        if seconds > 86_400 {
            self.fault("two_factor.remember_for", "must be 0 to 86400 seconds");
        }
        Some(Duration::from_secs(seconds))
    }
}
