//! Users and roles in a file.

use std::fs;
use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use threedeye_sim::{NewUser, Sim, SimConfig, SimState, StateFileError};

use crate::peer::{Peer, new_user};

fn config(file: &Path) -> SimConfig {
    SimConfig { state_file: Some(file.to_owned()), ..SimConfig::default() }
}

fn opened(file: &Path) -> SimState {
    Sim::new(config(file)).expect("a sound file").state()
}

/// As a stand-in finds it that begins now.
fn reopened(file: &Path) -> SimState {
    let folder = TempDir::new().expect("a folder");
    let copy = folder.path().join("copy.json");
    fs::copy(file, &copy).expect("a copy");
    opened(&copy)
}

fn refused(file: &Path) -> StateFileError {
    Sim::new(config(file)).err().expect("a file that cannot be used")
}

#[tokio::test]
async fn every_change_over_http_is_in_the_file_when_it_is_answered() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("sim.json");
    let sim = Sim::start(config(&file)).await.expect("a free port");
    let peer = Peer::sign_in(&sim, &sim.credentials()).await;

    let (_, role) = peer.post("/v3/roles", json!({ "name": "Guards", "description": "At night" })).await;
    assert_eq!(reopened(&file).roles(), sim.state().roles());
    let (_, ann) = peer.post("/v3/users", new_user("ann@example.com")).await;
    assert_eq!(reopened(&file).users(), sim.state().users());
    let (role, ann) = (role["id"].as_str().expect("an id"), ann["id"].as_str().expect("an id"));
    peer.post(&format!("/v3/roles/{role}/users/{ann}"), json!({})).await;
    let kept = reopened(&file);
    assert_eq!(kept.users()[0].role_ids.iter().next().map(ToString::to_string).as_deref(), Some(role));
    assert!(kept.password_matches("ann@example.com", "a long password"));
    assert_eq!(kept.credentials().customer_id, sim.credentials().customer_id);

    peer.delete(&format!("/v3/roles/{role}/users/{ann}")).await;
    assert!(reopened(&file).users()[0].role_ids.is_empty());
    peer.delete(&format!("/v3/users/{ann}")).await;
    peer.delete(&format!("/v3/roles/{role}")).await;
    let kept = reopened(&file);
    assert!(kept.users().is_empty() && kept.roles().is_empty());
}

#[tokio::test]
async fn addresses_of_others_stay_taken_and_tokens_do_not_stay() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("sim.json");
    let sim = Sim::start(config(&file)).await.expect("a free port");
    sim.state().add_foreign_user("bob@example.com").expect("a free address");
    let other = sim.state().add_customer().expect("a file that can be written");
    let old = Peer::sign_in(&sim, &sim.credentials()).await.token;
    sim.shutdown().await;

    let sim = Sim::start(config(&file)).await.expect("a free port");
    let mut peer = Peer::sign_in(&sim, &sim.credentials()).await;
    assert_ne!(peer.token, old);
    assert_eq!(peer.post("/v3/users", new_user("bob@example.com")).await.0, StatusCode::CONFLICT);
    assert_eq!(Peer::sign_in(&sim, &other).await.get("/v3/users").await.0, StatusCode::OK);
    peer.token = old;
    assert_eq!(peer.get("/v3/users").await.0, StatusCode::UNAUTHORIZED);
}

#[test]
fn no_two_stand_ins_use_one_file() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("sim.json");
    let first = opened(&file);
    for name in ["ann@example.com", "bob@example.com"] {
        assert!(matches!(refused(&file), StateFileError::InUse { .. }));
        first.add_user(NewUser::new(name, "a long password")).expect("a free address");
    }
    drop(first);
    assert_eq!(opened(&file).users().len(), 2);
}

#[test]
fn it_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("sim.json");
    let state = opened(&file);
    let mode = || fs::metadata(&file).expect("the file").permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("permissions");
    // As a process leaves it that died while it wrote.
    fs::write(folder.path().join(".sim.json.new"), "{").expect("a file");
    state.add_user(NewUser::new("ann@example.com", "a long password")).expect("a free address");
    assert_eq!(mode(), 0o600);
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    assert_eq!(names, [".sim.json.lock", "sim.json"]);
}

#[test]
fn files_that_are_not_ours_or_are_damaged_are_refused_and_left_alone() {
    let folder = TempDir::new().expect("a folder");
    let sound = folder.path().join("sound.json");
    let state = opened(&sound);
    let role = state.add_role("Guards").expect("a free name");
    let ann = NewUser { role_ids: vec![role], ..NewUser::new("ann@example.com", "a long password") };
    state.add_user(ann).expect("a free address");
    let text = fs::read_to_string(&sound).expect("the file");
    let with = |change: fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        change(&mut value);
        value.to_string()
    };
    let file = folder.path().join("sim.json");
    let tried = |content: &str| {
        fs::write(&file, content).expect("a file");
        let error = refused(&file);
        assert_eq!(fs::read_to_string(&file).expect("the file"), content, "left alone");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("a long password"), "{shown}");
        error
    };
    for foreign in ["", "my notes", "[]", "{}", r#"{"format": "another", "version": 1}"#] {
        assert!(matches!(tried(foreign), StateFileError::Foreign { .. }), "{foreign}");
    }
    assert!(matches!(tried(&with(|file| file["version"] = json!(2))), StateFileError::Version { found: 2, .. }));
    for damaged in [
        text[..text.len() / 2].to_owned(),
        with(|file| file["world"]["extra"] = json!(1)),
        with(|file| file["world"]["customers"][0]["accounts"][0]["password"] = json!({ "a long password": 1 })),
        with(|file| file["world"]["customers"][0]["roles"] = json!([])),
        with(|file| file["world"]["ours"] = json!("00000000-0000-4000-8000-000000000000")),
        with(|file| {
            let account = file["world"]["customers"][0]["accounts"][0].clone();
            file["world"]["customers"][1]["accounts"] = json!([account]);
            file["world"]["customers"][1]["roles"] = file["world"]["customers"][0]["roles"].clone();
        }),
    ] {
        assert!(matches!(tried(&damaged), StateFileError::Damaged { .. }), "{damaged}");
    }
    fs::create_dir(folder.path().join("place")).expect("a folder");
    assert!(matches!(refused(&folder.path().join("place")), StateFileError::Read { .. }));
    assert!(matches!(refused(&folder.path().join("nowhere/sim.json")), StateFileError::Write { .. }));
}

#[tokio::test]
async fn a_change_that_cannot_be_saved_is_none() {
    let folder = TempDir::new().expect("a folder");
    let place = folder.path().join("place");
    fs::create_dir(&place).expect("a folder");
    let sim = Sim::start(config(&place.join("sim.json"))).await.expect("a free port");
    let peer = Peer::sign_in(&sim, &sim.credentials()).await;
    fs::rename(&place, folder.path().join("elsewhere")).expect("a move");
    assert_eq!(peer.post("/v3/users", new_user("ann@example.com")).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(sim.state().users().is_empty());
    fs::rename(folder.path().join("elsewhere"), &place).expect("a move");
    assert_eq!(peer.post("/v3/users", new_user("ann@example.com")).await.0, StatusCode::CREATED);
}
