//! The 3dEye gateway over HTTP.

mod observe;

use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use portcullis_domain::ids::{InvalidId, ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{
    CircuitState, Created, Deleted, GatewayError, GatewayHealth, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway,
};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};
use secrecy::SecretString;
/// Where 3dEye is and how to sign in there.
pub use threedeye_client::Config as ThreeDEyeAccess;
/// Access nothing can be done with.
pub use threedeye_client::ConfigError as ThreeDEyeAccessError;
use threedeye_client::{Client, Deletion, Error, NewRole, NewUser, RoleId, User, UserId};

use self::observe::Logged;
pub use self::observe::{ThreeDEyeCall, ThreeDEyeObserver};

/// Accounts asked for with each page of a list.
const PAGE_SIZE: u32 = 100;

/// 3dEye, reached through its API.
///
/// The login used there is one of our customer's users too. It is nobody's camera account and is left out of every
/// answer, so that it is neither taken for one nor deleted.
pub struct HttpThreeDEyeGateway {
    client: Client,
    /// Our login's address, as addresses are compared.
    login: String,
}

impl HttpThreeDEyeGateway {
    /// Uses the access given; no connection is made yet.
    pub fn new(access: ThreeDEyeAccess) -> Result<Self, ThreeDEyeAccessError> {
        let login = compared(&access.username);
        let observer: Arc<dyn ThreeDEyeObserver> = Arc::new(Logged(access.observer.clone()));
        let access = ThreeDEyeAccess { observer: Some(observer), ..access };
        Ok(Self { client: Client::new(access)?, login })
    }

    /// A user as an account, unless it is our login.
    fn account(&self, user: &User) -> Option<Result<RemoteAccount, GatewayError>> {
        (compared(&user.email) != self.login).then(|| account(user))
    }
}

fn compared(address: &str) -> String {
    address.trim().to_lowercase()
}

#[async_trait]
impl ThreeDEyeGateway for HttpThreeDEyeGateway {
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        let found = self.client.find_user_by_email(email.as_str()).await.map_err(translate)?;
        found.as_ref().and_then(|user| self.account(user)).transpose()
    }

    async fn find(&self, id: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        let found = self.client.get_user(&user_id(id)?).await.map_err(translate)?;
        found.as_ref().and_then(|user| self.account(user)).transpose()
    }

    async fn list(&self, from: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        let cursor = from.unwrap_or(RemoteCursor { page: 1, seen: 0, first: None });
        let page = self.client.list_users_page(cursor.page, PAGE_SIZE).await.map_err(translate)?;
        let accounts = page.items.iter().filter_map(|user| self.account(user)).collect::<Result<Vec<_>, _>>()?;
        // Our login counts where it is about pages.
        let first = page.items.first().map(|user| ThreeDEyeUserId::parse(user.id.as_str()));
        let first = first.transpose().map_err(unusable)?;
        if first.is_some() && first == cursor.first {
            return Err(GatewayError::Rejected("its list of accounts does not advance".to_owned()));
        }
        let seen = cursor.seen.saturating_add(page.items.len() as u64);
        let at_end = page.items.is_empty() || page.total.is_some_and(|total| seen >= total);
        let next = (!at_end).then(|| RemoteCursor { page: cursor.page.saturating_add(1), seen, first });
        Ok(RemotePage { accounts, total: page.total, next })
    }

    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError> {
        let role_ids = account.roles.iter().map(role_id).collect::<Result<_, _>>()?;
        let user = NewUser {
            email: account.email.as_str().to_owned(),
            first_name: account.first_name.clone(),
            last_name: account.last_name.clone(),
            password: SecretString::from(account.password.expose().clone()),
            role_ids,
        };
        let id = self.client.create_user(&user).await.map_err(translate)?;
        // An id we cannot keep is as good as one left out: the account is looked up by its address.
        Ok(Created { id: id.and_then(|id| ThreeDEyeUserId::parse(id.as_str()).ok()) })
    }

    async fn delete(&self, id: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        self.client.delete_user(&user_id(id)?).await.map(deleted).map_err(translate)
    }

    async fn assign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        self.client.add_user_to_role(&role_id(role)?, &user_id(id)?).await.map_err(translate)
    }

    async fn unassign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.client.remove_user_from_role(&role_id(role)?, &user_id(id)?).await.map(deleted).map_err(translate)
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        let roles = self.client.all_roles().await.map_err(translate)?;
        let role = |role: threedeye_client::Role| {
            Ok(RemoteRole { id: ThreeDEyeRoleId::parse(role.id.as_str()).map_err(unusable)?, name: role.name })
        };
        roles.into_iter().map(role).collect()
    }

    async fn create_role(&self, role: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        let role = NewRole { name: role.name.clone(), description: role.description.clone() };
        let id = self.client.create_role(&role).await.map_err(translate)?;
        Ok(id.and_then(|id| ThreeDEyeRoleId::parse(id.as_str()).ok()))
    }

    async fn delete_role(&self, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.client.delete_role(&role_id(role)?).await.map(deleted).map_err(translate)
    }

    fn health(&self) -> GatewayHealth {
        let (circuit, load) = (self.client.circuit(), self.client.load());
        GatewayHealth {
            configured: true,
            circuit: match circuit.state {
                threedeye_client::CircuitState::Closed => CircuitState::Closed,
                threedeye_client::CircuitState::Open => CircuitState::Open,
                threedeye_client::CircuitState::HalfOpen => CircuitState::HalfOpen,
            },
            failures: circuit.failures,
            retry_after: circuit.retry_after,
            in_flight: load.in_flight,
            waiting: load.waiting,
        }
    }
}

const fn deleted(deletion: Deletion) -> Deleted {
    match deletion {
        Deletion::Deleted => Deleted::Gone,
        Deletion::NotFound => Deleted::NotFound,
    }
}

fn unusable(_: InvalidId) -> GatewayError {
    GatewayError::Rejected("an id 3dEye gave cannot be used".to_owned())
}

fn account(user: &User) -> Result<RemoteAccount, GatewayError> {
    Ok(RemoteAccount {
        id: ThreeDEyeUserId::parse(user.id.as_str()).map_err(unusable)?,
        email: EmailAddress::parse(&user.email).ok(),
        roles: user
            .roles
            .iter()
            .map(|role| ThreeDEyeRoleId::parse(role.id.as_str()))
            .collect::<Result<_, _>>()
            .map_err(unusable)?,
    })
}

fn user_id(id: &ThreeDEyeUserId) -> Result<UserId, GatewayError> {
    UserId::from_str(id.as_str()).map_err(|_| GatewayError::Rejected("the account's id cannot be used".to_owned()))
}

fn role_id(id: &ThreeDEyeRoleId) -> Result<RoleId, GatewayError> {
    RoleId::from_str(id.as_str()).map_err(|_| GatewayError::Rejected("the role's id cannot be used".to_owned()))
}

/// What an error means to the domain. The client's own text is free of secrets and addresses.
fn translate(error: Error) -> GatewayError {
    if matches!(error, Error::CircuitOpen { .. } | Error::EmailTaken) {
        // Why it is open was told when it opened; and an account may be asked for to find out whether there is one.
        tracing::debug!(%error, "3dEye call refused");
    } else {
        tracing::warn!(%error, "3dEye call failed");
    }
    match error {
        Error::EmailTaken => GatewayError::EmailTaken,
        Error::Unauthorised { .. } => GatewayError::Unauthorised,
        Error::Unavailable { retry_after, .. } => GatewayError::Unavailable { retry_after },
        Error::CircuitOpen { retry_after } => GatewayError::CircuitOpen { retry_after },
        Error::Ambiguous { .. } => GatewayError::Ambiguous,
        Error::Rejected { status, .. } => GatewayError::Rejected(format!("status {status}")),
        other => GatewayError::Rejected(other.to_string()),
    }
}

/// Stands in where no access to 3dEye is configured: every call says so.
pub struct UnconfiguredThreeDEye;

#[async_trait]
impl ThreeDEyeGateway for UnconfiguredThreeDEye {
    async fn find_by_email(&self, _: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn find(&self, _: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn list(&self, _: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn create(&self, _: &NewRemoteAccount) -> Result<Created, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn delete(&self, _: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn assign_role(&self, _: &ThreeDEyeUserId, _: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn unassign_role(&self, _: &ThreeDEyeUserId, _: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn create_role(&self, _: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    async fn delete_role(&self, _: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        Err(GatewayError::NotConfigured)
    }

    fn health(&self) -> GatewayHealth {
        GatewayHealth { configured: false, ..GatewayHealth::QUIET }
    }
}
