//! Accounts to sign in with.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use super::create::voucher;
use crate::clock::Timestamp;
use crate::commit::ClaimNamespace;
use crate::event::{Actor, StreamId, Version};
use crate::ids::{OrgId, UserId};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{Hasher, Unavailable};
use crate::text::{EmailAddress, UserName};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, CreateUser, NewAccount, PasswordDigest, Role, UserRefusal, UserStatus};

/// What is ordered of an account.
#[derive(Debug, Clone)]
pub struct AccountOrder {
    /// The name to sign in with.
    pub username: UserName,
    /// The name to show.
    pub name: String,
    /// The password's digest.
    pub password: PasswordDigest,
    /// What it may do.
    pub roles: BTreeSet<Role>,
    /// The address; an account needs one.
    pub email: Option<EmailAddress>,
    /// Is the address to count as confirmed?
    pub email_verified: bool,
}

impl AccountOrder {
    async fn account(&self, hasher: &dyn Hasher, email_factor: bool) -> Result<NewAccount, Unavailable> {
        Ok(NewAccount {
            username: self.username.clone(),
            name: self.name.clone(),
            password: hasher.hash_password(&self.password).await?,
            roles: self.roles.clone(),
            email_factor,
        })
    }
}

/// May the caller do this to an account with these roles, or give it them? Whoever touches an administrator's account could
/// become one.
pub(super) fn authorise(caller: &Caller, action: Action, roles: &BTreeSet<Role>) -> Result<Actor, Denied> {
    if roles.contains(&Role::Admin) {
        allows(caller, Action::AssignAdminRole, Resource::Service)?;
    }
    allows(caller, action, Resource::Service)
}

/// Makes a person and an account in one commit: events `UserCreated` and `AccountAdded`, and
/// `EmailFactorEnabled` where new accounts start with it.
///
/// Refused: [`UserRefusal::EmailTaken`], [`UserRefusal::UserNameTaken`], [`UserRefusal::EmailMissing`].
pub struct CreateAccount {
    commands: Commands,
    hasher: Arc<dyn Hasher>,
    default_org: OrgId,
    email_factor: bool,
}

impl CreateAccount {
    /// Wires the use case; `email_factor` says whether accounts start with codes by e-mail switched on.
    pub fn new(commands: Commands, hasher: Arc<dyn Hasher>, default_org: OrgId, email_factor: bool) -> Self {
        Self { commands, hasher, default_org, email_factor }
    }

    /// Does it; the answer names the new person.
    pub async fn execute(
        &self,
        request: &Request,
        order: AccountOrder,
        status: UserStatus,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        // Before the slow hash, so that strangers cannot make the server work.
        authorise(&request.caller, Action::CreateAccount, &order.roles)?;
        if order.email.is_none() {
            return Err(UseCaseError::Refused { refusal: UserRefusal::EmailMissing, replayed: None });
        }
        let account = order.account(self.hasher.as_ref(), self.email_factor).await?;
        let now = self.commands.clock.now();
        let command = CreateUser {
            user: UserId::new(now, self.commands.entropy.as_ref()),
            status,
            email_voucher: voucher(&request.caller, order.email.as_ref()),
            email: order.email,
            email_verified: order.email_verified,
            first_name: None,
            last_name: None,
            phone_number: None,
            account: Some(account),
        };
        self.commands.run(&Creating { command, org: self.default_org.clone() }, request).await
    }
}

struct Creating {
    command: CreateUser,
    org: OrgId,
}

#[async_trait]
impl Command for Creating {
    type State = ();
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<(), Unavailable> {
        Ok(())
    }

    fn authorise(&self, caller: &Caller, (): &()) -> Result<Actor, Denied> {
        allows(caller, Action::CreateAccount, Resource::Service)
    }

    fn version(&self, (): &()) -> Version {
        Version::NONE
    }

    fn decide(&self, (): &(), now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        Ok(Decision {
            stream: StreamId::from(self.command.user),
            expected: Version::NONE,
            org: self.org.clone(),
            reason: None,
            effects: user::create(self.command.clone(), now),
        })
    }

    fn taken(&self, namespace: ClaimNamespace) -> Option<UserRefusal> {
        Some(super::taken(namespace))
    }
}
