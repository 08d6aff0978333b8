//! Manual pages.

use std::process::Command;

use super::help::all;
use super::{portcullis, text};

#[test]
fn every_command_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let made = portcullis(folder.path(), &["man", "--out", "share/man1"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let page = |name: &str| {
        let path = folder.path().join("share/man1").join(format!("{name}.1"));
        std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()))
    };
    let commands = all();
    assert_eq!(std::fs::read_dir(folder.path().join("share/man1")).unwrap().count(), commands.len() + 1);
    for (words, command) in commands {
        let name = format!("portcullis-{}", words.join("-"));
        let page = page(&name);
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        assert!(headings.starts_with(&["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"]), "{name}: {headings:?}");
        assert_eq!(headings.contains(&"EXAMPLES"), !command.has_subcommands(), "{name}");
        assert_eq!(headings.contains(&"SUBCOMMANDS"), command.has_subcommands(), "{name}");
    }
    let main = page("portcullis");
    assert!(main.contains(".SH \"EXIT STATUS\"") && main.contains("drift, people without an account"), "{main}");
    assert_eq!(text(&portcullis(folder.path(), &["man"]).stdout), main);
    let create = page("portcullis-api-key-create");
    // Examples keep their lines, and nothing in them is taken for a request of the formatter.
    assert!(create.contains(".nf\n  portcullis api\\-key create \\-\\-org acme"), "{create}");
}

/// As `man` shows them.
#[test]
fn pages_are_rendered_without_a_complaint() {
    let folder = tempfile::tempdir().unwrap();
    assert!(portcullis(folder.path(), &["man", "--out", "man1"]).status.success());
    for page in std::fs::read_dir(folder.path().join("man1")).unwrap() {
        let page = page.unwrap().path();
        let shown = Command::new("groff").args(["-Kutf8", "-man", "-Tutf8", "-ww"]).arg(&page).output().unwrap();
        assert_eq!(text(&shown.stderr), "", "{}", page.display());
        let name = page.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(text(&shown.stdout).contains(&format!("{name}(1)")), "{name}");
    }
}

#[test]
fn pages_go_nowhere_else_and_say_why_not() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let refused = portcullis(folder.path(), &["man", "--out", "file/man1"]);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("file/man1 cannot be written") && said.contains("\n next: "), "{said}");
}
