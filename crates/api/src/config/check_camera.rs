//! The rules of the settings about camera accounts.

use portcullis_domain::threedeye::{InvalidPasswordPolicy, PasswordPolicy};

use super::Effective;

const LENGTH: &str = "threedeye.password_length";
const SIGNS: &str = "threedeye.password_signs";

impl Effective {
    /// How passwords of camera accounts are made.
    pub(super) fn camera_passwords(&mut self) -> Option<PasswordPolicy> {
        let length = self.value(LENGTH, "a number of characters");
        let signs = self.text(SIGNS);
        let policy = PasswordPolicy::new(length?, &signs?);
        policy
            .map_err(|fault| match fault {
                InvalidPasswordPolicy::Length => self.fault(LENGTH, fault),
                InvalidPasswordPolicy::Signs => self.fault(SIGNS, fault),
            })
            .ok()
    }
}
