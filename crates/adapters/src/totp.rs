//! TOTP codes (RFC 6238) by totp-rs.

use std::fmt::Write;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::entropy::Entropy;
use portcullis_domain::port::TotpCodes;
use portcullis_domain::text::UserName;
use portcullis_domain::totp::TotpSecret;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use totp_rs::{Algorithm, Builder, Secret};
use zeroize::Zeroize;

const STEP: u64 = 30;
const DIGITS: u8 = 6;

/// SHA-1, 6 digits, steps of 30 s: what every authenticator app takes without being told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rfc6238Codes;

impl TotpCodes for Rfc6238Codes {
    fn new_secret(&self, entropy: &dyn Entropy) -> TotpSecret {
        let mut bytes = [0_u8; 32];
        entropy.fill(&mut bytes);
        let secret = TotpSecret::new(Secret::new(Box::new(bytes)).to_base32());
        bytes.zeroize();
        secret
    }

    fn provisioning_url(&self, secret: &TotpSecret, account: &UserName) -> String {
        format!("otpauth://totp/Rocket.Chat%3A{}?secret={}", percent_encoded(account.as_str()), secret.expose())
    }

    fn matched_step(&self, secret: &TotpSecret, code: &str, now: Timestamp, max_delta: u8) -> Option<u64> {
        let digits = code.as_bytes();
        if digits.len() != usize::from(DIGITS) || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let sent = digits.iter().fold(0_u32, |value, digit| value * 10 + u32::from(digit - b'0'));
        let secret = Secret::try_from_base32(secret.expose()).ok()?;
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP)
            .with_secret(secret)
            .build()
            .ok()?;
        let current = u64::try_from(now.unix_millis()).ok()? / (STEP * 1000);
        let delta = u64::from(max_delta);
        // Every step of the window is looked at, so that the time taken does not tell which one matched.
        let (mut matched, mut found) = (0_u64, 0_u8);
        for step in current.saturating_sub(delta)..=current + delta {
            let signature = totp.sign(step * STEP);
            let equal = truncated(signature.as_ref()).ct_eq(&sent);
            matched = u64::conditional_select(&matched, &step, equal);
            found |= equal.unwrap_u8();
        }
        (found == 1).then_some(matched)
    }
}

/// Dynamic truncation (RFC 4226, 5.3) of an HMAC-SHA-1 value to 6 digits.
fn truncated(signature: &[u8]) -> u32 {
    let offset = signature.last().map_or(0, |last| usize::from(last & 0xF));
    let word = signature.get(offset..offset + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
    (u32::from_be_bytes(word) & 0x7FFF_FFFF) % 10_u32.pow(u32::from(DIGITS))
}

/// Percent-encoding of everything but the unreserved characters (RFC 3986, 2.3).
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
