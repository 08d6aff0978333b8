//! Embedding the domain in a service of your own, with a store of your own.
//!
//! The store below keeps everything in a few maps. It judges commits with the domain's own [`Admission`] and changes
//! its rows with the domain's own [`project`], so it refuses and shows exactly what the shipped stores do.
//!
//! Run it with `cargo run -p portcullis-domain --example own_store`.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use portcullis_domain::access::{AccessLevel, AddAccess, Grant, GrantState, RemoveAccess, Window};
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::commit::{Admission, Commit, Facts, Needs, Recalled};
use portcullis_domain::entropy::Entropy;
use portcullis_domain::event::{Position, Recorded, StreamId, Version};
use portcullis_domain::ids::{CommitId, LockId, RequestId, UserId};
use portcullis_domain::lock::{Lock, LockDetails, LockView};
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{
    AccessSituation, CommitError, EventStore, GrantHolder, GrantList, HolderPage, LockAccess, PersonHead, Unavailable,
    VersionRange,
};
use portcullis_domain::projection::{ViewChange, project};
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::access::{AddAccessibleLock, RemoveAccessibleLock};
use portcullis_domain::usecase::{Commands, Request};
use portcullis_domain::user::{UserCreated, UserStatus, UserView};

/// A whole store: a list of events and three maps that follow from it.
#[derive(Default)]
struct Tables {
    events: Vec<Recorded>,
    commits: Vec<CommitId>,
    users: BTreeMap<UserId, UserView>,
    grants: BTreeMap<(UserId, LockId), Grant>,
    past_grants: Vec<(UserId, Grant, Timestamp)>,
    locks: BTreeMap<LockId, LockView>,
}

#[derive(Default)]
struct OwnStore(Mutex<Tables>);

impl OwnStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn version(&self, stream: &StreamId) -> Version {
        let last = self.events.iter().rev().find(|event| event.stream == *stream);
        last.map(|event| event.version).unwrap_or_default()
    }

    fn facts(&self, needs: &Needs) -> Facts {
        let versions: HashMap<_, _> =
            needs.streams.iter().map(|stream| (stream.clone(), self.version(stream))).collect();
        let written = self.commits.iter().filter(|id| needs.commits.contains(id)).copied().collect();
        let position = Position::new(self.events.len() as u64);
        // This store keeps no names, guards or remembered answers: nothing below uses them.
        Facts { position, versions, written, ..Facts::default() }
    }

    fn apply(&mut self, change: ViewChange) {
        match change {
            ViewChange::User(row) => drop(self.users.insert(row.user, row)),
            ViewChange::UserStatus { user, status } => {
                if let Some(row) = self.users.get_mut(&user) {
                    row.status = status;
                }
            }
            ViewChange::Grant(row) => drop(self.grants.insert((row.user, row.grant.lock.clone()), row.grant)),
            ViewChange::GrantGone { user, lock, removed_at, .. } => {
                let gone = self.grants.remove(&(user, lock));
                self.past_grants.extend(gone.map(|grant| (user, grant, removed_at)));
            }
            ViewChange::Lock(row) => drop(self.locks.insert(row.lock.clone(), row)),
            ViewChange::LockOrg { lock, org } => drop(self.locks.entry(lock).and_modify(|row| row.org = org)),
            ViewChange::LockOwner { lock, owner } => {
                self.locks.entry(lock).and_modify(|row| row.owner = owner);
            }
            // Accounts, organisations and keys are no business of this service.
            _ => {}
        }
    }

    fn person(&self, id: UserId) -> Option<PersonHead> {
        let row = self.users.get(&id)?;
        let version = self.version(&StreamId::from(id));
        Some(PersonHead { id, version, org: row.org.clone(), status: row.status })
    }

    fn lock(&self, id: &LockId) -> Option<Lock> {
        let row = self.locks.get(id)?;
        let version = self.version(&StreamId::from(id));
        Some(Lock { id: id.clone(), version, org: row.org.clone(), name: row.name.clone(), owner: row.owner })
    }
}

#[async_trait]
impl EventStore for OwnStore {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let mut tables = self.tables();
        let facts = tables.facts(&Needs::of([&commit]));
        let Some(before) = Admission::new(facts).admit(&commit)? else { return Ok(()) };
        for envelope in commit.envelopes(before) {
            for change in project(&envelope) {
                tables.apply(change);
            }
            tables.events.push(Recorded {
                position: envelope.position,
                stream: envelope.stream(),
                version: envelope.version,
                bytes: envelope.to_bytes(),
            });
        }
        tables.commits.push(commit.id);
        Ok(())
    }

    async fn recall(&self, _scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        Ok(None)
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        let wanted = |event: &&Recorded| event.stream == *stream && (range.from..=range.to).contains(&event.version);
        Ok(self.tables().events.iter().filter(wanted).take(limit as usize).cloned().collect())
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        let later = |event: &&Recorded| event.position > after;
        Ok(self.tables().events.iter().filter(later).take(limit as usize).cloned().collect())
    }
}

#[async_trait]
impl LockAccess for OwnStore {
    async fn situation(&self, user: UserId, lock: &LockId) -> Result<AccessSituation, Unavailable> {
        let tables = self.tables();
        Ok(AccessSituation {
            person: tables.person(user),
            grant: tables.grants.get(&(user, lock.clone())).cloned(),
            lock: tables.lock(lock),
        })
    }

    async fn grants_of(&self, user: UserId) -> Result<Option<GrantList>, Unavailable> {
        let tables = self.tables();
        let Some(person) = tables.person(user) else { return Ok(None) };
        let of_user = tables.grants.iter().filter(|((owner, _), _)| *owner == user);
        let grants =
            of_user.map(|((_, lock), grant)| (grant.clone(), tables.lock(lock).map(|lock| lock.org))).collect();
        Ok(Some(GrantList { person, grants }))
    }

    /// A real store keeps the statuses people had, too, and judges by them.
    async fn holders_at(
        &self,
        lock: &LockId,
        at: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<HolderPage, Unavailable> {
        let tables = self.tables();
        let past = tables.past_grants.iter().filter(|(_, _, removed_at)| at < *removed_at);
        let past = past.map(|(user, grant, _)| (*user, grant));
        let present = tables.grants.iter().map(|((user, _), grant)| (*user, grant));
        let counts =
            |grant: &Grant| grant.lock == *lock && grant.granted_at <= at && grant.state(at) == GrantState::Active;
        let held: BTreeMap<UserId, &Grant> = past.chain(present).filter(|(_, grant)| counts(grant)).collect();
        let mut rest = held.into_iter().filter(|(user, _)| after.is_none_or(|after| *user > after));
        let page = rest.by_ref().take(limit as usize);
        let holders = page.map(|(user, grant)| GrantHolder { user, grant: grant.clone() }).collect();
        Ok(HolderPage { holders, more: rest.next().is_some() })
    }

    async fn lock(&self, id: &LockId) -> Result<Option<Lock>, Unavailable> {
        Ok(self.tables().lock(id))
    }

    async fn owned_by(&self, owner: UserId) -> Result<Vec<Lock>, Unavailable> {
        let tables = self.tables();
        let rows = tables.locks.values().filter(|row| row.owner == Some(owner));
        Ok(rows.filter_map(|row| tables.lock(&row.lock)).collect())
    }

    async fn people_with_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, Unavailable> {
        let tables = self.tables();
        let ends = tables.grants.iter().filter_map(|((user, _), grant)| Some((grant.window.until()?, *user)));
        let mut over: Vec<_> = ends.filter(|(until, _)| *until <= now).collect();
        over.sort();
        over.truncate(limit as usize);
        let mut people: Vec<_> = over.into_iter().map(|(_, user)| user).collect();
        people.dedup();
        Ok(people)
    }

    async fn details(&self, id: &LockId) -> Result<Option<LockDetails>, Unavailable> {
        let tables = self.tables();
        let details = |lock| {
            let row = tables.locks.get(id)?;
            Some(LockDetails { lock, maker: row.maker.clone(), created_at: row.created_at })
        };
        Ok(tables.lock(id).and_then(details))
    }
}

/// A clock that stands still, which is enough for an example.
struct FixedClock(Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Counts; take the operating system's randomness in a real service.
#[derive(Default)]
struct Counter(Mutex<u8>);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for byte in buffer {
            *next = next.wrapping_add(1);
            *byte = *next;
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Arc::new(OwnStore::default());
    let clock = Arc::new(FixedClock(Timestamp::parse("2026-03-01T09:00:00Z")?));
    let entropy = Arc::new(Counter::default());
    let commands = Commands { events: store.clone(), clock: clock.clone(), entropy: entropy.clone() };

    // A person the service knows already; people come from its own tables.
    let user = UserId::new(clock.now(), entropy.as_ref());
    store.commit(seed(user, clock.now(), entropy.as_ref())?).await?;

    let request = Request::plain(Caller::system("example"), RequestId::parse("req_example")?);
    let lock = LockId::parse("front-door")?;
    let grant = AddAccess {
        user,
        lock: lock.clone(),
        lock_name: FreeText::parse("Front door")?,
        access_level: AccessLevel::Guest,
        granted_by: FreeText::parse("reception")?,
        window: Window::default(),
    };
    AddAccessibleLock::new(commands.clone(), store.clone()).execute(&request, grant).await?;

    let revoke =
        RemoveAccess { user, lock, removed_by: FreeText::parse("reception")?, reason: FreeText::parse("moved out")? };
    let revoking = RemoveAccessibleLock::new(commands, store.clone());
    let done = revoking.execute(&request, revoke.clone()).await?;
    println!("revoked; the person's stream is at version {}", done.value.version);

    let again = revoking.execute(&request, revoke).await;
    println!("a second time: {}", again.err().map_or_else(String::new, |error| error.to_string()));

    for event in store.read_from(Position::START, 100).await? {
        println!("{}", String::from_utf8_lossy(&event.bytes));
    }
    Ok(())
}

/// The commit that makes a person.
fn seed(user: UserId, now: Timestamp, entropy: &dyn Entropy) -> Result<Commit, Box<dyn Error>> {
    use portcullis_domain::commit::{Effects, Metadata, StreamWrite};
    use portcullis_domain::event::Actor;
    use portcullis_domain::ids::OrgId;

    let created = UserCreated { user_id: user, status: UserStatus::Active };
    Ok(Commit {
        id: CommitId::new(now, entropy),
        stream: Some(StreamWrite { stream: user.into(), expected: Version::NONE, org: OrgId::parse("acme")? }),
        effects: Effects { events: vec![created.into()], ..Effects::default() },
        idempotency: None,
        meta: Metadata {
            actor: Actor::system("import"),
            reason: None,
            request: RequestId::parse("req_import")?,
            causation: None,
            at: now,
            client: None,
        },
    })
}
