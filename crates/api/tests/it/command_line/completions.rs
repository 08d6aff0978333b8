//! Completions, asked for as a shell asks for them.

use std::process::Command;

use super::{portcullis, text};

/// What bash offers for these words, the last of them begun.
fn offered(script: &str, words: &[&str]) -> Vec<String> {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let (current, before) = (words[words.len() - 1], words[words.len() - 2]);
    let ask = format!(
        "{script}\nCOMP_WORDS=({})\nCOMP_CWORD={}\n_portcullis portcullis '{current}' '{before}'\nprintf '%s\\n' \
         \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words.len() - 1
    );
    let ended = Command::new("bash").args(["--norc", "-c", &ask]).output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{}", text(&ended.stderr));
    text(&ended.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn bash_offers_commands_options_and_values() {
    let folder = tempfile::tempdir().unwrap();
    let script = text(&portcullis(folder.path(), &["completions", "bash"]).stdout);
    let begun = offered(&script, &["portcullis", "s"]);
    assert_eq!(begun, ["serve", "secrets"]);
    let keys = offered(&script, &["portcullis", "api-key", ""]);
    for command in ["create", "list", "rotate", "revoke"] {
        assert!(keys.iter().any(|key| key == command), "{keys:?}");
    }
    let options = offered(&script, &["portcullis", "tenant", "register", "--o"]);
    assert_eq!(options, ["--org", "--owner-email"]);
    assert_eq!(offered(&script, &["portcullis", "--log-format", "j"]), ["json"]);
    assert_eq!(offered(&script, &["portcullis", "completions", "z"]), ["zsh"]);
}

#[test]
fn other_shells_get_theirs() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, begins) in [
        ("zsh", "#compdef portcullis"),
        ("fish", "# Print an optspec"),
        ("elvish", "\nuse builtin;"),
        ("powershell", "\nusing namespace System.Management.Automation"),
    ] {
        let made = portcullis(folder.path(), &["completions", shell]);
        let script = text(&made.stdout);
        assert!(made.status.success() && script.starts_with(begins), "{shell}: {}", &script[..200]);
        assert!(script.contains("reset-totp"), "{shell}");
    }
}
