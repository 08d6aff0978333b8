//! One throw-away cluster: made in a fresh folder on a free port, gone when this process is, however it ends.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail};

use super::Binaries;
use crate::machine::{self, Account};
use crate::step;

/// Durable like a real one, since the tests are also about what survives; small, since nothing is kept.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 200
fsync = on
synchronous_commit = on
shared_buffers = 64MB
max_wal_size = 2GB
checkpoint_timeout = 1h
jit = off
timezone = 'UTC'
";

/// Waits for its input to end and then stops the server and removes the folder. The other end of that input is ours and
/// the kernel closes it even if we are killed, so there is one way of tidying up and nothing to catch.
const WATCH: &str = r#"
trap '' HUP INT TERM
read -r _
"$1" -D "$2/data" -m immediate -w -t 30 stop
cd / && rm -rf -- "$2"
"#;

/// Between choosing a free port and the server taking it, somebody else may.
const ATTEMPTS: u32 = 5;

/// A running cluster; dropping it stops the server and removes its files.
#[derive(Debug)]
pub struct Cluster {
    port: u16,
    folder: PathBuf,
    watch: Child,
}

impl Cluster {
    /// Makes and starts one.
    pub fn start(binaries: &Binaries) -> Result<Self> {
        let account = machine::unprivileged()?;
        let account = account.as_ref();
        let folder = fresh_folder(account)?;
        let mut cluster = Self { port: 0, folder: folder.clone(), watch: watch(binaries, account, &folder)? };

        let run = |program: &str, arguments: &[&str]| {
            step::output(machine::command_as(account, &binaries.program(program), &folder).args(arguments))
        };
        run("initdb", &["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])?;
        let settings = folder.join("data/postgresql.conf");
        let initial = fs::read_to_string(&settings)?;
        fs::write(&settings, initial + SETTINGS)?;

        for _ in 0..ATTEMPTS {
            cluster.port = free_port()?;
            let options = format!("-p {} -k '{}'", cluster.port, folder.display());
            match run("pg_ctl", &["-D", "data", "-l", "log", "-w", "-t", "60", "-o", &options, "start"]) {
                Ok(_) => return Ok(cluster),
                Err(error) => step::announce(format!("Postgres did not start: {error:#}")),
            }
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        bail!("Postgres did not start {ATTEMPTS} times; its log:\n{}", log.trim_end())
    }

    /// How to connect as its superuser.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// What the server logs.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        if let Err(error) = self.watch.wait() {
            step::announce(format!("cannot tell whether Postgres was stopped: {error}"));
        }
    }
}

fn watch(binaries: &Binaries, account: Option<&Account>, folder: &Path) -> Result<Child> {
    machine::command_as(account, Path::new("/bin/sh"), folder)
        .args(["-c", WATCH, "sh"])
        .args([&binaries.program("pg_ctl"), folder])
        .process_group(0) // out of reach of the terminal's ctrl-c, which is meant for the rest of us
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start the shell that looks after Postgres")
}

/// A folder nobody else has used and the server's account may enter. The temporary folder of root is sometimes closed
/// to everybody else, so the common ones are tried as well.
fn fresh_folder(account: Option<&Account>) -> Result<PathBuf> {
    let mut refused = Vec::new();
    for parent in [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()] {
        match folder_in(&parent, account) {
            Ok(folder) => return Ok(folder),
            Err(error) => refused.push(format!("{}: {error:#}", parent.display())),
        }
    }
    bail!("no temporary folder fit for Postgres: {}", refused.join("; "))
}

fn folder_in(parent: &Path, account: Option<&Account>) -> Result<PathBuf> {
    let mut number = 0;
    let folder = loop {
        let folder = parent.join(format!("portcullis-postgres-{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => break folder,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error.into()),
        }
    };
    if let Some(account) = account {
        chown(&folder, Some(account.uid), Some(account.gid))?;
        let mut enter = machine::command_as(Some(account), Path::new("/bin/sh"), &folder);
        if !step::succeeds(enter.args(["-c", ": > entered && rm entered"])) {
            fs::remove_dir(&folder)?;
            bail!("user `{}` may not enter it", account.name);
        }
    }
    Ok(folder)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
