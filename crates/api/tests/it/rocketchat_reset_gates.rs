//! `users.resetTOTP`, gate by gate: who stops where, and with exactly which body. Rate limits have tests of their own.

use axum::body::Body;
use axum::http::Request;
use portcullis_domain::user::Role;
use portcullis_testkit::build::a_person;
use serde_json::{Value, json};

use crate::support::{Account, Answer, TestApp};

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    /// May clear others' second factors.
    Root,
    /// May not.
    Bob,
    /// May, and has TOTP.
    Enrolled,
}

/// What proves the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    No,
    Wrong,
    Right,
}

const JSON: Option<&str> = Some("application/json");
const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

/// A caller, a code, whether second factors are on, content type and body; then the status and the body.
type Case = (Who, Code, bool, Option<&'static str>, &'static str, u16, Value);

fn told(code: &str, reason: &str) -> Value {
    json!({"success": false, "error": format!("{reason} [{code}]"), "errorType": code})
}

fn challenge(code: &str, reason: &str, method: &str) -> Value {
    let mut body = told(code, reason);
    let available = if method == "totp" { json!(["totp"]) } else { json!([]) };
    body["details"] = json!({"method": method, "codeGenerated": false, "availableMethods": available});
    body
}

fn not_allowed() -> Value {
    told("error-not-allowed", "Not allowed")
}

fn switched_off() -> Value {
    told("error-two-factor-not-enabled", "Two factor authentication is not enabled")
}

fn not_provided() -> Value {
    told("error-user-param-not-provided", "The required \"userId\" or \"username\" param was not provided")
}

fn unknown() -> Value {
    told("error-invalid-user", "The required \"userId\" or \"username\" param provided does not match any users")
}

fn invalid(reason: &str) -> Value {
    told("invalid-params", reason)
}

/// `ADA` in a body stands for Ada's id, `BOB` for Bob's.
fn stopped() -> Vec<Case> {
    let logged_out = "You must be logged in to do this.";
    let unauthenticated = json!({"status": "error", "error": logged_out, "message": logged_out, "success": false});
    let required = || challenge("totp-required", "TOTP Required", "password");
    let wrong = || challenge("totp-invalid", "TOTP Invalid", "password");
    let mut cases: Vec<Case> = vec![
        // 1: the session, whatever else is wrong.
        (Who::Nobody, Code::Right, true, JSON, r#"{"userId": "ADA"}"#, 401, unauthenticated.clone()),
        (Who::Nobody, Code::No, false, JSON, r#"{"userId": 7}"#, 401, unauthenticated.clone()),
        (Who::Nobody, Code::No, true, FORM, "x=1", 401, unauthenticated),
        // 2: the body, before any code is asked for.
        (Who::Root, Code::No, true, JSON, r#"{"userId": 7}"#, 400, invalid("userId must be string")),
        (Who::Root, Code::No, true, JSON, r#"{"userId": null}"#, 400, invalid("userId must be string")),
        (Who::Root, Code::Wrong, true, JSON, r#"{"username": ["ada"]}"#, 400, invalid("username must be string")),
        (Who::Bob, Code::No, true, JSON, r#"{"user": {"a": 1}}"#, 400, invalid("user must be string")),
        (Who::Bob, Code::No, true, JSON, "[]", 400, invalid("must be object")),
        (Who::Bob, Code::No, true, JSON, "7", 400, invalid("must be object")),
        (
            Who::Root,
            Code::No,
            false,
            JSON,
            r#"{"email": "a"}"#,
            400,
            invalid("must NOT have additional properties: email"),
        ),
        (Who::Root, Code::Right, true, FORM, "userId=ADA&x=1", 400, invalid("must NOT have additional properties: x")),
        (Who::Root, Code::Right, true, FORM, "user=ada&user=bob", 400, invalid("must NOT have a field twice")),
        // What curl sends without a content type is no name, and must not be taken for nobody's.
        (
            Who::Root,
            Code::Right,
            true,
            FORM,
            r#"{"userId":7}"#,
            400,
            invalid(r#"must NOT have additional properties: {"userId":7}"#),
        ),
        // 4: the caller's second factor, before anybody learns whether he may or whom he named.
        (Who::Root, Code::No, true, JSON, r#"{"userId": "ADA"}"#, 400, required()),
        (Who::Root, Code::No, true, JSON, r#"{"userId": "nobody"}"#, 400, required()),
        (Who::Root, Code::No, true, JSON, r#"{"userId": ""}"#, 400, required()),
        (Who::Bob, Code::No, true, JSON, r#"{"userId": "ADA"}"#, 400, required()),
        (Who::Bob, Code::No, true, None, "", 400, required()),
        (Who::Root, Code::Wrong, true, JSON, r#"{"userId": "ADA"}"#, 400, wrong()),
        (Who::Bob, Code::Wrong, true, FORM, "username=ada", 400, wrong()),
        (Who::Enrolled, Code::No, true, JSON, "{}", 400, challenge("totp-required", "TOTP Required", "totp")),
        (Who::Enrolled, Code::Wrong, true, JSON, "{}", 400, challenge("totp-invalid", "TOTP Invalid", "totp")),
    ];
    // 5: the permission, as soon as a name is there at all; it tells nothing of who exists.
    for (kind, body) in [
        (JSON, r#"{"userId": "ADA"}"#),
        (JSON, r#"{"userId": "BOB"}"#),
        (JSON, r#"{"username": "bob"}"#),
        (JSON, r#"{"user": "nobody"}"#),
        (JSON, r#"{"userId": ""}"#),
        (JSON, r#"{"userId": " ", "username": "", "user": ""}"#),
        (FORM, "user="),
        (FORM, "userId=ADA"),
    ] {
        cases.push((Who::Bob, Code::Right, true, kind, body, 400, not_allowed()));
        // With second factors off nobody is asked for one, and the permission comes before the setting.
        cases.push((Who::Bob, Code::No, false, kind, body, 400, not_allowed()));
    }
    // 6: the setting, before the names are looked at.
    for body in [r#"{"userId": "ADA"}"#, r#"{"username": "nobody"}"#, r#"{"user": ""}"#, r#"{"userId": " "}"#] {
        cases.push((Who::Root, Code::No, false, JSON, body, 400, switched_off()));
        cases.push((Who::Root, Code::Wrong, false, JSON, body, 400, switched_off()));
    }
    // 7: blank names.
    for (kind, body) in [
        (JSON, r#"{"userId": ""}"#),
        (JSON, r#"{"userId": " "}"#),
        (JSON, r#"{"username": "\t"}"#),
        (JSON, r#"{"user": "  "}"#),
        (JSON, r#"{"userId": "", "username": " ", "user": ""}"#),
        (FORM, "userId="),
        (FORM, "username=+&user=%20"),
    ] {
        cases.push((Who::Root, Code::Right, true, kind, body, 400, not_provided()));
    }
    // 8: nobody has it; the id wins over the names.
    for (kind, body) in [
        (JSON, r#"{"userId": "nobody"}"#),
        (JSON, r#"{"userId": "0190163d-8694-739b-aea5-5966c26f8aff"}"#),
        (JSON, r#"{"userId": "nobody", "username": "ada"}"#),
        (JSON, r#"{"username": "nobody", "user": "ada"}"#),
        (JSON, r#"{"user": "ada@example.com"}"#),
        // A person without an account.
        (JSON, r#"{"username": "eve"}"#),
        (FORM, "userId=nobody"),
    ] {
        cases.push((Who::Root, Code::Right, true, kind, body, 400, unknown()));
    }
    cases
}

struct Scene {
    test: TestApp,
    root: Account,
    bob: Account,
    ada: Account,
}

impl Scene {
    /// Ada has TOTP and is signed in.
    async fn set(enabled: bool) -> Self {
        let test = TestApp::with(|settings| settings.two_factor.enabled = enabled);
        let root = test.account("root", &[Role::Admin]).await;
        let bob = test.account("bob", &[Role::User]).await;
        let ada = test.account("ada", &[Role::User]).await;
        test.enrols(&ada).await;
        a_person().email("eve@example.com").put(test.store.as_ref()).await;
        Self { test, root, bob, ada }
    }

    async fn call(&self, (who, code, _, kind, body, ..): &Case) -> Answer {
        let mut request = Request::post("/api/v1/users.resetTOTP");
        let caller = match who {
            Who::Nobody => None,
            Who::Root | Who::Enrolled => Some(&self.root),
            Who::Bob => Some(&self.bob),
        };
        if let Some(caller) = caller {
            for (name, value) in caller.headers() {
                request = request.header(name, value);
            }
        }
        request = match code {
            Code::No => request,
            Code::Wrong => request.header("x-2fa-code", "000000"),
            Code::Right => request.header("x-2fa-code", caller.unwrap_or(&self.root).password_code()),
        };
        if let Some(kind) = kind {
            request = request.header("content-type", *kind);
        }
        let body = body.replace("\"ADA\"", &format!("\"{}\"", self.ada.id)).replace("BOB", &self.bob.id);
        let body = body.replace("=ADA", &format!("={}", self.ada.id));
        self.test.send(request.body(Body::from(body)).unwrap()).await
    }
}

#[tokio::test]
async fn each_gate_stops_with_its_own_body_and_leaves_no_trace() {
    for case in stopped() {
        let (who, _, enabled, _, _, status, expected) = &case;
        let scene = Scene::set(*enabled).await;
        if *who == Who::Enrolled {
            scene.test.enrols(&scene.root).await;
        }
        let events = scene.test.store.envelopes().len();
        let answer = scene.call(&case).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (*status, expected), "{case:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{case:?}");
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), Some("no-cache")));
        assert_eq!(scene.test.store.envelopes().len(), events, "{case:?}");
        assert!(scene.test.knows(&scene.ada).await, "{case:?}");
    }
}

#[tokio::test]
async fn after_too_many_wrong_codes_none_is_looked_at() {
    let scene = Scene::set(true).await;
    let body = r#"{"userId": "ADA"}"#;
    for _ in 0..10 {
        scene.call(&(Who::Root, Code::Wrong, true, JSON, body, 400, Value::Null)).await.expect(400);
    }
    for code in [Code::Wrong, Code::Right] {
        let answer = scene.call(&(Who::Root, code, true, JSON, body, 400, Value::Null)).await.expect(400);
        assert_eq!(answer.body, challenge("totp-max-attempts", "TOTP Maximun Failed Attempts Reached", "password"));
    }
    assert!(scene.test.knows(&scene.ada).await);
}

#[tokio::test]
async fn whoever_passes_all_gates_clears_whom_he_named() {
    let named = [
        (JSON, r#"{"userId": "ADA"}"#),
        (JSON, r#"{"userId": "ada"}"#),
        (JSON, r#"{"userId": "aDA"}"#),
        (JSON, r#"{"username": "Ada"}"#),
        (JSON, r#"{"user": "ada"}"#),
        (JSON, r#"{"userId": "", "username": " ", "user": "ada"}"#),
        (JSON, r#"{"userId": "ADA", "username": "nobody", "user": "bob"}"#),
        (JSON, r#"{"username": "ada", "user": "bob"}"#),
        (None, r#"{"userId": "ADA"}"#),
        (Some("application/json; charset=utf-8"), r#"{"username": "ada"}"#),
        (FORM, "userId=ADA"),
        (FORM, "username=ada"),
        (FORM, "user=Ada"),
    ];
    for (kind, body) in named {
        let scene = Scene::set(true).await;
        scene.test.leaves_messages();
        let case = (Who::Root, Code::Right, true, kind, body, 200, json!({"success": true}));
        let answer = scene.call(&case).await.expect(200);
        assert_eq!(answer.body, case.6, "{body}");
        assert!(!scene.test.knows(&scene.ada).await && scene.test.knows(&scene.root).await, "{body}");
    }
}

#[tokio::test]
async fn without_a_name_everybody_clears_the_own_whatever_the_setting() {
    let nameless =
        [(None, ""), (JSON, ""), (FORM, ""), (JSON, "{}"), (JSON, "null"), (JSON, "{"), (JSON, "\u{1}"), (None, "{}")];
    for (kind, body) in nameless {
        let scene = Scene::set(false).await;
        scene.test.leaves_messages();
        scene.test.enrols(&scene.bob).await;
        let case = (Who::Bob, Code::No, false, kind, body, 200, json!({"success": true}));
        assert_eq!(scene.call(&case).await.expect(200).body, case.6, "{kind:?} {body}");
        assert!(!scene.test.knows(&scene.bob).await && scene.test.knows(&scene.ada).await, "{kind:?} {body}");
    }
}
