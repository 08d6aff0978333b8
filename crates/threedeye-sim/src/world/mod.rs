//! What the stand-in knows: customers with their users and roles, and the tokens it gave out. No HTTP and no locks.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use self::people::Account;
pub(crate) use self::people::Customer;
use crate::ids::Ids;
use crate::refusal::Refusal;

mod people;

pub use self::people::{NewUser, Role, User};

#[derive(Clone)]
struct Session {
    customer: Uuid,
    expires_at: Instant,
}

/// What a customer signs in with.
pub(crate) struct Login {
    pub(crate) customer_id: Uuid,
    pub(crate) username: String,
    pub(crate) password: String,
}

/// Kept in a file as a whole, but for the tokens.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct World {
    ids: Ids,
    ours: Uuid,
    /// Another customer, for users out of our sight.
    theirs: Uuid,
    customers: Vec<Customer>,
    #[serde(skip)]
    sessions: HashMap<String, Session>,
    /// Addresses in use on the whole platform, in lower case.
    #[serde(skip)]
    addresses: BTreeSet<String>,
}

impl World {
    /// With our customer and one more.
    pub(crate) fn new(seed: u64, username: String, password: String) -> Self {
        let (customers, sessions, addresses) = (Vec::new(), HashMap::new(), BTreeSet::new());
        let mut world =
            Self { ids: Ids::new(seed), ours: Uuid::nil(), theirs: Uuid::nil(), customers, sessions, addresses };
        world.ours = world.add_customer(username, password);
        world.theirs = world.add_stranger().customer_id;
        world
    }

    /// Sees to what is not kept in a file. Our login is that of the settings. Fails with the reason if the world does not
    /// hang together.
    pub(crate) fn revived(mut self, username: String, password: String) -> Result<Self, &'static str> {
        if self.customer(self.theirs).is_err() {
            return Err("the other customer is missing");
        }
        let ours = self.customer_mut(self.ours).map_err(|_| "our customer is missing")?;
        (ours.username, ours.password) = (username, password);
        for customer in &self.customers {
            for Account { user, .. } in &customer.accounts {
                if !user.role_ids.iter().all(|id| customer.roles.iter().any(|role| role.id == *id)) {
                    return Err("a user is in a role that does not exist");
                }
                if !self.addresses.insert(user.email.to_lowercase()) {
                    return Err("two users have the same address");
                }
            }
        }
        Ok(self)
    }

    pub(crate) fn ours(&self) -> Uuid {
        self.ours
    }

    pub(crate) fn theirs(&self) -> Uuid {
        self.theirs
    }

    /// Leaves the customers, without users and roles, and no token.
    pub(crate) fn empty(&mut self) {
        for customer in &mut self.customers {
            customer.accounts.clear();
            customer.roles.clear();
        }
        self.addresses.clear();
        self.sessions.clear();
    }

    // --- customers and sign-in

    pub(crate) fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// A customer that has nothing to do with us.
    pub(crate) fn add_stranger(&mut self) -> Login {
        let (name, password) = (self.ids.next().simple(), self.ids.next().simple().to_string());
        let username = format!("service-{name}@sim.example");
        let customer_id = self.add_customer(username.clone(), password.clone());
        Login { customer_id, username, password }
    }

    fn add_customer(&mut self, username: String, password: String) -> Uuid {
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

    /// The customer that has this user.
    pub(crate) fn customer_of(&self, user: Uuid) -> Result<Uuid, Refusal> {
        let has = |customer: &&Customer| customer.accounts.iter().any(|account| account.user.id == user);
        self.customers.iter().find(has).map(|customer| customer.id).ok_or(Refusal::NotFound)
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
