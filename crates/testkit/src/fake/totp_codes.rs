//! Codes without RFC 6238.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::entropy::{Entropy, random_text};
use portcullis_domain::port::TotpCodes;
use portcullis_domain::text::UserName;
use portcullis_domain::totp::TotpSecret;

use super::hasher::sha256;

const STEP_MILLIS: i64 = 30_000;
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// One six-digit code for each secret and step, the same on every run; not the codes an authenticator app shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct FakeTotpCodes;

impl FakeTotpCodes {
    /// The step an instant falls into.
    pub fn step_at(at: Timestamp) -> u64 {
        at.unix_millis().div_euclid(STEP_MILLIS).unsigned_abs()
    }

    /// The code of a secret at a step.
    pub fn code_for(secret: &TotpSecret, step: u64) -> String {
        let [a, b, c, d, ..] = sha256(&[secret.expose().as_bytes(), &step.to_be_bytes()]);
        format!("{:06}", u32::from_be_bytes([a, b, c, d]) % 1_000_000)
    }

    /// The code an app would show at an instant.
    pub fn code_at(secret: &TotpSecret, at: Timestamp) -> String {
        Self::code_for(secret, Self::step_at(at))
    }
}

impl TotpCodes for FakeTotpCodes {
    fn new_secret(&self, entropy: &dyn Entropy) -> TotpSecret {
        TotpSecret::new(random_text(entropy, BASE32, 52))
    }

    fn provisioning_url(&self, secret: &TotpSecret, account: &UserName) -> String {
        format!("otpauth://totp/Rocket.Chat%3A{}?secret={}", account.as_str(), secret.expose())
    }

    fn matched_step(&self, secret: &TotpSecret, code: &str, now: Timestamp, max_delta: u8) -> Option<u64> {
        let (here, delta) = (Self::step_at(now), u64::from(max_delta));
        (here.saturating_sub(delta)..=here + delta).find(|step| Self::code_for(secret, *step) == code)
    }
}
