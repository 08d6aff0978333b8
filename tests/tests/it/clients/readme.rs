//! The README's way through a challenge is run as it is written, and prints what is written there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use portcullis_tests::cli;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

const README: &str = include_str!("../../../../README.md");
/// Where the README finds the service.
const ADDRESS: &str = "http://127.0.0.1:8787";

/// The blocks of a section in this language, one after the other.
fn blocks(section: &str, language: &str) -> String {
    let begin = format!("```{language}\n");
    let blocks = section.split(&begin).skip(1).filter_map(|rest| rest.split("```").next());
    blocks.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_shows_what_curl_prints() -> Result<()> {
    let section = README.split("\n## ").find(|section| section.starts_with("The second factor\n"));
    let section = section.context("the README has a section on the second factor")?;
    let (calls, answers) = (blocks(section, "sh"), blocks(section, "json"));
    ensure!(calls.contains(ADDRESS) && answers.lines().count() == 3, "the section is not as this test knows it");

    // As a newcomer starts it: without a setting, but for an address that is free.
    let folder = TempDir::new()?;
    let settings = BTreeMap::from([("PORTCULLIS__HTTP__LISTEN".to_owned(), "127.0.0.1:0".to_owned())]);
    let mut server = cli::command(folder.path(), &settings, &["serve"])?.spawn()?;
    let mut lines = BufReader::new(server.stdout.take().context("standard output is piped")?).lines();
    let url = loop {
        let line = lines.next_line().await?.context("the server says where it listens")?;
        if let Some((_, url)) = line.split_once("listening on ") {
            break url.split_whitespace().next().context("an address")?.to_owned();
        }
    };
    let printed = sh(folder.path(), &calls.replace(ADDRESS, &url)).await?;
    println!("{printed}");
    assert_eq!(printed, answers);
    server.kill().await?;
    Ok(())
}

async fn sh(folder: &Path, script: &str) -> Result<String> {
    let mut command = Command::new("sh");
    command.args(["-eu", "-c", script]).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && complaints.is_empty(), "{}: {complaints}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}
