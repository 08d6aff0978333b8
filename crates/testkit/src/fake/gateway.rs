//! 3dEye in memory.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Created, Deleted, GatewayError, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};

use super::locked;

/// Accounts on a page of the list.
const PAGE: usize = 3;

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
    /// `find`
    Get,
    /// `list`
    List,
    /// `unassign_role`
    UnassignRole,
    /// `roles`
    Roles,
    /// `create_role`
    CreateRole,
    /// `delete_role`
    DeleteRole,
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

impl FakeAccount {
    fn remote(&self) -> RemoteAccount {
        RemoteAccount { id: self.id.clone(), email: EmailAddress::parse(&self.email).ok(), roles: self.roles.clone() }
    }
}

#[derive(Debug, Default)]
struct There {
    accounts: Vec<FakeAccount>,
    roles: Vec<RemoteRole>,
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

    /// Puts an account there, spelled as given, in our customer or in another one; roles not there yet come with it.
    pub fn seed(&self, email: &str, ours: bool, roles: &[ThreeDEyeRoleId]) -> ThreeDEyeUserId {
        let mut there = locked(&self.0);
        for role in roles {
            if !there.knows(role) {
                there.roles.push(RemoteRole { id: role.clone(), name: None });
            }
        }
        there.add(email.to_owned(), None, roles.to_vec(), ours)
    }

    /// An account of another customer comes to ours.
    pub fn show(&self, id: &ThreeDEyeUserId) {
        let mut there = locked(&self.0);
        there.accounts.iter_mut().filter(|account| account.id == *id).for_each(|account| account.ours = true);
    }

    /// Puts a role there.
    pub fn seed_role(&self, id: &ThreeDEyeRoleId, name: &str) {
        locked(&self.0).roles.push(RemoteRole { id: id.clone(), name: Some(name.to_owned()) });
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

    /// Makes `create` and `create_role` leave the id out of their answers.
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

    fn knows(&self, role: &ThreeDEyeRoleId) -> bool {
        self.roles.iter().any(|known| known.id == *role)
    }

    fn ours(&self) -> impl Iterator<Item = &FakeAccount> {
        self.accounts.iter().filter(|account| account.ours)
    }

    fn with_address(&self, email: &EmailAddress) -> Option<&FakeAccount> {
        self.accounts.iter().find(|account| account.email.trim().to_lowercase() == email.as_str())
    }
}

#[async_trait]
impl ThreeDEyeGateway for FakeGateway {
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        self.call(Operation::Find, |there| {
            Ok(there.with_address(email).filter(|account| account.ours).map(FakeAccount::remote))
        })
    }

    async fn find(&self, id: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        self.call(Operation::Get, |there| Ok(there.ours().find(|account| account.id == *id).map(FakeAccount::remote)))
    }

    async fn list(&self, from: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        self.call(Operation::List, |there| {
            let page = from.map_or(1, |cursor| cursor.page);
            let before = PAGE * (page as usize - 1);
            let accounts: Vec<_> = there.ours().skip(before).take(PAGE).map(FakeAccount::remote).collect();
            let (seen, total) = (before + accounts.len(), there.ours().count());
            let first = accounts.first().map(|account| account.id.clone());
            let next = RemoteCursor { page: page + 1, seen: seen as u64, first };
            Ok(RemotePage { accounts, total: Some(total as u64), next: (seen < total).then_some(next) })
        })
    }

    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError> {
        self.call(Operation::Create, |there| {
            if !account.roles.iter().all(|role| there.knows(role)) {
                return Err(GatewayError::Rejected("no such role".to_owned()));
            }
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
            if !there.knows(role) {
                return Err(GatewayError::Rejected("no such role".to_owned()));
            }
            let account = there.accounts.iter_mut().find(|account| account.ours && account.id == *id);
            let account = account.ok_or_else(|| GatewayError::Rejected("no such account".to_owned()))?;
            if !account.roles.contains(role) {
                account.roles.push(role.clone());
            }
            Ok(())
        })
    }

    async fn unassign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.call(Operation::UnassignRole, |there| {
            let account = there.accounts.iter_mut().find(|account| account.ours && account.id == *id);
            let Some(account) = account else { return Ok(Deleted::NotFound) };
            let before = account.roles.len();
            account.roles.retain(|held| held != role);
            Ok(if account.roles.len() < before { Deleted::Gone } else { Deleted::NotFound })
        })
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        self.call(Operation::Roles, |there| Ok(there.roles.clone()))
    }

    async fn create_role(&self, role: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        self.call(Operation::CreateRole, |there| {
            if there.roles.iter().any(|known| known.name.as_ref() == Some(&role.name)) {
                return Err(GatewayError::Rejected("the name is in use".to_owned()));
            }
            there.made += 1;
            let id = ThreeDEyeRoleId::parse(format!("3d-role-{}", there.made)).expect("a short id");
            there.roles.push(RemoteRole { id: id.clone(), name: Some(role.name.clone()) });
            Ok((!there.hides_ids).then_some(id))
        })
    }

    async fn delete_role(&self, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.call(Operation::DeleteRole, |there| {
            let before = there.roles.len();
            there.roles.retain(|known| known.id != *role);
            there.accounts.iter_mut().for_each(|account| account.roles.retain(|held| held != role));
            Ok(if there.roles.len() < before { Deleted::Gone } else { Deleted::NotFound })
        })
    }
}
