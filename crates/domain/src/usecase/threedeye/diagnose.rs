//! What is known of a person's camera account, here and at 3dEye.

use std::convert::Infallible;
use std::time::Duration;

use super::deadline::Deadline;
use super::job::CameraPorts;
use crate::clock::Timestamp;
use crate::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::GatewayError;
use crate::text::EmailAddress;
use crate::threedeye::{Mapping, MappingState, RemoteAccount};
use crate::usecase::UseCaseError;

/// Addresses shown of our customer's accounts.
const SAMPLES: usize = 5;

/// What is known of a person's camera account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraDiagnosis {
    /// Is there such a person?
    pub found: bool,
    /// The person's address.
    pub email: Option<EmailAddress>,
    /// The mapping, in whatever state it is.
    pub mapping: Option<MappingDiagnosis>,
    /// Roles that wait to be restored, if there is a recovery row.
    pub recovery: Option<Vec<ThreeDEyeRoleId>>,
    /// What 3dEye says.
    pub remote: RemoteDiagnosis,
}

/// What is known of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingDiagnosis {
    /// The account, when 3dEye told its id.
    pub threedeye_user: Option<ThreeDEyeUserId>,
    /// Has it a password that is shown to the person? That of an account that is being made, or is gone, is not.
    pub has_password: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Is its account in our customer? None = it could not be found out.
    pub remote_account_exists: Option<bool>,
}

/// What 3dEye says. Whatever could not be found out is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteDiagnosis {
    /// Is access to 3dEye configured?
    pub configured: bool,
    /// Our customer, as the settings name it.
    pub customer: Option<String>,
    /// How many accounts it has.
    pub accounts: Option<u64>,
    /// Has one of them the person's address? That of the mapping, where only rows are left of the person.
    pub email_present: Option<bool>,
    /// That one.
    pub found: Option<RemoteAccount>,
    /// Addresses of some of them.
    pub samples: Vec<EmailAddress>,
    /// The first failure; no secret, no address.
    pub error: Option<String>,
}

/// Where 3dEye is looked at, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Our customer, if the settings name one.
    pub customer: Option<String>,
    /// How long everything asked of 3dEye may take together.
    pub patience: Duration,
}

/// Tells what is known of a person's camera account. Reads only; a failing or silent 3dEye is told in the answer.
pub struct DiagnoseThreeDEye {
    ports: CameraPorts,
    probe: Probe,
}

impl DiagnoseThreeDEye {
    /// Wires the use case.
    pub const fn new(ports: CameraPorts, probe: Probe) -> Self {
        Self { ports, probe }
    }

    /// Looks. An unknown person is told as one.
    pub async fn execute(&self, caller: &Caller, user: UserId) -> Result<CameraDiagnosis, UseCaseError<Infallible>> {
        allows(caller, Action::ReadCameraAccount, Resource::Person { id: user, org: None })?;
        let person = self.ports.users.find(user).await?;
        let state = self.ports.accounts.find(user).await?;
        let of_mapping = state.mapping.as_ref().map(|mapping| &mapping.email);
        let wanted = person.as_ref().map_or(of_mapping, |person| person.profile.email.as_ref());
        let mut look = Look::new(self);
        let exists = match &state.mapping {
            Some(mapping) => look.exists(mapping).await,
            None => None,
        };
        look.list(wanted).await;
        let mapping = state.mapping.map(|mapping| MappingDiagnosis {
            threedeye_user: mapping.threedeye_user,
            has_password: mapping.state == MappingState::Live,
            created_at: mapping.created_at,
            remote_account_exists: exists,
        });
        let (found, remote) = (person.is_some(), look.remote);
        let email = person.and_then(|person| person.profile.email);
        Ok(CameraDiagnosis { found, email, mapping, recovery: state.recovery, remote })
    }
}

/// A look at 3dEye that ends in time. What was found before the end stays.
struct Look<'a> {
    cameras: &'a DiagnoseThreeDEye,
    deadline: Deadline<'a>,
    remote: RemoteDiagnosis,
}

impl<'a> Look<'a> {
    fn new(cameras: &'a DiagnoseThreeDEye) -> Self {
        let Probe { customer, patience } = &cameras.probe;
        let remote = RemoteDiagnosis { configured: true, customer: customer.clone(), ..RemoteDiagnosis::default() };
        Self { cameras, deadline: Deadline::after(cameras.ports.timer.as_ref(), *patience), remote }
    }

    /// One call; none when it failed or the time is over, which is noted.
    async fn ask<T: Send>(&mut self, call: impl Future<Output = Result<T, GatewayError>> + Send) -> Option<T> {
        let error = match self.deadline.within(call).await {
            Some(Ok(answer)) => return Some(answer),
            Some(Err(GatewayError::NotConfigured)) => {
                self.remote.configured = false;
                self.remote.customer = None;
                GatewayError::NotConfigured.to_string()
            }
            Some(Err(error)) => error.to_string(),
            None => format!("3dEye did not answer within {} s", self.cameras.probe.patience.as_secs_f64()),
        };
        self.remote.error.get_or_insert(error);
        None
    }

    /// Is the account of a mapping there?
    async fn exists(&mut self, mapping: &Mapping) -> Option<bool> {
        let gateway = &self.cameras.ports.gateway;
        let found = match &mapping.threedeye_user {
            Some(id) => self.ask(gateway.find(id)).await,
            None => self.ask(gateway.find_by_email(&mapping.email)).await,
        };
        found.map(|found| found.is_some())
    }

    /// Counts the accounts and looks for an address among them, no further than it takes to know both.
    async fn list(&mut self, wanted: Option<&EmailAddress>) {
        let (mut from, mut seen) = (None, 0);
        loop {
            let Some(page) = self.ask(self.cameras.ports.gateway.list(from)).await else { return };
            seen += page.accounts.len() as u64;
            let remote = &mut self.remote;
            let addresses = page.accounts.iter().filter_map(|account| account.email.clone());
            remote.samples.extend(addresses.take(SAMPLES - remote.samples.len()));
            let fits = |account: &RemoteAccount| wanted.is_some() && account.email.as_ref() == wanted;
            remote.found = remote.found.take().or_else(|| page.accounts.into_iter().find(fits));
            remote.accounts = page.total.or(remote.accounts);
            let (found, at_end) = (remote.found.is_some(), page.next.is_none());
            if at_end {
                remote.accounts = remote.accounts.or(Some(seen));
            }
            if wanted.is_some() && (found || at_end) {
                remote.email_present = Some(found);
            }
            let knows_all = remote.accounts.is_some() && (wanted.is_none() || found);
            from = page.next;
            if at_end || knows_all {
                return;
            }
        }
    }
}
