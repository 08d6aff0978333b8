//! An axum handler and nothing else: what the HTTP stack gives on this machine.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use clap::Args;
use tokio::runtime::Runtime;

use crate::http::Connection;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long)]
    listen: SocketAddr,

    /// What every request is answered
    #[arg(long)]
    answer: String,
}

/// Serves until it is killed, on as many threads as the service does.
pub(crate) fn run(options: Options) -> Result<()> {
    // This thread runs the load's runtime, which another cannot be started from.
    let serving = std::thread::spawn(move || Runtime::new()?.block_on(serve(options)));
    serving.join().map_err(|_| anyhow!("the bare server panicked"))?
}

async fn serve(options: Options) -> Result<()> {
    let answer: &'static str = options.answer.leak();
    let handler = move || async move { ([(CONTENT_TYPE, "application/json")], answer) };
    let router = Router::new().fallback(get(handler));
    Ok(axum_server::bind(options.listen).http1_only().serve(router.into_make_service()).await?)
}

/// One in a process of its own; killed when dropped.
pub(crate) struct BareServer {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl BareServer {
    pub(crate) async fn start(answer: &str) -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare-server", "--listen", &address.to_string(), "--answer", answer]).stdin(Stdio::null());
        let process = command.spawn().context("cannot run the bare server")?;
        let server = Self { process, address };
        for _ in 0..100 {
            if Connection::open(address).await.is_ok() {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the bare server does not listen")
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        // It may have ended, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
