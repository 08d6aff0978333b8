//! Values that have bounds.

use portcullis_domain::threedeye::PasswordPolicy;

use super::{faults, from};

#[test]
fn older_master_keys_are_a_list_and_never_shown() {
    let key = |byte: char| format!("{}=", String::from(byte).repeat(43));
    let list = format!("{}, {}", key('A'), key('E'));
    let config = from(None, &[("PORTCULLIS__SECRETS__OLDER_MASTER_KEYS", list.as_str())]).unwrap();
    assert_eq!(config.secrets.older.len(), 2);
    assert_eq!(config.shown["secrets.older_master_keys"], "[set]");
    let wrong = format!("{}, short", key('A'));
    let told = faults(&[("PORTCULLIS__SECRETS__OLDER_MASTER_KEYS", wrong.as_str())]);
    assert_eq!(told, ["secrets.older_master_keys: each must be 32 bytes in base64"]);
}

#[test]
fn codes_by_e_mail_and_what_is_remembered_have_their_bounds() {
    let told = faults(&[
        ("PORTCULLIS__TWO_FACTOR__EMAIL_CODE_EXPIRATION", "300"),
        ("PORTCULLIS__TWO_FACTOR__EMAIL_MAX_ATTEMPTS", "0"),
        ("PORTCULLIS__TWO_FACTOR__REMEMBER_FOR", "86401"),
        ("PORTCULLIS__TWO_FACTOR__EMAIL_AUTO_OPT_IN", "perhaps"),
    ]);
    let expected = [
        "two_factor.email_auto_opt_in: must be true or false",
        "two_factor.email_code_expiration: must be 600 to 86400 seconds: a code with five minutes left is not asked for any \
         more",
        "two_factor.email_max_attempts: must be 1 to 20",
        "two_factor.remember_for: must be 0 to 86400 seconds",
    ];
    assert_eq!(told, expected);
    let config = from(None, &[("PORTCULLIS__TWO_FACTOR__REMEMBER_FOR", "0")]).unwrap();
    assert!(config.two_factor.remember_for.is_zero());
}

#[test]
fn passwords_of_camera_accounts_are_made_as_told() {
    assert_eq!(from(None, &[]).unwrap().camera_passwords, PasswordPolicy::default());
    let given = [("PORTCULLIS__THREEDEYE__PASSWORD_LENGTH", "40"), ("PORTCULLIS__THREEDEYE__PASSWORD_SIGNS", "=%")];
    let config = from(None, &given).unwrap();
    assert_eq!(config.camera_passwords, PasswordPolicy::new(40, "=%").unwrap());
    assert_eq!(config.shown["threedeye.password_length"], 40);
    assert_eq!(config.shown["threedeye.password_signs"], "=%");
    for (length, signs, told) in [
        ("11", "-", "threedeye.password_length: must be 12 to 128 characters"),
        ("129", "-", "threedeye.password_length: must be 12 to 128 characters"),
        ("many", "-", "threedeye.password_length: must be a number of characters"),
        ("24", "-a", "threedeye.password_signs: must be one or more of !#$%&()*+-./:=?@[]^_{}~ and each once"),
        ("24", "--", "threedeye.password_signs: must be one or more of !#$%&()*+-./:=?@[]^_{}~ and each once"),
    ] {
        let given =
            [("PORTCULLIS__THREEDEYE__PASSWORD_LENGTH", length), ("PORTCULLIS__THREEDEYE__PASSWORD_SIGNS", signs)];
        assert_eq!(faults(&given), [told]);
    }
}

#[test]
fn counting_wrong_codes_has_its_bounds() {
    for (attempts, window) in [("0", "0"), ("0", "86401")] {
        let told = faults(&[
            ("PORTCULLIS__LOCKOUT__SECOND_FACTOR_ATTEMPTS", attempts),
            ("PORTCULLIS__LOCKOUT__SECOND_FACTOR_WINDOW", window),
        ]);
        let expected = [
            "lockout.second_factor_attempts: must be a number of 1 or more",
            "lockout.second_factor_window: must be more than nothing and at most a day",
        ];
        assert_eq!(told, expected, "{window}");
    }
    let config = from(None, &[("PORTCULLIS__LOCKOUT__SECOND_FACTOR_WINDOW", "86400")]).unwrap();
    assert_eq!(config.two_factor.failure_window, std::time::Duration::from_hours(24));
}

const THREEDEYE: [(&str, &str); 4] = [
    ("PORTCULLIS__THREEDEYE__BASE_URL", "https://3deye.example"),
    ("PORTCULLIS__THREEDEYE__API_KEY", "key"),
    ("PORTCULLIS__THREEDEYE__USERNAME", "service@example.com"),
    ("PORTCULLIS__THREEDEYE__PASSWORD", "password"),
];

#[test]
fn calls_of_3deye_have_bounds() {
    let config = from(None, &THREEDEYE).unwrap();
    let threedeye = config.threedeye.unwrap();
    assert_eq!((threedeye.timeout.as_secs(), threedeye.call_timeout.as_secs()), (10, 5));
    assert_eq!((threedeye.concurrency, threedeye.breaker_failures), (8, 5));
    assert_eq!(threedeye.breaker_pause.as_secs(), 10);
    assert_eq!(config.metrics_listen, None);

    let mut given = THREEDEYE.to_vec();
    given.extend([
        ("PORTCULLIS__THREEDEYE__CALL_TIMEOUT", "3"),
        ("PORTCULLIS__THREEDEYE__CONCURRENCY", "1"),
        ("PORTCULLIS__THREEDEYE__BREAKER_FAILURES", "9"),
        ("PORTCULLIS__THREEDEYE__BREAKER_PAUSE", "300"),
        ("PORTCULLIS__METRICS__LISTEN", "127.0.0.1:9464"),
    ]);
    let config = from(None, &given).unwrap();
    assert_eq!(config.metrics_listen.unwrap().to_string(), "127.0.0.1:9464");
    assert_eq!(config.shown["metrics.listen"], "127.0.0.1:9464");
    assert_eq!(config.shown["threedeye.breaker_pause"], 300);
    let threedeye = config.threedeye.unwrap();
    assert_eq!((threedeye.call_timeout.as_secs(), threedeye.concurrency), (3, 1));
    assert_eq!((threedeye.breaker_failures, threedeye.breaker_pause.as_secs()), (9, 300));

    let told = faults(&[
        ("PORTCULLIS__METRICS__LISTEN", "everywhere"),
        ("PORTCULLIS__THREEDEYE__CALL_TIMEOUT", "26"),
        ("PORTCULLIS__THREEDEYE__CONCURRENCY", "0"),
        ("PORTCULLIS__THREEDEYE__BREAKER_FAILURES", "0"),
        ("PORTCULLIS__THREEDEYE__BREAKER_PAUSE", "301"),
    ]);
    assert_eq!(
        told,
        [
            "metrics.listen: must be an address and a port, such as 127.0.0.1:9464",
            "threedeye.call_timeout: must be 1 to 25 seconds",
            "threedeye.concurrency: must be 1 to 1000 calls at once",
            "threedeye.breaker_failures: must be a number of 1 or more",
            "threedeye.breaker_pause: must be 1 to 300 seconds",
        ]
    );
}
