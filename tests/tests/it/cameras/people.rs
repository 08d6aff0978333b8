//! People, and what must be true of their camera accounts in the end.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Answer, Api};
use serde_json::{Value, json};
use threedeye_sim::{NewUser, SimState};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Whom the tests ask, and what stands behind the service.
#[derive(Clone)]
pub(super) struct Ground {
    /// A super key.
    pub(super) desk: Api,
    pub(super) staff: Api,
    pub(super) sim: SimState,
    pub(super) roles: Arc<BTreeSet<Uuid>>,
    /// People are seen to a few at a time, so that nobody is kept waiting for as long as a call may take.
    slots: Arc<Semaphore>,
}

/// Fewer than the calls the service makes at once.
const AT_ONCE: usize = 6;

/// A flow, with what there is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Nobody has an account.
    FetchNew,
    /// An account with roles is there, and nobody here knows of it.
    FetchTakeOver,
    /// `clearMapping`, `deleteRemote`, `reprovision`, from a live mapping to an account with roles.
    Reset([bool; 3]),
}

impl Flow {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let resets = (0..8_u8).map(|bits| Self::Reset([bits & 1 != 0, bits & 2 != 0, bits & 4 != 0]));
        [Self::FetchNew, Self::FetchTakeOver].into_iter().chain(resets)
    }
}

/// Somebody with a flow to go through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub(super) n: usize,
    pub(super) flow: Flow,
}

impl Subject {
    pub(super) fn id(self) -> String {
        format!("0198a000-0000-7000-8000-{:012}", self.n)
    }

    pub(super) fn email(self) -> String {
        format!("person-{}@example.com", self.n)
    }
}

impl Ground {
    pub(super) fn new(desk: Api, staff: Api, sim: SimState) -> Result<Self> {
        let roles = ["lobby", "garage"].into_iter().map(|name| sim.add_role(name)).collect::<Result<_, _>>()?;
        Ok(Self { desk, staff, sim, roles: Arc::new(roles), slots: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// The same, as seen from the server at this address.
    pub(super) fn at(&self, url: &str) -> Self {
        Self { desk: self.desk.at(url), staff: self.staff.at(url), ..self.clone() }
    }

    /// Makes the person and what there is before the flow.
    pub(super) async fn begins(&self, subject: Subject) -> Result<()> {
        let _slot = self.slots.acquire().await?;
        let (id, email) = (subject.id(), subject.email());
        let body = json!({"userId": id, "email": email});
        self.desk.post(&format!("/users/{id}/CreateUser"), body).await?.expect(201)?;
        match subject.flow {
            Flow::FetchNew => {}
            Flow::FetchTakeOver => {
                let role_ids = self.roles.iter().copied().collect();
                self.sim.add_user(NewUser { role_ids, ..NewUser::new(email, "of somebody else") })?;
            }
            Flow::Reset(_) => {
                self.fetch(subject).await?.expect(200).with_context(|| format!("{subject:?}: the first fetch"))?;
                let account = self.sim.user(&email).context("an account")?;
                self.roles.iter().try_for_each(|role| self.sim.add_user_to_role(*role, account.id))?;
            }
        }
        Ok(())
    }

    pub(super) async fn fetch(&self, subject: Subject) -> Result<Answer> {
        self.desk.get(&format!("/users/{}/3deye-credentials", subject.id())).await
    }

    /// Goes through the flow.
    pub(super) async fn asks(&self, subject: Subject) -> Result<Answer> {
        let Flow::Reset([clear, delete, new]) = subject.flow else { return self.fetch(subject).await };
        let body = json!({"clearMapping": clear, "deleteRemote": delete, "reprovision": new});
        self.staff.post(&format!("/admin/threedeye/users/{}/reset", subject.id()), body).await
    }

    /// One repeat, and then: one account, whose password is told, with all roles nobody was told are dropped; nothing waits.
    pub(super) async fn reaches_goal(&self, subject: Subject) -> Result<()> {
        let _slot = self.slots.acquire().await?;
        let repeat = self.asks(subject).await?.expect(200).with_context(|| format!("{subject:?}: the repeat"))?;
        let error = &repeat["reprovision"]["error"];
        ensure!(error.is_null(), "{subject:?}: the repeat tells {error}");
        let told = self.fetch(subject).await?.expect(200).with_context(|| format!("{subject:?}: a fetch"))?;
        let password = told["password"].as_str().context("a password")?;
        ensure!(self.sim.password_matches(&subject.email(), password), "{subject:?}: the password told opens nothing");
        let account = self.sim.user(&subject.email()).context("an account")?;
        let id = &told["threeDeyeUserId"];
        ensure!(id.is_null() || *id == account.id.to_string(), "{subject:?}: {id} is told of {}", account.id);
        let again = self.fetch(subject).await?.expect(200)?;
        ensure!(again["password"] == told["password"], "{subject:?}: another password is told");
        let owed = self.owed(subject).await?;
        let held: BTreeSet<_> = account.role_ids.iter().map(ToString::to_string).collect();
        ensure!(owed.is_subset(&held), "{subject:?}: {owed:?} were to be there, and {held:?} are");
        Ok(())
    }

    async fn owed(&self, subject: Subject) -> Result<BTreeSet<String>> {
        let mut owed: BTreeSet<_> = self.roles.iter().map(ToString::to_string).collect();
        if subject.flow == Flow::FetchNew {
            owed.clear();
        }
        for event in self.events(subject).await? {
            let dropped = event["event"]["droppedRoleIds"].as_array();
            dropped.into_iter().flatten().filter_map(Value::as_str).for_each(|role| {
                owed.remove(role);
            });
        }
        Ok(owed)
    }

    pub(super) async fn events(&self, subject: Subject) -> Result<Vec<Value>> {
        let path = format!("/admin/aggregates/user/{}/events?limit=500", subject.id());
        let page = self.staff.get(&path).await?.expect(200)?;
        Ok(page["events"].as_array().context("events")?.clone())
    }
}
