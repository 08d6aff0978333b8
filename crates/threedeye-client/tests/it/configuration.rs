//! What makes a configuration unusable, found before the first call.

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
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{base_url}"
        );
    }
}

#[test]
fn values_that_cannot_be_headers_are_refused_without_quoting_them() {
    for key in ["", "hunter2\n", "hunter2\u{0}"] {
        let error = failure(Config::new("http://127.0.0.1", key, "login", "password"));
        assert!(matches!(error, ConfigError::Header("API key")));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let config = Config {
        customer_id: Some(String::new()),
        ..Config::new("http://127.0.0.1", "key", "login", "pw")
    };
    assert!(matches!(
        failure(config),
        ConfigError::Header("customer id")
    ));
}
