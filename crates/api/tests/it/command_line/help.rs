//! Help: every command, every option, examples.

use clap::Command;
use portcullis_api::cli::command;

use super::{portcullis, text};

/// Commands that print no data of ours: they serve, tell a story, or print what is a document by itself.
const NO_DATA: [&str; 5] = ["serve", "demo", "openapi", "completions", "man"];

/// Every command below, by its words.
pub(super) fn all() -> Vec<(Vec<String>, Command)> {
    fn collect(words: &[String], command: &Command, found: &mut Vec<(Vec<String>, Command)>) {
        for below in command.get_subcommands() {
            let words = [words, &[below.get_name().to_owned()]].concat();
            collect(&words, below, found);
            found.push((words, below.clone()));
        }
    }
    let mut found = Vec::new();
    collect(&[], &command(), &mut found);
    found
}

/// Those that do something.
pub(super) fn leaves() -> Vec<(Vec<String>, Command)> {
    all().into_iter().filter(|(_, command)| !command.has_subcommands()).collect()
}

/// The examples of a command: one a line, behind `Examples:`.
pub(super) fn examples(command: &Command) -> Vec<String> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let Some(examples) = after.strip_prefix("Examples:\n") else { return Vec::new() };
    examples.lines().map_while(|line| line.strip_prefix("  ")).map(str::to_owned).collect()
}

#[test]
fn every_command_says_what_it_does_and_when_to_use_it() {
    for (words, command) in all() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let long = command.get_long_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.len() > 20, "{words:?} has no about");
        let when = long.strip_prefix(&about).unwrap_or_default();
        assert!(when.len() > 40, "{words:?} does not say when to use it: {long:?}");
    }
}

#[test]
fn every_argument_has_help() {
    for (words, command) in all().into_iter().chain([(Vec::new(), command())]) {
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.len() > 8, "{words:?} {} has no help", argument.get_id());
        }
    }
}

#[test]
fn every_command_has_examples_of_itself() {
    for (words, command) in leaves() {
        let examples = examples(&command);
        assert!(!examples.is_empty(), "{words:?} has none");
        for example in examples {
            assert!(example.contains("portcullis") && example.contains(&words.join(" ")), "{words:?}: {example}");
        }
    }
}

#[test]
fn what_prints_data_prints_json() {
    for (words, command) in leaves() {
        let has = command.get_arguments().any(|argument| argument.get_long() == Some("json"));
        assert_eq!(has, !NO_DATA.contains(&words[0].as_str()), "{words:?}");
    }
}

#[test]
fn exit_statuses_are_told_and_documented() {
    let folder = tempfile::tempdir().unwrap();
    let help = text(&portcullis(folder.path(), &["--help"]).stdout);
    let (_, table) = help.split_once("Exit status:\n").expect("a table");
    let told: Vec<&str> = table.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(told, ["0", "1", "2", "3", "141"]);
    let page = include_str!("../../../../../docs/OPERATIONS.md");
    for status in told {
        assert!(page.contains(&format!("\n| {status} | ")), "{status} is not in docs/OPERATIONS.md");
    }
}

#[test]
fn wrong_use_is_answered_with_what_would_be_right() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, status, told) in [
        (&["migrat"][..], 2, "similar subcommand exists: 'migrate'"),
        (&["api-key", "revok"], 2, "similar subcommand exists: 'revoke'"),
        (&["tenant", "list", "--jso"], 2, "similar argument exists: '--json'"),
        (&[], 2, "Usage: portcullis [OPTIONS] <COMMAND>"),
        (&["user"], 2, "reset-totp"),
        (&["token"], 2, "--sub <UUID>"),
        (&["--config", "x.toml", "openapi"], 2, "leave it out"),
        (&["--log-format", "xml", "openapi"], 2, "text, json"),
    ] {
        let ended = portcullis(folder.path(), arguments);
        let said = text(&ended.stderr);
        assert_eq!((ended.status.code(), ended.stdout.len()), (Some(status), 0), "{arguments:?}: {said}");
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
    let helped = portcullis(folder.path(), &["help", "api-key", "create"]);
    assert!(helped.status.success());
    assert_eq!(helped.stdout, portcullis(folder.path(), &["api-key", "create", "--help"]).stdout);
    let version = text(&portcullis(folder.path(), &["--version"]).stdout);
    for told in ["portcullis 0.1.0\n", "\nschema 1", "SQLite", "\nbuilt for linux"] {
        assert!(version.contains(told), "{version}");
    }
}
