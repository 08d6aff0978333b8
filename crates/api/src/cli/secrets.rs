//! `portcullis secrets`

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Subcommand;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::seal::KeyId;
use portcullis_adapters::store::{SeaStore, SealCensus};
use serde::Serialize;

use super::output::Output;
use super::progress::Progress;
use super::{Failure, say, table};
use crate::composition::{Composition, NewKeyError, Schema, StartError, new_master_key, put_new_key};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a new master key. With an embedded database it is put first into the key file, and the ones before stay in it;
    /// a serving process takes it up within seconds.
    ///
    /// For a yearly change, or when the key may have leaked. `portcullis secrets rotate` is the next step.
    #[command(
        after_help = "Examples:\n  portcullis secrets new-key\n  portcullis secrets new-key --print\n  portcullis secrets new-key --print --json"
    )]
    NewKey {
        /// Print the key instead: for keys that are kept elsewhere, and for several processes on one Postgres.
        #[arg(long)]
        print: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Seal everything anew with the newest master key, beside serving processes. May be broken off and run again.
    ///
    /// For after a new key was made; then the old one can go. Ends with status 3 while anything is left that is not under
    /// the newest key.
    #[command(
        after_help = "Examples:\n  portcullis secrets rotate\n  portcullis secrets rotate --check\n  portcullis \
                            secrets rotate --json"
    )]
    Rotate {
        /// Only count what is sealed with which key; write nothing.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        output: Output,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::NewKey { print: true, output } => {
            let key = new_master_key(&SystemEntropy);
            output.tell(&Printed { master_key: &key }, || say(format_args!("{key}")))
        }
        Command::NewKey { print: false, output } => new_key(config, output),
        Command::Rotate { check, output } => {
            let store = Composition::open(config, Schema::Use).await?.store;
            let told = if check { count(&store).await } else { rotate(&store).await };
            store.close().await;
            tell(&told?, check, output)
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    master_key: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PutIntoFile {
    master_key_file: PathBuf,
}

fn new_key(config: &Config, output: Output) -> Result<(), Failure> {
    let path = put_new_key(config, &SystemEntropy).map_err(|error| match error {
        NewKeyError::Keys(error) => error.into(),
        NewKeyError::NoFile | NewKeyError::Shared => Failure::misuse(
            error,
            "use --print, and give the key to every process as docs/OPERATIONS.md tells under \"Change the key\"",
        ),
        NewKeyError::AtWork(_) => {
            Failure::misuse(error, "wait for that one; if none is at work, delete the file and try again")
        }
    })?;
    output.tell(&PutIntoFile { master_key_file: path.clone() }, || {
        say(format_args!(
            "a new key is the first line of {}; keep the others there until nothing needs them",
            path.display()
        ))?;
        say(format_args!("next: portcullis secrets rotate"))
    })
}

/// What is told of a rotation, or of a look at how things are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    newest_key: String,
    /// Values sealed anew.
    resealed: u64,
    /// Values somebody else changed meanwhile.
    overtaken: u64,
    under_newest: u64,
    under_older: u64,
    /// Values no known key opens.
    unopened: u64,
    keys: Vec<KeyCount>,
}

#[derive(Debug, Serialize)]
struct KeyCount {
    id: String,
    role: &'static str,
    values: u64,
}

impl Told {
    fn of(resealed: u64, overtaken: u64, census: &SealCensus) -> Self {
        let role = |id: &KeyId| match id {
            id if *id == census.newest => "newest",
            id if census.older.contains(id) => "older",
            _ => "unknown",
        };
        let counted = census.values.iter();
        let keys = counted.map(|(id, values)| KeyCount { id: id.to_string(), role: role(id), values: *values });
        Self {
            newest_key: census.newest.to_string(),
            resealed,
            overtaken,
            under_newest: census.under_newest(),
            under_older: census.under_older(),
            unopened: census.unopened(),
            keys: keys.collect(),
        }
    }
}

async fn count(store: &SeaStore) -> Result<Told, Failure> {
    let census = store.seal_census().await.map_err(StartError::Database)?;
    Ok(Told::of(0, 0, &census))
}

async fn rotate(store: &SeaStore) -> Result<Told, Failure> {
    let due = store.seal_census().await.map_err(StartError::Database)?.under_older();
    let progress = Progress::new("sealing anew");
    let done = store.reseal(&|done: u64| progress.show(done, due)).await;
    progress.end();
    let done = done.map_err(StartError::Database)?;
    Ok(Told::of(done.resealed, done.overtaken, &done.census))
}

fn tell(told: &Told, check: bool, output: Output) -> Result<(), Failure> {
    output.tell(told, || {
        if !check {
            say(format_args!("{} values sealed anew, {} overtaken by others", told.resealed, told.overtaken))?;
        }
        let row = |key: &KeyCount| [key.id.clone(), key.role.to_owned(), key.values.to_string()];
        table::print(["KEY", "ROLE", "VALUES"], &told.keys.iter().map(row).collect::<Vec<_>>())
    })?;
    let (left, next) = match (told.unopened, told.under_older) {
        (0, 0) => return Ok(()),
        (0, older) => {
            let left = anyhow!("{older} values are still under older keys");
            let next = if check {
                "run `portcullis secrets rotate`"
            } else {
                "a process seals with one of them: give it the newest key, then rotate once more"
            };
            (left, next)
        }
        (lost, _) => (
            anyhow!("{lost} values are opened by none of the known keys"),
            "add the key they are under to secrets.older_master_keys, then rotate once more",
        ),
    };
    Err(Failure::unfinished(left, next))
}
