//! What fails says why, and what to do next.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use super::text;

fn run(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(arguments).current_dir(folder).env_clear().env("PORTCULLIS__HTTP__LISTEN", "127.0.0.1:0");
    for (key, value) in settings {
        command.env(format!("PORTCULLIS__{key}"), value);
    }
    command.output().unwrap()
}

struct Case<'a> {
    settings: &'a [(&'a str, &'a str)],
    arguments: &'a [&'a str],
    status: i32,
    error: &'a str,
    next: &'a str,
}

impl Case<'_> {
    fn check(&self, folder: &Path) {
        let ended = run(folder, self.settings, self.arguments);
        let said = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(self.status), "{:?}: {said}", self.arguments);
        assert_eq!(text(&ended.stdout), "", "{:?}", self.arguments);
        let (error, next) = said.split_once("\n next: ").unwrap_or_else(|| panic!("nothing to do next: {said}"));
        assert!(error.starts_with("error: ") && error.contains(self.error), "{:?}: {said}", self.arguments);
        assert!(next.contains(self.next) && next.trim_end().lines().count() == 1, "{:?}: {said}", self.arguments);
    }
}

#[test]
fn settings_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("a-folder")).unwrap();
    fs::write(path.join("text"), "no database, but a text that is longer than the head of one\n").unwrap();
    let serve: &[&str] = &["serve"];
    for (settings, arguments, status, error, next) in [
        (&[][..], &["--config", "none.toml", "serve"][..], 2, "none.toml is not there", "PORTCULLIS_CONFIG"),
        (&[("HTTP__LISTN", "127.0.0.1:0")], serve, 2, "http.listn: is not a setting", "check-config"),
        (&[("DATABASE__URL", "postgres://localhost/x")], serve, 2, "secrets.master_key", "check-config"),
        (&[("DATABASE__URL", "sqlite://none/p.db")], serve, 2, "none", "make the folder none"),
        (&[("DATABASE__URL", "sqlite://text")], &["tenant", "list"], 2, "master.key is missing", "from your backup"),
        (&[("SECRETS__MASTER_KEY_FILE", "a-folder")], serve, 2, "a-folder cannot be used", "a-folder is a folder"),
        (&[("SECRETS__MASTER_KEY_FILE", "text")], serve, 2, "does not hold master keys", "from your backup"),
        (&[("HTTP__TLS__CERT_FILE", "x"), ("HTTP__TLS__KEY_FILE", "y")], serve, 2, "http.tls", "readable PEM"),
        (&[("SMTP__URL", "file:///proc/none")], serve, 2, "/proc/none", "smtp.url"),
        (
            &[],
            &["token", "--sub", "0190163d-8694-739b-aea5-5966c26f8ad2", "--email", "a@b.example"],
            2,
            "auth.jwt.hs256_secret",
            "32 bytes",
        ),
    ] {
        Case { settings, arguments, status, error, next }.check(path);
    }
}

#[test]
fn addresses() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let demo = ["demo", "--listen", taken.as_str()];
    let (error, next) = (taken.as_str(), "another port with --listen");
    Case { settings: &[], arguments: &demo, status: 2, error, next }.check(folder.path());
    for (key, setting) in [("HTTP__LISTEN", "http.listen"), ("METRICS__LISTEN", "metrics.listen")] {
        let in_use = format!("another port with {setting}");
        for (address, next) in [(taken.as_str(), in_use.as_str()), ("192.0.2.1:8787", "no such address")] {
            let settings = &[(key, address)];
            Case { settings, arguments: &["serve"], status: 2, error: setting, next }.check(folder.path());
        }
    }
}

#[test]
fn databases_and_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    // A port that was free a moment ago: nobody listens there.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("postgres://portcullis:hunter2@{nobody}/portcullis");
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let settings = [("DATABASE__URL", url.as_str()), ("SECRETS__MASTER_KEY", key)];
    let (error, next) = ("the database cannot be reached", "database runs");
    Case { settings: &settings, arguments: &["serve"], status: 1, error, next }.check(path);
    assert!(!text(&run(path, &settings, &["migrate"]).stderr).contains("hunter2"));
    let error = "there is no key file";
    let new_key = ["secrets", "new-key"];
    Case { settings: &settings, arguments: &new_key, status: 2, error, next: "--print" }.check(path);

    fs::write(path.join("text"), "no database, but a text that is longer than the head of one\n".repeat(9)).unwrap();
    let no_database = [("DATABASE__URL", "sqlite://text"), ("SECRETS__MASTER_KEY", key)];
    let (error, next) = ("the database cannot", "readable and writable");
    Case { settings: &no_database, arguments: &["serve"], status: 1, error, next }.check(path);

    assert!(run(path, &[], &["tenant", "list"]).status.success());
    fs::write(path.join("master.key.new"), "").unwrap();
    let (error, next) = ("another command is at work", "delete the file");
    Case { settings: &[], arguments: &new_key, status: 2, error, next }.check(path);
    let error = "which is not configured";
    let other = [("SECRETS__MASTER_KEY", key)];
    let next = "secrets.older_master_keys";
    Case { settings: &other, arguments: &["tenant", "list"], status: 2, error, next }.check(path);
    fs::remove_file(path.join("master.key")).unwrap();
    let error = "the master key master.key is missing";
    Case { settings: &[], arguments: &["serve"], status: 2, error, next: "from your backup" }.check(path);
}

#[test]
fn organisations_accounts_and_cameras() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(run(path, &[], &["api-key", "create", "--org", "acme", "--name", "Acme"]).status.success());
    fs::write(path.join("blank"), " \n").unwrap();
    let register = ["tenant", "register", "--org", "acme", "--name", "Bolt", "--owner-email", "olive@acme.example"];
    let past = ["api-key", "create", "--org", "bolt", "--name", "Bolt", "--expires-at", "2001-01-01T00:00:00Z"];
    for (arguments, status, error, next) in [
        (&["api-key", "create", "--org", "bolt"][..], 1, "bolt is not registered", "portcullis tenant register"),
        (&["api-key", "create", "--org", "acme"], 1, "acme has an active key", "portcullis api-key rotate"),
        (&past, 2, "--expires-at", "a later instant"),
        (&["api-key", "rotate", "aB3dE5gH"], 1, "no key is called aB3dE5gH", "portcullis api-key list"),
        (&["api-key", "revoke", "aB3dE5gH"], 1, "no key is called aB3dE5gH", "portcullis api-key list"),
        (&register, 1, "registered already", "portcullis tenant list"),
        (&["user", "reset-totp", "nobody"], 1, "no account has the name nobody", "spelt right"),
        (&["user", "set-password", "a", "--password-file", "none"], 2, "none cannot be read", "write the password"),
        (&["user", "set-password", "a", "--password-file", "blank"], 2, "not blank", "the first line"),
        (&["threedeye", "drift"], 2, "3dEye is not configured", "set threedeye.base_url"),
        (&["demo", "--folder", "."], 2, ". is there already", "--folder"),
        (&["man", "--out", "blank/man1"], 2, "blank/man1", "see to blank/man1"),
    ] {
        Case { settings: &[], arguments, status, error, next }.check(path);
    }
}
