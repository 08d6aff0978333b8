//! What is printed for programs: one document, with the names of the HTTP API.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{portcullis, text};

/// A folder with settings and a database, in which commands are run.
struct Ground(tempfile::TempDir);

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = "[auth.jwt]\nhs256_secret = \"a secret of more than thirty-two bytes for tests\"\n";
        std::fs::write(folder.path().join("p.toml"), settings).unwrap();
        Self(folder)
    }

    /// The document a command prints, with the names of its fields.
    fn told(&self, arguments: &[&str]) -> Value {
        let ended = portcullis(self.0.path(), &[&["--config", "p.toml"], arguments, &["--json"]].concat());
        assert!(ended.status.success(), "{arguments:?}: {}", text(&ended.stderr));
        // One document and nothing else, or it does not parse.
        serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }
}

fn has(told: &Value, names: &[&str]) {
    let known: BTreeSet<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(known, names.iter().copied().collect(), "{told}");
}

#[test]
fn organisations_and_keys() {
    let ground = Ground::new();
    let register = ["tenant", "register", "--org", "acme", "--name", "Acme Ltd", "--owner-email", "olive@acme.example"];
    let told = ground.told(&register);
    has(&told, &["success", "aggregateId", "version", "event"]);
    assert_eq!((&told["event"]["type"], &told["aggregateId"]), (&"TenantRegistered".into(), &"acme".into()));
    assert_eq!(ground.told(&register)["event"], Value::Null, "nothing was done");
    let listed = ground.told(&["tenant", "list"]);
    has(&listed[0], &["orgId", "orgName", "ownerEmail", "createdAt", "hasActiveKey"]);

    let made = ground.told(&["api-key", "create", "--org", "acme"]);
    let all = ["apiKey", "apiKeyPrefix", "orgId", "orgName", "createdAt", "createdBy", "expiresAt", "super"];
    has(&made, &all);
    let changed = ground.told(&["api-key", "rotate", made["apiKeyPrefix"].as_str().unwrap()]);
    has(&changed, &all);
    let prefix = changed["apiKeyPrefix"].as_str().unwrap();
    let revoked = ground.told(&["api-key", "revoke", prefix]);
    has(&revoked, &["apiKeyPrefix", "orgId", "revokedAt"]);
    assert_eq!((&revoked["apiKeyPrefix"], &revoked["orgId"]), (&changed["apiKeyPrefix"], &"acme".into()));
    let listed = ground.told(&["api-key", "list", "--org", "acme"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert!(listed[0]["maskedApiKey"].is_string(), "{listed}");
}

#[test]
fn settings_schema_and_keys_that_seal() {
    let ground = Ground::new();
    let told = ground.told(&["check-config"]);
    assert_eq!(
        (&told["http"]["listen"], &told["http"]["cors_origins"]),
        (&"127.0.0.1:8787".into(), &Value::Array([].into()))
    );
    assert_eq!((&told["two_factor"]["enabled"], &told["threedeye"]["timeout"]), (&true.into(), &10.into()));
    assert_eq!(told["auth"]["jwt"]["hs256_secret"], "[set]");

    let told = ground.told(&["migrate"]);
    has(&told, &["schemaVersion", "migrated", "viewsRebuilt"]);
    assert_eq!((&told["migrated"], &told["viewsRebuilt"]), (&true.into(), &false.into()));
    let again = ground.told(&["migrate", "--rebuild-views"]);
    assert_eq!((&again["migrated"], &again["viewsRebuilt"]), (&false.into(), &true.into()));
    assert_eq!(again["schemaVersion"], told["schemaVersion"]);

    let told = ground.told(&["secrets", "new-key"]);
    has(&told, &["masterKeyFile"]);
    assert_eq!(told["masterKeyFile"], "master.key");
    assert_eq!(ground.told(&["secrets", "new-key", "--print"])["masterKey"].as_str().map(str::len), Some(44));
    let told = ground.told(&["secrets", "rotate"]);
    let counts = ["newestKey", "resealed", "overtaken", "underNewest", "underOlder", "unopened", "keys"];
    has(&told, &counts);
}

#[test]
fn tokens_and_failures() {
    let ground = Ground::new();
    let person = "0190163d-8694-739b-aea5-5966c26f8ad2";
    let told = ground.told(&["token", "--sub", person, "--email", "ada@example.com"]);
    has(&told, &["token", "tokenType", "userId", "email", "expiresAt"]);
    assert_eq!((&told["userId"], told["token"].as_str().unwrap().split('.').count()), (&person.into(), 3));
    // What fails says so on standard error, and prints no half of a document.
    let failed = portcullis(ground.0.path(), &["user", "reset-totp", "nobody", "--json"]);
    assert_eq!((failed.status.code(), failed.stdout.len()), (Some(1), 0));
}

/// The rest is in the tests that have what these print of: a 3dEye, and somebody with an account.
#[test]
fn accounts_of_the_demonstration() {
    let folder = tempfile::tempdir().unwrap();
    assert!(portcullis(folder.path(), &["demo", "--once", "--folder", "here"]).status.success());
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(arguments).current_dir(folder.path().join("here")).env_clear();
        let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        running.stdin.take().unwrap().write_all(b"a new password\n").unwrap();
        let ended = running.wait_with_output().unwrap();
        assert!(ended.status.success(), "{arguments:?}");
        serde_json::from_slice::<Value>(&ended.stdout).unwrap()
    };
    let told = run(&["user", "set-password", "admin", "--json"]);
    has(&told, &["success", "aggregateId", "version", "username"]);
    assert_eq!((&told["success"], &told["username"]), (&true.into(), &"admin".into()));
    let reset = run(&["user", "reset-totp", "admin", "--json"]);
    assert_eq!((&reset["aggregateId"], &reset["reset"]["totp"]), (&told["aggregateId"], &true.into()));
}

#[test]
fn the_stand_in_prints_a_document_and_nothing_else() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(["threedeye-sim", "--listen", "127.0.0.1:0", "--users", "2", "--json"]).env_clear();
    let mut sim = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(sim.stdout.take().unwrap()).lines();
    let mut said = String::new();
    let told: Value = loop {
        said.push_str(&lines.next().expect("a whole document").unwrap());
        if let Ok(told) = serde_json::from_str(&said) {
            break told;
        }
    };
    let all = ["baseUrl", "apiKey", "username", "password", "customerId", "stateFile", "sampleUsers"];
    has(&told, &all);
    assert_eq!(told["sampleUsers"], 2);
    let asked = Command::new("kill").args(["-TERM", &sim.id().to_string()]).status().unwrap();
    assert!(asked.success() && sim.wait().unwrap().success());
    assert!(lines.next().is_none(), "more was printed");
}
