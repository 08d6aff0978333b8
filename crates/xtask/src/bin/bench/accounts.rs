//! People with accounts, signed in and perhaps enrolled.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::task::LocalSet;
use totp_rs::{Algorithm, Builder, Secret};

use crate::http::{self, Connection};
use crate::service::ADMIN_PASSWORD;

/// Seconds a code is good for.
const STEP: u64 = 30;

/// Sign-ins at once; each keeps a core of the service busy.
const AT_ONCE: usize = 8;

/// A session.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    id: String,
    token: String,
}

impl Account {
    async fn sign_in(connection: &mut Connection, name: &str, password: &str) -> Result<Self> {
        let body = json!({"user": name, "password": password});
        let told = call(connection, "login", &[], &body).await?;
        let text = |pointer| told.pointer(pointer).and_then(Value::as_str).context("a sign-in without token");
        Ok(Self { id: text("/data/userId")?.to_owned(), token: text("/data/authToken")?.to_owned() })
    }

    pub(crate) fn headers(&self) -> [(&str, &str); 2] {
        [("X-User-Id", &self.id), ("X-Auth-Token", &self.token)]
    }

    /// Sets up TOTP.
    async fn enrol(&self, connection: &mut Connection) -> Result<Phone> {
        let begun = call(connection, "users.totp.enable", &self.headers(), &json!({})).await?;
        let phone = Phone(begun["secret"].as_str().context("an enrolment without secret")?.to_owned());
        let confirmation = json!({"code": phone.code(now()?)?});
        call(connection, "users.totp.validate", &self.headers(), &confirmation).await?;
        Ok(phone)
    }
}

/// An authenticator app with one entry.
#[derive(Debug, Clone)]
pub(crate) struct Phone(String);

impl Phone {
    fn code(&self, at: u64) -> Result<String> {
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(STEP);
        let secret = Secret::try_from_base32(&self.0).ok().context("a secret that is no base32")?;
        let totp = builder.with_secret(secret).build().ok().context("a secret that is too short")?;
        Ok(totp.generate(at).to_string())
    }

    /// The code of the next step, which counts already: that of this step was spent on the enrolment.
    pub(crate) fn next_code(&self) -> Result<String> {
        self.code(now()? + STEP)
    }
}

#[expect(clippy::disallowed_methods, reason = "the codes of an authenticator go by the real time")]
fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// Makes accounts, which cannot sign in yet a second time: names are numbered on from `first`.
pub(crate) async fn create(address: SocketAddr, first: usize, count: usize) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    let admin = Account::sign_in(&mut connection, "admin", ADMIN_PASSWORD).await?;
    let admin = Rc::new(admin);
    each(address, count, move |mut connection, number| {
        let admin = Rc::clone(&admin);
        async move {
            let name = name(first + number);
            let body = json!({
                "username": name, "name": name, "email": format!("{name}@bench.example"), "password": name,
            });
            call(&mut connection, "users.create", &admin.headers(), &body).await?;
            Ok((connection, ()))
        }
    })
    .await?;
    Ok(())
}

/// Signs them in.
pub(crate) async fn sign_in(address: SocketAddr, first: usize, count: usize) -> Result<Vec<Account>> {
    each(address, count, move |mut connection, number| async move {
        let name = name(first + number);
        let account = Account::sign_in(&mut connection, &name, &name).await?;
        Ok((connection, account))
    })
    .await
}

/// Sets up TOTP for each.
pub(crate) async fn enrol(address: SocketAddr, accounts: &[Account]) -> Result<Vec<Phone>> {
    let accounts: Rc<[Account]> = accounts.into();
    let count = accounts.len();
    each(address, count, move |mut connection, number| {
        let accounts = Rc::clone(&accounts);
        async move {
            let phone = accounts[number].enrol(&mut connection).await?;
            Ok((connection, phone))
        }
    })
    .await
}

fn name(number: usize) -> String {
    format!("bench{number}")
}

async fn call(connection: &mut Connection, route: &str, headers: &[(&str, &str)], body: &Value) -> Result<Value> {
    let request = http::post_with(&format!("/api/v1/{route}"), headers, &body.to_string());
    let (status, body) = connection.exchange(&request).await?;
    if status != 200 {
        bail!("{route} was answered {status}: {}", String::from_utf8_lossy(body));
    }
    Ok(serde_json::from_slice(body)?)
}

/// Does something for each number, some at once; the results in order.
async fn each<T: 'static, F>(
    address: SocketAddr,
    count: usize,
    once: impl Fn(Connection, usize) -> F + 'static,
) -> Result<Vec<T>>
where
    F: Future<Output = Result<(Connection, T)>> + 'static,
{
    let (next, once) = (Rc::new(Cell::new(0)), Rc::new(once));
    let tasks = LocalSet::new();
    let workers: Vec<_> = (0..AT_ONCE.min(count))
        .map(|_| {
            let (next, once) = (Rc::clone(&next), Rc::clone(&once));
            tasks.spawn_local(async move {
                let mut connection = Connection::open(address).await?;
                let mut results = Vec::new();
                while next.get() < count {
                    let number = next.replace(next.get() + 1);
                    let (kept, result) = once(connection, number).await?;
                    connection = kept;
                    results.push((number, result));
                }
                anyhow::Ok(results)
            })
        })
        .collect();
    tasks.await;
    let mut results = Vec::with_capacity(count);
    for worker in workers {
        results.extend(worker.await??);
    }
    results.sort_by_key(|(number, _)| *number);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
