//! A service with a past: something of everything it keeps.

use anyhow::{Context, Result};
use portcullis_tests::client::{Answer, Api, Credentials, totp};
use portcullis_tests::server::{ADMIN_PASSWORD, World};
use serde_json::{Value, json};

/// Somebody with locks, cameras and an account.
pub(super) const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";
/// Somebody who is suspended.
const BOB: &str = "0190163d-8694-739b-aea5-5966c26f8ad3";
const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "a password for Ada";

/// Who was there, and what they hold.
pub(super) struct Life {
    staff: Api,
    desk: Api,
    /// The organisation's own key.
    acme: Api,
    admin: Api,
    ada: Api,
    /// A personal access token of hers.
    program: Api,
    /// A session that ended.
    over: Api,
    nobody: Api,
    secret: String,
    /// Backup codes of the administrator; the third is not spent yet.
    codes: Vec<String>,
    removed: Value,
}

async fn enrolled(session: &Api) -> Result<(String, Vec<String>)> {
    let begun = session.method("2fa:enable", json!([])).await?;
    let secret = begun["result"]["secret"].as_str().context("a secret")?.to_owned();
    let confirmed = session.method("2fa:validateTempToken", json!([totp(&secret, 0)?])).await?;
    let codes = confirmed["result"]["codes"].as_array().context("backup codes")?;
    Ok((secret, codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect()))
}

fn proof(code: &str) -> [(&str, &str); 2] {
    [("x-2fa-method", "totp"), ("x-2fa-code", code)]
}

fn removal() -> Value {
    json!({"lockId": "garage", "removedBy": "front desk", "reason": "moved out"})
}

const ONCE: [(&str, &str); 1] = [("Idempotency-Key", "moved-out-1")];

impl Life {
    /// Lives it, on a server that no mail leaves.
    pub(super) async fn lived(world: &mut World) -> Result<Self> {
        let (desk, staff) = (world.super_api().await?, world.staff_api().await?);
        let nobody = world.api(Credentials::None)?;
        let acme = json!({"orgName": "Acme Ltd", "ownerEmail": "olive@acme.example"});
        staff.post("/tenants/acme/register", acme).await?.expect(201)?;
        let key = json!({"orgId": "acme", "orgName": "Acme Ltd", "expiresAt": "2099-12-31T23:59:59Z"});
        let key = staff.post("/api-keys", key).await?.expect(201)?;
        let acme = world.api(Credentials::ApiKey(key["apiKey"].as_str().context("a key")?.to_owned()))?;

        let ada = json!({"userId": ADA, "email": EMAIL, "firstName": "Ada", "lastName": "Lovelace", "orgId": "acme"});
        acme.post(&format!("/users/{ADA}/CreateUser"), ada).await?.expect(201)?;
        let bob = json!({"userId": BOB, "orgId": "acme"});
        acme.post(&format!("/users/{BOB}/CreateUser"), bob).await?.expect(201)?;
        let why = json!({"reason": "left", "by": "front desk"});
        staff.post(&format!("/users/{BOB}/SuspendUser"), why).await?.expect(200)?;
        for lock in ["garage", "cellar"] {
            let body = json!({"name": lock, "orgId": "acme"});
            acme.post(&format!("/locks/{lock}/CreateLock"), body).await?.expect(201)?;
            let grant = json!({"lockId": lock, "lockName": lock, "accessLevel": "USER", "grantedBy": "front desk"});
            acme.post(&format!("/users/{ADA}/AddAccessibleLock"), grant).await?.expect(200)?;
        }
        let removed = acme.post_with(&format!("/users/{ADA}/RemoveAccessibleLock"), removal(), &ONCE).await?;
        let removed = removed.expect(200)?;
        let role = json!({"roleId": "lobby-guards", "name": "Lobby guards"});
        acme.post("/camera-roles/lobby-guards/CreateCameraRole", role).await?.expect(201)?;
        acme.post("/camera-roles/lobby-guards/AssignUser", json!({"userId": ADA})).await?.expect(200)?;

        let admin = nobody.sign_in("admin", ADMIN_PASSWORD, None).await?;
        let (secret, codes) = enrolled(&admin).await?;
        let account = json!({"username": "ada", "name": "Ada", "password": PASSWORD, "email": EMAIL});
        let account = json!({"userId": ADA, "data": account});
        admin.post_with("/api/v1/users.update", account, &proof(&codes[0])).await?.expect(200)?;
        let ada = nobody.sign_in("ada", PASSWORD, None).await?;
        enrolled(&ada).await?;
        // Sessions that ended, and a notice that waits: to somebody whose address is confirmed.
        admin.post_with("/api/v1/users.resetTOTP", json!({"username": "ada"}), &proof(&codes[1])).await?.expect(200)?;
        let mut eve = json!({"username": "eve", "name": "Eve", "email": "eve@example.com", "verified": true});
        eve["password"] = PASSWORD.into();
        admin.post_with("/api/v1/users.create", eve, &proof(&codes[3])).await?.expect(200)?;
        nobody.sign_in("eve", PASSWORD, None).await?.method("2fa:enable", json!([])).await?;
        admin.post_with("/api/v1/users.resetTOTP", json!({"username": "eve"}), &proof(&codes[4])).await?.expect(200)?;
        let over = ada;
        let ada = nobody.sign_in("ada", PASSWORD, None).await?;
        let (_, hers) = enrolled(&ada).await?;
        let name = json!({"tokenName": "nightly"});
        let made = ada.post_with("/api/v1/users.generatePersonalAccessToken", name, &proof(&hers[0])).await?;
        let token = made.expect(200)?["token"].as_str().context("a token")?.to_owned();
        let program = ada.with(Credentials::Session { user: ADA.to_owned(), token });
        assert!(nobody.sign_in("ada", "a wrong one", None).await.is_err(), "a failure is counted");
        Ok(Self { staff, desk, acme, admin, ada, program, over, nobody, secret, codes, removed })
    }

    /// What everybody is shown.
    pub(super) async fn reads(&self) -> Result<Vec<(String, Value)>> {
        let ada = format!("/users/{ADA}");
        let record = format!("/admin/aggregates/user/{ADA}");
        let asked: [(&Api, Vec<String>); 7] = [
            (
                &self.acme,
                vec![
                    format!("{ada}/profile"),
                    format!("{ada}/accessible-locks"),
                    format!("{ada}/owned-locks"),
                    format!("{ada}/3deye-credentials"),
                    "/locks/garage/access".to_owned(),
                    "/locks/cellar/access".to_owned(),
                    "/locks/garage/details".to_owned(),
                    "/locks/garage/events".to_owned(),
                    "/camera-roles/lobby-guards/details".to_owned(),
                ],
            ),
            (&self.desk, vec![format!("/users/by-email?email={EMAIL}"), format!("/users/{BOB}/profile")]),
            (
                &self.staff,
                vec![
                    "/admin/aggregates".to_owned(),
                    record.clone(),
                    format!("{record}/events"),
                    "/admin/second-factors?state=totp".to_owned(),
                    "/admin/outbox".to_owned(),
                    format!("/admin/threedeye/users/{ADA}"),
                    "/tenants".to_owned(),
                    "/api-keys".to_owned(),
                ],
            ),
            (
                &self.admin,
                vec![
                    "/api/v1/me".to_owned(),
                    "/api/v1/users.list".to_owned(),
                    "/api/v1/users.info?username=ada".to_owned(),
                    "/api/v1/permissions.listAll".to_owned(),
                ],
            ),
            (&self.ada, vec!["/api/v1/me".to_owned(), "/api/v1/users.getPersonalAccessTokens".to_owned()]),
            (&self.program, vec!["/api/v1/me".to_owned(), "/api/v1/users.totp.codesRemaining".to_owned()]),
            (&self.over, vec!["/api/v1/me".to_owned()]),
        ];
        let mut told = Vec::new();
        for (who, paths) in asked {
            for path in paths {
                let answer = shown(&path, who.get(&path).await?);
                told.push((path, answer));
            }
        }
        Ok(told)
    }

    /// A person's second factor, which no read shows.
    pub(super) async fn proves_herself(&self) -> Result<()> {
        assert!(self.nobody.sign_in("admin", ADMIN_PASSWORD, None).await.is_err(), "a code is needed");
        let spent = self.nobody.sign_in("admin", ADMIN_PASSWORD, Some(&self.codes[0])).await;
        assert!(spent.is_err(), "a code that is spent is good again");
        self.nobody.sign_in("admin", ADMIN_PASSWORD, Some(&totp(&self.secret, 1)?)).await?;
        self.nobody.sign_in("admin", ADMIN_PASSWORD, Some(&self.codes[2])).await?;
        Ok(())
    }

    /// The request that was answered in the old life.
    pub(super) async fn repeats(&self) -> Result<()> {
        let again = self.acme.post_with(&format!("/users/{ADA}/RemoveAccessibleLock"), removal(), &ONCE).await?;
        assert_eq!(again.headers["idempotent-replayed"], "true");
        assert_eq!(again.expect(200)?, self.removed);
        Ok(())
    }

    /// Something new.
    pub(super) async fn goes_on(&self) -> Result<Value> {
        let grant = json!({"lockId": "garage", "lockName": "Garage", "accessLevel": "USER", "grantedBy": "front desk"});
        self.acme.post(&format!("/users/{ADA}/AddAccessibleLock"), grant).await?.expect(200)
    }
}

/// An answer without what tells of the asking, of attempts that go on, and of uses that are noted a minute later.
fn shown(path: &str, answer: Answer) -> Value {
    let etag = answer.headers.get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    let (status, mut body) = (answer.status.as_u16(), answer.body);
    let goes_on: &[&str] = match path {
        "/admin/outbox" => &["attempts", "nextTryAt", "reason"],
        "/api-keys" => &["lastUsedAt"],
        "/locks/garage/access" | "/locks/cellar/access" => &["at"],
        _ if status != 200 => &["requestId"],
        _ => &[],
    };
    lose(&mut body, goes_on);
    json!({"status": status, "etag": etag, "body": body})
}

fn lose(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !names.contains(&name.as_str()));
            fields.values_mut().for_each(|value| lose(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| lose(value, names)),
        _ => {}
    }
}
