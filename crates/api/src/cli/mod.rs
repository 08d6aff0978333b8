//! The command line.

mod announce;
mod api_key;
mod background;
mod check_config;
mod completions;
mod copy;
mod deliveries;
mod demo;
mod failure;
mod job;
mod logging;
mod man;
mod migrate;
mod next;
mod openapi;
mod output;
mod progress;
mod say;
mod secrets;
mod serve;
mod settings;
mod table;
mod tenant;
mod threedeye;
mod threedeye_sim;
mod token;
mod user;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use portcullis_domain::policy::Caller;
use portcullis_domain::usecase::Request;

use self::failure::{EXIT_STATUS, Failure};
use self::say::say;
use self::settings::Settings;
use crate::app::App;
use crate::composition::{Composition, Schema};
use crate::config::Config;

/// Takes lock access away, makes camera accounts work again, and lets people in who lost their second factor.
///
/// One service for the three, over HTTP; this is the program that serves it and the desk of whoever runs it. `portcullis
/// demo` shows everything with nothing to set up, `portcullis serve` serves.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, long_version = version::LONG.as_str(), after_help = after_help())]
#[command(max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  portcullis demo                                try everything, with nothing to set up
  portcullis serve                               serve from portcullis.db in this folder
  portcullis --config portcullis.toml check-config
  PORTCULLIS__HTTP__LISTEN=0.0.0.0:8787 portcullis serve
Settings come from defaults, then the file, then variables PORTCULLIS__SECTION__KEY.";

fn after_help() -> String {
    format!("{EXAMPLES}\n\n{EXIT_STATUS}")
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Options),
    Demo(demo::Options),
    Migrate(migrate::Options),
    Copy(copy::Options),
    CheckConfig(check_config::Options),
    Openapi(openapi::Options),
    Token(token::Options),
    /// Keys of organisations: make, list, change and revoke them.
    ///
    /// A key lets an organisation's own programs call the service, for its people and locks.
    #[command(subcommand)]
    ApiKey(api_key::Command),
    /// Organisations: register and list them.
    ///
    /// People, locks, camera roles and keys belong to one.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Accounts: the way back in for whoever lost a password or a phone.
    ///
    /// For when nobody can sign in any more to do it over HTTP.
    #[command(subcommand)]
    User(user::Command),
    /// Camera accounts: make missing ones, find what has drifted apart from 3dEye.
    ///
    /// For the first days with a 3dEye, and now and then afterwards.
    #[command(subcommand)]
    Threedeye(threedeye::Command),
    /// The keys that seal secrets: make a new one, seal everything anew with it.
    ///
    /// For a yearly change, or when a key may have leaked. docs/OPERATIONS.md tells the steps.
    #[command(subcommand)]
    Secrets(secrets::Command),
    ThreedeyeSim(threedeye_sim::Options),
    Completions(completions::Options),
    Man(man::Options),
}

impl Command {
    /// Does it take settings?
    const fn takes_settings(&self) -> bool {
        !matches!(self, Self::Demo(_) | Self::Openapi(_) | Self::ThreedeyeSim(_) | Self::Completions(_) | Self::Man(_))
    }
}

/// The command line as clap knows it, for whoever documents or tests it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(std::env::args_os());
    let parsed = matches.and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        Ok((cli, matches.value_source("config")))
    });
    // Who called it wrongly says what colours to use all the same.
    let color = parsed.as_ref().map_or_else(|_| color_among(std::env::args_os()), |(cli, _)| cli.settings.color);
    choose(color);
    let (cli, config_from) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => error.exit(),
    };
    let Cli { settings, command } = cli;
    let format = settings.log_format;
    // The demonstration tells its own story.
    let usual = if matches!(command, Command::Demo(_)) { "warn" } else { "warn,portcullis_api=info" };
    logging::start(settings.log.clone(), usual, format);
    let useless = config_from == Some(ValueSource::CommandLine) && !command.takes_settings();
    let ended = if useless { Err(no_settings()) } else { run_to_end(&settings, command) };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(format),
    }
}

fn no_settings() -> Failure {
    Failure::misuse(anyhow::anyhow!("this command takes no settings, so --config is of no use to it"), "leave it out")
}

/// A `--color` among arguments that are otherwise not understood.
fn color_among(arguments: impl Iterator<Item = OsString>) -> ColorChoice {
    let words: Vec<String> = arguments.map(|word| word.to_string_lossy().into_owned()).collect();
    let apart = words.windows(2).filter(|pair| pair[0] == "--color").map(|pair| pair[1].as_str());
    let joined = words.iter().filter_map(|word| word.strip_prefix("--color="));
    let chosen = apart.chain(joined).find_map(|word| ColorChoice::from_str(word, false).ok());
    chosen.unwrap_or_default()
}

/// Everything that is written goes by this choice: help and errors, answers, logs.
fn choose(color: ColorChoice) {
    let choice = match color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

fn run_to_end(settings: &Settings, command: Command) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(settings, command))
}

async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(_) => serve::run(&settings.load()?).await,
        Command::Demo(options) => demo::run(&options).await,
        Command::Migrate(options) => migrate::run(&settings.load()?, &options).await,
        Command::Copy(options) => copy::run(settings, &options).await,
        Command::CheckConfig(options) => check_config::run(&settings.load()?, &options),
        Command::Openapi(_) => openapi::run(),
        Command::Token(options) => token::run(&settings.load()?, &options),
        Command::ApiKey(command) => api_key::run(&settings.load()?, command).await,
        Command::Tenant(command) => tenant::run(&settings.load()?, command).await,
        Command::User(command) => user::run(&settings.load()?, command).await,
        Command::Threedeye(command) => threedeye::run(&settings.load()?, command).await,
        Command::Secrets(command) => secrets::run(&settings.load()?, command).await,
        Command::ThreedeyeSim(options) => threedeye_sim::run(&options).await,
        Command::Completions(options) => completions::run(&options),
        Command::Man(options) => man::run(&options),
    }
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
