//! The release binary, as somebody would run it. All that is assumed about its command line is in this file.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use xtask::step;

use crate::http::{self, Connection};

const PATIENCE: Duration = Duration::from_secs(30);

/// Any 32 bytes: nothing here is secret.
const MASTER_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const ADMIN_KEY: &str = "the admin key of the benchmarks";
/// Of the first administrator, who is called `admin`.
pub(crate) const ADMIN_PASSWORD: &str = "the password of the benchmarks";
const STAFF: &str = "01900000-0000-7000-8000-ffffffffffff";
const TOKEN_SECRET: &str = "the token secret of the benchmarks, long enough";

/// Builds it, and gives its path.
pub(crate) fn build() -> Result<PathBuf> {
    step::announce("building the release binary");
    let mut cargo = step::cargo(["build", "--release", "--package", "portcullis-api", "--bin", "portcullis"]);
    step::run(&mut cargo)?;
    // This program was built into the same folder, with the same profile.
    let folder = std::env::current_exe()?;
    Ok(folder.with_file_name("portcullis"))
}

/// A running service; killed when dropped.
pub(crate) struct Service {
    process: Child,
    binary: PathBuf,
    folder: PathBuf,
    environment: Vec<(String, String)>,
    pub(crate) address: SocketAddr,
    /// From its start to the first time it said that it is ready.
    pub(crate) started_in: Duration,
}

impl Service {
    pub(crate) async fn start(binary: &Path, folder: &Path, database: &str) -> Result<Self> {
        Self::start_with(binary, folder, database, &[]).await
    }

    /// With more settings, as variables.
    pub(crate) async fn start_with(
        binary: &Path,
        folder: &Path,
        database: &str,
        settings: &[(String, String)],
    ) -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let usual = [
            ("PORTCULLIS__DATABASE__URL", database.to_owned()),
            ("PORTCULLIS__HTTP__LISTEN", address.to_string()),
            ("PORTCULLIS__SECRETS__MASTER_KEY", MASTER_KEY.to_owned()),
            ("PORTCULLIS__BOOTSTRAP__ADMIN_PASSWORD", ADMIN_PASSWORD.to_owned()),
            ("PORTCULLIS__RATE_LIMIT__ENABLED", "false".to_owned()),
            ("PORTCULLIS__AUTH__ADMIN_API_KEY", ADMIN_KEY.to_owned()),
            ("PORTCULLIS__AUTH__ADMIN_EMAIL_DOMAINS", "bench.example".to_owned()),
            ("PORTCULLIS__AUTH__JWT__HS256_SECRET", TOKEN_SECRET.to_owned()),
        ];
        let usual = usual.into_iter().map(|(name, value)| (name.to_owned(), value));
        let environment: Vec<_> = usual.chain(settings.iter().cloned()).collect();
        let log = File::create(folder.join("log"))?;
        let start = Instant::now();
        let process = Command::new(binary)
            .arg("serve")
            .current_dir(folder)
            .envs(environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot run {}", binary.display()))?;
        let (binary, folder) = (binary.to_owned(), folder.to_owned());
        let mut service = Self { process, binary, folder, environment, address, started_in: Duration::ZERO };
        while !is_ready(address).await {
            if let Some(status) = service.process.try_wait()? {
                bail!("the service ended with {status}:\n{}", service.log());
            }
            if start.elapsed() > PATIENCE {
                bail!("the service is not ready after {PATIENCE:?}:\n{}", service.log());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        service.started_in = start.elapsed();
        Ok(service)
    }

    /// A key that may grant and revoke everywhere.
    pub(crate) fn api_key(&self) -> Result<String> {
        let said = self.command(&["api-key", "create", "--org", "bench", "--name", "Bench", "--super"])?;
        let is_key = |word: &&str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let key = said.split(|c: char| !c.is_ascii_alphanumeric()).find(is_key);
        Ok(key.context("`portcullis api-key create` printed no key")?.to_owned())
    }

    /// What staff reads at a path.
    pub(crate) async fn read_as_staff(&self, path: &str) -> Result<Value> {
        self.ask_as_staff(path, |headers| http::get(path, headers)).await
    }

    /// What staff is answered.
    pub(crate) async fn post_as_staff(&self, path: &str, body: &str) -> Result<Value> {
        self.ask_as_staff(path, |headers| http::post_with(path, headers, body)).await
    }

    async fn ask_as_staff(&self, path: &str, request: impl Fn(&[(&str, &str)]) -> Vec<u8>) -> Result<Value> {
        let token = self.command(&["token", "--sub", STAFF, "--email", "staff@bench.example"])?;
        let bearer = format!("Bearer {}", token.trim());
        let request = request(&[("X-Admin-API-Key", ADMIN_KEY), ("Authorization", &bearer)]);
        let mut connection = Connection::open(self.address).await?;
        let (status, body) = connection.exchange(&request).await?;
        if status != 200 {
            bail!("{path} was answered {status}: {}", String::from_utf8_lossy(body));
        }
        Ok(serde_json::from_slice(body)?)
    }

    fn command(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).current_dir(&self.folder).envs(self.environment.iter().cloned());
        step::output(&mut command)
    }

    pub(crate) fn resident_megabytes(&self) -> Result<f64> {
        let kilobytes = step::output(Command::new("ps").args(["-o", "rss=", "-p", &self.process.id().to_string()]))?;
        Ok(kilobytes.trim().parse::<f64>()? / 1024.0)
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        step::run(Command::new("kill").args(["-TERM", &self.process.id().to_string()]))?;
        let asked = Instant::now();
        while self.process.try_wait()?.is_none() {
            if asked.elapsed() > PATIENCE {
                bail!("the service did not end within {PATIENCE:?}:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended long ago, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.exchange(&http::get("/readyz", &[])).await.is_ok_and(|(status, _)| status == 200)
}
