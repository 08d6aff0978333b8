//! The lists of the suites against their sources: a case nobody runs is no test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every `pub async fn` of the suites, with the file it stands in.
fn cases(folder: &Path) -> BTreeSet<(String, String)> {
    let mut cases = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|file| file.is_file()) {
        let module = file.file_stem().unwrap().to_str().unwrap().to_owned();
        for line in fs::read_to_string(&file).unwrap().lines() {
            if let Some((name, _)) = line.strip_prefix("pub async fn ").and_then(|rest| rest.split_once('(')) {
                cases.insert((module.clone(), name.to_owned()));
            }
        }
    }
    cases
}

/// Every case the macros name, with the module they name it in.
fn listed(macros: &str) -> BTreeSet<(String, String)> {
    let mut listed = BTreeSet::new();
    let mut module = String::new();
    for line in macros.lines() {
        if let Some(name) = line.strip_prefix("            ").and_then(|rest| rest.strip_suffix(" {")) {
            name.trim().clone_into(&mut module);
        } else if let Some(name) = line.strip_prefix("                ").and_then(|rest| rest.strip_suffix(',')) {
            listed.insert((module.clone(), name.to_owned()));
        }
    }
    listed
}

#[test]
fn every_case_is_listed_once() {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contract");
    let written: BTreeSet<_> = cases(&contract).union(&cases(&contract.join("store"))).cloned().collect();
    assert!(written.len() > 80, "the sources are where this test looks for them");
    assert_eq!(listed(&fs::read_to_string(contract.join("macros.rs")).unwrap()), written);
}
