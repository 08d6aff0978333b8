//! A mail server not written by us: `aiosmtpd`, in Python.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::machine;

/// Longest wait for a start.
const PATIENCE: Duration = Duration::from_mins(1);

/// How it is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Without TLS, and nobody signs in.
    Plain,
    /// Only after STARTTLS, and only by whoever signed in.
    StartTls,
    /// TLS from the first byte, and only by whoever signed in.
    Implicit,
}

/// A running mail server. Dropping it kills it.
pub struct Sink {
    _child: Child,
    mails: Lines<BufReader<ChildStdout>>,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
}

/// A certificate authority and a certificate of it for `localhost` and 127.0.0.1, made for one test.
pub struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    /// Makes them in a folder, with the `openssl` of the machine.
    pub async fn make(folder: &Path) -> Result<Self> {
        let extensions = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
        std::fs::write(folder.join("server.ext"), extensions)?;
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        for arguments in [
            format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority"),
            format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"),
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.pem"
                .to_owned(),
        ] {
            let made = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().await;
            let made = made.context("`openssl` makes the certificates of the test")?;
            ensure!(made.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&made.stderr));
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The authority's certificate.
    pub fn authority(&self) -> String {
        self.folder.join("ca.pem").display().to_string()
    }
}

impl Sink {
    /// Starts one; port 0 takes a free one.
    pub async fn start(security: Security, port: u16, certificates: Option<&Certificates>) -> Result<Self> {
        let mode = match security {
            Security::Plain => "plain",
            Security::StartTls => "starttls",
            Security::Implicit => "implicit",
        };
        let mut command = Command::new(machine::python()?);
        command.args(["-c", include_str!("sink.py"), mode, &port.to_string()]);
        if let Some(Certificates { folder }) = certificates {
            command.args([folder.join("server.pem"), folder.join("server.key")]);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut mails = BufReader::new(child.stdout.take().context("standard output is piped")?).lines();
        let first = timeout(PATIENCE, mails.next_line()).await.context("the mail server does not start")??;
        let Some(first) = first else { bail!("the mail server ended instead of listening") };
        let said: Value = serde_json::from_str(&first)?;
        let port = said["port"].as_u64().and_then(|port| port.try_into().ok()).context("a port")?;
        Ok(Self { _child: child, mails, port })
    }

    /// The next mail it takes; none within the time given.
    pub async fn mail(&mut self, within: Duration) -> Result<Option<Value>> {
        match timeout(within, self.mails.next_line()).await {
            Ok(line) => Ok(Some(serde_json::from_str(&line?.context("the mail server ended")?)?)),
            Err(_) => Ok(None),
        }
    }
}
