//! Logs: for people, and for programs.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::text;

/// A serving process.
struct Serving {
    process: Child,
    url: String,
}

impl Serving {
    fn start(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied());
        command.env("PORTCULLIS__HTTP__LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("it says where it listens").unwrap();
            if let Some(rest) = line.strip_prefix("listening on ") {
                break rest.split(';').next().unwrap_or_default().to_owned();
            }
        };
        Self { process, url }
    }

    /// The id of an answered request.
    async fn ask(&self, path: &str) -> String {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(format!("{}{path}", self.url)).send().await.unwrap();
        answer.headers()["x-request-id"].to_str().unwrap().to_owned()
    }

    /// What it logged until its end.
    fn stop(mut self) -> String {
        let asked = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let mut said = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(self.process.wait().unwrap().success());
        said
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

fn objects(said: &str) -> Vec<Value> {
    said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_an_object_with_the_request_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(folder.path(), &["serve", "--log-format", "json"], &[("RUST_LOG", "info")]);
    let id = serving.ask("/users/0190163d-8694-739b-aea5-5966c26f8ad2").await;
    let said = serving.stop();
    let lines = objects(&said);
    for line in &lines {
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line[field].is_string(), "{field} is missing: {line}");
        }
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
    }
    let answered = lines.iter().find(|line| line["request_id"] == *id).expect("the request is in the log");
    assert_eq!((&answered["level"], &answered["message"]), (&"INFO".into(), &"request answered".into()));
    assert_eq!(answered["method"], "GET");
    assert!(
        answered["route"].is_string() && answered["status"].is_u64() && answered["elapsed_ms"].is_u64(),
        "{answered}"
    );
    assert!(!said.contains("0190163d"), "ids of paths are not logged");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_format_and_the_filter_come_from_variables_too() {
    let folder = tempfile::tempdir().unwrap();
    let quiet = [("PORTCULLIS_LOG_FORMAT", "json"), ("RUST_LOG", "warn")];
    let serving = Serving::start(folder.path(), &["serve"], &quiet);
    serving.ask("/healthz").await;
    assert_eq!(serving.stop(), "", "requests are no warnings");
    // An option is stronger, and what is said of nothing says nothing.
    let serving = Serving::start(
        folder.path(),
        &["serve", "--log-format", "text"],
        &[quiet[0], ("RUST_LOG", ""), ("PORTCULLIS_CONFIG", "")],
    );
    let id = serving.ask("/healthz").await;
    let said = serving.stop();
    assert!(said.lines().any(|line| line.contains(&id) && line.contains("INFO")), "{said}");
    assert!(!said.contains('\x1b'), "colours into a pipe: {said}");
}

#[test]
fn a_failure_is_an_object_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(["--log-format", "json", "user", "reset-totp", "nobody"]).current_dir(folder.path()).env_clear();
    let ended = command.output().unwrap();
    let lines = objects(&text(&ended.stderr));
    assert_eq!((ended.status.code(), lines.len()), (Some(1), 1));
    assert_eq!((&lines[0]["level"], &lines[0]["status"]), (&"ERROR".into(), &1.into()));
    for field in ["error", "next"] {
        assert!(lines[0][field].is_string(), "{}", lines[0]);
    }
}

#[test]
fn a_filter_that_is_not_understood_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, variables) in
        [(&["openapi"][..], &[("RUST_LOG", "portcullis=loud")][..]), (&["--log", "portcullis=loud", "openapi"], &[])]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(arguments).current_dir(folder.path()).env_clear().envs(variables.iter().copied());
        let ended = command.output().unwrap();
        let said = text(&ended.stderr);
        assert_eq!((ended.status.code(), ended.stdout.len()), (Some(2), 0), "{said}");
        assert!(said.contains("portcullis=loud") && said.contains("RUST_LOG"), "{said}");
    }
}
