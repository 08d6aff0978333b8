//! How often operators may call, as clients see it.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use portcullis_api::http::rate_limit::RatePolicy;
use portcullis_domain::clock::Clock;
use portcullis_domain::ids::UserId;
use portcullis_domain::user::Role;
use serde_json::{Value, json};

use crate::support::{Account, Answer, TestApp};

const HEADERS: [&str; 3] = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];

/// Limited as shipped, behind one proxy.
fn limited() -> TestApp {
    TestApp::with(|settings| {
        settings.rate_limit = Some(RatePolicy::default());
        settings.trusted_proxy_hops = 1;
    })
}

fn standing(answer: &Answer) -> Option<(i64, i64, i64)> {
    let [limit, remaining, reset] = HEADERS.map(|name| answer.header(name).map(|value| value.parse().unwrap()));
    limit.zip(remaining).zip(reset).map(|((limit, remaining), reset)| (limit, remaining, reset))
}

impl TestApp {
    async fn calls_me(&self, who: &Account, address: &str) -> Answer {
        let [user, token] = who.headers();
        self.get("/api/v1/me", &[user, token, ("x-forwarded-for", address)]).await
    }
}

#[tokio::test]
async fn the_eleventh_call_waits() {
    let test = limited();
    let ada = test.account("ada", &[Role::User]).await;
    let end = test.clock.now().plus(Duration::from_mins(1)).unix_millis();
    for left in (0..10).rev() {
        let answer = test.calls_me(&ada, "192.0.2.1").await.expect(200);
        assert_eq!(standing(&answer), Some((10, left, end)));
        assert_eq!(answer.header("retry-after"), None);
    }
    test.clock.advance(Duration::from_millis(17_500));
    let told = "Error, too many requests. Please slow down. You must wait 43 seconds before trying this endpoint again. \
                [error-too-many-requests]";
    for _ in 0..3 {
        let answer = test.calls_me(&ada, "192.0.2.1").await.expect(429);
        assert_eq!(answer.body, json!({"success": false, "error": told}));
        assert_eq!((standing(&answer), answer.header("retry-after")), (Some((10, 0, end)), Some("43")));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), Some("no-cache")));
    }
    test.calls_me(&ada, "192.0.2.2").await.expect(200);
    let [user, token] = ada.headers();
    let other = [user, token, ("x-forwarded-for", "192.0.2.1")];
    test.get("/api/v1/users.totp.codesRemaining", &other).await.expect(400);
    test.clock.advance(Duration::from_millis(42_500));
    test.calls_me(&ada, "192.0.2.1").await.expect(200);
}

#[tokio::test]
async fn who_may_call_as_often_as_one_likes_is_told_nothing() {
    let test = limited();
    for (name, role) in [("root", Role::Admin), ("robot", Role::Bot)] {
        let exempt = test.account(name, &[role]).await;
        for _ in 0..30 {
            let answer = test.calls_me(&exempt, "192.0.2.1").await.expect(200);
            assert_eq!(standing(&answer), None);
        }
    }
    let ada = test.account("ada", &[Role::User]).await;
    assert_eq!(standing(&test.calls_me(&ada, "192.0.2.1").await).unwrap().1, 9, "nor do others pay for it");
}

#[tokio::test]
async fn sign_ins_are_counted_whatever_becomes_of_them() {
    let test = limited();
    test.has_account("root", &[Role::Admin]).await;
    let bodies = [
        json!({"user": "root", "password": "root"}),
        json!({"user": "root", "password": "wrong"}),
        json!({"user": 1}),
        json!({"resume": "nobody's"}),
    ];
    for body in bodies.iter().cycle().take(10) {
        let answer = test.rc("login", &[], body).await;
        assert!(answer.status != 429 && standing(&answer).is_some(), "{body}: {}", answer.body);
    }
    let writes = test.store.asked();
    let answer = test.rc("login", &[], &bodies[0]).await.expect(429);
    assert_eq!(standing(&answer).unwrap().1, 0);
    assert_eq!(test.store.asked(), writes, "nothing is looked at");
}

#[tokio::test]
async fn a_reset_looks_at_session_and_body_before_and_at_the_second_factor_after() {
    for route in ["users.resetTOTP", "users.resetE2EKey"] {
        is_counted_between(route).await;
    }
}

async fn is_counted_between(route: &str) {
    let test = limited();
    let ada = test.account("ada", &[Role::User]).await;
    let nobody = Account { token: "nobody's".to_owned(), ..ada.clone() };
    let unknown_field = json!({"unknown": 1});
    let call = async |who: &Account, body: &Value| {
        let answer = test.as_rc(who, route, &[], body).await;
        (answer.status.as_u16(), answer.body["errorType"].as_str().unwrap_or_default().to_owned(), standing(&answer))
    };
    // What stops before is not counted, but told how it stands.
    for _ in 0..12 {
        assert_eq!(call(&nobody, &unknown_field).await.0, 401);
        let (status, code, standing) = call(&ada, &unknown_field).await;
        assert_eq!((status, code.as_str(), standing.unwrap().1), (400, "invalid-params", 10));
    }
    for left in (0..10).rev() {
        let (status, code, standing) = call(&ada, &json!({})).await;
        assert_eq!((status, code.as_str(), standing.unwrap().1), (400, "totp-required", left));
    }
    assert_eq!(call(&ada, &json!({})).await.0, 429, "before the second factor");
    let wrong = test.as_rc(&ada, route, &[("x-2fa-code", "000000")], &json!({})).await;
    assert_eq!(wrong.status, 429);
    assert_eq!(test.store.count_rows()["work_failures"], 0, "no code is looked at");
    assert_eq!(call(&nobody, &json!({})).await.0, 401);
    let (status, _, standing) = call(&ada, &unknown_field).await;
    assert_eq!((status, standing.unwrap().1), (400, 0));
}

#[tokio::test]
async fn remote_calls_are_told_within_the_answer() {
    let test = limited();
    let ada = test.account("ada", &[Role::User]).await;
    for _ in 0..10 {
        assert_eq!(test.method(&ada, "2fa:enable", json!([])).await["msg"], json!("result"));
    }
    let secrets = test.store.asked().commits;
    let reason = "Error, too many requests. Please slow down. You must wait 60 seconds before trying again.";
    assert_eq!(
        test.method(&ada, "2fa:enable", json!([])).await,
        json!({
            "msg": "result",
            "id": "7",
            "error": {
                "isClientSafe": true,
                "error": "too-many-requests",
                "reason": reason,
                "details": {"timeToReset": 60_000},
                "message": format!("{reason} [too-many-requests]"),
                "errorType": "Meteor.Error",
            },
        })
    );
    assert_eq!(test.store.asked().commits, secrets, "nothing is done");
}

/// Whoever adds a route has it limited, or this fails.
#[tokio::test]
async fn every_operation_is_limited() {
    let document = serde_json::to_value(portcullis_api::http::openapi::document()).unwrap();
    let mut checked = 0;
    for (path, item) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/v1/")) {
        for (method, operation) in item.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap();
            // A remote call too many is told so inside an answer of 200.
            assert_eq!(answers.contains_key("429"), operation["operationId"] != "callMethod", "{path}");
            for (status, answer) in answers {
                assert!(HEADERS.iter().all(|name| has_header(answer, name)), "{method} {path} {status}");
            }
            is_limited(&method.to_uppercase(), path).await;
            checked += 1;
        }
    }
    assert!(checked >= 31, "{checked}");
}

/// With one call a window, the second one waits.
async fn is_limited(method: &str, path: &str) {
    let test = TestApp::with(|settings| {
        settings.rate_limit = Some(RatePolicy { calls: 1, window: Duration::from_mins(1) });
        settings.two_factor.enabled = false;
    });
    test.leaves_messages();
    let ada = test.account("ada", &[Role::User]).await;
    let user = UserId::parse(&ada.id).unwrap();
    for number in 1..=2 {
        let signed_in = !test.store.sessions_of(user).is_empty();
        let request = Request::builder()
            .method(method)
            .uri(path.replace("{method}", "2fa:enable"))
            .header("content-type", "application/json")
            .header("x-user-id", &ada.id)
            .header("x-auth-token", &ada.token);
        let answer = test.send(request.body(Body::from(body_for(path).to_string())).unwrap()).await;
        assert_eq!(standing(&answer).map(|(_, left, _)| left), Some(0), "{method} {path}: {}", answer.body);
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), Some("no-cache")));
        // Signing in was done once before.
        let waits = number == 2 || path == "/api/v1/login";
        if path.starts_with("/api/v1/method.call/") {
            assert_eq!(
                answer.body["message"].as_str().unwrap().contains("too-many-requests"),
                waits,
                "{}",
                answer.body
            );
        } else if signed_in {
            assert_eq!(answer.status == 429, waits, "{method} {path}: {}", answer.body);
        } else {
            assert_eq!(answer.status, 401, "{method} {path}: it ended the session");
        }
    }
}

fn has_header(answer: &Value, name: &str) -> bool {
    answer["headers"].as_object().is_some_and(|headers| headers.keys().any(|header| header.eq_ignore_ascii_case(name)))
}

/// What gets past the body's schema on routes that look at it before they count.
fn body_for(path: &str) -> Value {
    match path {
        "/api/v1/method.call/{method}" => {
            json!({"message": json!({"msg": "method", "id": "1", "method": "2fa:enable", "params": []}).to_string()})
        }
        _ => json!({}),
    }
}
