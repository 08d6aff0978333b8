//! Resets, sign-ins, password changes, enrolments and uses of tokens, all on one account and all at once.

mod checker;
mod clients;
mod codes;
mod ground;
mod record;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Api, Credentials};
use portcullis_tests::database::Kind;
use portcullis_tests::dice::{self, Dice};
use portcullis_tests::lifetimes::Cause;
use portcullis_tests::server::{ADMIN_PASSWORD, Server, World};
use serde_json::json;
use tokio::task::JoinSet;

use clients::{Administrator, Owner, Staff, Visitor};
use ground::{FIRST_PASSWORD, Ground, NAME};

crate::on_each_database!(no_session_survives_a_reset);

const VISITORS: usize = 6;
const OWNERS: usize = 2;
const ADMINISTRATORS: usize = 2;

async fn no_session_survives_a_reset(kind: Kind) -> Result<()> {
    let seed = dice::seed()?;
    println!("PORTCULLIS_TEST_SEED={seed}");
    let mut world = World::new(kind).await?;
    // Wrong codes and passwords are sent all the time; what they lead to is not what this test is about.
    world.set("LOCKOUT__ENABLED", "false");
    let servers = start(&world, kind).await?;
    let apis = servers.iter().map(|server| Api::new(server.url(), Credentials::None)).collect::<Result<Vec<_>>>()?;
    let admin = apis[0].sign_in("admin", ADMIN_PASSWORD, None).await?;
    let user = make_account(&admin, NAME, FIRST_PASSWORD).await?;
    let ground = Arc::new(Ground::new(apis, user.clone())?);

    run(&world, &ground, &admin, seed).await?;
    // In the quiet after it: one more reset that has something to end, and every token there ever was shown to everybody.
    let mut dice = Dice::new(seed);
    Administrator::new(&ground, &admin, dice.split()).reset().await?;
    let (last, api) = ground.sign_in(&mut dice, None).await?.context("the last password works without a code")?;
    ground.enable(last, &api).await?.context("an enrolment can be begun")?;
    Administrator::new(&ground, &admin, dice.split()).reset().await?;
    ground.show_all_everywhere().await?;

    let staff = world.staff_api().await?;
    let (record, counts) = record::of(&ground, &staff).await?;
    let (overlapped, lived) = record.overlapping();
    println!("{kind:?}: servers {}, {counts}", servers.len());
    println!("tokens issued while something ended them {overlapped}, {lived} of them after it as it turned out");
    for server in servers {
        let (status, log) = server.stop().await?;
        ensure!(status == Some(0), "a server ended with {status:?}");
        ensure!(!log.contains(FIRST_PASSWORD), "the log holds a password");
    }
    let faults = record.faults();
    let first: Vec<_> = faults.iter().take(10).map(ToString::to_string).collect();
    ensure!(faults.is_empty(), "{} things cannot be explained, such as\n{}", faults.len(), first.join("\n"));
    let last_uses = record.uses.iter().filter(|shown| shown.token == last);
    ensure!(last_uses.clone().count() > 1 && last_uses.skip(1).all(|shown| !shown.accepted), "the last token lives");
    ensure!(record.endings.iter().any(|ending| ending.cause == Cause::Reset), "no reset had anything to end");
    ensure!(counts.is_telling() && overlapped >= 5, "too little happened to prove anything");
    Ok(())
}

/// One server on a file, three on Postgres.
async fn start(world: &World, kind: Kind) -> Result<Vec<Server>> {
    let mut servers = vec![world.start().await?];
    if kind == Kind::Postgres {
        servers.push(world.start_another().await?);
        servers.push(world.start_another().await?);
    }
    Ok(servers)
}

async fn make_account(admin: &Api, name: &str, password: &str) -> Result<String> {
    let email = format!("{name}@residents.example");
    let account = json!({"username": name, "name": name, "email": email, "password": password});
    let made = admin.post("/api/v1/users.create", account).await?.expect(200)?;
    Ok(made["user"]["_id"].as_str().context("an id")?.to_owned())
}

/// Everybody at once, until enough happened.
async fn run(world: &World, ground: &Arc<Ground>, admin: &Api, seed: u64) -> Result<()> {
    let mut dice = Dice::new(seed);
    let busy = Arc::new(AtomicBool::new(true));
    let mut others = JoinSet::new();
    for _ in 0..OWNERS {
        others.spawn(Owner::new(ground, dice.split()).run(Arc::clone(&busy)));
    }
    for _ in 0..ADMINISTRATORS {
        others.spawn(Administrator::new(ground, admin, dice.split()).run(Arc::clone(&busy)));
    }
    let mut visitors = JoinSet::new();
    for _ in 0..VISITORS {
        visitors.spawn(Visitor::new(ground, dice.split()).run());
    }
    let visits = async {
        let mut ended = Ok(());
        while let Some(visitor) = visitors.join_next().await {
            ended = ended.and(visitor.map_err(anyhow::Error::from).flatten());
        }
        busy.store(false, Ordering::SeqCst);
        ended
    };
    let (visited, commanded) = tokio::join!(visits, Staff::new(world, ground, dice.split()).run(&busy));
    visited.and(commanded)?;
    while let Some(other) = others.join_next().await {
        other??;
    }
    Ok(())
}
