//! The three operations on one person.

use anyhow::Context;
use portcullis_adapters::clock::SystemClock;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_domain::clock::Clock;
use portcullis_domain::ids::{OrgId, UserId};
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::org::KeyOrder;
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::factor::Account;
use super::http::{Ask, Telling};
use super::stage::{STAFF_DOMAIN, Stage};
use crate::cli::{Failure, own_request, say};

/// As in the examples of the API document, so that its samples can be pasted.
const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";
pub(super) const ORG: &str = "acme";
pub(super) const ADAS_NAME: &str = "ada";
pub(super) const ADAS_PASSWORD: &str = "correct horse battery staple";
/// Index of the administrator's first backup code the story leaves unused.
pub(super) const UNUSED_CODES: usize = 2;

/// Whom the story is about, and what they call with.
pub(super) struct Cast {
    pub(super) ada: UserId,
    pub(super) locks: Vec<String>,
    pub(super) staff: String,
    pub(super) own: String,
    pub(super) key: String,
    pub(super) administrator: Account,
}

/// Sets people and locks up and does the operations.
pub(super) async fn tell(stage: &Stage) -> Result<Cast, Failure> {
    let http = Telling::new(&stage.url)?;
    let cast = cast(stage, &http).await?;
    say(format_args!(
        "Ada ({}) has access to {}, a camera account and a second factor. She moves out.\n",
        cast.ada,
        cast.locks.join(", ")
    ))?;

    say(format_args!("1. The organisation takes the lock {} off her list.\n", cast.locks[0]))?;
    let path = format!("/users/{}/RemoveAccessibleLock", cast.ada);
    let body = json!({"lockId": cast.locks[0], "removedBy": "front desk", "reason": "moved out"});
    let headers = [("X-API-Key", cast.key.as_str()), ("Idempotency-Key", "moving-out-ada-1")];
    http.expect(&Ask { method: Method::POST, path: &path, headers: &headers, body: Some(body) }).await?;

    say(format_args!(
        "2. Staff resets her camera account: the old one is deleted, a new one made, its roles restored.\n"
    ))?;
    let path = format!("/admin/threedeye/users/{}/reset", cast.ada);
    let body = json!({"clearMapping": true, "deleteRemote": true, "reprovision": true});
    let staff_token = bearer(&cast.staff);
    let headers = [("X-Admin-API-Key", stage.admin_key.expose_secret()), ("Authorization", &staff_token)];
    http.expect(&Ask { method: Method::POST, path: &path, headers: &headers, body: Some(body) }).await?;

    say(format_args!(
        "3. She lost her phone. An administrator clears her second factor; the own one is asked for first.\n"
    ))?;
    let body = json!({"userId": cast.ada});
    let path = "/api/v1/users.resetTOTP";
    let [user, token] = cast.administrator.session();
    http.aloud(&Ask { method: Method::POST, path, headers: &[user, token], body: Some(body.clone()) }).await?;
    let code = cast.administrator.backup.first().context("an enrolment gives backup codes")?;
    let proved = [user, token, ("x-2fa-code", code.as_str()), ("x-2fa-method", "totp")];
    http.expect(&Ask { method: Method::POST, path, headers: &proved, body: Some(body) }).await?;

    say(format_args!("What is on record about her, for good:\n"))?;
    let path = format!("/admin/aggregates/user/{}/events", cast.ada);
    let history = http.set_up(&Ask { method: Method::GET, path: &path, headers: &headers, body: None }).await?;
    print_history(&history)?;
    Ok(cast)
}

/// The header with a token.
fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

async fn cast(stage: &Stage, http: &Telling) -> anyhow::Result<Cast> {
    let now = SystemClock.now();
    let ada = UserId::parse(ADA)?;
    let grace = format!("grace@{STAFF_DOMAIN}");
    let app = &stage.composition.app;
    let order = KeyOrder {
        org: OrgId::parse(ORG)?,
        org_name: Some(FreeText::parse("Acme Ltd")?),
        is_super: false,
        expires_at: None,
    };
    let key = app.cases.orgs.create_key.execute(&own_request(app), order).await?;
    let name = stage.config.bootstrap.username.as_str();
    let cast = Cast {
        administrator: Account::with_second_factor(http, name, stage.admin_password.expose_secret()).await?,
        ada,
        locks: vec!["front-door".to_owned(), "garage".to_owned()],
        staff: stage.token(UserId::new(now, &SystemEntropy), &grace)?,
        own: stage.token(ada, "ada@example.com")?,
        key: key.value.key.expose().to_owned(),
    };
    let staff_token = bearer(&cast.staff);
    let staff = [("X-Admin-API-Key", stage.admin_key.expose_secret()), ("Authorization", &*staff_token)];
    let post = |path: String, body: Value| {
        let staff = &staff;
        async move { http.set_up(&Ask { method: Method::POST, path: &path, headers: staff, body: Some(body) }).await }
    };
    // With her own token, which her address was verified for: so she can be told by mail.
    let person = json!({"userId": ada, "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace"});
    let own = [("Authorization", &*bearer(&cast.own))];
    let path = format!("/users/{ada}/CreateUser");
    http.set_up(&Ask { method: Method::POST, path: &path, headers: &own, body: Some(person) }).await?;
    let path = format!("/users/{ada}/UpdatePhoneNumber");
    let phone = json!({"phoneNumber": "+48 600 100 200"});
    http.set_up(&Ask { method: Method::POST, path: &path, headers: &own, body: Some(phone) }).await?;
    for lock in &cast.locks {
        post(format!("/locks/{lock}/CreateLock"), json!({"name": lock, "orgId": ORG})).await?;
        let grant = json!({"lockId": lock, "lockName": lock, "accessLevel": "USER", "grantedBy": "front desk"});
        post(format!("/users/{ada}/AddAccessibleLock"), grant).await?;
    }
    let path = format!("/users/{ada}/3deye-credentials");
    http.set_up(&Ask { method: Method::GET, path: &path, headers: &staff, body: None }).await?;
    give_an_account(http, &cast).await?;
    Account::with_second_factor(http, ADAS_NAME, ADAS_PASSWORD).await?;
    let sim = stage.sim.state();
    let role = sim.add_role("Lobby cameras").context("the stand-in takes a role")?;
    let account = sim.user("ada@example.com").context("the stand-in has the account")?;
    sim.add_user_to_role(role, account.id).context("the stand-in gives the role")?;
    Ok(cast)
}

/// People come to an account through an administrator, who proves the own second factor for it.
async fn give_an_account(http: &Telling, cast: &Cast) -> anyhow::Result<()> {
    let [user, token] = cast.administrator.session();
    let code = cast.administrator.backup.get(1).context("an enrolment gives backup codes")?;
    let headers = [user, token, ("x-2fa-code", code.as_str()), ("x-2fa-method", "totp")];
    let account = json!({"username": ADAS_NAME, "name": "Ada Lovelace", "password": ADAS_PASSWORD});
    let body = json!({"userId": cast.ada, "data": account});
    let path = "/api/v1/users.update";
    http.set_up(&Ask { method: Method::POST, path, headers: &headers, body: Some(body) }).await?;
    Ok(())
}

fn print_history(history: &Value) -> anyhow::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    for event in history["events"].as_array().into_iter().flatten() {
        let who = format!("{} {}", text(&event["actor"]["kind"]), text(&event["actor"]["id"]));
        let why = event["reason"].as_str().map(|reason| format!(" — {reason}")).unwrap_or_default();
        say(format_args!(
            "  {:>3}  {}  {:<22} {who}{why}",
            event["version"].to_string(),
            text(&event["timestamp"]),
            text(&event["type"])
        ))?;
    }
    Ok(())
}
