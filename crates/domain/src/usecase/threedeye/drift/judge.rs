//! Is something wrong with this one?

use super::super::job::CameraPorts;
use super::Stop;
use crate::ids::{ThreeDEyeRoleId, UserId};
use crate::threedeye::{DriftFinding, DriftKind, KnownAccount, Mapping, MappingState, Remedy, RemoteAccount};

/// Whose a remote account is.
pub(in crate::usecase::threedeye) enum Owned {
    /// A mapping names it, or will once its job is finished.
    BySomebody,
    /// No mapping names it.
    ByNobody(DriftFinding),
}

/// Looks at both sides.
pub(in crate::usecase::threedeye) struct Judge<'a> {
    ports: &'a CameraPorts,
    /// Does the one who asks hold the person's job? Then nobody else is at work.
    holds: Option<UserId>,
}

impl<'a> Judge<'a> {
    /// For somebody who only looks.
    pub(in crate::usecase::threedeye) const fn new(ports: &'a CameraPorts) -> Self {
        Self { ports, holds: None }
    }

    /// For the one who holds a person's job.
    pub(in crate::usecase::threedeye) const fn holding(ports: &'a CameraPorts, user: UserId) -> Self {
        Self { ports, holds: Some(user) }
    }

    /// What is wrong with a mapping in use, if anything.
    pub(in crate::usecase::threedeye) async fn mapping(
        &self,
        known: &KnownAccount,
    ) -> Result<Option<DriftFinding>, Stop> {
        if known.state != MappingState::Live {
            // Being made, or to be made anew by the next fetch: that is no drift.
            return Ok(None);
        }
        let gateway = &self.ports.gateway;
        let named = match &known.threedeye_user {
            Some(id) => gateway.find(id).await?,
            None => gateway.find_by_email(&known.email).await?,
        };
        let expected = self.expected(known.user, &known.recovery).await?;
        let (kind, account) = match named {
            Some(account) if expected.iter().all(|role| account.roles.contains(role)) => return Ok(None),
            Some(account) => (DriftKind::Roleless, Some(account)),
            None if known.threedeye_user.is_none() => (DriftKind::Missing, None),
            None => match gateway.find_by_email(&known.email).await? {
                Some(other) => (DriftKind::IdChanged, Some(other)),
                None => (DriftKind::Missing, None),
            },
        };
        if !self.still(known).await? {
            return Ok(None);
        }
        let found = account.as_ref().filter(|_| kind == DriftKind::IdChanged).map(|account| account.id.clone());
        Ok(Some(DriftFinding {
            kind,
            user: Some(known.user),
            threedeye_user: known.threedeye_user.clone(),
            found,
            email: Some(known.email.clone()),
            expected,
            present: account.map(|account| account.roles).unwrap_or_default(),
            remedy: if kind == DriftKind::Roleless { Remedy::AssignRoles } else { Remedy::Provision },
        }))
    }

    /// Whose a remote account is that was there a moment ago.
    pub(in crate::usecase::threedeye) async fn account(&self, account: &RemoteAccount) -> Result<Owned, Stop> {
        let owners = self.ports.accounts.owners(std::slice::from_ref(account)).await?;
        let owner = owners.first().copied().unwrap_or_default();
        let claimed = match &account.email {
            Some(address) => self.ports.accounts.is_claimed(address, None).await?,
            None => false,
        };
        if owner.by_id.is_some() || claimed {
            return Ok(Owned::BySomebody);
        }
        let mut user = owner.person;
        let (mut has_account, mut expected) = (false, Vec::new());
        if let Some(mapped) = owner.by_address {
            match self.ports.accounts.find(mapped).await?.mapping {
                // The row went meanwhile.
                None => return Ok(Owned::BySomebody),
                Some(mapping) if mapping.names(account) => return Ok(Owned::BySomebody),
                Some(Mapping { threedeye_user: Some(id), .. }) => {
                    if self.ports.gateway.find(&id).await?.is_none() {
                        // That account is gone, and this one took its place: told of the mapping.
                        return Ok(Owned::BySomebody);
                    }
                    user = Some(mapped);
                    has_account = true;
                }
                // Its account is known to be gone, so this is another.
                Some(Mapping { threedeye_user: None, .. }) => user = Some(mapped),
            }
        }
        if let Some(person) = user {
            let state = self.ports.accounts.find(person).await?;
            if self.somebody_is_at_work(person, state.lease.until) {
                return Ok(Owned::BySomebody);
            }
            has_account |= state.mapping.is_some_and(|mapping| mapping.state == MappingState::Live);
            expected = self.expected(person, &state.recovery.unwrap_or_default()).await?;
        }
        Ok(Owned::ByNobody(DriftFinding {
            kind: DriftKind::Orphaned,
            user,
            threedeye_user: Some(account.id.clone()),
            found: None,
            email: account.email.clone(),
            expected,
            present: account.roles.clone(),
            remedy: if user.is_some() && !has_account { Remedy::Provision } else { Remedy::DeleteRemote },
        }))
    }

    /// Roles an account should have: those that wait to be restored, and those of the camera roles the person is in.
    async fn expected(&self, user: UserId, waiting: &[ThreeDEyeRoleId]) -> Result<Vec<ThreeDEyeRoleId>, Stop> {
        let mut expected = waiting.to_vec();
        for role in self.ports.camera_roles.roles_of(user).await? {
            if !expected.contains(&role) {
                expected.push(role);
            }
        }
        Ok(expected)
    }

    /// Are the rows as they were read, and is nobody at work on them?
    async fn still(&self, known: &KnownAccount) -> Result<bool, Stop> {
        let rows = self.ports.accounts.find(known.user).await?;
        let at_work = self.somebody_is_at_work(known.user, rows.lease.until);
        Ok(!at_work && KnownAccount::of(&rows).as_ref() == Some(known))
    }

    fn somebody_is_at_work(&self, user: UserId, until: Option<crate::clock::Timestamp>) -> bool {
        let now = self.ports.commands.clock.now();
        self.holds != Some(user) && until.is_some_and(|until| !self.ports.is_over(until, now))
    }
}
