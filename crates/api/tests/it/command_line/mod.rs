//! The built program.

mod colours;
mod completions;
mod examples;
mod failures;
mod help;
mod json;
mod logs;
mod man;
mod start;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn portcullis(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portcullis")).args(arguments).current_dir(folder).env_clear().output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_demonstration_does_all_three_operations() {
    let folder = tempfile::tempdir().unwrap();
    let ended = portcullis(folder.path(), &["demo", "--once", "--folder", "here"]);
    let said = text(&ended.stdout);
    assert!(ended.status.success(), "{said}{}", text(&ended.stderr));
    for event in ["AccessibleLockRemoved", "ThreeDEyeReset", "TotpReset"] {
        assert!(said.lines().any(|line| line.contains(event) && line.contains('Z')), "{event} is missing in {said}");
    }
    assert!(!said.contains("correct horse"), "{said}");
}

#[test]
fn a_wrong_configuration_ends_with_status_2_and_names_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.toml"), "[http]\nlisten = \"x\"\n[autth]\na = 1\n").unwrap();
    let ended = portcullis(folder.path(), &["--config", "p.toml", "serve"]);
    let said = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("http.listen: ") && said.contains("autth.a: "), "{said}");
}

#[test]
fn keys_and_second_factors_can_be_managed_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let made = portcullis(folder.path(), &["api-key", "create", "--org", "acme", "--name", "Acme Ltd"]);
    let key = text(&made.stdout);
    assert_eq!(key.trim().len(), 40, "{key}{}", text(&made.stderr));
    let revoked = portcullis(folder.path(), &["api-key", "revoke", &key[..8], "--reason", "lost"]);
    assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    let password = folder.path().join("password");
    std::fs::write(&password, "a new password\n").unwrap();
    let password = password.to_str().unwrap();
    for command in
        [&["user", "reset-totp", "nobody"][..], &["user", "set-password", "nobody", "--password-file", password]]
    {
        let unknown = portcullis(folder.path(), command);
        assert_eq!((unknown.status.code(), text(&unknown.stdout).as_str()), (Some(1), ""), "{command:?}");
        let said = text(&unknown.stderr);
        assert!(said.starts_with("error: no account has the name nobody\n next: see that it is spelt"), "{said}");
    }
}

#[test]
fn organisations_and_keys_are_listed_for_people_and_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let ended = portcullis(folder.path(), arguments);
        assert!(ended.status.success(), "{arguments:?}: {}", text(&ended.stderr));
        text(&ended.stdout)
    };
    let register = ["tenant", "register", "--org", "acme", "--name", "Acme Ltd", "--owner-email", "olive@acme.example"];
    assert_eq!(run(&register), "acme is registered\n");
    assert_eq!(run(&register), "acme was already registered\n");
    let old = run(&["api-key", "create", "--org", "acme"]);
    let new = run(&["api-key", "rotate", &old[..8], "--json"]);
    let new: serde_json::Value = serde_json::from_str(&new).unwrap();
    let key = new["apiKey"].as_str().unwrap();
    assert_eq!((new["orgName"].as_str(), key.len()), (Some("Acme Ltd"), 40));
    run(&["api-key", "create", "--org", "a-longer-name", "--name", "Long", "--super"]);

    let lines = run(&["api-key", "list"]);
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    let column = lines[0].find("STATUS").unwrap();
    for (line, status) in lines[1..].iter().zip(["active, super", "active", "revoked"]) {
        // Columns are counted in characters; the mask has one of several bytes.
        let rest: String = line.chars().skip(column).collect();
        assert!(rest.starts_with(status), "{line}");
    }
    assert!(!lines.concat().contains(key), "a list shows no key whole");
    let listed = run(&["api-key", "list", "--org", "acme", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((listed[0]["apiKeyPrefix"].as_str(), listed[0]["status"].as_str()), (key.get(..8), Some("active")));
    assert_eq!(listed[1]["status"], "revoked");
    let tenants = run(&["tenant", "list", "--json"]);
    let tenants: serde_json::Value = serde_json::from_str(&tenants).unwrap();
    assert_eq!(tenants[1]["ownerEmail"], "olive@acme.example");
    assert_eq!(tenants[0]["ownerEmail"], serde_json::Value::Null);
    assert!(run(&["tenant", "list"]).contains("Acme Ltd"));
    let unknown = portcullis(folder.path(), &["api-key", "create", "--org", "nobody"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("not registered"), "{}", text(&unknown.stderr));
}

#[test]
fn what_cannot_be_done_is_told_in_words_of_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let ended_with = |status, arguments: &[&str]| {
        let ended = portcullis(folder.path(), arguments);
        assert_eq!((ended.status.code(), ended.stdout.len()), (Some(status), 0), "{arguments:?}");
        text(&ended.stderr)
    };
    let refused = |arguments: &[&str]| ended_with(1, arguments);
    let said = refused(&["api-key", "create", "--org", "acme"]);
    assert!(said.contains("--name") && said.contains("tenant register"), "{said}");
    let past = ["api-key", "create", "--org", "acme", "--name", "Acme", "--expires-at", "2001-01-01T00:00:00Z"];
    let said = ended_with(2, &past);
    assert!(said.contains("--expires-at") && !said.contains("expiresAt"), "{said}");
    assert!(portcullis(folder.path(), &["api-key", "create", "--org", "acme", "--name", "Acme"]).status.success());
    let said = refused(&["api-key", "create", "--org", "acme"]);
    assert!(said.contains("api-key rotate"), "{said}");

    let register = |org, name, owner| ["tenant", "register", "--org", org, "--name", name, "--owner-email", owner];
    let said = refused(&register("acme", "Acme Ltd", "olive@acme.example"));
    assert!(said.contains("the name \"Acme\" and no owner's address; nothing was changed"), "{said}");
    assert!(portcullis(folder.path(), &register("bolt", "Bolt", "bob@bolt.example")).status.success());
    let said = refused(&register("bolt", "Bolt", "eve@bolt.example"));
    assert!(said.contains("with another owner's address; nothing"), "{said}");
    assert!(!said.contains("bob@") && !said.contains("eve@"), "{said}");
    assert!(portcullis(folder.path(), &register("bolt", "Bolt", "bob@bolt.example")).status.success());
}

/// As `portcullis openapi | head -1` does.
#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let mut running = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .arg("openapi")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    // The document is longer than a pipe holds.
    BufReader::with_capacity(1, running.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ended = running.wait_with_output().unwrap();
    assert_eq!((line.as_str(), ended.status.code(), text(&ended.stderr).as_str()), ("{\n", Some(141), ""));
}

#[test]
fn tokens_are_made_with_a_secret_only() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["token", "--sub", "0190163d-8694-739b-aea5-5966c26f8ad2", "--email", "ada@example.com"];
    for (settings, told) in [
        ("", "auth.jwt.hs256_secret is not set"),
        ("[auth.jwt]\njwks_url = \"https://issuer.example/jwks\"\n", "signed by the issuer"),
    ] {
        std::fs::write(folder.path().join("p.toml"), settings).unwrap();
        let ended = portcullis(folder.path(), &[&["--config", "p.toml"], arguments.as_slice()].concat());
        let said = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert!(said.contains(told) && said.contains("auth.jwt.hs256_secret"), "{said}");
        assert!(ended.stdout.is_empty());
    }
}

/// The files of master keys, and what is told when one is missing.
#[test]
fn a_master_key_is_changed_step_by_step() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("master.key");
    let keys = || std::fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let run = |arguments: &[&str]| {
        let ended = portcullis(folder.path(), arguments);
        assert!(ended.status.success(), "{arguments:?}: {}", text(&ended.stderr));
        text(&ended.stdout)
    };
    let no_key = portcullis(folder.path(), &["secrets", "new-key"]);
    assert_eq!(no_key.status.code(), Some(2), "there is nothing to change before the first start");
    run(&["api-key", "create", "--org", "acme", "--name", "Acme Ltd"]);
    let old = keys();
    assert_eq!(run(&["secrets", "new-key", "--print"]).trim().len(), 44);
    assert_eq!(keys(), old, "printing changes nothing");

    assert!(run(&["secrets", "new-key"]).contains("secrets rotate"));
    assert_eq!((keys().len(), &keys()[1]), (2, &old[0]));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!folder.path().join("master.key.new").exists());
    let check = portcullis(folder.path(), &["secrets", "rotate", "--check"]);
    assert_eq!(check.status.code(), Some(3), "something is left to do");
    assert!(text(&check.stderr).contains("secrets rotate"), "{}", text(&check.stderr));
    let told: serde_json::Value = serde_json::from_str(&run(&["secrets", "rotate", "--json"])).unwrap();
    assert_eq!((&told["resealed"], &told["underOlder"], &told["unopened"]), (&1.into(), &0.into(), &0.into()));
    let shown = run(&["secrets", "rotate", "--check"]);
    assert!(shown.lines().any(|line| line.contains("older") && line.ends_with('0')), "{shown}");

    // The new key alone is enough now; without it the start says which one is missing.
    let new = keys()[0].clone();
    std::fs::write(&file, format!("{new}\n")).unwrap();
    run(&["api-key", "list"]);
    std::fs::write(&file, format!("{}\n", old[0])).unwrap();
    let refused = portcullis(folder.path(), &["api-key", "list"]);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    let id = told["newestKey"].as_str().unwrap();
    assert!(said.contains(id) && said.contains("secrets.older_master_keys"), "{said}");
    // Another place to keep older keys.
    std::fs::write(folder.path().join("older"), format!("\n{new}\n{new}\n")).unwrap();
    std::fs::write(folder.path().join("p.toml"), "[secrets]\nolder_master_keys_file = \"older\"\n").unwrap();
    run(&["--config", "p.toml", "api-key", "list"]);
    std::fs::write(&file, "no key\n").unwrap();
    let refused = portcullis(folder.path(), &["api-key", "list"]);
    assert!(text(&refused.stderr).contains("does not hold master keys"), "{}", text(&refused.stderr));
}
