//! `bench second-factor`.

use std::rc::Rc;

use anyhow::Result;
use clap::Args;
use xtask::step::announce;

use crate::accounts::{self, Account};
use crate::bare::{Bare, Work};
use crate::ground::{Database, Ground};
use crate::http;
use crate::load::{self, Expected};
use crate::report::{Line, Measured, Turn};
use crate::service::{self, Service};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long, value_enum)]
    database: Database,

    #[arg(long, default_value_t = 3)]
    rounds: u32,

    /// Keep-alive connections to the service
    #[arg(long, default_value_t = 64)]
    connections: usize,

    /// Resets in a round, each by another person; setting one up takes the service half a second of a core
    #[arg(long, default_value_t = 400)]
    resets: usize,
}

/// Each person is asked for the second factor and clears it with a code: a commit that spends the code, and one that
/// resets.
pub(crate) async fn run(options: Options) -> Result<()> {
    let binary = service::build()?;
    let ground = Ground::prepare(options.database)?;
    let bare = Bare::open(options.database, &ground.database("bare").await?).await?;
    let (url, folder) = (ground.database("portcullis").await?, ground.folder("portcullis")?);
    let service = Service::start(&binary, &folder, &url).await?;
    announce("making accounts");
    accounts::create(service.address, 0, options.resets).await?;

    let mut line = Line::new("reset");
    for number in 1..=options.rounds {
        announce(format!("round {number} of {}: signing in and setting up TOTP", options.rounds));
        let signed_in = accounts::sign_in(service.address, 0, options.resets).await?;
        let phones = accounts::enrol(service.address, &signed_in).await?;
        let before = ground.commits(&url).await?;
        let codes: Vec<_> = phones.iter().map(accounts::Phone::next_code).collect::<Result<_>>()?;
        let service = reset(&service, signed_in, codes, options.connections).await?;
        let commits = ground.commits(&url).await? - before;
        bare.seed(usize::try_from(commits)?).await?;
        let two = bare.one_each(Work::Revoke, service.took).await?;
        let turn = Turn { one_each: Measured { done: two.done / 2, ..two }, service, batched: None };
        announce(format!("{commits} commits for {} resets: {turn}", turn.service.done));
        line.turns.push(turn);
    }
    println!("{:?}, {} connections; bare are two transactions a reset", options.database, options.connections);
    println!("{}", Line::HEAD);
    println!("{line}");
    service.stop()
}

async fn reset(service: &Service, signed_in: Vec<Account>, codes: Vec<String>, connections: usize) -> Result<Measured> {
    let people = Rc::new((signed_in, codes));
    let count = people.0.len();
    let requests = move |number: usize| {
        let (account, code) = (&people.0[number], &people.1[number]);
        let [user, token] = account.headers();
        let with = |headers: &[(&str, &str)]| http::post_with("/api/v1/users.resetTOTP", headers, "{}");
        let challenge = (with(&[user, token]), Expected::Status(400));
        [challenge, (with(&[user, token, ("x-2fa-code", code), ("x-2fa-method", "totp")]), Expected::Success)]
    };
    Ok(load::send_in_turn(service.address, connections, count, None, requests).await?.0)
}
