//! `portcullis threedeye-sim`

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{PathBuf, absolute};
use std::time::Duration;

use anyhow::anyhow;
use clap::{Args, ValueHint};
use serde::Serialize;
use threedeye_sim::{NewUser, RunningSim, Sim, SimConfig, StartError, StateFileError};

use super::next::after_listen;
use super::output::Output;
use super::{Failure, say, serve, table};

const EXAMPLES: &str = "\
Examples:
  portcullis threedeye-sim                                in memory, on 127.0.0.1:9000
  portcullis threedeye-sim --state sim.json --users 20    kept in a file, with people in it
  portcullis threedeye-sim --listen 127.0.0.1:9001 --latency 50
The page at the printed address shows users, roles and calls, and lets calls go wrong; tests use /_sim/ below it.
--log threedeye_sim=info shows every call on standard error.";

/// Serve a stand-in for 3dEye, and print the settings by which the service uses it.
///
/// For trying the camera calls out without a 3dEye, and for tests. Everybody who reaches its address can see and change
/// everything. --json prints what is needed as one document once it listens, and nothing else.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9000")]
    listen: SocketAddr,

    /// A file of JSON in which users and roles are kept; made if it is not there. Passwords are in it in clear.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
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

    #[command(flatten)]
    output: Output,
}

/// What one needs to use it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    base_url: String,
    api_key: String,
    username: String,
    password: String,
    customer_id: String,
    /// None = in memory.
    state_file: Option<PathBuf>,
    /// Sample users that were made.
    sample_users: usize,
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
    let told = told(&sim, options, made);
    options.output.tell(&told, || announce(&told, options))?;
    serve::interrupted().await;
    let for_people = |line: &str| if options.output.is_json() { Ok(()) } else { say(format_args!("{line}")) };
    for_people("stopping")?;
    sim.shutdown().await;
    match &options.state {
        Some(file) => for_people(&format!("stopped; users and roles are in {}", file.display()))?,
        None => for_people("stopped; users and roles are gone")?,
    }
    Ok(())
}

/// With what to do about it.
fn not_started(options: &Options, error: StartError) -> Failure {
    let next = match &error {
        StartError::Listen(reason) => after_listen(reason, "--listen"),
        StartError::State(error) => match error {
            StateFileError::Write { .. } => "choose another place with --state",
            StateFileError::Read { .. } => "see who may read it, or choose another with --state",
            StateFileError::InUse { .. } => "stop that one, or name another file with --state",
            StateFileError::Foreign { .. } => "name another with --state, or one that is not there yet",
            StateFileError::Version { .. } => "use the release that wrote it, or name another with --state",
            StateFileError::Damaged { .. } => "mend it, or move it away to begin anew",
        }
        .to_owned(),
    };
    match error {
        StartError::Listen(reason) => {
            Failure::misuse(anyhow!("{} cannot be listened on ({reason})", options.listen), next)
        }
        StartError::State(reason) => Failure::misuse(reason, next),
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

fn told(sim: &RunningSim, options: &Options, made: usize) -> Told {
    let known = sim.credentials();
    Told {
        base_url: sim.base_url(),
        api_key: known.api_key,
        username: known.username,
        password: known.password,
        customer_id: known.customer_id.to_string(),
        state_file: options.state.as_ref().map(|file| absolute(file).unwrap_or_else(|_| file.clone())),
        sample_users: made,
    }
}

/// Says it fit for pasting.
fn announce(told: &Told, options: &Options) -> anyhow::Result<()> {
    let url = &told.base_url;
    let settings = [
        ("base_url", url),
        ("api_key", &told.api_key),
        ("username", &told.username),
        ("password", &told.password),
        ("customer_id", &told.customer_id),
    ];
    table::heading("# for the shell")?;
    for (key, value) in settings {
        say(format_args!("export PORTCULLIS__THREEDEYE__{}='{value}'", key.to_uppercase()))?;
    }
    say(format_args!(""))?;
    table::heading("# for the file of settings")?;
    say(format_args!("[threedeye]"))?;
    for (key, value) in settings {
        say(format_args!("{key} = {value:?}"))?;
    }
    say(format_args!(""))?;
    match &told.state_file {
        Some(file) => say(format_args!("state: {}, with passwords in clear", file.display()))?,
        None => say(format_args!("state: in memory, gone at the end; --state keeps it in a file"))?,
    }
    if told.sample_users > 0 {
        let count = told.sample_users;
        say(format_args!("sample users: {count} made, with the password {}", NewUser::USUAL_PASSWORD))?;
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
