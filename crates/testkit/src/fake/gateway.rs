//! 3dEye in memory.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Created, Deleted, GatewayError, NewRemoteAccount, ThreeDEyeGateway};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::RemoteAccount;

use super::locked;

/// The calls there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `find_by_email`
    Find,
    /// `create`
    Create,
    /// `delete`
    Delete,
    /// `assign_role`
    AssignRole,
}

/// How a call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happened there.
    Before(GatewayError),
    /// It happened there, and the caller is told this.
    After(GatewayError),
}

/// An account as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FakeAccount {
    /// Its id.
    pub id: ThreeDEyeUserId,
    /// The address as it was typed in there: any case, spaces around it.
    pub email: String,
    /// The password it was made with, when it was made through the gateway.
    pub password: Option<String>,
    /// Its roles.
    pub roles: Vec<ThreeDEyeRoleId>,
    /// Is it in our customer?
    pub ours: bool,
}

#[derive(Debug, Default)]
struct There {
    accounts: Vec<FakeAccount>,
    made: u64,
    faults: VecDeque<(Operation, Fault)>,
    /// Faults of the call with this number, over the life of the gateway.
    later: Vec<(Operation, usize, Fault)>,
    down: Option<GatewayError>,
    hides_ids: bool,
    calls: Vec<Operation>,
}

/// 3dEye in memory, with our customer and others in it.
#[derive(Debug, Default)]
pub struct FakeGateway(Mutex<There>);

impl FakeGateway {
    /// A 3dEye without accounts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an account there, spelled as given, in our customer or in another one.
    pub fn seed(&self, email: &str, ours: bool, roles: &[ThreeDEyeRoleId]) -> ThreeDEyeUserId {
        let mut there = locked(&self.0);
        there.add(email.to_owned(), None, roles.to_vec(), ours)
    }

    /// Makes the next call of an operation fail; several in the order given.
    pub fn fail_next(&self, operation: Operation, fault: Fault) {
        locked(&self.0).faults.push_back((operation, fault));
    }

    /// Makes the nth call of an operation from now on fail, counted from 1.
    pub fn fail_nth(&self, operation: Operation, nth: usize, fault: Fault) {
        let mut there = locked(&self.0);
        let made = there.calls.iter().filter(|made| **made == operation).count();
        there.later.push((operation, made + nth, fault));
    }

    /// Makes every call fail without effect until it is told otherwise.
    pub fn set_down(&self, error: Option<GatewayError>) {
        locked(&self.0).down = error;
    }

    /// Makes `create` leave the id out of its answer.
    pub fn hide_ids(&self, hide: bool) {
        locked(&self.0).hides_ids = hide;
    }

    /// All accounts, ours and others', in the order they came.
    pub fn accounts(&self) -> Vec<FakeAccount> {
        locked(&self.0).accounts.clone()
    }

    /// The calls so far, failed ones too.
    pub fn calls(&self) -> Vec<Operation> {
        locked(&self.0).calls.clone()
    }

    /// One call: the fault that waits for it comes before or after its effect.
    fn call<T>(
        &self,
        operation: Operation,
        effect: impl FnOnce(&mut There) -> Result<T, GatewayError>,
    ) -> Result<T, GatewayError> {
        let mut there = locked(&self.0);
        there.calls.push(operation);
        if let Some(error) = &there.down {
            return Err(error.clone());
        }
        match there.fault(operation) {
            Some(Fault::Before(error)) => Err(error),
            Some(Fault::After(error)) => effect(&mut there).and(Err(error)),
            None => effect(&mut there),
        }
    }
}

impl There {
    /// The fault of the call just made, which then is over.
    fn fault(&mut self, operation: Operation) -> Option<Fault> {
        let number = self.calls.iter().filter(|made| **made == operation).count();
        if let Some(index) = self.later.iter().position(|(of, at, _)| *of == operation && *at == number) {
            return Some(self.later.remove(index).2);
        }
        let waiting = self.faults.iter().position(|(of, _)| *of == operation)?;
        self.faults.remove(waiting).map(|(_, fault)| fault)
    }

    fn add(
        &mut self,
        email: String,
        password: Option<String>,
        roles: Vec<ThreeDEyeRoleId>,
        ours: bool,
    ) -> ThreeDEyeUserId {
        self.made += 1;
        let id = ThreeDEyeUserId::parse(format!("3d-{}", self.made)).expect("a short id");
        self.accounts.push(FakeAccount { id: id.clone(), email, password, roles, ours });
        id
    }

    fn with_address(&self, email: &EmailAddress) -> Option<&FakeAccount> {
        self.accounts.iter().find(|account| account.email.trim().to_lowercase() == email.as_str())
    }
}

#[async_trait]
impl ThreeDEyeGateway for FakeGateway {
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        self.call(Operation::Find, |there| {
            let account = there.with_address(email).filter(|account| account.ours);
            Ok(account.map(|account| RemoteAccount { id: account.id.clone(), roles: account.roles.clone() }))
        })
    }

    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError> {
        self.call(Operation::Create, |there| {
            if there.with_address(&account.email).is_some() {
                return Err(GatewayError::EmailTaken);
            }
            let password = Some(account.password.expose().clone());
            let id = there.add(account.email.as_str().to_owned(), password, account.roles.clone(), true);
            Ok(Created { id: (!there.hides_ids).then_some(id) })
        })
    }

    async fn delete(&self, id: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        self.call(Operation::Delete, |there| {
            let before = there.accounts.len();
            there.accounts.retain(|account| !(account.ours && account.id == *id));
            Ok(if there.accounts.len() < before { Deleted::Gone } else { Deleted::NotFound })
        })
    }

    async fn assign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        self.call(Operation::AssignRole, |there| {
            let account = there.accounts.iter_mut().find(|account| account.ours && account.id == *id);
            let account = account.ok_or_else(|| GatewayError::Rejected("no such account".to_owned()))?;
            if !account.roles.contains(role) {
                account.roles.push(role.clone());
            }
            Ok(())
        })
    }
}
