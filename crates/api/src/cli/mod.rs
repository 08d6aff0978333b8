//! The command line.

mod api_key;
mod background;
mod check_config;
mod deliveries;
mod demo;
mod failure;
mod job;
mod migrate;
mod openapi;
mod progress;
mod say;
mod secrets;
mod serve;
mod table;
mod tenant;
mod threedeye;
mod threedeye_sim;
mod token;
mod user;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use portcullis_domain::policy::Caller;
use portcullis_domain::usecase::Request;
use tracing_subscriber::EnvFilter;

use self::failure::Failure;
use self::say::say;
use crate::app::App;
use crate::composition::{Composition, Schema};
use crate::config::{self, Config, Sources};

#[derive(Debug, Parser)]
#[command(name = "portcullis", version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  portcullis demo                          try everything, with nothing to set up
  portcullis serve                         serve from portcullis.db in this folder
  portcullis --config portcullis.toml check-config
  PORTCULLIS__HTTP__LISTEN=0.0.0.0:8787 portcullis serve
Settings come from defaults, then the file, then variables PORTCULLIS__SECTION__KEY.";

#[derive(Debug, Args)]
struct Settings {
    /// A TOML file with settings.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Settings {
    fn load(&self) -> Result<Config, Failure> {
        Ok(config::load(Sources { file: self.config.as_deref(), ..Sources::default() })?)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve over HTTP until told to stop.
    Serve,
    /// Show the three operations on one sample person, then stay up for trying things out.
    Demo(demo::Options),
    /// Bring the database's schema up to this release. Stop every process of an older release first.
    ///
    /// A release that brings new views fills them from the events, in one transaction, during which nobody else can
    /// write, and on Postgres nobody can read. A process of an older release that goes on afterwards writes what the new
    /// views do not see; should that have happened, stop it and use --rebuild-views.
    Migrate(migrate::Options),
    /// Check the settings and print the effective ones, without secrets.
    CheckConfig,
    /// Print the OpenAPI document.
    Openapi,
    /// Make a token this service accepts, with the configured secret.
    Token(token::Options),
    /// Keys of organisations.
    #[command(subcommand)]
    ApiKey(api_key::Command),
    /// Organisations.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Accounts.
    #[command(subcommand)]
    User(user::Command),
    /// Camera accounts.
    #[command(subcommand)]
    Threedeye(threedeye::Command),
    /// The keys that seal secrets.
    #[command(subcommand)]
    Secrets(secrets::Command),
    /// Serve a stand-in for 3dEye.
    ThreedeyeSim(threedeye_sim::Options),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // The demonstration tells its own story.
    log_to_stderr(if matches!(cli.command, Command::Demo(_)) { "warn" } else { "warn,portcullis_api=info" });
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::from(error).tell(),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

async fn run(Cli { settings, command }: Cli) -> Result<(), Failure> {
    let unused = matches!(command, Command::Demo(_) | Command::Openapi | Command::ThreedeyeSim(_));
    if unused && settings.config.is_some() {
        return Err(Failure::misuse(anyhow::anyhow!("this command takes no settings, so --config is of no use to it")));
    }
    match command {
        Command::Serve => serve::run(&settings.load()?).await,
        Command::Demo(options) => demo::run(&options).await,
        Command::Migrate(options) => migrate::run(&settings.load()?, &options).await,
        Command::CheckConfig => check_config::run(&settings.load()?),
        Command::Openapi => openapi::run(),
        Command::Token(options) => token::run(&settings.load()?, &options),
        Command::ApiKey(command) => api_key::run(&settings.load()?, command).await,
        Command::Tenant(command) => tenant::run(&settings.load()?, command).await,
        Command::User(command) => user::run(&settings.load()?, command).await,
        Command::Threedeye(command) => threedeye::run(&settings.load()?, command).await,
        Command::Secrets(command) => secrets::run(&settings.load()?, command).await,
        Command::ThreedeyeSim(options) => threedeye_sim::run(&options).await,
    }
}

/// Logs go to standard error; standard output is for answers. `RUST_LOG` chooses what is logged.
fn log_to_stderr(usual: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).init();
}

/// Does something with the use cases on the configured database, a server running beside or not.
async fn with_app<T>(config: &Config, work: impl AsyncFnOnce(&App) -> Result<T, Failure>) -> Result<T, Failure> {
    let composition = Composition::open(config, Schema::Use).await?;
    let done = work(&composition.app).await;
    composition.store.close().await;
    done
}

/// A request of the command line, which may do everything.
fn own_request(app: &App) -> Request {
    Request::plain(Caller::system("cli"), app.request_id("cli"))
}
