//! Tokens signed by an issuer's published keys.

use insta::assert_json_snapshot;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use portcullis_api::http::auth::JwtKeys;
use portcullis_domain::ids::UserId;
use portcullis_domain::user::UserStatus;
use portcullis_testkit::build::a_person;
use portcullis_testkit::fake::TestClock;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Issuer, JWT_SECRET, TestApp, claims, jwk, signed, signed_as, signed_with};

const TOKENS: &str = include_str!("fixtures/jwks/tokens.json");
const RSA_PUBLIC: &[u8] = include_bytes!("fixtures/jwks/rsa-public.pem");

fn trusting(issuer: &Issuer) -> TestApp {
    TestApp::trusting(JwtKeys::Url(issuer.url().parse().unwrap()))
}

/// Tokens made by another program, with OpenSSL.
#[tokio::test]
async fn tokens_of_others_are_taken() {
    let issuer = Issuer::with(&["rsa", "ec", "ed"]).await;
    let test = trusting(&issuer);
    let tokens: serde_json::Map<String, Value> = serde_json::from_str(TOKENS).unwrap();
    let ada = UserId::parse("0190163d-8694-739b-aea5-5966c26f8ad2").unwrap();
    a_person().id(ada).put(test.store.as_ref()).await;
    assert_eq!(tokens.len(), 3);
    for (algorithm, token) in tokens {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        let answer = test.get(&format!("/users/{ada}/profile"), &[("authorization", &bearer)]).await;
        assert_eq!(answer.status, 200, "{algorithm}: {}", answer.body);
    }
    assert_eq!(issuer.hits(), 1);
}

/// Every kind of token on the own profile, and beside the admin key on somebody's history.
#[tokio::test]
async fn the_table_of_tokens() {
    let issuer = Issuer::with(&["rsa", "rsa-next", "ec", "ed"]).await;
    let test = trusting(&issuer);
    let ada = a_person().put(test.store.as_ref()).await;
    let bob = a_person().put(test.store.as_ref()).await;
    let asleep = a_person().status(UserStatus::Suspended).put(test.store.as_ref()).await;
    let good = claims(&ada.to_string(), "grace@staff.example");
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        signed_with("rsa", &claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        signed_with("rsa", &claims)
    };
    let altering = |change: &dyn Fn(&mut Header)| {
        let mut header = Header { kid: Some("rsa".to_owned()), ..Header::new(Algorithm::RS256) };
        change(&mut header);
        let key = EncodingKey::from_rsa_pem(include_bytes!("fixtures/jwks/rsa.pem")).unwrap();
        encode(&header, &good, &key).unwrap()
    };
    // The classic: the public key, which everybody has, taken for a shared secret.
    let confused = |kid: Option<&str>| {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::HS256) };
        encode(&header, &good, &EncodingKey::from_secret(RSA_PUBLIC)).unwrap()
    };
    let altered = {
        let token = signed_with("rsa", &good);
        let other = signed_with("rsa", &claims(&bob.to_string(), "ada@example.com"));
        let mut parts: Vec<&str> = token.split('.').collect();
        parts[1] = other.split('.').nth(1).unwrap();
        parts.join(".")
    };
    let unsigned = |signature: &str| {
        use base64::Engine;
        let part = |value: &Value| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{signature}", part(&json!({"alg": "none", "typ": "JWT", "kid": "rsa"})), part(&good))
    };
    let now = TestClock::START.unix_millis() / 1000;
    let table: Vec<(&str, String)> = vec![
        ("RS256", signed_with("rsa", &good)),
        ("RS256, another key", signed_with("rsa-next", &good)),
        ("ES256", signed_with("ec", &good)),
        ("EdDSA", signed_with("ed", &good)),
        ("no kid, the only key of its algorithm", signed_as("ec", None, &good)),
        ("no kid, one of several", signed_as("rsa", None, &good)),
        ("empty kid", signed_as("ec", Some(""), &good)),
        ("unknown kid", signed_as("rsa", Some("made-up"), &good)),
        ("kid of another key", signed_as("rsa", Some("rsa-next"), &good)),
        ("kid of another algorithm's key", signed_as("ec", Some("rsa"), &good)),
        ("kid of another algorithm's key, the other way", signed_as("rsa", Some("ec"), &good)),
        ("HS256 with the public key", confused(Some("rsa"))),
        ("HS256 with the public key, no kid", confused(None)),
        ("HS256 with the former secret", signed(&good, Algorithm::HS256, JWT_SECRET)),
        ("RS384 by the same key", altering(&|header| header.alg = Algorithm::RS384)),
        ("PS256 by the same key", altering(&|header| header.alg = Algorithm::PS256)),
        (
            "key in the header",
            altering(&|header| {
                header.kid = Some("mine".to_owned());
                header.jwk = Some(serde_json::from_value(jwk("rsa")).unwrap());
            }),
        ),
        ("address of a set in the header", altering(&|header| header.jku = Some(issuer.url()))),
        ("critical header", altering(&|header| header.crit = Some(vec!["exp".to_owned()]))),
        ("other type", altering(&|header| header.typ = Some("logout+jwt".to_owned()))),
        ("access token's type", altering(&|header| header.typ = Some("at+JWT".to_owned()))),
        ("no type", altering(&|header| header.typ = None)),
        ("no algorithm", unsigned("")),
        ("no algorithm, some signature", unsigned("AAAA")),
        ("altered", altered),
        ("expired", with("exp", json!(now - 60))),
        ("expired within leeway", with("exp", json!(now - 10))),
        ("not yet valid", with("nbf", json!(now + 120))),
        ("no exp", without("exp")),
        ("no sub", without("sub")),
        ("no iss", without("iss")),
        ("wrong iss", with("iss", json!("https://evil.example"))),
        ("no aud", without("aud")),
        ("wrong aud", with("aud", json!("other"))),
        ("several aud", with("aud", json!(["other", "portcullis"]))),
        ("other person", signed_with("rsa", &claims(&bob.to_string(), "grace@staff.example"))),
        ("suspended person", signed_with("rsa", &claims(&asleep.to_string(), "grace@staff.example"))),
        ("subject is no id", with("sub", json!("auth0|1"))),
        ("address in another domain", with("email", json!("grace@other.example"))),
        ("address not verified", with("email_verified", json!(false))),
    ];
    let mut seen = serde_json::Map::new();
    for (name, token) in table {
        let bearer = format!("Bearer {token}");
        let own = test.get(&format!("/users/{ada}/profile"), &[("authorization", &bearer)]).await;
        let headers = [("authorization", bearer.as_str()), ("x-admin-api-key", ADMIN_KEY)];
        let staff = test.get(&format!("/admin/aggregates/user/{ada}/events"), &headers).await;
        seen.insert(name.to_owned(), json!(format!("{} {}", own.status.as_u16(), staff.status.as_u16())));
        assert_eq!(own.status == 401, own.header("www-authenticate").is_some(), "{name}");
    }
    assert_json_snapshot!(seen);
    // Once at first, and five times for the sake of all the unknown kids together.
    assert_eq!(issuer.hits(), 6);
}
