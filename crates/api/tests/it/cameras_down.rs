//! 3dEye fails, over real HTTP: what clients, the load balancer and Prometheus are told.

use std::sync::Arc;
use std::time::Duration;

use portcullis_adapters::threedeye::{HttpThreeDEyeGateway, ThreeDEyeAccess, UnconfiguredThreeDEye};
use portcullis_api::http::metrics::MetricsListener;
use portcullis_api::metrics::Format;
use portcullis_testkit::build::a_person;
use serde_json::json;
use threedeye_sim::{Fault, Misbehaviour, Operation, RunningSim, Sim, SimConfig};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const PAUSE: Duration = Duration::from_secs(2);

/// The service before a stand-in.
async fn start() -> (RunningSim, TestApp) {
    let sim = Sim::start(SimConfig::default()).await.unwrap();
    let known = sim.credentials();
    let test = TestApp::on(|ports, _| {
        let access = ThreeDEyeAccess {
            breaker_failures: 3,
            breaker_pause: PAUSE,
            observer: Some(Arc::new(ports.metrics.threedeye.clone())),
            ..ThreeDEyeAccess::new(sim.base_url(), known.api_key, known.username, known.password)
        };
        ports.gateway = Arc::new(HttpThreeDEyeGateway::new(access).unwrap());
    });
    (sim, test)
}

async fn as_staff(test: &TestApp, path: &str) -> Answer {
    let token = test.staff();
    test.get(path, &[("authorization", &token), ("x-admin-api-key", ADMIN_KEY)]).await
}

async fn metrics(test: &TestApp) -> String {
    as_staff(test, "/metrics").await.expect(200).body.as_str().unwrap().to_owned()
}

#[track_caller]
fn says(told: &str, line: &str) {
    let line = format!("portcullis_threedeye_{line}");
    assert!(told.lines().any(|known| known == line), "{line} is not in\n{told}");
}

#[tokio::test]
async fn it_is_left_alone_and_heals_and_all_are_told() {
    let (sim, test) = start().await;
    let ada = a_person().email("ada@example.com").put(test.store.as_ref()).await;
    let path = format!("/users/{ada}/3deye-credentials");
    let ready = async || test.get("/readyz", &[]).await.expect(200).body["details"]["threeDEye"].clone();
    assert_eq!(ready().await, json!({"configured": true, "circuit": "closed", "failures": 0}));
    says(&metrics(&test).await, "circuit_state{state=\"closed\"} 1");

    sim.state().inject(Fault::before(Operation::CreateUser, Misbehaviour::status(503)).times(3)).unwrap();
    for failures in 1..=3 {
        as_staff(&test, &path).await.expect(502);
        assert_eq!(ready().await["failures"], failures);
    }
    let refused = as_staff(&test, &path).await.expect(503);
    assert!(refused.header("retry-after").is_some_and(|seconds| seconds == "2"));
    assert_eq!(sim.state().calls(Operation::CreateUser), 3);
    // The process goes on serving: most of what it does needs no 3dEye.
    let open = json!({"configured": true, "circuit": "open", "failures": 3, "retryAfterSeconds": 2});
    assert_eq!(ready().await, open);
    let told = metrics(&test).await;
    says(&told, "circuit_state{state=\"open\"} 1");
    says(&told, "circuit_state{state=\"closed\"} 0");
    says(&told, "failures 3");
    says(&told, "calls_total{operation=\"create_user\",outcome=\"unavailable\"} 3");
    says(&told, "calls_total{operation=\"create_user\",outcome=\"circuit_open\"} 1");
    says(&told, "call_duration_seconds_count{operation=\"create_user\"} 3");
    says(&told, "calls_in_flight 0");
    says(&told, "calls_waiting 0");

    tokio::time::sleep(PAUSE).await;
    assert_eq!(ready().await["circuit"], "half-open");
    as_staff(&test, &path).await.expect(200);
    assert_eq!(ready().await, json!({"configured": true, "circuit": "closed", "failures": 0}));
    let told = metrics(&test).await;
    says(&told, "circuit_state{state=\"closed\"} 1");
    says(&told, "calls_total{operation=\"create_user\",outcome=\"ok\"} 1");
    assert_eq!((sim.state().calls(Operation::CreateUser), sim.state().users().len()), (4, 1));
    assert!(!told.contains("example.com") && !told.contains(&ada.to_string()), "{told}");
}

/// A creation that perhaps went through is never just repeated, whatever the circuit does: it is counted as such, and what
/// it made is found and taken away before another is asked for.
#[tokio::test]
async fn a_creation_that_was_not_confirmed_is_looked_for() {
    let (sim, test) = start().await;
    let ada = a_person().email("ada@example.com").put(test.store.as_ref()).await;
    let path = format!("/users/{ada}/3deye-credentials");
    sim.state().inject(Fault::after(Operation::CreateUser, Misbehaviour::HangUp).once()).unwrap();
    as_staff(&test, &path).await.expect(200);
    let count = |operation| sim.state().calls(operation);
    assert_eq!((count(Operation::CreateUser), count(Operation::DeleteUser), sim.state().users().len()), (2, 1, 1));
    says(&metrics(&test).await, "calls_total{operation=\"create_user\",outcome=\"ambiguous\"} 1");
    says(&metrics(&test).await, "calls_total{operation=\"create_user\",outcome=\"ok\"} 1");
}

#[tokio::test]
async fn without_access_it_is_said() {
    let test = TestApp::on(|ports, _| ports.gateway = Arc::new(UnconfiguredThreeDEye));
    let told = test.get("/readyz", &[]).await.expect(200).body["details"]["threeDEye"].clone();
    assert_eq!(told, json!({"configured": false, "circuit": "closed", "failures": 0}));
    says(&metrics(&test).await, "circuit_state{state=\"closed\"} 0");
}

#[tokio::test]
async fn a_listener_of_its_own_tells_the_metrics_and_nothing_else() {
    let (_sim, test) = start().await;
    let listener = MetricsListener::start(test.app.clone(), "127.0.0.1:0".parse().unwrap()).unwrap();
    let url = listener.url();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], Format::Prometheus.content_type());
    says(&answer.text().await.unwrap(), "calls_in_flight 0");
    let elsewhere = url.replace("/metrics", "/healthz");
    assert_eq!(client.get(elsewhere).send().await.unwrap().status(), 404);
    let taken = listener.url().strip_prefix("http://").unwrap().strip_suffix("/metrics").unwrap().parse().unwrap();
    assert!(MetricsListener::start(test.app.clone(), taken).is_err());
    listener.stop().await;
    assert!(client.get(url).send().await.is_err());
}
