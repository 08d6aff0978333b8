//! The examples of help, run as they stand.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use threedeye_sim::{Sim, SimConfig};

use super::help::{examples, leaves};
use super::text;

/// Those that cannot be run, and why.
const NOT_RUN: [(&str, &str); 6] = [
    ("portcullis copy", "needs a Postgres of this name; a test of its own copies"),
    (" serve", "stays up, at an address others may have"),
    ("portcullis threedeye-sim", "the same"),
    ("portcullis demo", "the same; --once is run by a test of its own"),
    ("source <(portcullis completions zsh)", "needs another shell"),
    ("portcullis completions fish | source", "needs another shell"),
];

/// Those that name what is not there in a new folder: how they end then.
const FOR_SOMETHING_THERE: [(&str, &str); 4] = [
    ("api-key rotate", "no key is called aB3dE5gH"),
    ("api-key revoke", "no key is called aB3dE5gH"),
    ("user set-password", "no account has the name admin"),
    ("user reset-totp", "no account has the name admin"),
];

fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
}

/// A folder in which the examples of a command find what they name.
fn folder(command: &[String]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("portcullis.toml"), "[http]\nlisten = \"127.0.0.1:0\"\n").unwrap();
    fs::write(path.join("new-password"), "a new password\n").unwrap();
    // What others bring.
    program(path, "pass", "echo a new password");
    program(path, "man", "cat > /dev/null");
    if command == ["secrets", "new-key"] {
        // There is a key to be followed by another.
        assert!(run(path, "portcullis tenant list", None).status.success());
    }
    folder
}

fn run(folder: &Path, line: &str, sim: Option<&threedeye_sim::RunningSim>) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_portcullis")).parent().unwrap();
    let mut command = Command::new("bash");
    command.args(["-o", "pipefail", "-c", line]).current_dir(folder).env_clear();
    command.env("PATH", format!("{}:{}:/usr/bin:/bin", folder.display(), program.display())).env("HOME", folder);
    command.env("PORTCULLIS__AUTH__JWT__HS256_SECRET", "a secret of more than thirty-two bytes for tests");
    if let Some(sim) = sim {
        let known = sim.credentials();
        for (key, value) in [
            ("BASE_URL", sim.base_url()),
            ("API_KEY", known.api_key),
            ("USERNAME", known.username),
            ("PASSWORD", known.password),
        ] {
            command.env(format!("PORTCULLIS__THREEDEYE__{key}"), value);
        }
    }
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_work() {
    let sim = Sim::start(SimConfig::default()).await.unwrap();
    let mut done = 0;
    for (words, command) in leaves() {
        let folder = folder(&words);
        for example in examples(&command) {
            if NOT_RUN.iter().any(|(begin, _)| example.contains(begin)) {
                continue;
            }
            let ended = run(folder.path(), &example, Some(&sim));
            let said = text(&ended.stderr);
            match FOR_SOMETHING_THERE.iter().find(|(command, _)| *command == words.join(" ")) {
                Some((_, told)) => {
                    assert_eq!(ended.status.code(), Some(1), "{example}: {said}");
                    assert!(said.contains(told), "{example}: {said}");
                }
                // Who looks at the first lines only closes the pipe.
                None if example.contains("| head") => assert_eq!((ended.status.code(), &*said), (Some(141), "")),
                None => assert!(ended.status.success(), "{example}: {said}"),
            }
            done += 1;
        }
    }
    assert!(done > 30, "{done} examples");
    sim.shutdown().await;
}

/// What is not run is at least understood.
#[test]
fn examples_that_stay_up_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    for (words, command) in leaves() {
        for example in examples(&command) {
            // The words as a shell makes them of the line, up to a remark, a pipe or a file.
            let line = example.split("   ").next().unwrap_or_default();
            if line.contains(['|', '>', '<']) {
                continue;
            }
            let spoken = run(folder.path(), &format!("portcullis() {{ printf '%s\\n' \"$@\"; }}\n{line}"), None);
            let spoken = text(&spoken.stdout);
            let arguments = std::iter::once("portcullis").chain(spoken.lines());
            let parsed = portcullis_api::cli::command().try_get_matches_from(arguments);
            assert!(parsed.is_ok(), "{words:?}: {example}: {}", parsed.unwrap_err());
        }
    }
}
