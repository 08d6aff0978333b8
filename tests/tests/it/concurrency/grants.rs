//! 200 clients grant and revoke the same 50 locks of the same 50 people, with commands of the binary beside them, and
//! every answer is explained by the order of the versions. A quarter of the clients have an organisation's ordinary key,
//! and some others give its locks away and back: what its key did must stand where the lock was its own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Api, Credentials, api_key_in};
use portcullis_tests::clock::RunClock;
use portcullis_tests::database::Kind;
use portcullis_tests::dice::{self, Dice};
use portcullis_tests::linear::{Call, Event, Told};
use portcullis_tests::server::{ADMIN_PASSWORD, Server, World};
use serde_json::json;
use tokio::task::JoinSet;

use super::clients::{Client, Noted, by_command_line};
use super::counts::Counts;
use super::orders::{PEOPLE, Role, TENANT, Whose, lock, person, registered};
use super::{explained, history, store};

crate::on_each_database!(every_answer_is_explained);

const CLIENTS: usize = 200;
const ORDERS: usize = 25;
/// The one who has an account, whose password the command line keeps changing: one of those everybody is after.
const CLERK: Whose = Whose::Person(0);

async fn every_answer_is_explained(kind: Kind) -> Result<()> {
    let seed = dice::seed()?;
    println!("PORTCULLIS_TEST_SEED={seed}");
    let mut world = World::new(kind).await?;
    // So that an administrator can make an account without a code; it is not what this test is about.
    world.set("TWO_FACTOR__ENABLED", "false");
    let servers = start(&world, kind).await?;
    let desk = world.super_api().await?;
    let staff = world.staff_api().await?;
    let made = world.command(&["api-key", "create", "--org", TENANT, "--name", "Tenant"]).await?.ok()?;
    let tenant = desk.with(Credentials::ApiKey(api_key_in(&made)?));
    make_people_and_locks(&desk, &tenant).await?;
    let before = read_all(&staff, &BTreeMap::new()).await?;
    let set_up: BTreeMap<_, _> = before.iter().map(|(whose, events)| (*whose, events.len() as u64)).collect();

    let clock = RunClock::start()?;
    let busy = AtomicBool::new(true);
    let clients = async {
        let noted = send_all(&servers, [&desk, &staff, &tenant], seed, clock).await;
        busy.store(false, Ordering::SeqCst);
        noted
    };
    let (noted, commands) = tokio::join!(clients, run_commands(&world, clock, &busy));
    let (mut noted, (commands, by_commands)) = (noted?, commands?);
    let mut counts = Counts::default();
    (counts.servers, counts.clients, counts.orders) = (servers.len(), CLIENTS, CLIENTS * ORDERS);
    (counts.commands, counts.took) = (commands, clock.elapsed());
    for noted in &noted {
        counts.add(noted);
    }
    noted.extend(by_commands.into_iter().map(|call| Noted { whose: CLERK, role: Role::Desk, call }));

    let histories = read_all(&staff, &orders_by_request(&noted)).await?;
    for server in servers {
        let (status, _) = server.stop().await?;
        ensure!(status == Some(0), "a server ended with {status:?}");
    }
    let url = world.setting("DATABASE__URL");
    let streams = store::streams(kind, url).await?;
    counts.streams = streams.len();
    counts.rows = store::views_equal_a_rebuild(url).await?;
    histories.values().flatten().for_each(|event| counts.add_event(event));
    println!("{kind:?}: {counts}");

    for (whose, events) in &histories {
        let on_record = streams.get(&(whose.kind().to_owned(), whose.id())).copied().unwrap_or_default();
        // A window may have ended since the history was read.
        ensure!(on_record >= i64::try_from(events.len())?, "{whose:?} lost events");
    }
    let faults = explained::faults(&histories, &set_up, &noted);
    let first: Vec<_> = faults.iter().take(20).map(String::as_str).collect();
    ensure!(faults.is_empty(), "{} things cannot be explained, such as\n{}", faults.len(), first.join("\n"));
    ensure!(counts.unanswered == 0, "{} requests got no answer", counts.unanswered);
    ensure!(counts.is_telling(), "too little happened to prove anything");
    Ok(())
}

/// The histories of all people and registered locks.
async fn read_all(staff: &Api, tags: &BTreeMap<String, String>) -> Result<BTreeMap<Whose, Vec<Event>>> {
    let mut histories = BTreeMap::new();
    for whose in (0..PEOPLE).map(Whose::Person).chain(registered().map(Whose::Lock)) {
        histories.insert(whose, history::of(staff, whose, tags).await?);
    }
    Ok(histories)
}

/// Which request carried out which order, as the clients were told.
fn orders_by_request(noted: &[Noted]) -> BTreeMap<String, String> {
    let told = |Noted { call, .. }: &Noted| match &call.told {
        Told::Done { event: Some((_, request)), .. } if !call.replayed => Some((request.clone(), call.tag.clone())),
        _ => None,
    };
    noted.iter().filter_map(told).collect()
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

/// People and registered locks are the tenant's, whose key therefore sees whole lists.
async fn make_people_and_locks(desk: &Api, tenant: &Api) -> Result<()> {
    let mut making = JoinSet::new();
    for n in 0..PEOPLE {
        let tenant = tenant.clone();
        making.spawn(async move {
            let id = person(n);
            tenant.post(&format!("/users/{id}/CreateUser"), json!({"userId": id})).await?.expect(201)
        });
    }
    for n in registered() {
        let tenant = tenant.clone();
        making.spawn(async move {
            tenant.post(&format!("/locks/{}/CreateLock", lock(n)), json!({"name": "Door"})).await?.expect(201)
        });
    }
    while let Some(made) = making.join_next().await {
        made??;
    }
    let admin = desk.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let account = json!({"username": "clerk", "name": "Clerk", "password": "first", "email": "clerk@staff.example"});
    admin.post("/api/v1/users.update", json!({"userId": CLERK.id(), "data": account})).await?.expect(200)?;
    Ok(())
}

async fn send_all(servers: &[Server], apis: [&Api; 3], seed: u64, clock: RunClock) -> Result<Vec<Noted>> {
    let [desk, staff, tenant] = apis;
    let mut dice = Dice::new(seed);
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let (role, api) = match number % 20 {
            0 => (Role::Mover, desk),
            1 => (Role::Mover, staff),
            2..=6 => (Role::Tenant, tenant),
            _ => (Role::Desk, desk),
        };
        let servers = servers.iter().map(|server| api.at(server.url())).collect();
        let client = Client { number, role, servers, dice: dice.split(), clock };
        clients.spawn(client.run(ORDERS));
    }
    let mut noted = Vec::new();
    while let Some(done) = clients.join_next().await {
        noted.extend(done??);
    }
    Ok(noted)
}

/// Commands of the binary, one after the other for as long as the clients are busy: each must succeed. Tells how many,
/// and those that wrote to the clerk's stream.
async fn run_commands(world: &World, clock: RunClock, busy: &AtomicBool) -> Result<(usize, Vec<Call>)> {
    let (mut count, mut calls) = (0, Vec::new());
    let password = world.folder().join("new-password");
    std::fs::write(&password, "a new one\n")?;
    let file = password.to_str().context("a path that is text")?;
    while busy.load(Ordering::SeqCst) {
        let org = format!("org-{count}");
        let made = world.command(&["api-key", "create", "--org", &org, "--name", "Racing"]).await?.ok()?;
        let prefix = &api_key_in(&made)?[..8];
        world.command(&["api-key", "revoke", prefix, "--reason", "a race"]).await?.ok()?;
        let tag = format!("command-{count}");
        let arguments = ["user", "set-password", "clerk", "--password-file", file, "--reason", &tag];
        let setting = async { world.command(&arguments).await?.ok().map(drop) };
        calls.push(by_command_line(&clock, &tag, "PasswordSet", setting).await?);
        count += 3;
    }
    Ok((count, calls))
}
