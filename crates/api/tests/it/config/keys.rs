//! What tokens are signed with.

use portcullis_api::http::auth::{JwtKeys, KeysUrl, KeysUrlFault};

use super::{SECRET, faults, from};

const JWKS: &str = include_str!("../fixtures/jwks/keys.json");

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
    assert_eq!(config.shown["auth.jwt.jwks_url"], "https://issuer.example/jwks");
    assert!(!format!("{config:?}").contains("hunter2"));
    let told = faults(&[("PORTCULLIS__AUTH__JWT__JWKS_URL", "http://issuer.example/jwks?apikey=hunter2")]);
    assert!(
        told[0].starts_with("auth.jwt.jwks_url: must begin with https://; http://") && !told[0].contains("hunter2")
    );
}
