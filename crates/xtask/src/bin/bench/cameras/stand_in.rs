//! The stand-in for 3dEye, as a program of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::http::{self, Connection};

/// Killed when dropped.
pub(super) struct StandIn {
    process: Child,
    settings: Vec<(String, String)>,
    address: SocketAddr,
}

impl StandIn {
    pub(super) fn start(binary: &Path, latency: u32) -> Result<Self> {
        // Our requests name the host `bench`.
        let arguments = ["threedeye-sim", "--listen", "127.0.0.1:0", "--host", "bench", "--latency"];
        let mut process = Command::new(binary)
            .args(arguments)
            .arg(latency.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let said = process.stdout.take().context("standard output is piped")?;
        let mut stand_in = Self { process, settings: Vec::new(), address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        for line in BufReader::new(said).lines() {
            let line = line?;
            if let Some((name, value)) = line.strip_prefix("export ").and_then(|setting| setting.split_once('=')) {
                stand_in.settings.push((name.to_owned(), value.trim_matches('\'').to_owned()));
            }
            if let Some(url) = line.strip_prefix("listening on http://") {
                let address = url.split(';').next().unwrap_or_default();
                stand_in.address = address.parse().with_context(|| format!("{address} is no address"))?;
                return Ok(stand_in);
            }
        }
        bail!("the stand-in did not start")
    }

    /// What the service needs to use it.
    pub(super) fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    /// How many calls it saw so far.
    pub(super) async fn calls(&self) -> Result<u64> {
        let mut connection = Connection::open(self.address).await?;
        let (status, body) = connection.exchange(&http::get("/_sim/state", &[])).await?;
        if status != 200 {
            bail!("the stand-in answered {status}: {}", String::from_utf8_lossy(body));
        }
        let state: Value = serde_json::from_slice(body)?;
        let calls = state["calls"].as_object().context("calls")?;
        calls.values().map(|count| count.as_u64().context("a count")).sum()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // It may have ended long ago, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
