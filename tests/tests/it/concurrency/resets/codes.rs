//! One code sent to everybody at once.

use anyhow::{Context, Result, bail, ensure};
use portcullis_tests::client::{Api, totp};
use portcullis_tests::database::Kind;
use portcullis_tests::server::{ADMIN_PASSWORD, World};
use serde_json::json;
use tokio::task::JoinSet;

use super::{make_account, start};

crate::on_each_database!(a_code_counts_once, wrong_codes_are_counted_by_everybody);

const PASSWORD: &str = "a password for the race";
const PEOPLE: usize = 3;
/// Requests with one code at a time.
const AT_ONCE: usize = 6;
/// Slow, as all who lose try again with a slow hash.
const BACKUP_CODES: usize = 2;

/// How a code was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judged {
    Right,
    Wrong,
    /// Not looked at, because there were too many wrong ones.
    Locked,
    /// Not looked at, because of too many others at the same time.
    Conflict,
}

/// Somebody who has just enrolled.
struct Enrolled {
    /// The session, on each server.
    servers: Vec<Api>,
    secret: String,
    codes: Vec<String>,
}

impl Enrolled {
    async fn new(admin: &Api, servers: &[Api], name: &str) -> Result<Self> {
        make_account(admin, name, PASSWORD).await?;
        let session = servers[0].sign_in(name, PASSWORD, None).await?;
        let begun = session.post("/api/v1/users.totp.enable", json!({})).await?.expect(200)?;
        let secret = begun["secret"].as_str().context("a secret")?.to_owned();
        let code = json!({"code": totp(&secret, 0)?});
        let confirmed = session.post("/api/v1/users.totp.validate", code).await?.expect(200)?;
        let codes = confirmed["codes"].as_array().context("codes")?;
        let codes = codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect();
        Ok(Self { servers: servers.iter().map(|server| session.with_base_of(server)).collect(), secret, codes })
    }

    /// Sends the codes all at once, each to the next server. Nobody is reset: past the second factor stands the
    /// permission.
    async fn send(&self, codes: impl IntoIterator<Item = String>) -> Result<Vec<Judged>> {
        let mut sending = JoinSet::new();
        for (code, api) in codes.into_iter().zip(self.servers.iter().cycle()) {
            let api = api.clone();
            sending.spawn(async move { judged(&api, &code).await });
        }
        let mut all = Vec::new();
        while let Some(sent) = sending.join_next().await {
            all.push(sent??);
        }
        Ok(all)
    }
}

async fn judged(api: &Api, code: &str) -> Result<Judged> {
    let headers = [("x-2fa-method", "totp"), ("x-2fa-code", code)];
    let answer = api.post_with("/api/v1/users.resetTOTP", json!({"username": "admin"}), &headers).await?;
    match (answer.status.as_u16(), answer.body["errorType"].as_str()) {
        (400, Some("error-not-allowed")) => Ok(Judged::Right),
        (400, Some("totp-invalid")) => Ok(Judged::Wrong),
        (400, Some("totp-max-attempts")) => Ok(Judged::Locked),
        (409, _) => Ok(Judged::Conflict),
        (status, _) => bail!("{status}: {}", answer.body),
    }
}

async fn a_code_counts_once(kind: Kind) -> Result<()> {
    let world = World::new(kind).await?;
    let running = start(&world, kind).await?;
    let nobody = world.api(portcullis_tests::client::Credentials::None)?;
    let servers: Vec<_> = running.iter().map(|server| nobody.at(server.url())).collect();
    let admin = nobody.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let (mut of_the_app, mut backup) = (0, 0);
    for n in 0..PEOPLE {
        let person = Enrolled::new(&admin, &servers, &format!("person-{n}")).await?;
        // The next code: that of now confirmed the enrolment.
        let next = totp(&person.secret, 1)?;
        accepted_once(&person.send(vec![next; AT_ONCE]).await?)?;
        of_the_app += 1;
        for code in person.codes.iter().take(BACKUP_CODES) {
            accepted_once(&person.send(vec![code.clone(); AT_ONCE]).await?)?;
            backup += 1;
        }
    }
    println!(
        "{kind:?}: servers {}, {of_the_app} codes of the app and {backup} backup codes sent {AT_ONCE} times at once, \
         each accepted once",
        running.len()
    );
    Ok(())
}

fn accepted_once(judged: &[Judged]) -> Result<()> {
    let right = judged.iter().filter(|judged| **judged == Judged::Right).count();
    ensure!(right == 1, "accepted {right} times: {judged:?}");
    ensure!(!judged.contains(&Judged::Locked), "a code was not looked at: {judged:?}");
    Ok(())
}

async fn wrong_codes_are_counted_by_everybody(kind: Kind) -> Result<()> {
    let world = World::new(kind).await?;
    let running = start(&world, kind).await?;
    let nobody = world.api(portcullis_tests::client::Credentials::None)?;
    let servers: Vec<_> = running.iter().map(|server| nobody.at(server.url())).collect();
    let admin = nobody.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let person = Enrolled::new(&admin, &servers, "person").await?;

    let soon: Vec<_> = (-2..=2).map(|steps| totp(&person.secret, steps)).collect::<Result<_>>()?;
    let mut wrong = (0..).map(|n| format!("{n:06}")).filter(|code| !soon.contains(code));
    // 15 at once: 10 of them are told that they are wrong, unless there were too many others at once, then fewer.
    let judged = person.send(wrong.by_ref().take(15)).await?;
    let mut counted = judged.iter().filter(|judged| **judged == Judged::Wrong).count();
    println!("{kind:?}: servers {}, of 15 wrong codes at once {counted} were looked at", running.len());
    ensure!(counted <= 10 && !judged.contains(&Judged::Right), "{judged:?}");
    while counted < 10 {
        let judged = person.send(wrong.next()).await?;
        ensure!(judged == [Judged::Wrong], "after {counted} wrong ones: {judged:?}");
        counted += 1;
    }
    let next = totp(&person.secret, 1)?;
    for code in wrong.by_ref().take(1).chain([next, person.codes[0].clone()]) {
        let judged = person.send(vec![code; running.len()]).await?;
        ensure!(judged.iter().all(|judged| *judged == Judged::Locked), "after 10 wrong ones: {judged:?}");
    }
    Ok(())
}
