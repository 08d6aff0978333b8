//! Programs that stay up, each in a terminal of its own.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Longest wait for a start or a stop.
const PATIENCE: Duration = Duration::from_mins(1);
/// So long nothing more is printed once all is said.
const QUIET: Duration = Duration::from_secs(1);
/// Said when a program is up: by what serves, and by the demonstration.
const UP: [&str; 2] = ["listening on http", "until you press Ctrl-C"];
/// The commands that stay up.
const STAYING: [&str; 4] =
    ["portcullis serve", "portcullis demo", "portcullis threedeye-sim", "cargo run --release -- demo"];

/// Does this block start a program that stays up? Answers its last command, which is the one.
pub(super) fn staying(block: &str) -> Option<&str> {
    let last = block.trim().lines().last()?;
    let stays = STAYING.iter().any(|command| last.starts_with(command));
    stays.then_some(last)
}

/// One that is up.
pub(super) struct Service {
    pub(super) command: String,
    /// What it printed while it started.
    pub(super) said: Vec<String>,
    child: Child,
}

impl Service {
    /// Starts what the shell command begins, and waits until it is up.
    pub(super) async fn start(mut shell: Command, typed: &str, command: &str) -> Result<Self> {
        shell.arg("-c").arg(typed.replace(command, &format!("exec {command}")));
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
        let mut child = shell.spawn().context("a terminal opens")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        let (mut said, mut up) = (Vec::new(), false);
        loop {
            match timeout(if up { QUIET } else { PATIENCE }, lines.next_line()).await {
                Ok(Ok(Some(line))) => {
                    up |= UP.iter().any(|told| line.contains(told));
                    said.push(line);
                }
                Err(_) if up => break,
                Err(_) => bail!("`{command}` does not come up: {}", said.join("\n")),
                Ok(ended) => bail!("`{command}` ended: {ended:?}: {}", said.join("\n")),
            }
        }
        // Whatever else it prints must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { command: command.to_owned(), said, child })
    }

    /// Presses Ctrl-C.
    pub(super) async fn interrupt(mut self) -> Result<()> {
        let pid = self.child.id().context("it still runs")?;
        let pressed = Command::new("kill").args(["-INT", &pid.to_string()]).status().await?;
        ensure!(pressed.success(), "`{}` cannot be interrupted", self.command);
        let status = timeout(PATIENCE, self.child.wait()).await.context("it does not end")??;
        ensure!(status.success(), "`{}` ended with {status} when interrupted", self.command);
        Ok(())
    }
}
