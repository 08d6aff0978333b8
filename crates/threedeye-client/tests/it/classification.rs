//! The table in the documentation of `Error`, row by row, for a call that may be repeated and one that may not.

use std::time::Duration;

use serde_json::json;
use threedeye_client::{Cause, Client, Config, Error};
use wiremock::ResponseTemplate;

use crate::raw::{self, Manner};
use crate::remote::{Remote, ann, json_answer, roles, user_id};

/// What a repeatable call and a creation make of the same answer.
async fn judge(answer: ResponseTemplate) -> [Error; 2] {
    let remote = Remote::start().await;
    remote.once("GET", "/v3/users/u1", answer.clone()).await;
    remote.once("POST", "/v3/users", answer).await;
    // Two clients, as a pause that the first one is asked for would hold back the second call.
    [reads(&remote.client()).await, creates(&remote.client()).await]
}

async fn outcomes(client: &Client) -> [Error; 2] {
    [reads(client).await, creates(client).await]
}

async fn reads(client: &Client) -> Error {
    client.get_user(&user_id("u1")).await.expect_err("a failure")
}

async fn creates(client: &Client) -> Error {
    client.create_user(&ann()).await.expect_err("a failure")
}

fn unavailable(status: u16, seconds: Option<u64>) -> Error {
    Error::Unavailable { retry_after: seconds.map(Duration::from_secs), cause: Cause::Status(status) }
}

#[tokio::test]
async fn answers_that_did_nothing_are_unavailable_for_both() {
    for status in [408, 425, 429, 503] {
        let expected = unavailable(status, None);
        assert_eq!(judge(ResponseTemplate::new(status)).await, [expected.clone(), expected]);
    }
}

#[tokio::test]
async fn other_server_errors_leave_a_creation_unknown() {
    for status in [500, 501, 502, 504, 507, 520] {
        let ambiguous = Error::Ambiguous { cause: Cause::Status(status) };
        assert_eq!(judge(ResponseTemplate::new(status)).await, [unavailable(status, None), ambiguous]);
    }
}

#[tokio::test]
async fn the_pause_asked_for_is_passed_on() {
    for (header, seconds) in [("7", Some(7)), (" 0 ", Some(0)), ("99999999", Some(86_400)), ("-1", None)] {
        let answer = ResponseTemplate::new(429).insert_header("retry-after", header);
        let expected = unavailable(429, seconds);
        assert_eq!(judge(answer).await, [expected.clone(), expected]);
    }
}

#[tokio::test]
async fn a_date_is_taken_by_their_clock() {
    let sent = "Wed, 21 Oct 2015 07:28:00 GMT";
    for (asked, seconds) in [
        ("Wed, 21 Oct 2015 07:28:30 GMT", Some(30)),
        // The older forms, which every recipient must read.
        ("Wednesday, 21-Oct-15 07:29:00 GMT", Some(60)),
        ("Wed Oct 21 07:28:05 2015", Some(5)),
        ("Wed, 21 Oct 2015 07:27:00 GMT", Some(0)),
        ("Sat, 21 Oct 2045 07:28:00 GMT", Some(86_400)),
        ("tomorrow", None),
    ] {
        let answer = ResponseTemplate::new(503).insert_header("retry-after", asked).insert_header("date", sent);
        assert_eq!(judge(answer).await[0], unavailable(503, seconds), "{asked}");
    }
}

#[tokio::test]
async fn a_date_without_their_clock_is_taken_by_ours() {
    for (asked, seconds) in [("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("Thu, 31 Dec 2099 23:59:59 GMT", 86_400)] {
        let head = format!("HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\nretry-after: {asked}\r\n\r\n");
        let client = raw::client_of(Manner::Say(head.leak()), Duration::from_secs(5)).await;
        assert_eq!(reads(&client).await, unavailable(503, Some(seconds)));
    }
}

#[tokio::test]
async fn other_client_errors_are_refusals() {
    for status in [400, 405, 410, 413, 415, 422, 451] {
        let expected = Error::Rejected { status, message: "no".to_owned() };
        let answer = json_answer(status, json!({ "message": "no" }));
        assert_eq!(judge(answer).await, [expected.clone(), expected]);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let answer = ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/elsewhere");
    let expected =
        [Error::Rejected { status: 302, message: String::new() }, Error::Ambiguous { cause: Cause::Status(302) }];
    assert_eq!(judge(answer).await, expected);
}

#[tokio::test]
async fn forbidden_is_unauthorised_at_once() {
    let expected = Error::Unauthorised { status: 403, message: "not you".to_owned() };
    let answer = json_answer(403, json!({ "message": "not you" }));
    assert_eq!(judge(answer).await, [expected.clone(), expected]);
}

#[tokio::test]
async fn a_refusal_that_says_nothing_readable_has_no_message() {
    for answer in [
        ResponseTemplate::new(400),
        ResponseTemplate::new(400).set_body_string("<html>password</html>"),
        json_answer(400, json!({ "message": 7 })),
        json_answer(400, json!("message")),
    ] {
        assert_eq!(judge(answer).await[0], Error::Rejected { status: 400, message: String::new() });
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_status_even_if_its_body_breaks_off() {
    let manner = Manner::Say("HTTP/1.1 422 Unprocessable\r\ncontent-length: 100\r\n\r\n{");
    let expected = Error::Rejected { status: 422, message: String::new() };
    let client = raw::client_of(manner, Duration::from_secs(5)).await;
    assert_eq!(outcomes(&client).await, [expected.clone(), expected]);
}

#[tokio::test]
async fn without_a_connection_nothing_happened() {
    // Bound and released: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let client = Client::new(Config::new(format!("http://{free}"), "key", "login", "password")).expect("a client");
    for error in outcomes(&client).await {
        assert!(matches!(error, Error::Unavailable { cause: Cause::Connect(_), .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_refused_after_the_sign_in_leaves_a_creation_certain() {
    let sim = threedeye_sim::Sim::start(threedeye_sim::SimConfig::default()).await.expect("a free port");
    let known = sim.credentials();
    let config = Config::new(sim.base_url(), known.api_key, known.username, known.password);
    let client = Client::new(config).expect("a client");
    roles(&client).await.expect("the sign-in works");
    sim.shutdown().await;
    let error = client.create_user(&ann()).await.expect_err("nobody listens");
    assert!(matches!(error, Error::Unavailable { cause: Cause::Connect(_), .. }), "{error:?}");
}

#[tokio::test]
async fn a_connection_lost_leaves_a_creation_unknown() {
    let cut_short = "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\":";
    for manner in [Manner::HangUp, Manner::Say("HTTP/1.1 20"), Manner::Say("nonsense\r\n\r\n"), Manner::Say(cut_short)]
    {
        let client = raw::client_of(manner, Duration::from_secs(5)).await;
        let [read, create] = outcomes(&client).await;
        assert!(matches!(read, Error::Unavailable { cause: Cause::Lost(_), .. }), "{read:?}");
        assert!(matches!(create, Error::Ambiguous { cause: Cause::Lost(_) }), "{create:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_no_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let config = Config {
        connect_timeout: Duration::from_millis(100),
        ..Config::new(format!("https://{address}"), "key", "login", "password")
    };
    // A machine without certificates of authorities cannot make this client; then there is nothing to prove.
    let Ok(client) = Client::new(config) else {
        return;
    };
    let error = client.create_user(&ann()).await.expect_err("no handshake");
    assert!(matches!(error, Error::Unavailable { cause: Cause::Connect(_), .. }), "{error:?}");
}
