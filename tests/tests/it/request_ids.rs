//! One id leads from an answer to the log and to the record, and back.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Api, Credentials, totp};
use portcullis_tests::clock;
use portcullis_tests::database::Kind;
use portcullis_tests::server::{ADMIN_PASSWORD, Address, World};
use serde_json::{Value, json};
use threedeye_sim::{Fault, Misbehaviour, Operation};

const PERSON: &str = "0198a000-0000-7000-8000-000000000001";
/// What a client calls its request; it is nobody's id here.
const FOREIGN: &str = "req_0190163d8694739baea55966c26f8ad2";

/// The events of a person, the oldest first.
async fn events(staff: &Api, person: &str) -> Result<Vec<Value>> {
    let page = staff.get(&format!("/admin/aggregates/user/{person}/events")).await?.expect(200)?;
    Ok(page["events"].as_array().context("events")?.clone())
}

fn id(event: &Value) -> &str {
    event["requestId"].as_str().unwrap_or_default()
}

/// The lines of the log that have an id.
fn lines<'a>(log: &'a str, id: &'a str) -> Vec<&'a str> {
    log.lines().filter(|line| line.contains(id)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_leads_through_answer_log_and_record() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    // The first failure is told by a line of the log, in the task that goes on when the client has gone.
    world.set("THREEDEYE__BREAKER_FAILURES", "1");
    let away = Address::hold()?;
    world.set("SMTP__URL", format!("smtp://{}?tls=none", away.text()));
    let server = world.start().await?;
    let (desk, staff, nobody) = (world.super_api().await?, world.staff_api().await?, world.api(Credentials::None)?);
    let person = json!({"userId": PERSON, "email": "ada@residents.example"});
    desk.post(&format!("/users/{PERSON}/CreateUser"), person).await?.expect(201)?;
    let grant = |until: Option<String>| {
        let name = if until.is_some() { "cellar" } else { "garage" };
        json!({"lockId": name, "lockName": name, "accessLevel": "USER", "grantedBy": "desk", "validUntil": until})
    };
    let add = format!("/users/{PERSON}/AddAccessibleLock");
    desk.post(&add, grant(None)).await?.expect(200)?;
    desk.post(&add, grant(Some(clock::after(Duration::from_secs(1))?))).await?.expect(200)?;

    // Answer and record; then a failure, whose body has it too.
    let path = format!("/users/{PERSON}/RemoveAccessibleLock");
    let removal = || json!({"lockId": "garage", "removedBy": "front desk", "reason": "moved out"});
    let headers = [("X-Request-Id", FOREIGN), ("Idempotency-Key", "one")];
    let removed = desk.post_with(&path, removal(), &headers).await?;
    let removed_id = removed.request()?;
    removed.expect(200)?;
    let told = events(&staff, PERSON).await?;
    let removals =
        told.iter().filter(|event| event["type"] == "AccessibleLockRemoved" && event["event"]["lockId"] == "garage");
    let ids: Vec<_> = removals.map(id).collect();
    assert_eq!(ids, [removed_id.as_str()]);
    let refused = desk.post(&path, removal()).await?;
    let refused_id = refused.request()?;
    assert_eq!(refused.expect(400)?["requestId"], refused_id.as_str());
    // A repeat has an id of its own in the header.
    let repeat = desk.post_with(&path, removal(), &headers).await?;
    assert_ne!(repeat.request()?, removed_id);
    let repeat_id = repeat.request()?;
    repeat.expect(200)?;

    // A step with 3dEye that fails.
    world.sim().state().inject(Fault::before(Operation::CreateUser, Misbehaviour::status(503)).times(1))?;
    let failed = desk.get(&format!("/users/{PERSON}/3deye-credentials")).await?;
    let failed_id = failed.request()?;
    failed.expect(502)?;

    // The other contract, and a message that does not leave.
    let admin = nobody.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let begun = admin.method("2fa:enable", json!([])).await?;
    let secret = begun["result"]["secret"].as_str().context("a secret")?;
    let confirmed = admin.method("2fa:validateTempToken", json!([totp(secret, 0)?])).await?;
    let code = confirmed["result"]["codes"][0].as_str().context("a backup code")?;
    let account = json!({"username": "bob", "name": "Bob", "email": "bob@residents.example", "password": "bob", "verified": true});
    let bob = admin.post("/api/v1/users.create", account).await?.expect(200)?;
    let bob = bob["user"]["_id"].as_str().context("an id")?.to_owned();
    nobody.sign_in("bob", "bob", None).await?.method("2fa:enable", json!([])).await?;
    let with = [("x-2fa-method", "totp"), ("x-2fa-code", code)];
    let reset = admin.post_with("/api/v1/users.resetTOTP", json!({"userId": bob}), &with).await?;
    let reset_id = reset.request()?;
    reset.expect(200)?;
    let told = events(&staff, &bob).await?;
    assert_eq!(told.iter().find(|event| event["type"] == "TotpReset").map(id), Some(reset_id.as_str()));

    // What no request did.
    let deadline = Instant::now() + Duration::from_secs(20);
    let swept_id = loop {
        let told = events(&staff, PERSON).await?;
        let swept = told.iter().find(|event| event["actor"]["id"] == "system:expiry");
        if let Some(swept) = swept {
            break id(swept).to_owned();
        }
        ensure!(Instant::now() < deadline, "the end of the window was not written down");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert!(swept_id.starts_with("job_"), "{swept_id}");
    let outbox = async || staff.get("/admin/outbox?state=waiting").await?.expect(200);
    while outbox().await?["messages"][0]["reason"].is_null() {
        ensure!(Instant::now() < deadline, "no mail was tried");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let (status, log) = server.stop().await?;
    assert_eq!(status, Some(0));
    for (id, status) in [(&removed_id, 200), (&refused_id, 400), (&repeat_id, 200), (&failed_id, 502), (&reset_id, 200)]
    {
        let answered: Vec<_> = lines(&log, id).into_iter().filter(|line| line.contains("request answered")).collect();
        ensure!(answered.len() == 1 && answered[0].contains(&format!("status={status}")), "{id}: {answered:?}\n{log}");
    }
    let circuit = lines(&log, &failed_id).into_iter().find(|line| line.contains("3dEye is left alone"));
    ensure!(circuit.is_some(), "the failure of 3dEye is not told under {failed_id}\n{log}");
    let undelivered = log.lines().find(|line| line.contains("outbox message not delivered")).context("a line")?;
    ensure!(undelivered.contains("request_id=job_"), "{undelivered}");
    ensure!(!log.contains(FOREIGN), "what a client calls itself is in the log");
    let lost: Vec<_> = log.lines().filter(|line| !line.contains("request_id=")).collect();
    ensure!(lost.is_empty(), "lines of nobody: {lost:#?}");
    Ok(())
}
