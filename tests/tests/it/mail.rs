//! Mail over SMTP, taken by a server not written by us.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Api, Credentials, totp};
use portcullis_tests::database::Kind;
use portcullis_tests::server::{ADMIN_PASSWORD, World};
use portcullis_tests::sink::{Certificates, Security, Sink};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Longest wait for what is to happen soon.
const SOON: Duration = Duration::from_secs(20);
/// How long it is waited for what must not happen.
const A_WHILE: Duration = Duration::from_secs(2);
/// The pause after a first failure, of which a little may be over.
const FIRST_PAUSE: Duration = Duration::from_secs(4);

/// An administrator with a paper of backup codes, who resets others.
struct Desk {
    nobody: Api,
    admin: Api,
    codes: Vec<String>,
}

impl Desk {
    async fn new(world: &World) -> Result<Self> {
        let nobody = world.api(Credentials::None)?;
        let admin = nobody.sign_in("admin", ADMIN_PASSWORD, None).await?;
        let begun = admin.method("2fa:enable", json!([])).await?;
        let secret = begun["result"]["secret"].as_str().context("a secret")?.to_owned();
        let confirmed = admin.method("2fa:validateTempToken", json!([totp(&secret, 0)?])).await?;
        let codes = confirmed["result"]["codes"].as_array().context("backup codes")?;
        Ok(Self { nobody, admin, codes: codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect() })
    }

    /// Makes somebody with an authenticator app.
    async fn has_person(&self, name: &str, language: &str) -> Result<()> {
        let address = format!("{name}@residents.example");
        let account = json!({"username": name, "name": name, "email": address, "password": name, "verified": true});
        self.admin.post("/api/v1/users.create", account).await?.expect(200)?;
        let person = self.nobody.sign_in(name, name, None).await?;
        let preferences = json!({"data": {"language": language}});
        person.post("/api/v1/users.setPreferences", preferences).await?.expect(200)?;
        person.method("2fa:enable", json!([])).await?;
        Ok(())
    }

    /// Resets somebody; answers how long the answer took.
    async fn resets(&mut self, name: &str) -> Result<Duration> {
        let code = self.codes.pop().context("a backup code is left")?;
        let headers = [("x-2fa-method", "totp"), ("x-2fa-code", code.as_str())];
        let begun = Instant::now();
        let reset = self.admin.post_with("/api/v1/users.resetTOTP", json!({"username": name}), &headers).await?;
        reset.expect(200)?;
        Ok(begun.elapsed())
    }
}

/// The one message of a state, when it is there.
async fn message(staff: &Api, state: &str) -> Result<Value> {
    let deadline = Instant::now() + SOON;
    loop {
        let page = staff.get(&format!("/admin/outbox?state={state}")).await?.expect(200)?;
        let messages = page["messages"].as_array().context("messages")?;
        // One that is on its way has no reason yet.
        if let [message] = messages.as_slice()
            && (state == "delivered" || message["reason"].is_string())
        {
            return Ok(message.clone());
        }
        ensure!(Instant::now() < deadline, "no {state} message with a reason: {page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn taken(sink: &mut Sink) -> Result<Value> {
    sink.mail(SOON).await?.context("no mail came")
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_arrives_in_every_way_a_server_is_spoken_to() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let certificates = Certificates::make(world.folder()).await?;
    world.set("SMTP__CA_FILE", certificates.authority());
    world.set("SMTP__FROM", "Front door <door@service.example>");
    let mut desk = None;
    let mut ids = BTreeSet::new();
    for (security, url, name, language, subject, word) in [
        (
            Security::Plain,
            "smtp://127.0.0.1:PORT?tls=none",
            "ada",
            "en-GB",
            "Your two-factor",
            "an administrator removed",
        ),
        (
            Security::StartTls,
            "smtp://door:hush%20hush@localhost:PORT",
            "bob",
            "de-AT",
            "Ihre Zwei-Faktor",
            "hat ein Administrator",
        ),
        (
            Security::Implicit,
            "smtps://door:hush%20hush@127.0.0.1:PORT",
            "eve",
            "tlh",
            "Your two-factor",
            "an administrator removed",
        ),
    ] {
        let mut sink = Sink::start(security, 0, Some(&certificates)).await?;
        world.set("SMTP__URL", url.replace("PORT", &sink.port.to_string()));
        let server = world.start().await?;
        if desk.is_none() {
            desk = Some(Desk::new(&world).await?);
        }
        let desk = desk.as_mut().context("somebody is at the desk")?;
        desk.has_person(name, language).await?;
        desk.resets(name).await?;
        let mail = taken(&mut sink).await?;
        let secure = security != Security::Plain;
        assert_eq!((&mail["tls"], &mail["signedIn"]), (&json!(secure), &json!(secure)), "{security:?}");
        assert_eq!(mail["to"], json!([format!("{name}@residents.example")]));
        assert_eq!(mail["defects"], json!([]));
        let headers = &mail["headers"];
        assert!(headers["subject"].as_str().is_some_and(|found| found.starts_with(subject)), "{mail}");
        assert!(mail["body"].as_str().is_some_and(|body| body.contains(word) && body.contains(" UTC")), "{mail}");
        assert_eq!(headers["content-language"], if language == "de-AT" { "de" } else { "en" });
        assert_eq!(headers["auto-submitted"], "auto-generated");
        assert_eq!(headers["from"], "Front door <door@service.example>");
        assert!(headers["date"].is_string());
        let id = headers["message-id"].as_str().context("an id")?.to_owned();
        assert!(id.ends_with("@service.example>") && ids.insert(id), "one id a notice");
        assert_eq!(sink.mail(A_WHILE).await?, None, "told once");
        let (status, log) = server.stop().await?;
        assert_eq!(status, Some(0));
        assert!(!log.contains("residents.example") && !log.contains("hush"), "{log}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_nobody_vouches_for_gets_nothing() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let certificates = Certificates::make(world.folder()).await?;
    let mut sink = Sink::start(Security::StartTls, 0, Some(&certificates)).await?;
    world.set("SMTP__URL", format!("smtp://door:hush%20hush@localhost:{}", sink.port));
    let _server = world.start().await?;
    let mut desk = Desk::new(&world).await?;
    desk.has_person("ada", "en").await?;
    desk.resets("ada").await?;
    let waits = message(&world.staff_api().await?, "waiting").await?;
    assert!(waits["reason"].as_str().is_some_and(|reason| reason.contains("TLS")), "{waits}");
    assert_eq!(sink.mail(A_WHILE).await?, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_a_server_that_is_away() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    world.set("SMTP__URL", format!("smtp://127.0.0.1:{port}?tls=none"));
    let _server = world.start().await?;
    let mut desk = Desk::new(&world).await?;
    desk.has_person("ada", "en").await?;
    let answered = desk.resets("ada").await?;
    assert!(answered < FIRST_PAUSE, "{answered:?}");
    let staff = world.staff_api().await?;
    let waits = message(&staff, "waiting").await?;
    assert!(waits["reason"].as_str().is_some_and(|reason| reason.contains("cannot be reached")), "{waits}");
    let mut sink = Sink::start(Security::Plain, port, None).await?;
    let mail = taken(&mut sink).await?;
    let delivered = message(&staff, "delivered").await?;
    assert_eq!(delivered["id"], waits["id"]);
    assert!(delivered["attempts"].as_u64() >= Some(2) && delivered["reason"].is_null(), "{delivered}");
    let id = waits["id"].as_str().context("an id")?;
    assert!(mail["headers"]["message-id"].as_str().is_some_and(|told| told.contains(id)), "{mail}");
    assert_eq!(sink.mail(A_WHILE).await?, None, "told once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_is_shown_and_one_put_off_is_tried_again() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let mut sink = Sink::start(Security::Plain, 0, None).await?;
    world.set("SMTP__URL", format!("smtp://127.0.0.1:{}?tls=none", sink.port));
    let server = world.start().await?;
    let mut desk = Desk::new(&world).await?;
    for name in ["refused", "later", "ada"] {
        desk.has_person(name, "en").await?;
    }
    for name in ["refused", "later", "ada"] {
        desk.resets(name).await?;
    }
    let begun = Instant::now();
    let first = taken(&mut sink).await?;
    assert_eq!(first["to"], json!(["ada@residents.example"]), "nobody waits for the others");
    let staff = world.staff_api().await?;
    let buried = message(&staff, "buried").await?;
    assert_eq!(
        (&buried["reason"], &buried["attempts"]),
        (&json!("the mail server refuses the recipient (550)"), &json!(1))
    );
    let second = taken(&mut sink).await?;
    assert_eq!(second["to"], json!(["later@residents.example"]));
    assert!(begun.elapsed() > Duration::from_secs(2), "not at once");

    let retry = format!("/admin/outbox/{}/retry", buried["id"].as_str().context("an id")?);
    let again = staff.post(&retry, Value::Null).await?.expect(200)?;
    assert_eq!(again["state"], "waiting");
    let deadline = Instant::now() + SOON;
    while message(&staff, "buried").await?["attempts"] != json!(2) {
        ensure!(Instant::now() < deadline, "it is not tried again");
    }
    let left = staff.get("/admin/outbox?state=delivered").await?.expect(200)?;
    assert_eq!(left["messages"].as_array().map(Vec::len), Some(2));
    assert!(!left.to_string().contains("residents.example"));
    let (_, log) = server.stop().await?;
    assert!(log.contains("550") && log.contains("451"), "{log}");
    assert!(!log.contains("residents.example"), "the server's own words repeat the address");
    Ok(())
}

/// A server that takes connections and says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_holds_up_no_request_and_no_shutdown() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let hole = TcpListener::bind("127.0.0.1:0").await?;
    world.set("SMTP__URL", format!("smtp://{}?tls=none", hole.local_addr()?));
    world.set("SMTP__TIMEOUT", "3");
    let held = tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok((connection, _)) = hole.accept().await {
            connections.push(connection);
        }
    });
    let server = world.start().await?;
    let mut desk = Desk::new(&world).await?;
    for number in 0..4 {
        let name = format!("person{number}");
        desk.has_person(&name, "en").await?;
        let answered = desk.resets(&name).await?;
        assert!(answered < Duration::from_secs(2), "{answered:?}");
    }
    let staff = world.staff_api().await?;
    let deadline = Instant::now() + SOON;
    loop {
        let page = staff.get("/admin/outbox?state=waiting").await?.expect(200)?;
        let messages = page["messages"].as_array().context("messages")?;
        assert_eq!(messages.len(), 4);
        if messages.iter().any(|message| message["reason"].as_str().is_some_and(|why| why.contains("took too long"))) {
            break;
        }
        ensure!(Instant::now() < deadline, "nobody gives up waiting: {page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let begun = Instant::now();
    let (status, _) = server.stop().await?;
    assert_eq!(status, Some(0));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    held.abort();
    Ok(())
}
