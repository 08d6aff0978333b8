//! What makes a configuration unusable, found before the first call.

use std::process::Command;

use threedeye_client::{Client, Config, ConfigError};

fn failure(config: Config) -> ConfigError {
    Client::new(config).expect_err("an unusable configuration")
}

#[test]
fn base_addresses_that_cannot_be_meant_are_refused_without_quoting_them() {
    for base_url in [
        "",
        "3deye.me",
        "/v3",
        "ftp://example.com",
        "file:///etc",
        "https://user:hunter2@example.com",
        "https://hunter2@example.com",
        "https://example.com/?key=hunter2",
        "https://example.com/#hunter2",
    ] {
        let error = failure(Config::new(base_url, "key", "login", "password"));
        assert!(matches!(error, ConfigError::BaseUrl(_)), "{base_url}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{base_url}");
    }
}

#[test]
fn values_that_cannot_be_headers_are_refused_without_quoting_them() {
    for key in ["", "hunter2\n", "hunter2\u{0}"] {
        let error = failure(Config::new("http://127.0.0.1", key, "login", "password"));
        assert!(matches!(error, ConfigError::Header("API key")));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let config = Config { customer_id: Some(String::new()), ..Config::new("http://127.0.0.1", "key", "login", "pw") };
    assert!(matches!(failure(config), ConfigError::Header("customer id")));
}

#[test]
fn without_certificates_of_authorities_http_works_and_https_says_what_is_missing() {
    // The store is found through the environment, which a process shares between its tests: so another process.
    let test_binary = std::env::current_exe().expect("the path of this binary");
    let status = Command::new(test_binary)
        .args(["--ignored", "--exact", "configuration::on_a_machine_without_certificates"])
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent")
        .status()
        .expect("this binary runs");
    assert!(status.success());
}

#[test]
#[ignore = "started in an environment of its own by the test above"]
fn on_a_machine_without_certificates() {
    assert!(Client::new(Config::new("http://127.0.0.1", "key", "login", "password")).is_ok());
    let error = failure(Config::new("https://127.0.0.1", "key", "login", "password"));
    assert!(matches!(error, ConfigError::Tls(_)));
}

#[test]
fn there_is_one_at_least_of_what_is_counted() {
    let sound = || Config::new("http://127.0.0.1", "key", "login", "password");
    for (name, config) in [
        ("concurrency", Config { concurrency: 0, ..sound() }),
        ("breaker_failures", Config { breaker_failures: 0, ..sound() }),
        ("page_size", Config { page_size: 0, ..sound() }),
        ("max_pages", Config { max_pages: 0, ..sound() }),
    ] {
        assert!(matches!(failure(config), ConfigError::Nought(nought) if nought == name));
    }
    assert!(Client::new(Config { concurrency: usize::MAX, ..sound() }).is_ok());
}
