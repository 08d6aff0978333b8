//! The examples do what they say.

use std::path::PathBuf;
use std::process::Command;

use threedeye_sim::{NewUser, Sim, SimConfig};

/// Runs an example, which cargo builds together with the tests, and gives what it prints.
fn run(name: &str, arguments: &[&str]) -> String {
    let here = std::env::current_exe().expect("the path of this binary");
    // …/debug/deps/it-0123 and …/debug/examples/name
    let folder = here.ancestors().nth(2).expect("a folder of the profile").join("examples");
    let example: PathBuf = folder.join(name);
    let output = Command::new(&example).args(arguments).output().expect("the example is built");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn list_users() {
    let printed = run("list_users", &[]);
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[12]), (13, "person1@example.com", "pages read: 2"));
}

#[test]
fn provision() {
    let printed = run("provision", &[]);
    assert!(printed.starts_with("perhaps made: the connection was lost"), "{printed}");
    assert!(printed.ends_with("Ann has an account\naccounts: 1\ncreations sent: 1\n"), "{printed}");
}

#[test]
fn circuit() {
    let expected = "\
        the circuit is open after 3 failures\n\
        unavailable\nunavailable\nunavailable\ncircuit_open\ncircuit_open\n\
        the circuit is half-open after 3 failures\n\
        the circuit is closed after 0 failures\n\
        found: None\n\
        get_user circuit_open: 2\nget_user ok: 1\nget_user unavailable: 3\nsign_in ok: 1\n";
    let printed = run("circuit", &[]);
    // The third failure is told when its permit is given back, which is before or after its caller hears of it.
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines[..6].sort();
        lines
    };
    assert_eq!(sorted(&printed), sorted(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn find_user() {
    let sim = Sim::start(SimConfig::default()).await.expect("a free port");
    let guards = sim.state().add_role("Guards").expect("a new role");
    let ann = NewUser { role_ids: vec![guards], ..NewUser::new("ann@example.com", "a-password") };
    let id = sim.state().add_user(ann).expect("a free address");
    let login = sim.credentials();
    let ask =
        |email: &str| run("find_user", &[&sim.base_url(), &login.api_key, &login.username, &login.password, email]);
    assert_eq!(ask("ann@example.com"), format!("{id} ann@example.com\n  in role {guards} Guards\n"));
    assert_eq!(ask("bob@example.com"), "our customer has no user with this address\n");
}
