//! What `serve` says when it starts.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Everything up to the line that tells it listens; folder, ports and release replaced.
fn said(folder: &Path, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.arg("serve").current_dir(folder).env_clear().env("PORTCULLIS__HTTP__LISTEN", "127.0.0.1:0");
    command.envs(variables.iter().map(|(key, value)| (format!("PORTCULLIS__{key}"), value)));
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut ports = Vec::new();
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let place = line.split_once("http://127.0.0.1:").or_else(|| line.split_once("https://127.0.0.1:"));
        let port: Option<String> = place.map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect());
        ports.extend(port.filter(|port| !ports.contains(port)));
        said.push_str(&line);
        said.push('\n');
        if line.starts_with("listening on") {
            break;
        }
    }
    process.kill().unwrap();
    process.wait().unwrap();
    for port in ports {
        said = said.replace(&format!("127.0.0.1:{port}"), "127.0.0.1:[port]");
    }
    let folder = folder.canonicalize().unwrap();
    said.replace(&folder.display().to_string(), "[folder]").replace(env!("CARGO_PKG_VERSION"), "[release]")
}

#[test]
fn without_a_setting() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!("without_a_setting", said(folder.path(), &[]));
    // The second time the administrator is there.
    assert!(!said(folder.path(), &[]).contains("administrator"));
}

#[test]
fn with_everything() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "a secret of more than thirty-two bytes for tests";
    let told = said(
        folder.path(),
        &[
            ("HTTP__PUBLIC_URL", "https://locks.example.com"),
            ("METRICS__LISTEN", "127.0.0.1:0"),
            ("DATABASE__URL", "sqlite://data.db"),
            ("AUTH__JWT__HS256_SECRET", secret),
            ("AUTH__ADMIN_API_KEY", "hunter2"),
            ("AUTH__ADMIN_EMAIL_DOMAINS", "staff.example"),
            ("BOOTSTRAP__ADMIN_PASSWORD", "hunter2hunter2"),
            ("SMTP__URL", "smtps://portcullis:hunter2@mail.example.com"),
            ("THREEDEYE__BASE_URL", "https://api.3deye.example"),
            ("THREEDEYE__API_KEY", "hunter2"),
            ("THREEDEYE__USERNAME", "service@example.com"),
            ("THREEDEYE__PASSWORD", "hunter2"),
            ("TWO_FACTOR__ENABLED", "false"),
            ("LOCKOUT__ENABLED", "false"),
            ("RATE_LIMIT__ENABLED", "false"),
        ],
    );
    assert!(!told.contains("hunter2") && !told.contains(secret), "{told}");
    insta::assert_snapshot!("with_everything", told);
}
