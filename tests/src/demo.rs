//! The demonstration as a process, with what it prints for people to go on with.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

use crate::cli;

/// Longest wait until it has told its story.
const PATIENCE: Duration = Duration::from_mins(1);
/// How the last line begins that it prints.
const LAST: &str = "mail, with its codes";

/// A running demonstration. Dropping it kills it.
pub struct Demo {
    /// What it prints to be exported: `PORTCULLIS`, `API_KEY`, …
    pub variables: BTreeMap<String, String>,
    /// All it printed.
    pub told: String,
    _child: Child,
    _folder: TempDir,
}

impl Demo {
    /// Starts one and waits until it has told its story.
    pub async fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let mut child = cli::command(folder.path(), &BTreeMap::new(), &["demo", "--folder", "demo"])?.spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("standard output is piped")?).lines();
        let errors = child.stderr.take().context("standard error is piped")?;
        // Whatever it says must not fill the pipe.
        let said = tokio::spawn(async move {
            let mut errors = BufReader::new(errors).lines();
            let mut said = String::new();
            while let Ok(Some(line)) = errors.next_line().await {
                said.push_str(&line);
                said.push('\n');
            }
            said
        });
        let told = timeout(PATIENCE, async {
            let (mut variables, mut told) = (BTreeMap::new(), String::new());
            while let Some(line) = lines.next_line().await? {
                if let Some((name, value)) = line.strip_prefix("export ").and_then(|line| line.split_once('=')) {
                    variables.insert(name.to_owned(), value.to_owned());
                }
                told.push_str(&line);
                told.push('\n');
                if line.starts_with(LAST) {
                    return anyhow::Ok(Some((variables, told)));
                }
            }
            Ok(None)
        });
        let Some((variables, told)) = told.await.context("the demonstration does not come to its end")?? else {
            bail!("the demonstration ended: {}", said.await?);
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { variables, told, _child: child, _folder: folder })
    }
}
