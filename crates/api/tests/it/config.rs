//! Configuration: where settings come from, and what is wrong with them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use portcullis_api::config::{Config, ConfigFaults, DatabaseKind, Sources, load};
use portcullis_api::http::auth::{JwtKeys, KeysUrl, KeysUrlFault};
use portcullis_api::http::rate_limit::RatePolicy;
use portcullis_domain::session::LockoutPolicy;
use portcullis_domain::threedeye::PasswordPolicy;
use secrecy::ExposeSecret;

const SECRET: &str = "0123456789012345678901234567890123456789";

fn from(file: Option<&Path>, variables: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
    let environment: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    load(Sources { file, environment: Some(&environment), overrides: &[] })
}

fn faults(variables: &[(&str, &str)]) -> Vec<String> {
    from(None, variables).unwrap_err().0
}

fn hs256_secret(config: &Config) -> &str {
    match &config.auth.jwt.as_ref().unwrap().keys {
        JwtKeys::Hs256(secret) => secret.expose_secret(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_needs_to_be_set() {
    let config = from(None, &[]).unwrap();
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8787");
    assert_eq!(config.database.kind, DatabaseKind::Sqlite("portcullis.db".into()));
    assert!(config.auth.jwt.is_none() && config.auth.admin.is_none() && config.threedeye.is_none());
    let two_factor = config.two_factor;
    assert!(two_factor.enabled && two_factor.email.enabled && !two_factor.email.auto_opt_in);
    assert_eq!((two_factor.email.code_expiration.as_secs(), two_factor.email.max_attempts), (3600, 5));
    assert_eq!(two_factor.remember_for.as_secs(), 1800);
    assert_eq!(config.lockout, Some(LockoutPolicy::default()));
    assert_eq!(config.rate_limit, Some(RatePolicy::default()));
}

#[test]
fn limits_are_set_and_switched_off() {
    let config = from(
        None,
        &[
            ("PORTCULLIS__LOCKOUT__ACCOUNT_FAILURES", "3"),
            ("PORTCULLIS__LOCKOUT__ADDRESS_FAILURES", "7"),
            ("PORTCULLIS__LOCKOUT__WINDOW", "60"),
            ("PORTCULLIS__RATE_LIMIT__CALLS", "1000"),
            ("PORTCULLIS__RATE_LIMIT__WINDOW_MS", "1500"),
        ],
    )
    .unwrap();
    let (minute, short) = (Duration::from_mins(1), Duration::from_millis(1500));
    assert_eq!(config.lockout, Some(LockoutPolicy { account_failures: 3, address_failures: 7, window: minute }));
    assert_eq!(config.rate_limit, Some(RatePolicy { calls: 1000, window: short }));
    let off = [("PORTCULLIS__LOCKOUT__ENABLED", "false"), ("PORTCULLIS__RATE_LIMIT__ENABLED", "false")];
    let config = from(None, &off).unwrap();
    assert_eq!((config.lockout, config.rate_limit, config.two_factor.max_failures), (None, None, None));
    let told = faults(&[
        ("PORTCULLIS__LOCKOUT__ACCOUNT_FAILURES", "0"),
        ("PORTCULLIS__LOCKOUT__ADDRESS_FAILURES", "-1"),
        ("PORTCULLIS__LOCKOUT__WINDOW", "86401"),
        ("PORTCULLIS__RATE_LIMIT__ENABLED", "perhaps"),
        ("PORTCULLIS__RATE_LIMIT__CALLS", "many"),
        ("PORTCULLIS__RATE_LIMIT__WINDOW_MS", "0"),
    ]);
    assert_eq!(
        told,
        [
            "lockout.account_failures: must be a number of 1 or more",
            "lockout.address_failures: must be a number of 1 or more",
            "lockout.window: must be more than nothing and at most a day",
            "rate_limit.enabled: must be true or false",
            "rate_limit.calls: must be a number of 1 or more",
            "rate_limit.window_ms: must be more than nothing and at most a day",
        ]
    );
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("portcullis.toml");
    std::fs::write(
        &path,
        "[http]\nlisten = \"127.0.0.1:1\"\ntrusted_proxy_hops = 2\ncors_origins = [\"https://a.example\"]\n",
    )
    .unwrap();
    let config = from(Some(&path), &[("PORTCULLIS__HTTP__LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!((config.http.listen.port(), config.http.trusted_proxy_hops), (2, 2));
    assert_eq!(config.http.cors_origins, ["https://a.example"]);
    let config =
        from(Some(&path), &[("PORTCULLIS__HTTP__CORS_ORIGINS", "https://b.example, https://c.example")]).unwrap();
    assert_eq!(config.http.cors_origins, ["https://b.example", "https://c.example"]);
}

#[test]
fn a_secret_of_digits_stays_as_it_is() {
    let config = from(None, &[("PORTCULLIS__AUTH__JWT__HS256_SECRET", SECRET)]).unwrap();
    assert_eq!(hs256_secret(&config), SECRET);
    let config = from(None, &[("PORTCULLIS__BOOTSTRAP__ADMIN_PASSWORD", "1e5")]).unwrap();
    assert_eq!(config.bootstrap.password.unwrap().expose_secret(), "1e5");
}

#[test]
fn all_faults_are_told_at_once_with_their_keys() {
    let told = faults(&[
        ("PORTCULLIS__HTTP__LISTEN", "nowhere"),
        ("PORTCULLIS__HTTP__LISTNE", "127.0.0.1:1"),
        ("PORTCULLIS__AUTH__JWT__HS256_SECRET", "short"),
        ("PORTCULLIS__AUTH__ADMIN_API_KEY", "key"),
        ("PORTCULLIS__DATABASE__URL", "mysql://x"),
        ("PORTCULLIS__SECRETS__MASTER_KEY", "c2hvcnQ="),
        ("PORTCULLIS__THREEDEYE__BASE_URL", "https://3deye.example"),
        ("PORTCULLIS__SESSIONS__LIFETIME_DAYS", "0"),
        ("PORTCULLIS__TWO_FACTOR__ENABLED", "perhaps"),
        ("PORTCULLIS__HTTP__TLS__CERT_FILE", "cert.pem"),
    ]);
    insta::assert_json_snapshot!(told);
    assert!(told.iter().all(|fault| !fault.contains("short") && !fault.contains("c2hvcnQ")));
}

#[test]
fn an_unset_and_an_empty_variable_are_alike() {
    let config = from(None, &[("PORTCULLIS__HTTP__LISTEN", ""), ("PORTCULLIS__AUTH__ADMIN_API_KEY", "")]).unwrap();
    assert_eq!(config.http.listen.port(), 8787);
}

#[test]
fn variables_with_single_underscores_are_not_ours() {
    assert_eq!(from(None, &[("PORTCULLIS_HTTP_LISTEN", "x")]).unwrap().http.listen.port(), 8787);
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, format!("{SECRET}\n")).unwrap();
    let file = path.to_str().unwrap();
    let config = from(None, &[("PORTCULLIS__AUTH__JWT__HS256_SECRET_FILE", file)]).unwrap();
    assert_eq!(hs256_secret(&config), SECRET);
    assert_eq!(config.shown["auth.jwt.hs256_secret"], "\"[set]\"");
    assert!(!format!("{config:?}").contains(SECRET));
    let both =
        faults(&[("PORTCULLIS__AUTH__JWT__HS256_SECRET_FILE", file), ("PORTCULLIS__AUTH__JWT__HS256_SECRET", SECRET)]);
    assert!(both[0].starts_with("auth.jwt.hs256_secret"), "{both:?}");
    let gone = faults(&[("PORTCULLIS__AUTH__JWT__HS256_SECRET_FILE", "/nowhere/at/all")]);
    assert!(gone[0].starts_with("auth.jwt.hs256_secret_file"), "{gone:?}");
}

#[test]
fn a_password_in_the_database_address_is_not_shown() {
    let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    let config = from(
        None,
        &[
            ("PORTCULLIS__DATABASE__URL", "postgres://portcullis:hunter2@db.example/portcullis?sslmode=require"),
            ("PORTCULLIS__SECRETS__MASTER_KEY", key),
        ],
    )
    .unwrap();
    assert_eq!(config.shown["database.url"], "\"postgres://[set]@db.example/portcullis\"");
    let shown = format!("{:?}{config:?}", config.shown);
    assert!(!shown.contains("hunter2") && !shown.contains(key), "{shown}");
}

const JWKS: &str = include_str!("fixtures/jwks/keys.json");

#[test]
fn tokens_are_signed_with_one_thing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, JWKS).unwrap();
    let secret = ("PORTCULLIS__AUTH__JWT__HS256_SECRET", SECRET);
    let file = ("PORTCULLIS__AUTH__JWT__JWKS_FILE", path.to_str().unwrap());
    let url = ("PORTCULLIS__AUTH__JWT__JWKS_URL", "https://issuer.example/jwks");
    let issuer = ("PORTCULLIS__AUTH__JWT__ISSUER", "https://issuer.example/");
    let admin = ("PORTCULLIS__AUTH__ADMIN_API_KEY", "key");
    let domains = ("PORTCULLIS__AUTH__ADMIN_EMAIL_DOMAINS", "staff.example");
    for given in [secret, file, url] {
        let jwt = from(None, &[given, issuer, admin, domains]).unwrap().auth.jwt.unwrap();
        assert_eq!(jwt.issuer.as_deref(), Some("https://issuer.example/"));
        let of_kind = match jwt.keys {
            JwtKeys::Hs256(_) => given == secret,
            JwtKeys::File(_) => given == file,
            JwtKeys::Url(_) => given == url,
        };
        assert!(of_kind, "{given:?}");
    }
    for several in [vec![secret, file], vec![secret, url], vec![file, url], vec![secret, file, url]] {
        assert_eq!(faults(&several), ["auth.jwt: give only one of hs256_secret, jwks_file and jwks_url"]);
    }
    assert_eq!(faults(&[issuer]), ["auth.jwt: issuer and audience need hs256_secret, jwks_file or jwks_url"]);
    assert_eq!(
        faults(&[admin, domains]),
        [
            "auth.admin_api_key: needs auth.jwt.hs256_secret, .jwks_file or .jwks_url: staff sends a token beside the key"
        ]
    );
    // What is wrong with a setting is told once, not again by what it is needed for.
    assert_eq!(faults(&[("PORTCULLIS__AUTH__JWT__JWKS_URL", "x"), issuer, admin, domains]).len(), 1);
}

#[test]
fn a_file_of_keys_is_right_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let fault = |text: Option<&str>| {
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        faults(&[("PORTCULLIS__AUTH__JWT__JWKS_FILE", path.to_str().unwrap())]).join("; ")
    };
    assert_eq!(fault(None), "auth.jwt.jwks_file: cannot be read: entity not found");
    let malformed = fault(Some("-----BEGIN PUBLIC KEY-----"));
    assert_eq!(malformed, "auth.jwt.jwks_file: is not a JSON Web Key Set (line 1, column 2)");
    let none = fault(Some("{\"keys\": [{\"kty\": \"oct\", \"k\": \"hunter2\"}]}"));
    assert!(none.starts_with("auth.jwt.jwks_file: has no key") && !none.contains("hunter2"), "{none}");
    let huge = fault(Some(&format!("{}{JWKS}", " ".repeat(256 * 1024))));
    assert_eq!(huge, "auth.jwt.jwks_file: is larger than 256 KiB");
}

#[test]
fn keys_come_over_a_connection_nobody_can_change() {
    let parse = |text: &str| text.parse::<KeysUrl>().map(|url| url.shown());
    for taken in [
        "https://issuer.example/.well-known/jwks.json",
        "http://localhost:8080/jwks",
        "http://127.0.0.1/jwks",
        "http://127.8.9.10:1/jwks",
        "http://[::1]:8080/jwks",
    ] {
        assert_eq!(parse(taken).as_deref(), Ok(taken));
    }
    for refused in [
        "http://issuer.example/jwks",
        "http://10.0.0.1/jwks",
        "http://127.0.0.1.evil.example/jwks",
        "http://localhost.evil.example/jwks",
        "http://[::2]/jwks",
        "http://0.0.0.0/jwks",
    ] {
        assert_eq!(parse(refused), Err(KeysUrlFault::NotPrivate), "{refused}");
    }
    for refused in ["issuer.example/jwks", "/jwks", "file:///etc/jwks", "ftp://localhost/jwks", "https://", "data:x"] {
        assert_eq!(parse(refused), Err(KeysUrlFault::NotAUrl), "{refused}");
    }
    for refused in ["https://ada:pw@issuer.example/jwks", "http://localhost@issuer.example/jwks"] {
        assert!(matches!(parse(refused), Err(KeysUrlFault::UserInfo | KeysUrlFault::NotPrivate)), "{refused}");
    }
    let url = "https://issuer.example/jwks?apikey=hunter2";
    let config = from(None, &[("PORTCULLIS__AUTH__JWT__JWKS_URL", url)]).unwrap();
    assert_eq!(config.shown["auth.jwt.jwks_url"], "\"https://issuer.example/jwks\"");
    assert!(!format!("{config:?}").contains("hunter2"));
    let told = faults(&[("PORTCULLIS__AUTH__JWT__JWKS_URL", "http://issuer.example/jwks?apikey=hunter2")]);
    assert!(
        told[0].starts_with("auth.jwt.jwks_url: must begin with https://; http://") && !told[0].contains("hunter2")
    );
}

#[test]
fn mail_goes_into_a_folder_or_to_a_server() {
    use portcullis_api::config::MailTarget;
    let config = from(None, &[]).unwrap();
    assert_eq!(config.mail.language, "en");
    assert!(matches!(&config.mail.to, MailTarget::Folder(folder) if folder == Path::new("mail")));
    let config = from(None, &[("PORTCULLIS__SMTP__URL", "file:///var/mail/portcullis")]).unwrap();
    assert!(matches!(&config.mail.to, MailTarget::Folder(folder) if folder == Path::new("/var/mail/portcullis")));
    let config = from(
        None,
        &[
            ("PORTCULLIS__SMTP__URL", "smtps://door:hush@mail.example"),
            ("PORTCULLIS__SMTP__TIMEOUT", "5"),
            ("PORTCULLIS__MAIL__LANGUAGE", "de-AT"),
        ],
    );
    let config = config.unwrap();
    assert_eq!(config.mail.language, "de");
    let MailTarget::Server { server, ca_file: None, timeout } = &config.mail.to else { panic!("a server") };
    assert_eq!((server.to_string().as_str(), timeout.as_secs()), ("mail.example:465, TLS", 5));
    assert_eq!(config.shown["smtp.url"], "\"mail.example:465, TLS\"");
    assert!(!format!("{config:?}").contains("hush"));
}

#[test]
fn faults_of_mail_are_told_without_the_password() {
    for (variables, key, word) in [
        (&[("SMTP__URL", "imap://door:hush@mail.example")][..], "smtp.url", "smtps://"),
        (&[("SMTP__URL", "smtp://door:hush@mail.example?tls=none")], "smtp.url", "TLS"),
        (&[("SMTP__URL", "smtp://door:hush@mail.example?tls=perhaps")], "smtp.url", "tls=required"),
        (&[("SMTP__URL", "smtps://hush@mail.example")], "smtp.url", "password"),
        (&[("SMTP__URL", "file://hush/mail")], "smtp.url", "absolute"),
        (&[("SMTP__URL", "smtps://mail.example"), ("SMTP__CA_FILE", "/nowhere/ca.pem")], "smtp.ca_file", "PEM"),
        (&[("SMTP__CA_FILE", "/nowhere/ca.pem")], "smtp.ca_file", "smtp.url"),
        (&[("SMTP__TIMEOUT", "0")], "smtp.timeout", "1 to 90"),
        (&[("SMTP__TIMEOUT", "soon")], "smtp.timeout", "seconds"),
        (&[("SMTP__FROM", "hush")], "smtp.from", "mailbox"),
        (&[("MAIL__LANGUAGE", "tlh")], "mail.language", "de, en"),
        (&[("MAIL__LANGUAGE", "d e")], "mail.language", "tag"),
    ] {
        let named: Vec<_> = variables.iter().map(|(key, value)| (format!("PORTCULLIS__{key}"), *value)).collect();
        let given: Vec<_> = named.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let told = faults(&given);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(&format!("{key}: ")) && told[0].contains(word), "{told:?}");
        assert!(!told[0].contains("hush"), "{told:?}");
    }
}

#[test]
fn older_master_keys_are_a_list_and_never_shown() {
    let key = |byte: char| format!("{}=", String::from(byte).repeat(43));
    let list = format!("{}, {}", key('A'), key('E'));
    let config = from(None, &[("PORTCULLIS__SECRETS__OLDER_MASTER_KEYS", list.as_str())]).unwrap();
    assert_eq!(config.secrets.older.len(), 2);
    assert_eq!(config.shown["secrets.older_master_keys"], "\"[set]\"");
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
    assert_eq!(config.shown["threedeye.password_length"], "40");
    assert_eq!(config.shown["threedeye.password_signs"], "\"=%\"");
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
    assert_eq!(config.shown["metrics.listen"], "\"127.0.0.1:9464\"");
    assert_eq!(config.shown["threedeye.breaker_pause"], "300");
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
