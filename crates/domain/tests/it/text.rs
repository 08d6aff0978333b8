//! Text of callers.

use portcullis_domain::text::{EmailAddress, FreeText, PhoneNumber, UserName};
use portcullis_domain::user::PasswordDigest;
use proptest::prelude::*;

#[test]
fn an_address_is_trimmed_and_lower_cased() {
    let address = EmailAddress::parse("  Ada.Lovelace+Locks@Example.COM ").unwrap();
    assert_eq!(address.as_str(), "ada.lovelace+locks@example.com");
    assert_eq!(address.domain(), "example.com");
    assert_eq!(address.masked(), "a***@example.com");
    assert_eq!(format!("{address:?}"), "a***@example.com", "it does not show in logs");
    assert!(EmailAddress::parse("a@localhost").is_ok());
}

#[test]
fn text_that_is_no_address_is_refused() {
    let long_local = format!("{}@example.com", "x".repeat(65));
    let long = format!("a@{}.com", "x".repeat(250));
    for text in [
        "",
        "@",
        "a@",
        "@b",
        "a",
        "a b@c.d",
        "a@b@c",
        "a@.b",
        "a@b.",
        "a\n@b.c",
        "<a@b.c>",
        "a,b@c.d",
        "\"a\"@b.c",
        "a;b@c.d",
        &long_local,
        &long,
    ] {
        let refusal = EmailAddress::parse(text).unwrap_err();
        assert_eq!(refusal.to_string(), "must be an e-mail address", "the text is not repeated");
    }
    assert!(EmailAddress::parse(&long_local[1..]).is_ok());
}

#[test]
fn a_user_name_is_kept_as_chosen_and_compared_without_case() {
    let name = UserName::parse("Ada.L-ove_1Ä").unwrap();
    assert_eq!(name.as_str(), "Ada.L-ove_1Ä");
    assert_eq!(name.folded(), "ada.l-ove_1ä");
    assert_eq!(format!("{name:?}"), "UserName(…)");
    for text in ["", "a b", "a@b", "a/b", "a\u{0}", &"x".repeat(129)] {
        assert!(UserName::parse(text).is_err(), "{text:?}");
    }
    assert!(UserName::parse(&"x".repeat(128)).is_ok());
}

#[test]
fn a_user_name_is_never_taken_for_an_id() {
    for text in ["0190a3c2-7b5e-7d11-9f00-0123456789ab", "0190A3C27B5E7D119F000123456789AB"] {
        assert!(UserName::parse(text).is_err(), "{text}");
    }
}

#[test]
fn free_text_is_bounded_and_kept_as_sent() {
    assert_eq!(FreeText::parse(" left the building ").unwrap().as_str(), " left the building ");
    assert!(FreeText::parse("🔑".repeat(500)).is_ok(), "characters count, not bytes");
    for text in ["", "  \u{a0} ", "a\tb", "a\u{85}b", &"x".repeat(501)] {
        assert!(FreeText::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_password_digest_is_64_hex_digits_and_does_not_show() {
    let digest = PasswordDigest::parse(&"Ab".repeat(32)).unwrap();
    assert_eq!(digest.expose(), "ab".repeat(32));
    assert_eq!(format!("{digest:?}"), "[secret]");
    for text in [String::new(), "a".repeat(63), "a".repeat(65), "g".repeat(64)] {
        assert!(PasswordDigest::parse(&text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn an_address_read_again_is_the_same(text in "\\PC{0,10}@?\\PC{0,10}") {
        if let Ok(address) = EmailAddress::parse(&text) {
            prop_assert_eq!(&EmailAddress::parse(address.as_str()), &Ok(address.clone()));
            prop_assert!(address.masked().ends_with(address.domain()));
        }
    }

    #[test]
    fn names_that_differ_by_case_alone_are_one(text in "[A-Za-z0-9._-]{1,40}") {
        if let Ok(name) = UserName::parse(&text) {
            let upper = UserName::parse(&text.to_uppercase()).unwrap();
            prop_assert_eq!(upper.folded(), name.folded());
            prop_assert_eq!(name.as_str(), text);
        }
    }

    #[test]
    fn free_text_is_never_changed(text in ".{0,600}") {
        if let Ok(free) = FreeText::parse(text.as_str()) {
            prop_assert_eq!(free.as_str(), text);
        }
    }
}

#[test]
fn phone_numbers_are_international() {
    for text in ["+48 600 100 200", "0048600100200", "+48600100200", " + 4 8600100200 "] {
        assert_eq!(PhoneNumber::parse(text).unwrap().as_str(), "+48600100200", "{text}");
    }
    for text in ["+1234567", "+123456789012345"] {
        assert_eq!(PhoneNumber::parse(text).unwrap().as_str(), text);
    }
    let wrong = ["", "+", "00", "600100200", "48600100200", "+048600100200", "+123456", "+1234567890123456"];
    let shaped =
        ["+48-600-100-200", "+48(600)100200", "++48600100200", "+0048600100200", "+48\t600100200", "+٤٨٦٠٠١٠٠٢٠٠"];
    for text in wrong.into_iter().chain(shaped) {
        assert!(PhoneNumber::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_phone_number_is_shown_masked() {
    let number = PhoneNumber::parse("+48 600 104 567").unwrap();
    assert_eq!(number.masked(), "***4567");
    assert_eq!(format!("{number:?}"), "***4567");
}
