//! What ends on one process is refused by every other within a second.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use portcullis_tests::client::{Api, Credentials, api_key_in};
use portcullis_tests::database::Kind;
use portcullis_tests::server::{ADMIN_PASSWORD, Server, World};
use serde_json::json;

const PERSON: &str = "0198a000-0000-7000-8000-000000000001";
const AT_MOST: Duration = Duration::from_secs(1);

/// Two processes on one database: things end on the first, the second is asked.
struct Two {
    world: World,
    first: Server,
    second: Server,
}

impl Two {
    async fn start() -> Result<Self> {
        let mut world = World::new(Kind::Postgres).await?;
        // So that an administrator can make an account without a code; it is not what this test is about.
        world.set("TWO_FACTOR__ENABLED", "false");
        let (first, second) = (world.start().await?, world.start_another().await?);
        Ok(Self { world, first, second })
    }

    fn clients(&self, credentials: Credentials) -> Result<(Api, Api)> {
        let api = self.world.api(credentials)?;
        Ok((api.at(self.first.url()), api.at(self.second.url())))
    }
}

/// Makes sure that credentials work on both, lets them end, and measures until the second refuses them for good.
async fn ends(what: &str, api: (&Api, &Api), path: &str, end: impl Future<Output = Result<()>>) -> Result<()> {
    for api in [api.0, api.1] {
        // Twice: whatever it keeps of them, it keeps now.
        api.get(path).await?.expect(200)?;
        api.get(path).await?.expect(200)?;
    }
    end.await?;
    let ended = Instant::now();
    // A slow answer is none of this test's business: what counts is when the request was sent.
    let (sent, answered) = loop {
        let sent = ended.elapsed();
        let answer = api.1.get(path).await?;
        if answer.status == 401 {
            break (sent, ended.elapsed());
        }
        ensure!(sent < AT_MOST, "{what} still counts after {sent:?}: {}", answer.status);
    };
    println!("{what}: refused by the other process {answered:.1?} after its end");
    ensure!(sent < AT_MOST, "{what} was refused only after {sent:?}");
    for _ in 0..10 {
        api.1.get(path).await?.expect(401)?;
        api.0.get(path).await?.expect(401)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_what_ends_on_one_process_ends_on_all() -> Result<()> {
    let mut two = Two::start().await?;
    let desk = two.world.super_api().await?;
    desk.post(&format!("/users/{PERSON}/CreateUser"), json!({"userId": PERSON})).await?.expect(201)?;
    a_revoked_key(&two).await?;
    a_session_signed_out(&two).await?;
    a_suspended_person(&two, &desk).await?;
    sessions_of_an_old_password(&two).await
}

async fn a_revoked_key(two: &Two) -> Result<()> {
    let made = two.world.command(&["api-key", "create", "--org", "acme", "--name", "Acme", "--super"]).await?.ok()?;
    let key = api_key_in(&made)?;
    let (first, second) = two.clients(Credentials::ApiKey(key.clone()))?;
    let path = format!("/users/{PERSON}/accessible-locks");
    let revoking = async { two.world.command(&["api-key", "revoke", &key[..8]]).await?.ok().map(drop) };
    ends("a revoked key", (&first, &second), &path, revoking).await
}

async fn a_session_signed_out(two: &Two) -> Result<()> {
    let (first, _) = two.clients(Credentials::None)?;
    let first = first.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let second = first.at(two.second.url());
    let signing_out = async { first.post("/api/v1/logout", json!({})).await?.expect(200).map(drop) };
    ends("a session signed out", (&first, &second), "/api/v1/me", signing_out).await
}

/// Twice: a token works again after the suspension, a session does not.
async fn a_suspended_person(two: &Two, desk: &Api) -> Result<()> {
    let admin = desk.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let account = json!({"username": "clerk", "name": "Clerk", "password": "first", "email": "clerk@example.com"});
    admin.post("/api/v1/users.update", json!({"userId": PERSON, "data": account})).await?.expect(200)?;
    let (first, second) = two.clients(Credentials::Token(two.world.token(PERSON, "clerk@example.com").await?))?;
    let session = first.sign_in("clerk", "first", None).await?;
    let other_session = session.at(two.second.url());
    let staff = two.world.staff_api().await?;
    let profile = format!("/users/{PERSON}/profile");

    ends("a suspended person's token", (&first, &second), &profile, order(desk, "SuspendUser")).await?;
    order(desk, "ReactivateUser").await?;
    for api in [&first, &second] {
        api.get(&profile).await?.expect(200)?;
    }
    for api in [&session, &other_session] {
        api.get("/api/v1/me").await?.expect(401)?;
    }

    let session = first.sign_in("clerk", "first", None).await?;
    let other_session = session.at(two.second.url());
    let suspending = order(&staff, "SuspendUser");
    ends("a suspended person's session", (&session, &other_session), "/api/v1/me", suspending).await?;
    order(&staff, "ReactivateUser").await?;
    for api in [&session, &other_session] {
        api.get("/api/v1/me").await?.expect(401)?;
    }
    Ok(())
}

async fn order(desk: &Api, name: &str) -> Result<()> {
    let body = json!({"reason": "lost phone", "by": "front desk"});
    let done = desk.post(&format!("/users/{PERSON}/{name}"), body).await?.expect(200)?;
    ensure!(!done["event"].is_null(), "{name} had nothing to do: {done}");
    Ok(())
}

async fn sessions_of_an_old_password(two: &Two) -> Result<()> {
    let (first, _) = two.clients(Credentials::None)?;
    let first = first.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let second = first.at(two.second.url());
    let file = two.world.folder().join("password");
    std::fs::write(&file, "another password\n")?;
    let arguments = ["user", "set-password", "admin", "--password-file", "password"];
    let setting = async { two.world.command(&arguments).await?.ok().map(drop) };
    ends("a session of an old password", (&first, &second), "/api/v1/me", setting).await
}
