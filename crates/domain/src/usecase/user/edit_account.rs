//! Changing accounts.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use super::create::voucher;
use super::{account, standing};
use crate::clock::Timestamp;
use crate::commit::ClaimNamespace;
use crate::event::{Actor, StreamId, Version};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied};
use crate::port::{Hasher, TotpStore, Unavailable, UserRepository};
use crate::text::{EmailAddress, UserName};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, EditAccount, PasswordDigest, Role, Standing, UserRefusal};

/// What is ordered of an account; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct AccountEdit {
    /// The name to sign in with.
    pub username: Option<UserName>,
    /// The name to show.
    pub name: Option<String>,
    /// The password's digest.
    pub password: Option<PasswordDigest>,
    /// What it may do.
    pub roles: Option<BTreeSet<Role>>,
    /// Is it switched on?
    pub active: Option<bool>,
    /// The address.
    pub email: Option<EmailAddress>,
    /// Does the address count as confirmed?
    pub email_verified: Option<bool>,
}

/// Changes an account, or gives one to a person who has none, in one commit: events `AccountAdded`, `AccountRenamed`,
/// `RolesChanged`, `UserEmailUpdated`, `EmailVerificationSet`, `PasswordSet`, `UserActivated`, `UserDeactivated`, each
/// where it applies. A change of an administrator's account, and making somebody one, needs the permission to assign that
/// role too.
///
/// Refused: as the rule says, and when a name is taken. Unknown person: `NotFound`.
pub struct ChangeAccount {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    hasher: Arc<dyn Hasher>,
    email_factor: bool,
}

impl ChangeAccount {
    /// Wires the use case; `email_factor` says whether accounts start with codes by e-mail switched on.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        hasher: Arc<dyn Hasher>,
        email_factor: bool,
    ) -> Self {
        Self { commands, users, factors, hasher, email_factor }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        user: UserId,
        edit: AccountEdit,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        // Before the slow hash, so that strangers cannot make the server work.
        account::authorise(&request.caller, Action::EditAccount, &edit.roles.clone().unwrap_or_default())?;
        let password = match &edit.password {
            Some(password) => Some(self.hasher.hash_password(password).await?),
            None => None,
        };
        let command = EditAccount {
            username: edit.username,
            name: edit.name,
            password,
            roles: edit.roles,
            active: edit.active,
            email_voucher: voucher(&request.caller, edit.email.as_ref()),
            email: edit.email,
            email_verified: edit.email_verified,
            email_factor: self.email_factor,
        };
        let changing = Changing { users: self.users.as_ref(), factors: self.factors.as_ref(), user, command };
        self.commands.run(&changing, request).await
    }
}

struct Changing<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    user: UserId,
    command: EditAccount,
}

#[async_trait]
impl Command for Changing<'_> {
    type State = Option<Standing>;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Option<Standing>, Unavailable> {
        standing::load(self.users, self.factors, self.user).await
    }

    fn authorise(&self, caller: &Caller, standing: &Option<Standing>) -> Result<Actor, Denied> {
        standing::authorise(caller, Action::EditAccount, standing.as_ref())
    }

    fn version(&self, standing: &Option<Standing>) -> Version {
        standing::version(standing.as_ref())
    }

    fn decide(&self, standing: &Option<Standing>, now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let stream = StreamId::from(self.user);
        let Some(standing) = standing else { return Err(Against::NotFound(stream)) };
        let effects = user::edit_account(self.command.clone(), standing, now)?;
        let person = &standing.person;
        Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: None, effects })
    }

    fn taken(&self, namespace: ClaimNamespace) -> Option<UserRefusal> {
        Some(super::taken(namespace))
    }
}
