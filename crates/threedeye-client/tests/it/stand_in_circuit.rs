//! The circuit over real HTTP: when calls are sent and when not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use threedeye_client::{Call, Cause, Circuit, CircuitState, Client, Config, Error, Observer};
use threedeye_sim::{Fault, Misbehaviour, Operation, RunningSim, Sim, SimConfig, SimState};
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate};

use crate::raw::{self, Manner};
use crate::remote::{Remote, ann, json_answer, later, user_body, user_id};
use crate::stand_in::client_with;

const PAUSE: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }

    fn note(&self, text: String) {
        self.0.lock().expect("no panic").push(text);
    }
}

impl Observer for Notes {
    fn call_ended(&self, call: &Call<'_>) {
        assert_eq!(call.was_sent(), call.outcome_name() != "circuit_open");
        self.note(format!("{} {}", call.operation, call.outcome_name()));
    }

    fn circuit_changed(&self, circuit: &Circuit) {
        self.note(circuit.state.as_str().to_owned());
    }
}

async fn start() -> (RunningSim, SimState, Client, Arc<Notes>) {
    let sim = Sim::start(SimConfig::default()).await.expect("a free port");
    let notes = Arc::new(Notes::default());
    let client = client_with(&sim, |config| {
        config.observer = Some(Arc::clone(&notes) as Arc<dyn Observer>);
        config.breaker_pause = PAUSE;
    });
    client.get_user(&user_id("u1")).await.expect("the sign-in");
    assert_eq!(notes.take(), ["sign_in ok", "get_user ok"]);
    let state = sim.state();
    (sim, state, client, notes)
}

async fn get(client: &Client) -> Result<(), Error> {
    client.get_user(&user_id("u1")).await.map(drop)
}

#[tokio::test]
async fn it_opens_probes_and_heals() {
    let (_sim, state, client, notes) = start().await;
    state.inject(Fault::before(Operation::GetUser, Misbehaviour::status(500)).times(6)).expect("a sound fault");
    for _ in 0..5 {
        assert!(matches!(get(&client).await, Err(Error::Unavailable { .. })));
    }
    let circuit = client.circuit();
    assert_eq!((circuit.state, circuit.failures), (CircuitState::Open, 5));
    let told = notes.take();
    assert_eq!(told.iter().filter(|note| *note == "get_user unavailable").count(), 5);
    assert!(told.contains(&"open".to_owned()));

    // Nothing is sent, whatever it is, and a creation is as certain as can be.
    let calls = state.calls(Operation::GetUser);
    for _ in 0..3 {
        assert!(matches!(get(&client).await, Err(Error::CircuitOpen { retry_after }) if retry_after <= PAUSE));
    }
    assert!(matches!(client.create_user(&ann()).await, Err(Error::CircuitOpen { .. })));
    assert_eq!((state.calls(Operation::GetUser), state.calls(Operation::CreateUser)), (calls, 0));
    assert_eq!(notes.take().last().map(String::as_str), Some("create_user circuit_open"));

    // The first probe fails, the second one finds it well.
    later(PAUSE).await;
    assert_eq!(client.circuit().state, CircuitState::HalfOpen);
    assert!(matches!(get(&client).await, Err(Error::Unavailable { .. })));
    assert_eq!(state.calls(Operation::GetUser), calls + 1);
    assert!(client.circuit().retry_after.is_some_and(|wait| wait > PAUSE));
    later(2 * PAUSE).await;
    assert_eq!(get(&client).await, Ok(()));
    assert_eq!((client.circuit().state, client.circuit().failures), (CircuitState::Closed, 0));
    assert_eq!(notes.take(), ["half-open", "open", "get_user unavailable", "half-open", "closed", "get_user ok"]);
}

#[tokio::test]
async fn what_counts_as_a_failure() {
    for what in [
        Misbehaviour::HangUp,
        Misbehaviour::status(408),
        Misbehaviour::status(429),
        Misbehaviour::status(500),
        Misbehaviour::status(503),
    ] {
        let (_sim, state, client, _) = start().await;
        state.inject(Fault::before(Operation::GetUser, what.clone())).expect("a sound fault");
        for failures in 1..5 {
            get(&client).await.expect_err("a fault");
            assert_eq!(
                (client.circuit().state, client.circuit().failures),
                (CircuitState::Closed, failures),
                "{what:?}"
            );
        }
        get(&client).await.expect_err("a fault");
        assert_eq!(client.circuit().state, CircuitState::Open, "{what:?}");
    }
}

#[tokio::test]
async fn what_does_not_count() {
    for what in [
        Misbehaviour::status(400),
        Misbehaviour::status(401),
        Misbehaviour::status(403),
        Misbehaviour::status(404),
        Misbehaviour::status(409),
        Misbehaviour::MalformedJson,
        Misbehaviour::WrongTypes,
    ] {
        let (_sim, state, client, _) = start().await;
        state.inject(Fault::before(Operation::ListRoles, Misbehaviour::status(500)).times(4)).expect("a sound fault");
        for _ in 0..4 {
            crate::remote::roles(&client).await.expect_err("a fault");
        }
        state.inject(Fault::after(Operation::ListUsers, what.clone())).expect("a sound fault");
        for _ in 0..6 {
            client.find_user_by_email("ann@example.com").await.expect_err("a fault");
        }
        assert_eq!((client.circuit().state, client.circuit().failures), (CircuitState::Closed, 0), "{what:?}");
    }
}

#[tokio::test]
async fn nobody_there_and_no_answer_count() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let config = Config::new(format!("http://{free}"), "key", "login", "password");
    let gone = Client::new(config).expect("a client");
    let silent = raw::client_of(Manner::Silent, Duration::from_millis(50)).await;
    for client in [gone, silent] {
        for _ in 0..5 {
            assert_eq!(client.circuit().state, CircuitState::Closed);
            get(&client).await.expect_err("a failure");
        }
        assert_eq!(client.circuit().state, CircuitState::Open);
    }
}

#[tokio::test]
async fn failed_sign_ins_count_once_for_all_who_waited_for_them() {
    let remote = Remote::silent().await;
    let failure = ResponseTemplate::new(500).set_delay(Duration::from_millis(200));
    Mock::given(path("/v3/auth/token")).respond_with(failure).expect(1).mount(&remote.server).await;
    let client = remote.client();
    // More than may call at once.
    let calls = (0..20).map(|_| get(&client));
    for outcome in futures_util::future::join_all(calls).await {
        assert!(matches!(outcome, Err(Error::Unavailable { .. })), "{outcome:?}");
    }
    let circuit = client.circuit();
    assert_eq!((circuit.state, circuit.failures), (CircuitState::Closed, 1));
}

#[tokio::test]
async fn a_pause_asked_for_is_kept_in_seconds_and_as_a_date() {
    let sent = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (date, asked, seconds) in [
        (None, "7", 7),
        (Some(sent), "Sun, 06 Nov 1994 08:50:00 GMT", 23),
        (Some(sent), "Sun, 06 Nov 1994 08:59:37 GMT", 300),
    ] {
        let remote = Remote::start().await;
        let mut answer = ResponseTemplate::new(429).insert_header("retry-after", asked);
        if let Some(date) = date {
            answer = answer.insert_header("date", date);
        }
        Mock::given(path("/v3/users/u1")).respond_with(answer).up_to_n_times(1).mount(&remote.server).await;
        let client = remote.client();
        get(&client).await.expect_err("a refusal");
        let (pause, little) = (Duration::from_secs(seconds), Duration::from_secs(2));
        assert!(client.circuit().retry_after.is_some_and(|wait| wait + little > pause && wait <= pause));
        later(pause.saturating_sub(little)).await;
        assert!(matches!(get(&client).await, Err(Error::CircuitOpen { .. })));
        assert_eq!(remote.calls("/v3/users/u1").await, 1);
        remote.once("GET", "/v3/users/u1", ResponseTemplate::new(404)).await;
        later(little).await;
        assert_eq!(get(&client).await, Ok(()));
    }
}

#[tokio::test]
async fn a_probe_that_is_given_up_leaves_the_next_one_to_try() {
    let (_sim, state, client, _) = start().await;
    let seconds_7 = Misbehaviour::status_retry_after(503, 7);
    state.inject(Fault::before(Operation::GetUser, seconds_7).once()).expect("a sound fault");
    get(&client).await.expect_err("a fault");
    later(Duration::from_secs(7)).await;
    let slow = Misbehaviour::delay(Duration::from_mins(1));
    state.inject(Fault::before(Operation::GetUser, slow).once()).expect("a sound fault");
    let probe = tokio::spawn({
        let client = client.clone();
        async move { get(&client).await }
    });
    state.until(|state| state.calls(Operation::GetUser) == 3).await;
    assert!(matches!(get(&client).await, Err(Error::CircuitOpen { .. })));
    probe.abort();
    probe.await.expect_err("given up");
    assert_eq!(get(&client).await, Ok(()));
    assert_eq!(client.circuit().state, CircuitState::Closed);
}

#[tokio::test]
async fn little_time_left_says_nothing_about_3deye() {
    let remote = Remote::start().await;
    let timeout = Duration::from_millis(1_200);
    Mock::given(path("/v3/users"))
        .respond_with(|request: &wiremock::Request| {
            let first = request.url.query().is_some_and(|query| query.starts_with("page=1&"));
            let list = json_answer(200, json!({ "data": [user_body("u1", "other@example.com")] }));
            list.set_delay(Duration::from_millis(if first { 800 } else { 20_000 }))
        })
        .mount(&remote.server)
        .await;
    let client = Client::new(Config { timeout, ..remote.config() }).expect("a sound configuration");
    let missed = Error::Unavailable { retry_after: None, cause: Cause::Deadline };
    assert_eq!(client.find_user_by_email("ann@example.com").await, Err(missed));
    assert_eq!(client.circuit().failures, 0);
}

#[tokio::test]
async fn a_drip_ends_with_the_exchange_and_counts() {
    let (sim, state, _, _) = start().await;
    let client = client_with(&sim, |config| config.call_timeout = Duration::from_millis(300));
    client.get_user(&user_id("u1")).await.expect("the sign-in");
    let drip = Misbehaviour::SlowDrip { millis_per_byte: 50 };
    state.inject(Fault::after(Operation::CreateUser, drip.clone()).once()).expect("a sound fault");
    state.inject(Fault::after(Operation::ListUsers, drip).once()).expect("a sound fault");
    assert_eq!(client.create_user(&ann()).await, Err(Error::Ambiguous { cause: Cause::CallDeadline }));
    assert_eq!(client.circuit().failures, 1);
    let missed = Error::Unavailable { retry_after: None, cause: Cause::CallDeadline };
    assert_eq!(client.find_user_by_email("ann@example.com").await, Err(missed));
    assert_eq!(client.circuit().failures, 2);
    assert!(client.find_user_by_email("ann@example.com").await.expect("an answer").is_some());
}

#[tokio::test]
async fn a_reset_counts_and_a_flood_does_not() {
    let (_sim, state, client, _) = start().await;
    state.inject(Fault::before(Operation::ListUsers, Misbehaviour::Reset).once()).expect("a sound fault");
    let flood = Misbehaviour::HugeBody { bytes: 10_000_000 };
    state.inject(Fault::after(Operation::ListUsers, flood).once()).expect("a sound fault");
    let find = async || client.find_user_by_email("ann@example.com").await;
    assert!(matches!(find().await, Err(Error::Unavailable { cause: Cause::Lost(_), .. })));
    assert_eq!(client.circuit().failures, 1);
    assert_eq!(find().await, Err(Error::TooLarge { limit: 8 * 1024 * 1024 }));
    assert_eq!(client.circuit().failures, 0);
}
