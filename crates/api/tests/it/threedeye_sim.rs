//! The stand-in for 3dEye as a program of its own.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// Killed when dropped.
struct Sim {
    process: Child,
    said: Vec<String>,
    url: String,
}

impl Sim {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut process = command(folder, arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        let url = loop {
            let line = lines.next().expect("it says where it listens").unwrap();
            let told = line.strip_prefix("listening on ").and_then(|rest| rest.split(';').next()).map(str::to_owned);
            said.push(line);
            if let Some(url) = told {
                break url;
            }
        };
        Self { process, said, url }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = client().post(format!("{}{path}", self.url)).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    async fn state(&self) -> Value {
        client().get(format!("{}/_sim/state", self.url)).send().await.unwrap().json().await.unwrap()
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(["threedeye-sim", "--listen", "127.0.0.1:0"]).args(arguments).current_dir(folder).env_clear();
    command
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--state", "sim.json", "--users", "3"];
    let sim = Sim::start(folder.path(), &arguments);
    assert!(sim.said.iter().any(|line| line.starts_with("sample users: 3 made")), "{:?}", sim.said);
    let role = sim.post("/_sim/roles", json!({ "name": "Guards" })).await["id"].clone();
    let mut user = json!({ "email": "ann@example.com", "password": "a long password", "roleIds": [role] });
    let mut last = sim.post("/_sim/users", user.clone()).await["id"].clone();
    for number in 0..20 {
        user["email"] = json!(format!("ann{number}@example.com"));
        last = sim.post("/_sim/users", user.clone()).await["id"].clone();
    }
    let before = sim.state().await;
    sim.kill();
    let mode = std::fs::metadata(folder.path().join("sim.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "passwords are in it");

    let sim = Sim::start(folder.path(), &arguments);
    assert!(!sim.said.iter().any(|line| line.contains("sample users")), "they are there: {:?}", sim.said);
    let after = sim.state().await;
    assert_eq!(after["customers"], before["customers"]);
    let ours = &after["customers"][0]["users"];
    assert_eq!(ours.as_array().unwrap().len(), 24);
    assert_eq!((&ours[23]["id"], &ours[23]["roleIds"]), (&last, &json!([role])));
    let login = json!({ "email": "ann19@example.com", "password": "a long password" });
    assert_eq!(sim.post("/_sim/passwords/check", login).await, json!({ "matches": true }));
}

#[test]
fn settings_are_printed_for_pasting() {
    let folder = tempfile::tempdir().unwrap();
    let sim = Sim::start(folder.path(), &["--latency", "50"]);
    // What is printed for a file of settings is accepted as such, and names the stand-in.
    let file: Vec<&str> = sim.said.iter().map(String::as_str).skip_while(|line| *line != "[threedeye]").collect();
    let settings = file.iter().take_while(|line| !line.is_empty()).copied().collect::<Vec<_>>().join("\n");
    std::fs::write(folder.path().join("p.toml"), &settings).unwrap();
    let check = |arguments: &[&str], environment: Vec<(String, String)>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        let ended = command.args(arguments).current_dir(folder.path()).env_clear().envs(environment).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stdout).unwrap()
    };
    let by_file = check(&["--config", "p.toml", "check-config"], Vec::new());
    assert!(by_file.contains(&sim.url), "{by_file}");
    let exports = sim.said.iter().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    let environment = exports.map(|(key, value)| (key.to_owned(), value.trim_matches('\'').to_owned())).collect();
    assert_eq!(check(&["check-config"], environment), by_file);
    assert!(sim.said.iter().any(|line| line == "latency: every call takes 50 ms"), "{:?}", sim.said);
    assert!(sim.said.iter().any(|line| *line == format!("page: {}/", sim.url)), "{:?}", sim.said);
}

#[test]
fn what_hinders_it_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.json"), r#"{"my": "notes"}"#).unwrap();
    std::fs::write(folder.path().join("half.json"), "{\"format\": \"threedeye-sim\",\n \"version\": 1, \"wor").unwrap();
    for (arguments, next) in [
        (["--state", "notes.json"], "name another"),
        (["--state", "half.json"], "move it away"),
        (["--state", "nowhere/sim.json"], "choose another place with --state"),
        (["--listen", "192.0.2.1:9000"], "choose another with --listen"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.arg("threedeye-sim").args(arguments).current_dir(folder.path()).env_clear();
        let ended = command.output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(next) && said.starts_with("error: "), "{arguments:?}: {said}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("notes.json")).unwrap(), r#"{"my": "notes"}"#);
}

#[test]
fn a_port_in_use_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    let ended = command.args(["threedeye-sim", "--listen", &listen]).current_dir(folder.path()).env_clear().output();
    let ended = ended.unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains(&listen) && said.contains("choose another port with --listen"), "{said}");
}
