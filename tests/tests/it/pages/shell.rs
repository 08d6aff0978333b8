//! The terminal one types in.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Printed after each block, on both ways out.
const END: &str = "=== end of the block";
const PATIENCE: Duration = Duration::from_mins(1);

/// A shell that goes on from block to block.
pub(super) struct Shell {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    complaints: Lines<BufReader<ChildStderr>>,
}

/// What a block did.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) printed: String,
    pub(super) complaints: String,
    /// Exit status of its last command.
    pub(super) status: i32,
}

impl Shell {
    pub(super) fn open(mut command: Command) -> Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("a shell starts")?;
        let input = child.stdin.take().context("its input is piped")?;
        let output = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        let complaints = BufReader::new(child.stderr.take().context("its complaints are piped")?).lines();
        Ok(Self { _child: child, input, output, complaints })
    }

    /// Runs a block to its end.
    pub(super) async fn run(&mut self, block: &str) -> Result<Done> {
        let end = format!("printf '\\n{END} %s\\n' $?; printf '\\n{END}\\n' >&2\n");
        self.input.write_all(format!("{block}\n{end}").as_bytes()).await?;
        self.input.flush().await?;
        let both = async { tokio::try_join!(until_end(&mut self.output), until_end(&mut self.complaints)) };
        let ((printed, status), (complaints, _)) =
            timeout(PATIENCE, both).await.context("the block does not end")??;
        let status = status.trim().parse().with_context(|| format!("no status: {status}"))?;
        Ok(Done { printed, complaints, status })
    }
}

/// What is printed before the end, and what the end says.
async fn until_end<R: tokio::io::AsyncBufRead + Unpin>(lines: &mut Lines<R>) -> Result<(String, String)> {
    let mut printed = String::new();
    while let Some(line) = lines.next_line().await? {
        if let Some(said) = line.strip_prefix(END) {
            return Ok((printed.trim().to_owned(), said.to_owned()));
        }
        printed.push_str(&line);
        printed.push('\n');
    }
    ensure!(printed.is_empty(), "the shell ended: {printed}");
    anyhow::bail!("the shell ended")
}
