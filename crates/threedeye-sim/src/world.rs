//! What the stand-in knows: customers with their users and roles, and the tokens it gave out. No HTTP and no locks.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use crate::ids::Ids;
use crate::refusal::Refusal;

/// A user to be added.
#[derive(Clone)]
pub struct NewUser {
    /// Unique on the whole platform, whatever its case.
    pub email: String,
    /// Not blank.
    pub first_name: String,
    /// Not blank.
    pub last_name: String,
    /// Kept in clear, in memory.
    pub password: String,
    /// Roles of the same customer.
    pub role_ids: Vec<Uuid>,
}

impl NewUser {
    /// A user without roles whose name does not matter.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            first_name: "Sample".to_owned(),
            last_name: "User".to_owned(),
            password: password.into(),
            role_ids: Vec::new(),
        }
    }
}

/// A user as it can be seen from outside: without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Given by the stand-in.
    pub id: Uuid,
    /// As it was entered.
    pub email: String,
    /// As it was entered.
    pub first_name: String,
    /// As it was entered.
    pub last_name: String,
    /// The roles the user is in.
    pub role_ids: BTreeSet<Uuid>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Given by the stand-in.
    pub id: Uuid,
    /// Unique inside the customer.
    pub name: String,
    /// For people.
    pub description: Option<String>,
}

struct Account {
    user: User,
    password: String,
}

struct Customer {
    id: Uuid,
    username: String,
    password: String,
    accounts: Vec<Account>,
    roles: Vec<Role>,
}

struct Session {
    customer: Uuid,
    expires_at: Instant,
}

pub(crate) struct World {
    ids: Ids,
    customers: Vec<Customer>,
    sessions: HashMap<String, Session>,
    /// Addresses in use on the whole platform, in lower case.
    addresses: BTreeSet<String>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self { ids: Ids::new(seed), customers: Vec::new(), sessions: HashMap::new(), addresses: BTreeSet::new() }
    }

    pub(crate) fn new_id(&mut self) -> Uuid {
        self.ids.next()
    }

    // --- customers and sign-in

    pub(crate) fn add_customer(&mut self, username: String, password: String) -> Uuid {
        let id = self.ids.next();
        self.customers.push(Customer { id, username, password, accounts: Vec::new(), roles: Vec::new() });
        id
    }

    pub(crate) fn sign_in(&mut self, username: &str, password: &str, lifetime: Duration) -> Result<String, Refusal> {
        let customer = self
            .customers
            .iter()
            .find(|customer| customer.username == username && customer.password == password)
            .ok_or(Refusal::WrongLogin)?
            .id;
        let token = format!("sim.{}.{}", self.ids.next().simple(), self.ids.next().simple());
        self.sessions.insert(token.clone(), Session { customer, expires_at: Instant::now() + lifetime });
        Ok(token)
    }

    pub(crate) fn expire_tokens(&mut self) {
        self.sessions.clear();
    }

    /// The customer a token stands for.
    pub(crate) fn authenticate(&self, token: &str) -> Result<Uuid, Refusal> {
        self.sessions
            .get(token)
            .filter(|session| Instant::now() < session.expires_at)
            .map(|session| session.customer)
            .ok_or(Refusal::WrongToken)
    }

    // --- users

    pub(crate) fn create_user(&mut self, customer: Uuid, new: NewUser) -> Result<Uuid, Refusal> {
        let roles = &self.customer(customer)?.roles;
        if !new.role_ids.iter().all(|id| roles.iter().any(|role| role.id == *id)) {
            return Err(Refusal::UnknownRole);
        }
        if !self.addresses.insert(new.email.to_lowercase()) {
            return Err(Refusal::AddressTaken);
        }
        let id = self.ids.next();
        let NewUser { email, first_name, last_name, password, role_ids } = new;
        let user = User { id, email, first_name, last_name, role_ids: role_ids.into_iter().collect() };
        self.customer_mut(customer)?.accounts.push(Account { user, password });
        Ok(id)
    }

    pub(crate) fn users(&self, customer: Uuid) -> impl Iterator<Item = &User> {
        self.customer(customer).into_iter().flat_map(|customer| &customer.accounts).map(|account| &account.user)
    }

    pub(crate) fn user(&self, customer: Uuid, id: Uuid) -> Result<&User, Refusal> {
        self.users(customer).find(|user| user.id == id).ok_or(Refusal::NotFound)
    }

    /// The address of a user of whatever customer.
    pub(crate) fn address_of(&self, user: Uuid) -> Option<&str> {
        let mut accounts = self.customers.iter().flat_map(|customer| &customer.accounts);
        accounts.find(|account| account.user.id == user).map(|account| account.user.email.as_str())
    }

    pub(crate) fn delete_user(&mut self, customer: Uuid, id: Uuid) -> Result<(), Refusal> {
        let accounts = &mut self.customer_mut(customer)?.accounts;
        let index = accounts.iter().position(|account| account.user.id == id).ok_or(Refusal::NotFound)?;
        let deleted = accounts.remove(index);
        self.addresses.remove(&deleted.user.email.to_lowercase());
        Ok(())
    }

    pub(crate) fn password_matches(&self, customer: Uuid, email: &str, password: &str) -> bool {
        let email = email.to_lowercase();
        self.customer(customer)
            .into_iter()
            .flat_map(|customer| &customer.accounts)
            .any(|account| account.user.email.to_lowercase() == email && account.password == password)
    }

    // --- roles

    pub(crate) fn create_role(
        &mut self,
        customer: Uuid,
        name: String,
        description: Option<String>,
    ) -> Result<Uuid, Refusal> {
        if self.roles(customer).any(|role| role.name == name) {
            return Err(Refusal::RoleNameTaken);
        }
        let id = self.ids.next();
        self.customer_mut(customer)?.roles.push(Role { id, name, description });
        Ok(id)
    }

    /// Whoever was in the role loses it.
    pub(crate) fn delete_role(&mut self, customer: Uuid, role: Uuid) -> Result<(), Refusal> {
        let customer = self.customer_mut(customer)?;
        let index = customer.roles.iter().position(|known| known.id == role).ok_or(Refusal::NotFound)?;
        customer.roles.remove(index);
        for account in &mut customer.accounts {
            account.user.role_ids.remove(&role);
        }
        Ok(())
    }

    pub(crate) fn roles(&self, customer: Uuid) -> impl Iterator<Item = &Role> {
        self.customer(customer).into_iter().flat_map(|customer| &customer.roles)
    }

    pub(crate) fn add_user_to_role(&mut self, customer: Uuid, role: Uuid, user: Uuid) -> Result<(), Refusal> {
        self.memberships(customer, role, user)?.insert(role);
        Ok(())
    }

    /// Refused if the user is not in the role.
    pub(crate) fn remove_user_from_role(&mut self, customer: Uuid, role: Uuid, user: Uuid) -> Result<(), Refusal> {
        if self.memberships(customer, role, user)?.remove(&role) { Ok(()) } else { Err(Refusal::NotFound) }
    }

    fn memberships(&mut self, customer: Uuid, role: Uuid, user: Uuid) -> Result<&mut BTreeSet<Uuid>, Refusal> {
        let customer = self.customer_mut(customer)?;
        if !customer.roles.iter().any(|known| known.id == role) {
            return Err(Refusal::NotFound);
        }
        let account = customer.accounts.iter_mut().find(|account| account.user.id == user);
        account.map(|account| &mut account.user.role_ids).ok_or(Refusal::NotFound)
    }

    fn customer(&self, id: Uuid) -> Result<&Customer, Refusal> {
        self.customers.iter().find(|customer| customer.id == id).ok_or(Refusal::NotFound)
    }

    fn customer_mut(&mut self, id: Uuid) -> Result<&mut Customer, Refusal> {
        self.customers.iter_mut().find(|customer| customer.id == id).ok_or(Refusal::NotFound)
    }
}
