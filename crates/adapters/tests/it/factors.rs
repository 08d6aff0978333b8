//! Codes and hashes.

use std::sync::Arc;

use portcullis_adapters::clock::SystemClock;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::hasher::Argon2Hasher;
use portcullis_adapters::totp::Rfc6238Codes;
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::port::{Hasher, TotpCodes};
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::TotpSecret;
use portcullis_domain::user::{PasswordDigest, PasswordHash};
use portcullis_testkit::build::user_name;
use portcullis_testkit::fake::FakeHasher;

/// The SHA-1 secret of RFC 6238, appendix B: "12345678901234567890".
const RFC_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

#[test]
fn codes_are_those_of_rfc_6238() {
    let secret = TotpSecret::new(RFC_SECRET);
    // The last six of the eight digits of appendix B.
    let vectors = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    for (seconds, code) in vectors {
        let now = Timestamp::from_unix_millis(seconds * 1000);
        let step = u64::try_from(seconds / 30).unwrap();
        assert_eq!(Rfc6238Codes.matched_step(&secret, code, now, 0), Some(step), "at {seconds}");
    }
}

#[test]
fn a_code_matches_within_the_delta_to_either_side() {
    let secret = TotpSecret::new(RFC_SECRET);
    let at = |step: i64| Timestamp::from_unix_millis(step * 30_000);
    let matched = |now, delta| Rfc6238Codes.matched_step(&secret, "005924", now, delta);
    let step = 1_234_567_890 / 30;
    assert_eq!(matched(at(step - 1), 1), Some(41_152_263));
    assert_eq!(matched(at(step + 1), 1), Some(41_152_263));
    assert_eq!(matched(at(step - 2), 1), None);
    assert_eq!(matched(at(step + 2), 1), None);
    assert_eq!(matched(at(step + 2), 2), Some(41_152_263));
}

#[test]
fn only_six_ascii_digits_are_a_code() {
    let secret = TotpSecret::new(RFC_SECRET);
    let now = Timestamp::from_unix_millis(1_234_567_890_000);
    for code in ["5924", "0005924", "+05924", " 005924", "005924 ", "00592４", "00 924", "", "005925"] {
        assert_eq!(Rfc6238Codes.matched_step(&secret, code, now, 1), None, "{code:?}");
    }
    let before_all = Timestamp::from_unix_millis(-1);
    assert_eq!(Rfc6238Codes.matched_step(&secret, "005924", before_all, 1), None);
    assert_eq!(Rfc6238Codes.matched_step(&TotpSecret::new("not base32!"), "005924", now, 1), None);
}

#[test]
fn a_secret_has_52_characters_and_an_address_without_frills() {
    let secret = Rfc6238Codes.new_secret(&SystemEntropy);
    assert_eq!(secret.expose().len(), 52);
    assert!(secret.expose().bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b)));
    let url = Rfc6238Codes.provisioning_url(&secret, &user_name("ada.l-1_ö"));
    assert_eq!(url, format!("otpauth://totp/Rocket.Chat%3Aada.l-1_%C3%B6?secret={}", secret.expose()));
    assert_ne!(Rfc6238Codes.new_secret(&SystemEntropy).expose(), secret.expose());
}

#[tokio::test]
async fn passwords_are_verified_and_salted() {
    let hasher = Argon2Hasher::new(Arc::new(SystemEntropy));
    let (right, wrong) = (FakeHasher::password_digest("right"), FakeHasher::password_digest("wrong"));
    let hash = hasher.hash_password(&right).await.unwrap();
    assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
    assert_ne!(hasher.hash_password(&right).await.unwrap().expose(), hash.expose());
    assert!(hasher.verify_password(&right, Some(hash.clone())).await.unwrap());
    assert!(!hasher.verify_password(&wrong, Some(hash)).await.unwrap());
    assert!(!hasher.verify_password(&right, None).await.unwrap());
    assert!(hasher.verify_password(&right, Some(PasswordHash::new("no PHC string"))).await.is_err());
    let parsed = PasswordDigest::parse(right.expose()).unwrap();
    assert_eq!(parsed.expose(), right.expose());
}

#[tokio::test]
async fn backup_codes_are_found_under_their_salt() {
    let hasher = Argon2Hasher::new(Arc::new(SystemEntropy));
    let codes = ["one", "two"].map(|code| Secret::new(code.to_owned()));
    let (kept, again) =
        (hasher.hash_backup_codes(&codes).await.unwrap(), hasher.hash_backup_codes(&codes).await.unwrap());
    assert_ne!(kept.salt, again.salt);
    assert_eq!(hasher.find_backup_code(&codes[1], &kept).await.unwrap(), Some(kept.hashes[1]));
    assert_eq!(hasher.find_backup_code(&Secret::new("three".to_owned()), &kept).await.unwrap(), None);
}

#[test]
fn the_digest_is_sha_256_and_the_clock_is_the_machines() {
    let digest = Argon2Hasher::new(Arc::new(SystemEntropy)).digest(b"abc");
    assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf]);
    assert!(SystemClock.now() > Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
}
