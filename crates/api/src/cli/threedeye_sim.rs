//! `portcullis threedeye-sim`

use std::collections::HashSet;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{PathBuf, absolute};
use std::time::Duration;

use anyhow::anyhow;
use clap::Args;
use threedeye_sim::{NewUser, RunningSim, Sim, SimConfig, StartError, StateFileError};

use super::{Failure, say, serve};

const EXAMPLES: &str = "\
Examples:
  portcullis threedeye-sim                                in memory, on 127.0.0.1:9000
  portcullis threedeye-sim --state sim.json --users 20    kept in a file, with people in it
  portcullis threedeye-sim --listen 127.0.0.1:9001 --latency 50
The page at the printed address shows users, roles and calls, and lets calls go wrong; tests use /_sim/ below it.
RUST_LOG=threedeye_sim=info shows every call on standard error.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9000")]
    listen: SocketAddr,

    /// A file of JSON in which users and roles are kept; made if it is not there. Passwords are in it in clear.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Where ids and tokens come from: the same seed and the same calls give the same ids.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,

    /// Make so many sample users, as far as they are not there.
    #[arg(long, value_name = "COUNT", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100_000))]
    users: u32,

    /// How many milliseconds every call takes before anything else happens to it.
    #[arg(long, value_name = "MILLIS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=600_000))]
    latency: u64,

    /// A name, besides localhost and any IP address, by which the page and /_sim/ may be asked for.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
}

pub(super) async fn run(options: &Options) -> Result<(), Failure> {
    let config = SimConfig {
        listen: options.listen,
        seed: options.seed,
        latency: Duration::from_millis(options.latency),
        state_file: options.state.clone(),
        hosts: options.host.clone(),
        ..SimConfig::default()
    };
    let sim = Sim::start(config).await.map_err(|error| not_started(options, error))?;
    let made = add_samples(&sim, options.users)?;
    announce(&sim, options, made)?;
    serve::interrupted().await;
    say(format_args!("stopping"))?;
    sim.shutdown().await;
    match &options.state {
        Some(file) => say(format_args!("stopped; users and roles are in {}", file.display()))?,
        None => say(format_args!("stopped; users and roles are gone"))?,
    }
    Ok(())
}

/// With what to do about it.
fn not_started(options: &Options, error: StartError) -> Failure {
    let listen = options.listen;
    let next = match &error {
        StartError::Listen(reason) => match reason.kind() {
            ErrorKind::AddrInUse => "something listens there already: stop it, or choose another port with --listen",
            ErrorKind::PermissionDenied => "this takes rights you do not have: choose a port from 1024 with --listen",
            ErrorKind::AddrNotAvailable => "this machine has no such address: choose another with --listen",
            _ => "choose another address with --listen",
        },
        StartError::State(StateFileError::Write { .. }) => "choose another place with --state",
        StartError::State(StateFileError::Read { .. }) => "see who may read it, or choose another with --state",
        // These say what to do themselves.
        StartError::State(_) => return Failure::misuse(error),
    };
    match error {
        StartError::Listen(reason) => Failure::misuse(anyhow!("{listen} cannot be listened on ({reason}): {next}")),
        StartError::State(reason) => Failure::misuse(anyhow::Error::from(reason).context(next)),
    }
}

/// Those that are not there. Gives how many.
fn add_samples(sim: &RunningSim, count: u32) -> anyhow::Result<usize> {
    let state = sim.state();
    let taken: HashSet<String> = state.users().into_iter().map(|user| user.email.to_lowercase()).collect();
    let addresses = (1..=count).map(|number| (number, format!("user{number}@example.com")));
    let missing: Vec<NewUser> = addresses
        .filter(|(_, address)| !taken.contains(address))
        .map(|(number, address)| NewUser {
            last_name: format!("User {number}"),
            ..NewUser::new(address, NewUser::USUAL_PASSWORD)
        })
        .collect();
    Ok(state.add_users(missing)?.len())
}

/// What one needs to use it, fit for pasting.
fn announce(sim: &RunningSim, options: &Options, made: usize) -> anyhow::Result<()> {
    let (url, known) = (sim.base_url(), sim.credentials());
    let settings = [
        ("base_url", url.clone()),
        ("api_key", known.api_key),
        ("username", known.username),
        ("password", known.password),
        ("customer_id", known.customer_id.to_string()),
    ];
    say(format_args!("# for the shell"))?;
    for (key, value) in &settings {
        say(format_args!("export PORTCULLIS__THREEDEYE__{}='{value}'", key.to_uppercase()))?;
    }
    say(format_args!("\n# for the file of settings\n[threedeye]"))?;
    for (key, value) in &settings {
        say(format_args!("{key} = {value:?}"))?;
    }
    say(format_args!(""))?;
    match &options.state {
        Some(file) => {
            let file = absolute(file).unwrap_or_else(|_| file.clone());
            say(format_args!("state: {}, with passwords in clear", file.display()))?;
        }
        None => say(format_args!("state: in memory, gone at the end; --state keeps it in a file"))?,
    }
    if made > 0 {
        say(format_args!("sample users: {made} made, with the password {}", NewUser::USUAL_PASSWORD))?;
    }
    if options.latency > 0 {
        say(format_args!("latency: every call takes {} ms", options.latency))?;
    }
    if !options.listen.ip().is_loopback() {
        say(format_args!("open to the network: whoever reaches this address can see and change everything"))?;
    }
    say(format_args!("page: {url}/"))?;
    say(format_args!("listening on {url}; Ctrl-C stops it"))
}
