//! Colours: on a terminal, and where they are asked for.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::text;

const ESCAPE: char = '\x1b';

fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied()).output().unwrap()
}

/// The same at a terminal, which `script` makes; what standard error gets comes, too.
fn at_a_terminal(folder: &Path, arguments: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new("script");
    command.args(["-qec", &format!("{} {arguments}", env!("CARGO_BIN_EXE_portcullis")), "/dev/null"]);
    command.current_dir(folder).env_clear().env("TERM", "xterm").env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    text(&command.envs(variables.iter().copied()).output().unwrap().stdout)
}

#[test]
fn a_pipe_gets_none_unless_it_asks() {
    let folder = tempfile::tempdir().unwrap();
    let tables = ["tenant", "list"];
    let failing = ["user", "reset-totp", "nobody"];
    let wrong = ["--help"];
    for arguments in [&tables[..], &failing, &wrong] {
        let colourful = |variables: &[(&str, &str)], color: &[&str]| {
            let ended = run(folder.path(), &[color, arguments].concat(), variables);
            text(&ended.stdout).contains(ESCAPE) || text(&ended.stderr).contains(ESCAPE)
        };
        assert!(!colourful(&[], &[]), "{arguments:?}");
        assert!(colourful(&[("CLICOLOR_FORCE", "1")], &[]), "{arguments:?}");
        assert!(colourful(&[("NO_COLOR", "1")], &["--color", "always"]), "{arguments:?}");
        assert!(!colourful(&[("CLICOLOR_FORCE", "1")], &["--color=never"]), "{arguments:?}");
    }
    let failed = run(folder.path(), &[&["--color", "always"][..], &failing].concat(), &[]);
    assert!(text(&failed.stderr).starts_with("\x1b[1m\x1b[31merror:\x1b[0m "), "{}", text(&failed.stderr));
    let json = run(folder.path(), &["--color", "always", "tenant", "list", "--json"], &[]);
    assert_eq!(text(&json.stdout), "[]\n");
}

#[test]
fn a_terminal_gets_them_unless_it_refuses() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in ["tenant list", "user reset-totp nobody", "--help"] {
        assert!(at_a_terminal(folder.path(), arguments, &[]).contains(ESCAPE), "{arguments}");
        assert!(!at_a_terminal(folder.path(), arguments, &[("NO_COLOR", "1")]).contains(ESCAPE), "{arguments}");
        let refused = format!("--color never {arguments}");
        assert!(!at_a_terminal(folder.path(), &refused, &[]).contains(ESCAPE), "{arguments}");
    }
}

/// Long work shows how far it is, to a terminal only, and leaves nothing of it.
#[test]
fn progress_is_for_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let seen = at_a_terminal(folder.path(), "migrate", &[]);
    assert!(seen.contains("bringing the schema up"), "{seen:?}");
    let left = seen.rsplit("\x1b[2K").next().unwrap_or_default();
    assert!(left.contains("schema") && !left.contains("bringing"), "{seen:?}");
    let piped = run(folder.path(), &["migrate", "--rebuild-views"], &[]);
    assert_eq!(text(&piped.stderr), "");
}
