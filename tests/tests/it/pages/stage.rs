//! An empty folder with terminals, in which a section is followed.
//!
//! What differs from a reader's: ports are free ones instead of those the pages name, `portcullis` is the built binary,
//! Postgres is the one of the test run, and curl treats statuses from 400 as failures, so that no block goes wrong unseen.
//! `cargo` is a script: it runs the built binary for `cargo run`, and for what only builds, measures or tests it looks
//! whether there is such a command.

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};

use anyhow::{Context, Result, bail, ensure};
use portcullis_tests::server::Address;
use portcullis_tests::{cli, database};
use tempfile::TempDir;
use tokio::process::Command;

use super::page::{Section, Step};
use super::service::{Service, staying};
use super::shell::{Done, Shell};

const EXAMPLE: &str = include_str!("../../../../crates/domain/examples/own_store.rs");
const CARGO: &str = include_str!("cargo.sh");

/// Where things run that the pages start at well-known ports.
struct Moved {
    named: &'static str,
    here: Address,
}

pub(super) struct Stage {
    folder: TempDir,
    moved: Vec<Moved>,
    shell: Shell,
    services: Vec<Service>,
    /// What was typed into a service's terminal before, by the program that runs there.
    typed: BTreeMap<String, String>,
}

impl Stage {
    pub(super) fn set() -> Result<Self> {
        let folder = TempDir::new()?;
        let programs = folder.path().join(".programs");
        std::fs::create_dir(&programs)?;
        symlink(cli::binary()?, programs.join("portcullis"))?;
        std::fs::write(programs.join("cargo"), CARGO)?;
        std::fs::set_permissions(programs.join("cargo"), PermissionsExt::from_mode(0o755))?;
        std::fs::write(folder.path().join(".curlrc"), "fail-with-body\nsilent\nshow-error\n")?;
        let mut moved = Vec::new();
        for named in ["127.0.0.1:8787", "127.0.0.1:9000"] {
            moved.push(Moved { named, here: Address::hold()? });
        }
        let shell = Shell::open(terminal(&folder, &moved)?)?;
        Ok(Self { folder, moved, shell, services: Vec::new(), typed: BTreeMap::new() })
    }

    /// Does everything in order; answers how many blocks that were.
    pub(super) async fn follow(mut self, section: &Section) -> Result<usize> {
        let mut steps = section.steps.iter().peekable();
        let mut blocks = 0;
        while let Some(step) = steps.next() {
            match step {
                Step::Stop => self.stop("portcullis serve").await?,
                Step::Excerpt(text) => is_excerpt(text)?,
                Step::See(text) => bail!("nothing was run that could print {text}"),
                Step::Run(text) => {
                    let text = self.here(text);
                    if let Some(command) = staying(&text) {
                        self.start(&text, command).await.with_context(|| text.clone())?;
                    } else {
                        let done = self.shell.run(&text).await.with_context(|| text.clone())?;
                        let expected = steps.next_if(|step| matches!(step, Step::See(_)));
                        self.judge(&text, &done, expected)?;
                        blocks += usize::from(expected.is_some());
                    }
                }
            }
            blocks += usize::from(!matches!(step, Step::Stop));
        }
        for service in self.services {
            service.interrupt().await?;
        }
        Ok(blocks)
    }

    async fn start(&mut self, text: &str, command: &str) -> Result<()> {
        let before = self.typed.entry(command.to_owned()).or_default();
        let typed = format!("{before}{text}");
        *before += text.trim_end().strip_suffix(command).context("the command comes last")?;
        let service = Service::start(terminal(&self.folder, &self.moved)?, &typed, command).await?;
        // "Paste its lines into a second terminal".
        let lines: Vec<_> = service.said.iter().filter(|line| line.starts_with("export ")).cloned().collect();
        self.services.push(service);
        // The stand-in prints some too, for those who do not use a file of settings.
        if command.ends_with("demo") {
            ensure!(!lines.is_empty(), "the demonstration prints nothing to paste");
            self.shell.run(&lines.join("\n")).await?;
        }
        Ok(())
    }

    async fn stop(&mut self, command: &str) -> Result<()> {
        let running = self.services.iter().position(|service| service.command == command);
        self.services.remove(running.with_context(|| format!("`{command}` does not run"))?).interrupt().await
    }

    fn judge(&self, text: &str, done: &Done, expected: Option<&Step>) -> Result<()> {
        if let Some(Step::See(expected)) = expected {
            let expected = self.here(expected.trim());
            return ensure_like(&done.printed, &expected).with_context(|| format!("{text}\n{}", done.complaints));
        }
        ensure!(done.status == 0 && done.complaints.is_empty(), "{text}\n{done:?}");
        Ok(())
    }

    fn here(&self, text: &str) -> String {
        self.moved.iter().fold(text.to_owned(), |text, moved| text.replace(moved.named, moved.here.text()))
    }
}

/// A shell with nothing of this process' environment but the path.
fn terminal(folder: &TempDir, moved: &[Moved]) -> Result<Command> {
    let mut shell = cli::plain("bash", &folder.path().join(".programs"))?;
    shell.current_dir(folder.path()).env("HOME", folder.path()).env("TMPDIR", folder.path());
    shell.envs(database::surroundings()?);
    let listen = moved.first().context("the service has an address")?;
    shell.env("PORTCULLIS__HTTP__LISTEN", listen.here.text());
    Ok(shell)
}

/// Is everything in the example that is compiled and run?
fn is_excerpt(text: &str) -> Result<()> {
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        ensure!(EXAMPLE.contains(line), "the example has no line `{line}`");
    }
    Ok(())
}

/// Is it what was to be printed, with anything in place of each `…`?
fn ensure_like(printed: &str, expected: &str) -> Result<()> {
    let mut rest = printed;
    let mut parts = expected.split('…').peekable();
    let mut first = true;
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        let found = match (first, last) {
            (true, true) => (rest == part).then_some(""),
            (true, false) => rest.strip_prefix(part),
            (false, true) => rest.strip_suffix(part).map(|_| ""),
            (false, false) => rest.find(part).map(|at| &rest[at + part.len()..]),
        };
        rest = found.with_context(|| format!("printed:\n{printed}\nexpected:\n{expected}\nfrom `{part}` on"))?;
        first = false;
    }
    Ok(())
}
