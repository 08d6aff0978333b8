//! TOTP codes (RFC 6238) by totp-rs.

use std::fmt::Write;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::entropy::Entropy;
use portcullis_domain::port::TotpCodes;
use portcullis_domain::text::UserName;
use portcullis_domain::totp::TotpSecret;
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
        // The library forgives blanks between the digits; the wire does not know them.
        if code.len() != usize::from(DIGITS) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP)
            .with_skew(u16::from(max_delta))
            .with_secret(Secret::try_from_base32(secret.expose()).ok()?)
            .build()
            .ok()?;
        totp.check(code, u64::try_from(now.unix_millis()).ok()? / 1000)
    }
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
