//! The three operations on one and the same person.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Api, Credentials, totp};
use portcullis_tests::database::Kind;
use portcullis_tests::server::{ADMIN_PASSWORD, World};
use serde_json::{Value, json};

crate::on_each_database!(
    one_person_in_three_worlds,
    the_person_is_told_by_mail,
    a_repeated_request_gets_the_first_answer,
    people_see_their_own_only,
);

const PERSON: &str = "0198a000-0000-7000-8000-000000000001";
const EMAIL: &str = "ada@residents.example";
const PASSWORD: &str = "a password for Ada";

/// Makes a person with one lock.
async fn a_person_with_a_lock(api: &Api) -> Result<()> {
    let person = json!({"userId": PERSON, "email": EMAIL, "firstName": "Ada", "lastName": "Lovelace"});
    api.post(&format!("/users/{PERSON}/CreateUser"), person).await?.expect(201)?;
    api.post("/locks/front-door/CreateLock", json!({"name": "Front door"})).await?.expect(201)?;
    let grant = json!({"lockId": "front-door", "lockName": "Front door", "accessLevel": "USER", "grantedBy": "desk"});
    api.post(&format!("/users/{PERSON}/AddAccessibleLock"), grant).await?.expect(200)?;
    Ok(())
}

fn removal() -> Value {
    json!({"lockId": "front-door", "removedBy": "desk", "reason": "moved out"})
}

/// An administrator with TOTP; answers a session and the backup codes.
async fn enrolled(api: &Api, user: &str, password: &str) -> Result<(Api, Vec<String>, String)> {
    let session = api.sign_in(user, password, None).await?;
    let begun = session.method("2fa:enable", json!([])).await?;
    let secret = begun["result"]["secret"].as_str().context("a secret")?.to_owned();
    let confirmed = session.method("2fa:validateTempToken", json!([totp(&secret, 0)?])).await?;
    let codes = confirmed["result"]["codes"].as_array().context("backup codes")?;
    assert_eq!(codes.len(), 12);
    Ok((session, codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect(), secret))
}

async fn one_person_in_three_worlds(kind: Kind) -> Result<()> {
    let mut world = World::new(kind).await?;
    let server = world.start().await?;
    let desk = world.super_api().await?;
    let staff = world.staff_api().await?;
    a_person_with_a_lock(&desk).await?;

    // A lock taken away.
    let removed = desk.post(&format!("/users/{PERSON}/RemoveAccessibleLock"), removal()).await?;
    assert_eq!(removed.headers["etag"], "\"3\"");
    let removed = removed.expect(200)?;
    let keys: Vec<_> = removed.as_object().context("an object")?.keys().cloned().collect();
    assert_eq!(keys, ["aggregateId", "event", "lockId", "removedAt", "success", "version"]);
    assert_eq!(removed["event"]["type"], "AccessibleLockRemoved");
    assert_eq!(removed["event"]["data"]["removedAt"], removed["removedAt"]);
    let locks = desk.get(&format!("/users/{PERSON}/accessible-locks")).await?;
    assert_eq!(locks.headers["etag"], "\"3\"");
    let locks = locks.expect(200)?;
    assert_eq!(locks, json!({"locks": [], "totalCount": 0}));
    let again = desk.post(&format!("/users/{PERSON}/RemoveAccessibleLock"), removal()).await?.expect(400)?;
    assert_eq!(again["code"], 400);

    // A camera account made, reset and made anew.
    let credentials = format!("/users/{PERSON}/3deye-credentials");
    let first = desk.get(&credentials).await?.expect(200)?;
    let password = |answer: &Value| answer["password"].as_str().unwrap_or_default().to_owned();
    assert!(world.sim().state().password_matches(EMAIL, &password(&first)));
    let switches = json!({"clearMapping": true, "deleteRemote": true, "reprovision": true});
    let reset = staff.post(&format!("/admin/threedeye/users/{PERSON}/reset"), switches).await?.expect(200)?;
    assert_eq!(reset["email"], EMAIL);
    assert_eq!(reset["clearedMapping"], true);
    assert_eq!(reset["remote"]["deletedThreedeyeUserId"], first["threeDeyeUserId"]);
    assert_eq!(reset["reprovision"]["error"], Value::Null);
    let second = desk.get(&credentials).await?.expect(200)?;
    assert_eq!(second["threeDeyeUserId"], reset["reprovision"]["threedeyeUserId"]);
    assert_ne!(second["threeDeyeUserId"], first["threeDeyeUserId"]);
    assert!(world.sim().state().password_matches(EMAIL, &password(&second)));

    // A second factor cleared by an administrator who has one.
    let nobody = world.api(Credentials::None)?;
    let (admin, backup, _) = enrolled(&nobody, "admin", ADMIN_PASSWORD).await?;
    let account = json!({"userId": PERSON, "data": {"username": "ada", "name": "Ada", "password": PASSWORD}});
    let with = |code: &'static str| [("x-2fa-method", "totp"), ("x-2fa-code", code)];
    let code = |n: usize| -> &'static str { Box::leak(backup[n].clone().into_boxed_str()) };
    admin.post_with("/api/v1/users.update", account, &with(code(0))).await?.expect(200)?;
    let (ada, _, _) = enrolled(&nobody, "ada", PASSWORD).await?;

    let target = json!({"userId": "ada"});
    let asked = admin.post("/api/v1/users.resetTOTP", target.clone()).await?.expect(400)?;
    assert_eq!(asked["errorType"], "totp-required");
    assert_eq!(asked["details"], json!({"method": "totp", "codeGenerated": false, "availableMethods": ["totp"]}));
    let used = admin.post_with("/api/v1/users.resetTOTP", target.clone(), &with(code(0))).await?.expect(400)?;
    assert_eq!(used["errorType"], "totp-invalid");
    let done = admin.post_with("/api/v1/users.resetTOTP", target, &with(code(1))).await?.expect(200)?;
    assert_eq!(done, json!({"success": true}));
    ada.get("/api/v1/me").await?.expect(401)?;
    nobody.sign_in("ada", PASSWORD, None).await?;

    // Each act is an event with its actor; reasons where there is one; nothing personal.
    let history = staff.get(&format!("/admin/aggregates/user/{PERSON}/events")).await?.expect(200)?;
    let events = history["events"].as_array().context("events")?;
    let told: Vec<_> = events
        .iter()
        .map(|event| (event["type"].as_str().unwrap_or_default(), event["actor"]["kind"].as_str()))
        .collect();
    let expected = [
        ("UserCreated", Some("organisation")),
        ("AccessibleLockAdded", Some("organisation")),
        ("AccessibleLockRemoved", Some("organisation")),
        ("ThreeDEyeProvisioned", Some("organisation")),
        ("ThreeDEyeResetStarted", Some("staff")),
        ("ThreeDEyeRemoteDeleted", Some("staff")),
        ("ThreeDEyeProvisioned", Some("staff")),
        ("ThreeDEyeReset", Some("staff")),
        ("AccountAdded", Some("operator")),
        ("TotpEnrolled", Some("operator")),
        ("TotpReset", Some("operator")),
    ];
    assert_eq!(told, expected);
    assert_eq!(events[2]["reason"], "moved out");
    let text = history.to_string();
    for personal in [EMAIL, "Lovelace", PASSWORD, &password(&first), &password(&second), backup[1].as_str()] {
        assert!(!text.contains(personal), "an event holds personal data or a secret");
    }

    // The person is told, after the fact: not here, as nobody confirmed the address.
    let (status, log) = server.stop().await?;
    assert_eq!(status, Some(0));
    for secret in [EMAIL, PASSWORD, ADMIN_PASSWORD, &password(&second), backup[1].as_str()] {
        assert!(!log.contains(secret), "the log holds personal data or a secret");
    }
    Ok(())
}

async fn the_person_is_told_by_mail(kind: Kind) -> Result<()> {
    let world = World::new(kind).await?;
    let _server = world.start().await?;
    let nobody = world.api(Credentials::None)?;
    let (admin, backup, _) = enrolled(&nobody, "admin", ADMIN_PASSWORD).await?;
    let account = json!({"username": "ada", "name": "Ada", "email": EMAIL, "password": PASSWORD, "verified": true});
    admin.post("/api/v1/users.create", account).await?.expect(200)?;
    let (_, codes, secret) = enrolled(&nobody, "ada", PASSWORD).await?;
    let with = [("x-2fa-method", "totp"), ("x-2fa-code", backup[0].as_str())];
    admin.post_with("/api/v1/users.resetTOTP", json!({"username": "ADA"}), &with).await?.expect(200)?;

    let deadline = Instant::now() + Duration::from_secs(20);
    let mail = loop {
        if let Some(mail) = world.mails()?.pop() {
            break mail;
        }
        ensure!(Instant::now() < deadline, "no mail was written");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(mail.contains(&format!("To: {EMAIL}")), "{mail}");
    assert!(mail.contains("Subject: Your two-factor authentication was reset"), "{mail}");
    assert!(mail.contains("an administrator removed"), "{mail}");
    assert!(!mail.contains(&secret) && !mail.contains(&codes[0]), "a mail holds a secret");
    Ok(())
}

async fn a_repeated_request_gets_the_first_answer(kind: Kind) -> Result<()> {
    let mut world = World::new(kind).await?;
    let server = world.start().await?;
    let desk = world.super_api().await?;
    a_person_with_a_lock(&desk).await?;
    let path = format!("/users/{PERSON}/RemoveAccessibleLock");
    let key = [("Idempotency-Key", "the-same")];

    let first = desk.post_with(&path, removal(), &key).await?;
    // A restart in between: the answer is in the database, not in memory.
    server.kill().await?;
    let _server = world.start().await?;
    let second = desk.post_with(&path, removal(), &key).await?;
    assert_eq!(second.headers["idempotent-replayed"], "true");
    assert_eq!(first.expect(200)?, second.expect(200)?);
    let other = json!({"lockId": "front-door", "removedBy": "desk", "reason": "another"});
    desk.post_with(&path, other, &key).await?.expect(422)?;
    let stale = [("If-Match", "\"1\"")];
    desk.post_with(&path, removal(), &stale).await?.expect(412)?;
    Ok(())
}

async fn people_see_their_own_only(kind: Kind) -> Result<()> {
    let mut world = World::new(kind).await?;
    let _server = world.start().await?;
    let desk = world.super_api().await?;
    a_person_with_a_lock(&desk).await?;
    let own = world.api(Credentials::Token(world.token(PERSON, EMAIL).await?))?;
    let stranger = "0198a000-0000-7000-8000-000000000002";
    let other = world.api(Credentials::Token(world.token(stranger, "bob@residents.example").await?))?;
    let path = format!("/users/{PERSON}/RemoveAccessibleLock");

    world.api(Credentials::None)?.post(&path, removal()).await?.expect(401)?;
    other.post(&path, removal()).await?.expect(403)?;
    other.post(&format!("/users/{}/RemoveAccessibleLock", "nobody"), removal()).await?.expect(403)?;
    own.post(&format!("/admin/threedeye/users/{PERSON}/reset"), json!({})).await?.expect(401)?;
    own.post(&path, removal()).await?.expect(200)?;
    Ok(())
}
