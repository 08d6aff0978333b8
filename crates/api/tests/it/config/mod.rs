//! Configuration: where settings come from, and what is wrong with them.

mod bounds;
mod keys;
mod mail;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use portcullis_api::config::{Config, ConfigFaults, DatabaseKind, Sources, load};
use portcullis_api::http::auth::JwtKeys;
use portcullis_api::http::rate_limit::RatePolicy;
use portcullis_domain::session::LockoutPolicy;
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
    assert_eq!(config.shown["auth.jwt.hs256_secret"], "[set]");
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
    for (address, seen) in [
        (
            "postgres://portcullis:hunter2@db.example/portcullis?sslmode=require",
            "postgres://[set]@db.example/portcullis",
        ),
        ("postgres:///portcullis?user=app&password=hunter2", "postgres:///portcullis"),
        ("postgres:///portcullis?user=app&password=a@hunter2", "postgres://[set]"),
        ("sqlite://data@home.db", "sqlite://data@home.db"),
        ("postgres://portcullis:a?hunter2@db.example/portcullis", "postgres://[set]"),
    ] {
        let settings = [("PORTCULLIS__DATABASE__URL", address), ("PORTCULLIS__SECRETS__MASTER_KEY", key)];
        let config = from(None, &settings).unwrap();
        assert_eq!(config.shown["database.url"], seen);
        let shown = format!("{:?}{config:?}", config.shown);
        assert!(!shown.contains("hunter2") && !shown.contains(key), "{shown}");
    }
}
