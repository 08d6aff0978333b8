//! What Prometheus reads: the names there are, how many series there can be, and which format is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use portcullis_adapters::store::{
    CommitOutcome, Connections, PoolUse, StoreObserver, StoreTransaction, TransactionOutcome,
};
use portcullis_api::metrics::{Format, Metrics};
use portcullis_domain::port::{Backlog, GatewayHealth, ThreeDEyeGateway};
use portcullis_domain::usecase::relay::Delivery;
use portcullis_testkit::build::NOON;
use portcullis_testkit::fake::FakeGateway;

use crate::support::{ADMIN_KEY, TestApp};

const OPERATIONS: &str = include_str!("../../../../docs/OPERATIONS.md");

/// Families by name: type, and names of labels.
type Families = BTreeMap<String, (String, BTreeSet<String>)>;

fn health() -> GatewayHealth {
    FakeGateway::new().health()
}

/// A sample's name and labels.
fn sample(line: &str) -> (String, Vec<(String, String)>) {
    let series = line.rsplit_once(' ').unwrap().0;
    let Some((name, labels)) = series.strip_suffix('}').and_then(|series| series.split_once('{')) else {
        return (series.to_owned(), Vec::new());
    };
    // No value of ours has a quote or a comma in it.
    let label = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.trim_matches('"').to_owned())
    };
    (name.to_owned(), labels.split(',').filter(|pair| !pair.is_empty()).map(label).collect())
}

fn samples(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// What is told, in the older format.
fn families(text: &str) -> Families {
    let mut families = Families::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            families.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
        }
    }
    for line in samples(text) {
        let (name, labels) = sample(line);
        let histogram = ["_bucket", "_count", "_sum"].iter().find_map(|part| name.strip_suffix(part));
        let family = histogram.filter(|name| families.contains_key(*name)).unwrap_or(&name).to_owned();
        let (_, known) = families.get_mut(&family).unwrap_or_else(|| panic!("{family} has no type"));
        known.extend(labels.into_iter().map(|(name, _)| name).filter(|name| name != "le"));
    }
    families
}

/// What the manual says: the table of the section on metrics.
fn documented() -> Families {
    let section = OPERATIONS.split("\n## ").find(|section| section.starts_with("Metrics\n")).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let row = |row: &str| {
        let cells: Vec<_> = row.split(" | ").collect();
        let name = cells[0].trim_end_matches('`').to_owned();
        let labels = cells[2].split(", ").map(|label| label.trim_matches('`').to_owned());
        (name, (cells[1].to_owned(), labels.filter(|label| label != "–").collect()))
    };
    rows.map(row).collect()
}

/// Everything counted once that the requests of a test do not count.
fn count_everything(metrics: &Metrics) {
    metrics.store.commit_waited(Duration::from_millis(2));
    metrics.store.commit_ended(CommitOutcome::Written);
    let outcome = TransactionOutcome::Committed;
    metrics.store.transaction_ended(&StoreTransaction { outcome, commits: 3, took: Duration::from_millis(5) });
    metrics.database.looked_at(Some(&Backlog { waiting: 2, buried: 1, oldest_waiting: Some(NOON) }), NOON);
    let of = PoolUse { used: 1, idle: 3 };
    metrics.database.connected(&Connections { read: of, write: of });
    metrics.mail.tried(Delivery::Delivered);
    metrics.jobs.begun("a");
    metrics.jobs.ended("a", true, NOON);
    metrics.http.begun(&Method::GET, None).answered(axum::http::StatusCode::NOT_FOUND);
}

#[test]
fn the_manual_names_every_metric() {
    let metrics = Metrics::new(NOON);
    count_everything(&metrics);
    let mut told = families(&metrics.render(&health(), Format::Prometheus).unwrap());
    // Counted by the client of 3dEye, over real HTTP: `cameras_down` reads them.
    let label = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let calls = ("counter".to_owned(), label(&["operation", "outcome"]));
    told.insert("portcullis_threedeye_calls_total".to_owned(), calls);
    let took = ("histogram".to_owned(), label(&["operation"]));
    told.insert("portcullis_threedeye_call_duration_seconds".to_owned(), took);
    assert_eq!(documented(), told);
}

#[test]
fn a_database_that_does_not_answer_is_not_told_of() {
    let metrics = Metrics::new(NOON);
    let said = |line: &str| metrics.render(&health(), Format::Prometheus).unwrap().lines().any(|known| known == line);
    let names = |name: &str| metrics.render(&health(), Format::Prometheus).unwrap().contains(name);
    assert!(said("portcullis_database_up 0") && !names("portcullis_outbox_messages"), "nobody looked yet");
    let backlog = Backlog { waiting: 2, buried: 1, oldest_waiting: Some(NOON) };
    metrics.database.looked_at(Some(&backlog), NOON.plus(Duration::from_millis(90_500)));
    for line in [
        "portcullis_database_up 1",
        "portcullis_outbox_messages{state=\"waiting\"} 2",
        "portcullis_outbox_messages{state=\"buried\"} 1",
        "portcullis_outbox_oldest_age_seconds{state=\"waiting\"} 90.5",
    ] {
        assert!(said(line), "{line}");
    }
    metrics.database.looked_at(None, NOON);
    assert!(said("portcullis_database_up 0") && !names("portcullis_outbox_messages{"));
    assert!(!names("portcullis_outbox_oldest_age_seconds{"));
}

#[test]
fn a_job_that_fails_is_not_told_to_have_succeeded() {
    let metrics = Metrics::new(NOON);
    let succeeded = || {
        let text = metrics.render(&health(), Format::Prometheus).unwrap();
        let line =
            text.lines().find(|line| line.starts_with("portcullis_job_last_success_timestamp_seconds{job=\"a\"}"));
        line.and_then(|line| line.rsplit_once(' ')).map(|(_, at)| at.parse::<f64>().unwrap())
    };
    metrics.jobs.begun("a");
    metrics.jobs.ended("a", false, NOON);
    assert_eq!(succeeded(), None);
    metrics.jobs.ended("a", true, NOON);
    let first = succeeded().unwrap();
    metrics.jobs.ended("a", false, NOON.plus(Duration::from_secs(9)));
    assert_eq!(succeeded(), Some(first));
    metrics.jobs.ended("a", true, NOON.plus(Duration::from_secs(9)));
    assert!((succeeded().unwrap() - first - 9.0).abs() < 0.001);
}

/// Who waits for the writers' turn of another process, or for a COMMIT that is not answered, waits for up to a minute.
#[test]
fn long_waits_are_told_apart() {
    let metrics = Metrics::new(NOON);
    let outcome = TransactionOutcome::Committed;
    for seconds in [4, 20, 45] {
        let took = Duration::from_secs(seconds);
        metrics.store.transaction_ended(&StoreTransaction { outcome, commits: 1, took });
        metrics.store.commit_waited(took);
    }
    let text = metrics.render(&health(), Format::Prometheus).unwrap();
    for name in ["transaction_duration", "commit_wait"] {
        for (bound, count) in [("2.5", 0), ("5.0", 1), ("10.0", 1), ("30.0", 2), ("60.0", 3)] {
            let line = format!("portcullis_store_{name}_seconds_bucket{{le=\"{bound}\"}} {count}");
            assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
        }
    }
}

#[test]
fn the_format_is_the_one_asked_for() {
    let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,\
                      text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    for (accept, format) in [
        ("", Format::Prometheus),
        ("*/*", Format::Prometheus),
        ("text/plain", Format::Prometheus),
        ("text/html, application/xml;q=0.9", Format::Prometheus),
        ("application/openmetrics-text;q=0", Format::Prometheus),
        ("application/openmetrics-text;q=0.1, text/plain;q=0.2", Format::Prometheus),
        ("application/openmetrics-text", Format::OpenMetrics),
        ("Application/OpenMetrics-Text; version=1.0.0; Q=0.7, text/plain;q=0.5", Format::OpenMetrics),
        (prometheus, Format::OpenMetrics),
    ] {
        assert_eq!(Format::accepted(accept), format, "{accept}");
    }
}

/// Paths of the document and the methods each has, with the pages, which it does not have.
async fn operations(test: &TestApp) -> BTreeMap<String, Vec<String>> {
    let document = serde_json::to_value(portcullis_api::http::openapi::document()).unwrap();
    let methods = |item: &serde_json::Value| item.as_object().unwrap().keys().map(|name| name.to_uppercase()).collect();
    let paths = document["paths"].as_object().unwrap().iter().map(|(path, item)| (path.clone(), methods(item)));
    let page = test.get("/docs", &[]).await.expect(200).body;
    let loaded =
        page.as_str().unwrap().split('"').filter(|part| part.starts_with("docs/")).map(|name| format!("/{name}"));
    let pages = ["/", "/docs", "/docs/", "/openapi.json"].map(str::to_owned).into_iter().chain(loaded);
    paths.chain(pages.map(|path| (path, vec!["GET".to_owned()]))).collect()
}

/// What requests may be counted as: method and route. HEAD comes with GET, every route answers OPTIONS where pages of
/// other origins are let in, and what there is no route or no such method for has one name.
fn countable(operations: &BTreeMap<String, Vec<String>>) -> BTreeSet<(String, String)> {
    let pair = |method: &str, route: &str| (method.to_owned(), route.to_owned());
    let of = |(path, methods): (&String, &Vec<String>)| {
        let head = methods.iter().filter(|method| *method == "GET").map(|_| pair("HEAD", path));
        let own = methods.iter().map(|method| pair(method, path));
        own.chain(head).chain([pair("OPTIONS", path)]).collect::<Vec<_>>()
    };
    let unknown =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"].map(|word| pair(word, "(none)"));
    operations.iter().flat_map(of).chain(unknown).collect()
}

fn filled(path: &str, with: &str) -> String {
    let mut parts = path.split('/').map(|part| if part.starts_with('{') { with } else { part });
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| path + "/" + part)
}

async fn told(test: &TestApp) -> String {
    let headers = [("authorization", &*test.staff()), ("x-admin-api-key", ADMIN_KEY)];
    test.get("/metrics", &headers).await.expect(200).body.as_str().unwrap().to_owned()
}

fn words(from: usize) -> impl Iterator<Item = String> {
    (from..).map(|number| format!("{:x}-q{number}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// Whatever paths, methods and bodies are sent, and whatever is answered.
#[tokio::test(flavor = "multi_thread")]
async fn clients_make_no_series() {
    const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];
    let test = TestApp::with(|settings| settings.cors_origins = vec!["https://app.example".parse().unwrap()]);
    test.leaves_messages();
    let operations = operations(&test).await;
    let staff = test.staff();
    let send = async |method: &str, path: &str, as_staff: bool, word: &str| {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        if as_staff {
            request = request.header("authorization", &staff).header("x-admin-api-key", ADMIN_KEY);
        }
        let body = if method == "POST" { format!("{{\"lockId\":\"{word}\"}}") } else { String::new() };
        test.send(request.body(Body::from(body)).unwrap()).await;
    };
    let round = async |words: &mut dyn Iterator<Item = String>| {
        for path in operations.keys() {
            for method in METHODS {
                for as_staff in [false, true] {
                    let word = words.next().unwrap();
                    send(method, &filled(path, &word), as_staff, &word).await;
                }
                let large = Request::builder().method(method).uri(filled(path, &words.next().unwrap()));
                test.send(large.header("content-length", 2_000_000).body(Body::empty()).unwrap()).await;
            }
        }
        for word in words.take(200) {
            let method = if word.len() % 2 == 0 { "GET" } else { "POST" };
            send(method, &format!("/{word}"), false, &word).await;
            send(method, &format!("/users/{word}/{word}?x={word}"), true, &word).await;
            let unheard = word.to_uppercase();
            send(&unheard, &format!("/users/{word}/profile"), false, &word).await;
        }
    };
    let (mut first, mut second) = (words(0), words(1_000_000));
    round(&mut first).await;
    told(&test).await;
    let before = told(&test).await;
    round(&mut second).await;
    let after = told(&test).await;
    let series = |text: &str| samples(text).map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect();
    let (before, after): (BTreeSet<String>, BTreeSet<String>) = (series(&before), series(&after));
    assert_eq!(after.difference(&before).collect::<Vec<_>>(), Vec::<&String>::new());

    assert!(!after.iter().any(|line| line.contains("-q")), "what was sent is a label: {after:#?}");
    assert!(operations.keys().all(|path| after.iter().any(|line| line.contains(&format!("route=\"{path}\"")))));
    // The bound the manual names: each method of each route with a histogram and every status it may have.
    let countable = countable(&operations);
    let mut counted = BTreeMap::<_, usize>::new();
    for line in after.iter().filter(|line| line.starts_with("portcullis_http_request")) {
        let labels: BTreeMap<_, _> = sample(&format!("{line} 0")).1.into_iter().collect();
        if let (Some(method), Some(route)) = (labels.get("method"), labels.get("route")) {
            *counted.entry((method.clone(), route.clone())).or_default() += 1;
        }
    }
    let stray: Vec<_> = counted.keys().filter(|pair| !countable.contains(*pair)).collect();
    assert!(stray.is_empty(), "counted though there is no such operation: {stray:?}");
    let (histogram, statuses) = (16, 16);
    let many: Vec<_> = counted.iter().filter(|(_, series)| **series > histogram + statuses).collect();
    assert!(many.is_empty(), "more statuses than the bound is made of: {many:?}");
    let http = countable.len() * (histogram + statuses);
    let rest = after.iter().filter(|line| !line.starts_with("portcullis_http_request")).count() + 10 * (9 + 13);
    println!("{} series, of {} there can be", after.len(), http + rest);
    assert!(after.len() <= http + rest);
    assert!(http + rest < 8_000, "{http} of requests and {rest} others");
    assert!(OPERATIONS.contains("never more than 8,000 series"));
}
