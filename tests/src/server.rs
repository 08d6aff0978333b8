//! The service as a process.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use threedeye_sim::{RunningSim, Sim, SimConfig};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpSocket;
use tokio::process::Child;
use tokio::time::timeout;

use crate::client::{Api, Credentials};
use crate::database::{self, Kind};
use crate::{cli, client};

/// Longest wait for a start or a stop.
const PATIENCE: Duration = Duration::from_mins(1);

/// Settings every server of the tests has.
pub const ADMIN_KEY: &str = "admin-key-of-the-black-box-tests";
const JWT_SECRET: &str = "a secret of more than thirty-two bytes for tests";
/// The first administrator's password.
pub const ADMIN_PASSWORD: &str = "correct horse battery staple";
/// The domain staff addresses are in.
pub const STAFF_EMAIL: &str = "operator@staff.example";

/// An address at which only a server of ours will listen: as long as this is held, nobody is given the port by chance,
/// also while the server is down.
struct Address {
    text: String,
    _held: TcpSocket,
}

impl Address {
    fn hold() -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // As the server's own; without it neither could bind to what the other has.
        socket.set_reuseaddr(true)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self { text: socket.local_addr()?.to_string(), _held: socket })
    }
}

/// A folder, a database, a stand-in 3dEye, and the settings that tie them together; the server itself can be started,
/// killed and started again on them.
pub struct World {
    folder: TempDir,
    settings: BTreeMap<String, String>,
    sim: RunningSim,
    /// Kept over restarts, so that clients find the server again.
    address: Arc<Address>,
    super_key: Option<String>,
}

impl World {
    /// Makes one on a new database.
    pub async fn new(kind: Kind) -> Result<Self> {
        let folder = TempDir::new()?;
        let sim = Sim::start(SimConfig::default()).await?;
        let access = sim.credentials();
        let address = Arc::new(Address::hold()?);
        let settings = [
            ("DATABASE__URL", database::make(kind, folder.path()).await?),
            ("HTTP__LISTEN", address.text.clone()),
            ("AUTH__ADMIN_API_KEY", ADMIN_KEY.into()),
            ("AUTH__ADMIN_EMAIL_DOMAINS", "staff.example".into()),
            ("AUTH__JWT__HS256_SECRET", JWT_SECRET.into()),
            ("SECRETS__MASTER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into()),
            ("BOOTSTRAP__ADMIN_USERNAME", "admin".into()),
            ("BOOTSTRAP__ADMIN_PASSWORD", ADMIN_PASSWORD.into()),
            ("BOOTSTRAP__ADMIN_EMAIL", "admin@staff.example".into()),
            // What is tested calls more often than people do.
            ("RATE_LIMIT__ENABLED", "false".into()),
            ("SMTP__URL", format!("file://{}", folder.path().join("mail").display())),
            ("THREEDEYE__BASE_URL", sim.base_url()),
            ("THREEDEYE__API_KEY", access.api_key.clone()),
            ("THREEDEYE__USERNAME", access.username.clone()),
            ("THREEDEYE__PASSWORD", access.password.clone()),
        ];
        let settings = settings.into_iter().map(|(key, value)| (format!("PORTCULLIS__{key}"), value)).collect();
        Ok(Self { folder, settings, sim, address, super_key: None })
    }

    /// Changes a setting: `DATABASE__URL`.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.settings.insert(format!("PORTCULLIS__{key}"), value.into());
    }

    /// A setting as it is.
    pub fn setting(&self, key: &str) -> &str {
        self.settings.get(&format!("PORTCULLIS__{key}")).map_or("", String::as_str)
    }

    /// The folder everything lies in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The stand-in 3dEye.
    pub const fn sim(&self) -> &RunningSim {
        &self.sim
    }

    /// Runs a command of the binary with the same settings.
    pub async fn command(&self, arguments: &[&str]) -> Result<cli::Finished> {
        cli::run(self.folder.path(), &self.settings, arguments).await
    }

    /// Begins a command of the binary with the same settings.
    pub fn spawn(&self, arguments: &[&str]) -> Result<Child> {
        Ok(cli::command(self.folder.path(), &self.settings, arguments)?.spawn()?)
    }

    /// Starts the server and waits until it says that it listens.
    pub async fn start(&self) -> Result<Server> {
        self.start_at(Arc::clone(&self.address)).await
    }

    /// Starts one more server on the same database, at an address of its own.
    pub async fn start_another(&self) -> Result<Server> {
        self.start_at(Arc::new(Address::hold()?)).await
    }

    async fn start_at(&self, address: Arc<Address>) -> Result<Server> {
        let mut settings = self.settings.clone();
        settings.insert("PORTCULLIS__HTTP__LISTEN".to_owned(), address.text.clone());
        let mut child = cli::command(self.folder.path(), &settings, &["serve"])?.spawn()?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let stderr = child.stderr.take().context("standard error is piped")?;
        let said = tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            let mut said = String::new();
            while let Ok(Some(line)) = lines.next_line().await {
                said.push_str(&line);
                said.push('\n');
            }
            said
        });
        let mut lines = BufReader::new(stdout).lines();
        let ready = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await? {
                if line.contains("listening on http") {
                    return anyhow::Ok(true);
                }
            }
            Ok(false)
        });
        if !ready.await.context("the server did not say that it listens")?? {
            let status = child.wait().await?;
            bail!("the server ended with {status} instead of listening: {}", said.await?);
        }
        // Whatever else it prints must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Server { child, said: Some(said), url: format!("http://{}", address.text), _address: address })
    }

    /// A client with these credentials.
    pub fn api(&self, credentials: Credentials) -> Result<Api> {
        Api::new(&format!("http://{}", self.address.text), credentials)
    }

    /// A client with a super key, which is made the first time.
    pub async fn super_api(&mut self) -> Result<Api> {
        let key = if let Some(key) = &self.super_key {
            key.clone()
        } else {
            let made = self.command(&["api-key", "create", "--org", "operations", "--name", "Operations", "--super"]);
            let key = client::api_key_in(&made.await?.ok()?)?;
            self.super_key.insert(key).clone()
        };
        self.api(Credentials::ApiKey(key))
    }

    /// A client with the admin key and a staff token.
    pub async fn staff_api(&self) -> Result<Api> {
        let token = self.token("0198a000-0000-7000-8000-0000000000ff", STAFF_EMAIL).await?;
        self.api(Credentials::Staff { key: ADMIN_KEY.to_owned(), token })
    }

    /// A token for a person.
    pub async fn token(&self, sub: &str, email: &str) -> Result<String> {
        let printed = self.command(&["token", "--sub", sub, "--email", email]).await?.ok()?;
        Ok(printed.trim().to_owned())
    }

    /// The texts of all mails sent so far.
    pub fn mails(&self) -> Result<Vec<String>> {
        let folder = self.folder.path().join("mail");
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let files = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        let mails =
            files.iter().map(std::fs::DirEntry::path).filter(|path| path.extension().is_some_and(|end| end == "eml"));
        mails.map(|path| Ok(std::fs::read_to_string(path)?)).collect()
    }
}

/// A running server. Dropping it kills it.
pub struct Server {
    child: Child,
    said: Option<tokio::task::JoinHandle<String>>,
    url: String,
    _address: Arc<Address>,
}

impl Server {
    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process' id.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Kills it on the spot (SIGKILL).
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("the server is killed")
    }

    /// Asks it to end (SIGTERM), and answers its exit status and what it logged.
    pub async fn stop(mut self) -> Result<(Option<i32>, String)> {
        let pid = self.child.id().context("the server still runs")?;
        let asked = tokio::process::Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        anyhow::ensure!(asked.success(), "the server could not be asked to end");
        let status = timeout(PATIENCE, self.child.wait()).await.context("the server does not end")??;
        let said = self.said.take().context("the log is read once")?.await?;
        Ok((status.code(), said))
    }
}
