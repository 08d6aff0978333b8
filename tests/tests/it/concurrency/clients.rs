//! The clients: each sends orders to servers at random and notes what it was told.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use portcullis_tests::client::{Answer, Api};
use portcullis_tests::clock::{self, RunClock};
use portcullis_tests::dice::Dice;
use portcullis_tests::linear::{Asked, Call, Entry, Grant, Moment, Refusal, Shown, Told};
use serde_json::Value;

use super::orders::{Order, Repeated, Role, Whose, draw};

/// A call.
pub(super) struct Noted {
    /// What it was about.
    pub(super) whose: Whose,
    /// Who asked.
    pub(super) role: Role,
    pub(super) call: Call,
}

pub(super) struct Client {
    pub(super) number: usize,
    pub(super) role: Role,
    /// The same service on each server.
    pub(super) servers: Vec<Api>,
    pub(super) dice: Dice,
    pub(super) clock: RunClock,
}

impl Client {
    pub(super) async fn run(mut self, orders: usize) -> Result<Vec<Noted>> {
        let mut noted = Vec::with_capacity(orders);
        // The newest version of each stream this client was told of.
        let mut known = BTreeMap::<Whose, u64>::new();
        for n in 0..orders {
            let tag = format!("order-{}-{n}", self.number);
            let order = draw(&mut self.dice, self.role, tag, self.clock.now());
            let only_at = if order.conditional { known.get(&order.whose).copied() } else { None };
            let here = self.dice.below(self.servers.len());
            // Another server, where there is one.
            let there = (here + 1) % self.servers.len();
            let (first, second) = (self.send(&order, here, only_at), self.send(&order, there, only_at));
            let calls = match order.repeated {
                None => vec![first.await?],
                Some(Repeated::Afterwards) => vec![first.await?, second.await?],
                Some(Repeated::AtOnce) => {
                    let (first, second) = tokio::join!(first, second);
                    vec![first?, second?]
                }
            };
            for call in calls {
                if let Told::Done { version: Some(version), .. }
                | Told::Listed { version, .. }
                | Told::Unneeded { version } = call.told
                {
                    known.insert(order.whose, version);
                }
                noted.push(Noted { whose: order.whose, role: self.role, call });
            }
        }
        Ok(noted)
    }

    async fn send(&self, order: &Order, server: usize, only_at: Option<u64>) -> Result<Call> {
        let (path, body) = order.request()?;
        let tag = only_at.map(|version| format!("\"{version}\""));
        let mut headers = Vec::new();
        headers.extend(tag.as_deref().map(|tag| ("If-Match", tag)));
        headers.extend(order.repeated.map(|_| ("Idempotency-Key", order.tag.as_str())));
        let api = &self.servers[server];
        let sent = self.clock.now();
        let answer = match body {
            Some(body) => api.post_with(&path, body, &headers).await,
            None => api.get(&path).await,
        };
        let answered = self.clock.now();
        let (told, replayed) = match answer {
            Ok(answer) => told(order, self.role, &answer)?,
            Err(error) => {
                println!("{} got no answer: {error:?}", order.tag);
                (Told::Nothing, false)
            }
        };
        // A list has no tag of its own on the wire.
        Ok(Call { tag: order.tag.clone(), asked: order.asked.clone(), only_at, sent, answered, told, replayed })
    }
}

fn told(order: &Order, role: Role, answer: &Answer) -> Result<(Told, bool)> {
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
    let replayed = header("idempotent-replayed") == Some("true");
    let told = match answer.status.as_u16() {
        200 => {
            let tag = header("etag").context("an ETag")?;
            let version = tag.trim_matches('"').parse().with_context(|| format!("no version: {tag}"))?;
            match &order.asked {
                Asked::List => Told::Listed { version, entries: entries(&answer.body)? },
                _ => done(order, version, &answer.body, header("x-request-id"))?,
            }
        }
        400 => Told::Refused(refusal(&answer.body)?),
        403 if role == Role::Tenant => Told::Forbidden,
        409 => Told::Conflict,
        412 => Told::Refused(Refusal::Stale),
        503 => {
            println!("{} got no answer: {}", order.tag, answer.body);
            Told::Nothing
        }
        status => bail!("{status} for {order:?}: {}", answer.body),
    };
    Ok((told, replayed))
}

/// What a success tells: all of it must be about this order.
fn done(order: &Order, version: u64, body: &Value, request: Option<&str>) -> Result<Told> {
    let payload = &body["event"]["data"];
    let may_be_so = matches!(order.asked, Asked::Status { .. } | Asked::Organisation { .. });
    let unneeded = may_be_so && body["event"].is_null();
    let expected = order.event(payload)?;
    ensure!(unneeded || *payload == expected, "{order:?} was answered with {body}");
    let same = body["success"] == true
        && body["aggregateId"] == order.whose.id()
        && body["version"] == version
        && body["lockId"] == expected["lockId"]
        && body["removedAt"] == expected["removedAt"]
        && body["validUntil"] == expected["validUntil"];
    ensure!(same, "{order:?} was answered with {body}, ETag {version}");
    if unneeded {
        return Ok(Told::Unneeded { version });
    }
    let request = request.context("a request id")?.to_owned();
    Ok(Told::Done { version: Some(version), event: Some((payload.clone(), request)) })
}

fn refusal(body: &Value) -> Result<Refusal> {
    let message = body["message"].as_str().unwrap_or_default();
    if message.contains("already in the user's list") {
        return Ok(Refusal::AlreadyGranted);
    }
    if message.contains("not in the user's list") {
        return Ok(Refusal::NotGranted);
    }
    let detail = &body["details"][0];
    ensure!(detail["field"] == "validUntil" && detail["message"] == "must be in the future", "refused: {body}");
    Ok(Refusal::WindowOver)
}

fn entries(body: &Value) -> Result<Vec<Entry>> {
    let listed = body["locks"].as_array().context("locks")?;
    ensure!(body["totalCount"] == listed.len(), "the count is wrong: {body}");
    listed.iter().map(entry).collect()
}

fn entry(entry: &Value) -> Result<Entry> {
    let text = |key: &str| Ok::<_, anyhow::Error>(entry[key].as_str().with_context(|| key.to_owned())?.to_owned());
    let instant = |key: &str| entry[key].as_str().map(clock::millis).transpose();
    let grant = Grant {
        lock: text("lockId")?,
        name: text("lockName")?,
        level: text("accessLevel")?,
        by: text("grantedBy")?,
        from: instant("validFrom")?,
        until: instant("expiresAt")?,
    };
    let shown = match entry["status"].as_str() {
        None => Shown::Valid,
        Some("scheduled") => Shown::Scheduled,
        Some("suspended") => Shown::Suspended,
        Some(status) => bail!("a lock is {status}"),
    };
    Ok(Entry { grant, shown })
}

/// A command of the binary that writes to a person's stream, as a call.
pub(super) async fn by_command_line(
    clock: &RunClock,
    tag: &str,
    event: &str,
    command: impl Future<Output = Result<()>>,
) -> Result<Call> {
    let sent: Moment = clock.now();
    command.await?;
    let (answered, told) = (clock.now(), Told::Done { version: None, event: None });
    let asked = Asked::Other { event: event.to_owned() };
    Ok(Call { tag: tag.to_owned(), asked, only_at: None, sent, answered, told, replayed: false })
}
