//! How the sources are cut.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::step;

use crate::{assert_none, tokens};

/// The files of the domain that hold rules: they run at once and know no port.
const PURE: [&str; 6] = ["decide.rs", "model.rs", "view.rs", "project.rs", "verify.rs", "state.rs"];

/// Names that say nothing and so collect everything.
const NAMELESS: [&str; 5] = ["utils", "util", "common", "helpers", "helper"];

const MOST_LINES: usize = 400;

fn purity_faults(source: &str) -> Vec<&'static str> {
    let words = tokens::of(source);
    let mut faults = Vec::new();
    if words.iter().any(|word| ["async", "await", "async_trait"].contains(&word.as_str())) {
        faults.push("is async");
    }
    if refers_to(&words, "port") {
        faults.push("refers to a port");
    }
    if refers_to(&words, "usecase") {
        faults.push("refers to a use case");
    }
    faults
}

/// Whether the words name the module: inside a `use`, however nested, or in a path. A field of the same name is none.
fn refers_to(words: &[String], module: &str) -> bool {
    let mut importing = false;
    words.iter().enumerate().any(|(at, word)| {
        match word.as_str() {
            "use" => importing = true,
            ";" => importing = false,
            _ => {}
        }
        let path_sign = |at: Option<usize>| at.and_then(|at| words.get(at)).is_some_and(|sign| sign == ":");
        let goes_on = path_sign(Some(at + 1)) && path_sign(Some(at + 2));
        let ends = path_sign(at.checked_sub(1)) && path_sign(at.checked_sub(2));
        word == module && (importing || goes_on || ends)
    })
}

fn nameless_modules(file: &Path, source: &str) -> Vec<String> {
    let words = tokens::of(source);
    let declared = words.windows(2).filter(|pair| pair[0] == "mod").map(|pair| pair[1].clone());
    // A file may also be a module by its place alone (a test binary) or by a `path` attribute.
    let parts = file.with_extension("");
    let placed = parts.iter().rev().take(2).map(|part| part.to_string_lossy().into_owned());
    declared.chain(placed).filter(|name| NAMELESS.contains(&name.as_str())).collect()
}

fn is_too_long(source: &str) -> bool {
    source.lines().count() > MOST_LINES
}

/// Every Rust file of the workspace, by its path from the top.
fn files() -> Vec<(PathBuf, String)> {
    let top = step::workspace();
    let mut folders = vec![top.join("tests")];
    folders.extend(entries(&top.join("crates")));
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in entries(&folder) {
            if entry.is_dir() && entry.file_name().is_none_or(|name| name != "target") {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&entry).expect("a source file can be read");
                files.push((entry.strip_prefix(&top).expect("it is below the top").to_path_buf(), source));
            }
        }
    }
    assert!(files.len() > 50, "only {} sources found: looking in the wrong place", files.len());
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder can be listed");
    entries.map(|entry| entry.expect("an entry can be read").path()).collect()
}

#[test]
fn rules_of_the_domain_are_sync_and_know_no_port() {
    let files = files();
    let pure: Vec<_> = files
        .iter()
        .filter(|(path, _)| path.starts_with("crates/domain/src"))
        .filter(|(path, _)| PURE.iter().any(|name| path.ends_with(name)))
        .collect();
    assert!(pure.len() > 10, "only {} files with rules found", pure.len());
    let faults = pure.into_iter().flat_map(|(path, source)| {
        purity_faults(source).into_iter().map(move |fault| format!("{} {fault}", path.display()))
    });
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn modules_have_names_that_say_something() {
    let faults = files().into_iter().flat_map(|(path, source)| {
        let found = nameless_modules(&path, &source);
        found.into_iter().map(move |name| format!("{}: module `{name}`", path.display()))
    });
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn files_stay_short() {
    let sources = files().into_iter().filter(|(path, _)| path.iter().any(|part| part == "src"));
    let long = sources.filter(|(_, source)| is_too_long(source));
    let faults = long.map(|(path, source)| {
        format!("{}: {} lines, the most is {MOST_LINES}", path.display(), source.lines().count())
    });
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn async_rules_are_a_fault() {
    for source in ["async fn decide() {}", "fn f() { g(async move {}) }", "#[async_trait] trait T {}"] {
        assert_eq!(purity_faults(source), ["is async"], "{source}");
    }
}

#[test]
fn rules_that_reach_outside_are_a_fault() {
    for source in [
        "use crate::port::Clock;",
        "use crate::{ids::UserId, port};",
        "use crate::{ids, port::{Clock, Timer}};",
        "use super::super::port::Clock;",
        "fn f(clock: &dyn crate::port::Clock) {}",
        "fn f() { port::now() }",
    ] {
        assert_eq!(purity_faults(source), ["refers to a port"], "{source}");
    }
    assert_eq!(purity_faults("use crate::usecase::user::create;"), ["refers to a use case"]);
}

#[test]
fn talking_about_a_port_is_none() {
    let source = "//! See [`crate::port`].\n/// Not `async fn`.\nstruct Address { port: u16 } // crate::usecase\n";
    assert!(purity_faults(source).is_empty());
    assert!(purity_faults("fn f(a: &Address) -> u16 { a.port }").is_empty());
}

#[test]
fn a_module_without_a_name_is_a_fault() {
    let file = Path::new("crates/x/src/lib.rs");
    assert_eq!(nameless_modules(file, "pub mod utils;"), ["utils"]);
    assert_eq!(nameless_modules(file, "mod tests { mod helpers { fn f() {} } }"), ["helpers"]);
    assert_eq!(nameless_modules(Path::new("crates/x/tests/common/mod.rs"), ""), ["common"]);
    assert_eq!(nameless_modules(Path::new("crates/x/src/common.rs"), ""), ["common"]);
    assert!(nameless_modules(file, "mod common_law; // mod utils\n").is_empty());
}

#[test]
fn a_long_file_is_a_fault() {
    assert!(!is_too_long(&"line\n".repeat(MOST_LINES)));
    assert!(is_too_long(&"line\n".repeat(MOST_LINES + 1)));
}
