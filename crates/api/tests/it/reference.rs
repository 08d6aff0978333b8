//! The page `/docs`, what it loads, and how both and the document are kept and packed.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::TestApp;

const FOREVER: &str = "public, max-age=31536000, immutable";

/// What came back, byte by byte.
struct Raw {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Raw {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body without its packing.
    fn plain(&self) -> String {
        let mut text = String::new();
        match self.header("content-encoding") {
            "gzip" => drop(GzDecoder::new(&self.body[..]).read_to_string(&mut text).unwrap()),
            "" => text.push_str(std::str::from_utf8(&self.body).unwrap()),
            other => panic!("{other}"),
        }
        text
    }
}

async fn ask(test: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Raw {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let router = portcullis_api::http::router(test.app.clone());
    let (parts, body) = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Raw { status: parts.status, headers: parts.headers, body }
}

async fn get(test: &TestApp, path: &str, headers: &[(&str, &str)]) -> Raw {
    ask(test, Method::GET, path, headers).await
}

/// The addresses the page loads from, as it has them.
async fn parts(test: &TestApp) -> Vec<String> {
    let page = get(test, "/docs", &[]).await.plain();
    let named = page.split('"').filter(|text| text.starts_with("docs/"));
    let parts: Vec<_> = named.map(|name| format!("/{name}")).collect();
    assert_eq!(parts.len(), 3, "{page}");
    parts
}

#[tokio::test]
async fn the_page_has_no_script_in_it_and_may_call_nobody_else() {
    let page = get(&TestApp::new(), "/docs", &[]).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    );
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let text = page.plain();
    let scripts: Vec<_> = text.split("<script").skip(1).collect();
    assert_eq!(scripts.len(), 2);
    assert!(scripts.iter().all(|script| script.contains("src=\"docs/") && script.contains("></script>")), "{text}");
}

#[tokio::test]
async fn the_page_may_call_where_clients_reach_the_service() {
    let public = "https://api.example:8443/portcullis?a=\"><script>";
    let test = TestApp::with(|settings| settings.public_url = Some(public.to_owned()));
    let page = get(&test, "/docs", &[]).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("connect-src 'self' https://api.example:8443;"), "{policy}");
    let shown = page.plain();
    assert!(
        shown.contains("data-public-url=\"https://api.example:8443/portcullis?a=&quot;&gt;&lt;script&gt;\""),
        "{shown}"
    );
}

#[tokio::test]
async fn parts_of_the_page_are_kept_for_good() {
    let test = TestApp::new();
    for path in parts(&test).await {
        let part = get(&test, &path, &[("accept-encoding", "gzip, deflate, br")]).await;
        assert_eq!((part.status.as_u16(), part.header("cache-control")), (200, FOREVER), "{path}");
        assert_eq!((part.header("vary"), part.header("content-encoding")), ("accept-encoding", "gzip"), "{path}");
        assert_eq!(part.header("x-content-type-options"), "nosniff");
        let styles = path.rsplit('.').next() == Some("css");
        let kind = if styles { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
        assert_eq!(part.header("content-type"), kind);
        let plain = get(&test, &path, &[]).await;
        assert_eq!((plain.header("vary"), plain.header("content-encoding")), ("accept-encoding", ""), "{path}");
        assert!(plain.plain() == part.plain(), "{path} differs when it is not packed");
        let hash = path.rsplit(['-', '.']).nth(1).unwrap();
        assert_eq!(part.header("etag"), format!("W/\"{hash}\""));
    }
    assert_eq!(get(&test, "/docs/scalar-0000000000000000.js", &[]).await.status, 404);
}

#[tokio::test]
async fn page_and_document_are_asked_for_again_and_sent_only_if_they_changed() {
    let test = TestApp::new();
    for path in ["/docs", "/openapi.json"] {
        let first = get(&test, path, &[("accept-encoding", "gzip")]).await;
        assert_eq!((first.status.as_u16(), first.header("cache-control")), (200, "no-cache"), "{path}");
        let etag = first.header("etag").to_owned();
        let opaque = etag.trim_start_matches("W/");
        for known in [etag.as_str(), opaque, "*", &format!("\"other\", {etag}")] {
            let again = get(&test, path, &[("if-none-match", known)]).await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path} {known}");
            assert_eq!((again.header("etag"), again.header("vary")), (&*etag, "accept-encoding"));
            assert_eq!((again.header("cache-control"), again.header("content-type")), ("no-cache", ""));
        }
        assert_eq!(get(&test, path, &[("if-none-match", "\"other\"")]).await.status, 200);
        let other = TestApp::with(|settings| settings.public_url = Some("https://api.example".to_owned()));
        assert_eq!(get(&other, path, &[("if-none-match", &etag)]).await.status, 200, "{path} is another one");
    }
}

#[tokio::test]
async fn an_answer_is_packed_for_those_who_take_it() {
    let test = TestApp::new();
    for (accepted, packed) in [
        ("gzip", true),
        ("GZIP;q=0.5, br", true),
        ("br, *", true),
        ("gzip;q=1.0, *;q=0", true),
        ("", false),
        ("br", false),
        ("identity", false),
        ("gzip;q=0", false),
        ("gzip;Q=0", false),
        ("gzip; q=0.000", false),
        ("*;q=0", false),
        ("gzip;q=0, *", false),
        ("gzip;q=nonsense", false),
    ] {
        let answer = get(&test, "/openapi.json", &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.header("content-encoding") == "gzip", packed, "{accepted}");
        let document: Value = serde_json::from_str(&answer.plain()).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
    }
    let secret = get(&test, "/healthz", &[("accept-encoding", "gzip")]).await;
    assert_eq!((secret.header("content-encoding"), secret.header("cache-control")), ("", "no-store"));
}

#[tokio::test]
async fn head_tells_what_get_would() {
    let test = TestApp::new();
    for path in [parts(&test).await, vec!["/docs".to_owned(), "/openapi.json".to_owned()]].concat() {
        for accepted in ["gzip", "identity"] {
            let headers = [("accept-encoding", accepted)];
            let got = get(&test, &path, &headers).await;
            let head = ask(&test, Method::HEAD, &path, &headers).await;
            assert_eq!((head.status.as_u16(), head.body.len()), (200, 0), "{path}");
            assert_eq!(head.header("content-length"), got.body.len().to_string(), "{path}");
            for name in ["etag", "cache-control", "content-encoding", "content-type", "vary"] {
                assert_eq!(head.header(name), got.header(name), "{path} {name}");
            }
        }
    }
}

#[tokio::test]
async fn other_ways_lead_to_the_page() {
    let test = TestApp::new();
    for (path, status, location) in [("/", 307, "docs"), ("/docs/", 308, "../docs")] {
        let answer = get(&test, path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (status, location), "{path}");
    }
    assert_eq!(ask(&test, Method::POST, "/docs", &[]).await.status, 405);
}

/// The document is about operations; these are none.
#[test]
fn the_document_does_not_tell_of_the_page() {
    let document = serde_json::to_value(portcullis_api::http::openapi::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(!paths.keys().any(|path| path == "/" || path.starts_with("/docs") || path == "/openapi.json"));
}
