//! Registering a lock.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::commit::Effects;
use crate::event::{Actor, StreamId, Version};
use crate::ids::{LockId, OrgId, UserId};
use crate::lock::{self, Lock, LockRefusal};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{LockAccess, Unavailable, UserRepository};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// What is ordered of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockOrder {
    /// The lock.
    pub lock: LockId,
    /// The organisation; without one that of the caller's key, else the default.
    pub org: Option<OrgId>,
    /// The name to show it with.
    pub name: Option<String>,
    /// The person who owns it.
    pub owner: Option<UserId>,
    /// The maker's running number.
    pub index: Option<i64>,
    /// The maker's UUID, as sent.
    pub uuid: Option<String>,
    /// The maker's serial number.
    pub serial_number: Option<String>,
    /// The maker.
    pub vendor_name: Option<String>,
}

/// Registers a lock: event `LockCreated`. A lock that exists already is left as is, and the answer has no event.
///
/// Refused: [`LockRefusal::UnknownOwner`].
pub struct CreateLock {
    commands: Commands,
    locks: Arc<dyn LockAccess>,
    users: Arc<dyn UserRepository>,
    default_org: OrgId,
}

impl CreateLock {
    /// Wires the use case; locks made without an organisation belong to `default_org`.
    pub fn new(
        commands: Commands,
        locks: Arc<dyn LockAccess>,
        users: Arc<dyn UserRepository>,
        default_org: OrgId,
    ) -> Self {
        Self { commands, locks, users, default_org }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        order: LockOrder,
    ) -> Result<Outcome<Done>, UseCaseError<LockRefusal>> {
        let of_key = request.caller.organisation.as_ref().map(|key| key.org.clone());
        let org = order.org.or(of_key).unwrap_or_else(|| self.default_org.clone());
        let command = lock::CreateLock {
            lock: order.lock,
            org,
            name: order.name,
            owner: order.owner,
            index: order.index,
            uuid: order.uuid,
            serial_number: order.serial_number,
            vendor_name: order.vendor_name,
        };
        let creating = Creating { locks: self.locks.as_ref(), users: self.users.as_ref(), command };
        self.commands.run(&creating, request).await
    }
}

struct Creating<'a> {
    locks: &'a dyn LockAccess,
    users: &'a dyn UserRepository,
    command: lock::CreateLock,
}

struct Situation {
    existing: Option<Lock>,
    /// Version of the owner to be; none when nobody has the id, or there is to be none.
    owner: Option<Version>,
}

#[async_trait]
impl Command for Creating<'_> {
    type State = Situation;
    type Refusal = LockRefusal;

    async fn load(&self) -> Result<Situation, Unavailable> {
        let existing = self.locks.lock(&self.command.lock).await?;
        let owner = match self.command.owner {
            Some(owner) => self.users.find(owner).await?.map(|person| person.version),
            None => None,
        };
        Ok(Situation { existing, owner })
    }

    fn authorise(&self, caller: &Caller, situation: &Situation) -> Result<Actor, Denied> {
        let create_for = |org| allows(caller, Action::CreateLock, Resource::Org(org));
        // Whom a key names, it must be allowed to name, also where there is nothing left to do.
        let actor = create_for(&self.command.org)?;
        situation.existing.as_ref().map_or(Ok(actor), |lock| create_for(&lock.org))
    }

    fn version(&self, situation: &Situation) -> Version {
        situation.existing.as_ref().map(|lock| lock.version).unwrap_or_default()
    }

    fn decide(&self, situation: &Situation, _now: Timestamp) -> Result<Decision, Against<LockRefusal>> {
        let (expected, effects) = match &situation.existing {
            Some(lock) => (lock.version, Effects::default()),
            None if self.command.owner.is_some() && situation.owner.is_none() => {
                return Err(LockRefusal::UnknownOwner.into());
            }
            None => {
                // An owner who is deleted meanwhile owns nothing.
                let owner = self.command.owner.zip(situation.owner);
                let unchanged = owner.map(|(owner, version)| (owner.into(), version)).into_iter().collect();
                let events = vec![lock::create(&self.command)];
                (Version::NONE, Effects { events, unchanged, ..Effects::default() })
            }
        };
        Ok(Decision {
            stream: StreamId::from(&self.command.lock),
            expected,
            org: self.command.org.clone(),
            reason: None,
            effects,
        })
    }

    fn is_fault(refusal: &LockRefusal) -> bool {
        matches!(refusal, LockRefusal::UnknownOwner)
    }
}
