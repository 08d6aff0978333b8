//! Programs in five languages, run as a person would who pastes them into a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::Finished;
use crate::machine;

/// Longest wait for a program to end; building many at once takes longest.
const PATIENCE: Duration = Duration::from_mins(5);
/// What calls the samples of Go by their names, when they are built into one program.
const CHOICE: &str = "package main\n\nimport \"os\"\n\nfunc main() {\n\tmap[string]func(){ENTRIES}[os.Args[1]]()\n}\n";
const MODULE: &str = "module samples\n\ngo 1.19\n";

/// A language, called as in `x-codeSamples`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// curl in a POSIX shell.
    Shell,
    /// Python with requests.
    Python,
    /// A module for Node.
    JavaScript,
    /// Go.
    Go,
    /// Ruby.
    Ruby,
}

impl Language {
    /// Its name in the document.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::Go => "go",
            Self::Ruby => "ruby",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Shell => "sh",
            Self::Python => "py",
            Self::JavaScript => "mjs",
            Self::Go => "go",
            Self::Ruby => "rb",
        }
    }
}

/// A folder with samples of one language.
pub struct Workshop {
    language: Language,
    folder: TempDir,
    /// What Go has compiled, of its own library too.
    cache: PathBuf,
    sources: BTreeMap<String, String>,
}

impl Workshop {
    /// Writes every sample into a file. Those of Go are also built, all into one program: linking each would take longer
    /// than everything else. In `kept` is what Go need not compile again, whoever comes next.
    pub async fn new(language: Language, sources: BTreeMap<String, String>, kept: &Path) -> Result<Self> {
        let workshop = Self { language, folder: TempDir::new()?, cache: kept.join("go"), sources };
        for (name, source) in &workshop.sources {
            workshop.write(name, source)?;
        }
        if language == Language::Go {
            workshop.build().await?;
        }
        Ok(workshop)
    }

    /// The sample.
    pub fn source(&self, name: &str) -> Result<&str> {
        let source = self.sources.get(name).map(String::as_str);
        source.with_context(|| format!("there is no sample of {name} in {}", self.language.name()))
    }

    /// Runs a sample, which may have been edited, with these environment variables.
    pub async fn run(&self, name: &str, source: &str, variables: &BTreeMap<String, String>) -> Result<Finished> {
        let is_edited = self.source(name)? != source;
        let file = if is_edited { self.write(name, source)? } else { self.file(name) };
        let mut command = match self.language {
            Language::Shell => program("sh"),
            Language::Python => program(machine::python()?),
            Language::JavaScript => program(machine::node()?),
            Language::Ruby => program("ruby"),
            Language::Go if is_edited => self.go(&["run"]),
            Language::Go => program(self.folder.path().join("all").join("all")),
        };
        let built = self.language == Language::Go && !is_edited;
        if built {
            command.arg(name)
        } else {
            command.arg(file)
        };
        finish(command.envs(variables)).await
    }

    /// Has the usual programs look over all samples: they are whole, and cut as people of the language cut theirs.
    pub async fn check(&self) -> Result<()> {
        let commands = match self.language {
            Language::Shell => vec![self.on_each("sh", &["-n"])],
            Language::Python => {
                let python = machine::python()?;
                let ruff = |arguments: &[&str]| {
                    let mut ruff = program(&python);
                    ruff.args(["-m", "ruff"])
                        .args(arguments)
                        .args(["--no-cache", "--isolated"])
                        .arg(self.folder.path());
                    vec![ruff]
                };
                vec![ruff(&["check"]), ruff(&["format", "--check"])]
            }
            Language::JavaScript => vec![self.on_each(machine::node()?, &["--check"])],
            Language::Go => {
                let mut gofmt = program("gofmt");
                gofmt.args(["-d", "-e"]).args(self.sources.keys().map(|name| self.file(name)));
                let mut vet = self.go(&["vet", "./..."]);
                vet.current_dir(self.folder.path());
                vec![vec![gofmt], vec![vet]]
            }
            Language::Ruby => vec![self.on_each("ruby", &["-wc"])],
        };
        for mut command in commands.into_iter().flatten() {
            let finished = finish(&mut command).await?;
            // What gofmt would change is on standard output; what Ruby warns of on standard error.
            let is_quiet = match self.language {
                Language::Go => finished.stdout.is_empty(),
                Language::Ruby => finished.stderr.is_empty(),
                _ => true,
            };
            ensure!(finished.status == Some(0) && is_quiet, "{command:?}: {finished:?}");
        }
        Ok(())
    }

    fn on_each(&self, with: impl AsRef<Path>, arguments: &[&str]) -> Vec<Command> {
        let one = |name: &String| {
            let mut command = program(with.as_ref());
            command.args(arguments).arg(self.file(name));
            command
        };
        self.sources.keys().map(one).collect()
    }

    /// Every program of Go has a folder of its own.
    fn file(&self, name: &str) -> PathBuf {
        let folder =
            if self.language == Language::Go { self.folder.path().join(name) } else { self.folder.path().into() };
        folder.join(name).with_extension(self.language.ending())
    }

    fn write(&self, name: &str, source: &str) -> Result<PathBuf> {
        let file = self.file(name);
        std::fs::create_dir_all(file.parent().context("a file is in a folder")?)?;
        std::fs::write(&file, source)?;
        Ok(file)
    }

    /// Puts the samples side by side, each with its `main` called by the sample's name.
    async fn build(&self) -> Result<()> {
        let folder = self.folder.path().join("all");
        std::fs::create_dir_all(&folder)?;
        for (name, source) in &self.sources {
            let renamed = source.replacen("func main() {", &format!("func {name}() {{"), 1);
            std::fs::write(folder.join(name).with_extension("go"), renamed)?;
        }
        let entries = self.sources.keys().map(|name| format!("\"{name}\": {name}")).collect::<Vec<_>>().join(", ");
        std::fs::write(folder.join("all.go"), CHOICE.replace("ENTRIES", &entries))?;
        std::fs::write(self.folder.path().join("go.mod"), MODULE)?;
        let mut build = self.go(&["build", "-o", "all"]);
        finish(build.current_dir(folder)).await?.ok()?;
        Ok(())
    }

    /// Go, which needs nothing from elsewhere.
    fn go(&self, arguments: &[&str]) -> Command {
        let mut command = program("go");
        command.args(arguments).env("GOCACHE", &self.cache).env("GOPATH", self.folder.path().join(".path"));
        command.env("GOFLAGS", "-mod=mod").env("GOPROXY", "off");
        command
    }
}

/// A program with nothing of this process' environment but the path.
#[expect(clippy::disallowed_methods, reason = "programs find programs by the path, and nothing else of ours counts")]
fn program(name: impl AsRef<Path>) -> Command {
    let mut command = Command::new(name.as_ref());
    command.env_clear().env("PATH", std::env::var("PATH").unwrap_or_default());
    command.env("LANG", "C.UTF-8").stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn finish(command: &mut Command) -> Result<Finished> {
    let output = timeout(PATIENCE, command.output()).await.with_context(|| format!("{command:?} does not end"))?;
    let output = output.with_context(|| format!("{command:?} does not start"))?;
    Ok(Finished {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8(output.stderr)?,
    })
}
