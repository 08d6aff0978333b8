//! Identifiers.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::entropy::{Entropy, random_text};
use portcullis_domain::ids::{ApiKeyPrefix, LockId, OrgId, RequestId, UserId, uuid_v7};
use portcullis_domain::org::ApiKeyText;
use portcullis_domain::session::AuthToken;
use portcullis_testkit::fake::SeededEntropy;
use proptest::prelude::*;

#[test]
fn a_user_id_is_a_hyphenated_uuid_in_either_case() {
    let text = "0190A3C2-7B5E-7d11-9f00-0123456789ab";
    assert_eq!(UserId::parse(text).unwrap().to_string(), text.to_lowercase());
    for text in [
        "",
        "0190a3c27b5e7d119f000123456789ab",
        "{0190a3c2-7b5e-7d11-9f00-0123456789ab}",
        "urn:uuid:0190a3c2-7b5e-7d11-9f00-0123456789ab",
        "0190a3c2-7b5e-7d11-9f00-0123456789ag",
        "0190a3c2-7b5e-7d11-9f00-0123456789ab ",
        "00000000-0000-0000-0000-000000000000",
        "0190a3c27b5e-7d11-9f00-0123456789ab-",
    ] {
        assert!(UserId::parse(text).is_err(), "{text}");
    }
    assert_eq!(UserId::NOBODY.to_string(), "00000000-0000-0000-0000-000000000000");
}

#[test]
fn text_ids_have_a_length_and_no_control_characters() {
    assert!(LockId::parse("").is_err());
    assert!(LockId::parse("x".repeat(128)).is_ok());
    assert!(LockId::parse("ü".repeat(128)).is_ok(), "characters count, not bytes");
    assert!(LockId::parse("x".repeat(129)).is_err());
    assert!(OrgId::parse("a\nb").is_err());
    assert!(RequestId::parse("r".repeat(65)).is_err());
    assert_eq!(
        LockId::parse("\u{7f}").unwrap_err().to_string(),
        "must be 1 to 128 characters, none of them a control character"
    );
}

#[test]
fn a_key_prefix_is_eight_letters_or_digits() {
    assert!(ApiKeyPrefix::parse("Abcd1234").is_ok());
    for text in ["", "Abcd123", "Abcd12345", "Abcd-123", "Äbcd123", "Abcd 123"] {
        assert!(ApiKeyPrefix::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_key_begins_with_its_prefix_and_does_not_show() {
    let key = ApiKeyText::generate(&SeededEntropy::new(3));
    assert_eq!(key.expose().len(), 40);
    assert!(key.expose().starts_with(key.prefix().as_str()));
    assert_eq!(format!("{key:?}"), format!("{}…", key.prefix()));
    assert_eq!(ApiKeyText::parse(key.expose()).unwrap(), key);
    assert!(ApiKeyText::parse(&key.expose()[1..]).is_err());
    assert!(ApiKeyText::parse(&format!("{}-", &key.expose()[1..])).is_err());
}

#[test]
fn a_token_is_43_characters_and_does_not_show() {
    let token = AuthToken::generate(&SeededEntropy::new(3));
    assert_eq!(token.expose().len(), 43);
    assert!(token.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_eq!(format!("{token:?}"), "[secret]");
    assert_ne!(AuthToken::generate(&SeededEntropy::new(4)), token);
}

/// Counts upwards, so that every byte comes equally often.
struct Counting(std::sync::atomic::AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_le_bytes()[0];
        }
    }
}

#[test]
fn every_letter_of_an_alphabet_is_equally_likely() {
    // 256 = 5 · 51 + 1: a plain remainder would draw the first letter once more than the others in every round.
    let text = random_text(&Counting(0.into()), b"abcde", 255 * 4);
    for letter in "abcde".chars() {
        assert_eq!(text.chars().filter(|c| *c == letter).count(), 51 * 4, "{letter}");
    }
}

proptest! {
    #[test]
    fn a_new_id_tells_its_time_and_is_version_7(millis in 0_i64..253_402_300_799_999, seed: u64) {
        let id = uuid_v7(Timestamp::from_unix_millis(millis), &SeededEntropy::new(seed));
        prop_assert_eq!(id.get_version_num(), 7);
        prop_assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        prop_assert_eq!(seconds * 1000 + u64::from(nanos / 1_000_000), millis.unsigned_abs());
    }

    #[test]
    fn ids_of_later_times_are_higher(millis in 0_i64..200_000_000_000_000, by in 1_i64..1_000_000, one: u64, two: u64) {
        let id = |millis, seed| UserId::new(Timestamp::from_unix_millis(millis), &SeededEntropy::new(seed));
        prop_assert!(id(millis, one) < id(millis + by, two));
        let (earlier, later) = (id(millis, one).to_string(), id(millis + by, two).to_string());
        prop_assert!(earlier < later, "as text, too");
    }

    #[test]
    fn a_user_id_is_read_as_it_is_written(bytes: [u8; 16]) {
        prop_assume!(bytes != [0; 16]);
        let id = UserId::from_uuid(uuid::Uuid::from_bytes(bytes));
        prop_assert_eq!(UserId::parse(&id.to_string()), Ok(id));
    }

    #[test]
    fn text_ids_keep_their_text(text in ".{0,140}") {
        let valid = (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        prop_assert_eq!(LockId::parse(text.as_str()).map(|id| id.as_str().to_owned()).ok(), valid.then_some(text));
    }
}
