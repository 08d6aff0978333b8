//! Users and roles, as somebody at the platform's own console would see and change them.

use uuid::Uuid;

use super::SimState;
use crate::config::Credentials;
use crate::refusal::Refusal;
use crate::world::{NewUser, Role, User, World};

impl SimState {
    /// What a client needs to act for our customer.
    pub fn credentials(&self) -> Credentials {
        let config = self.config();
        Credentials {
            api_key: config.api_key.clone(),
            username: config.username.clone(),
            password: config.password.clone(),
            customer_id: self.read(World::ours),
        }
    }

    /// Makes another customer and gives its credentials.
    pub fn add_customer(&self) -> Result<Credentials, Refusal> {
        let login = self.alter(|world| Ok(world.add_stranger()))?;
        Ok(Credentials {
            api_key: self.config().api_key.clone(),
            username: login.username,
            password: login.password,
            customer_id: login.customer_id,
        })
    }

    /// Adds a user to our customer, as a creation over HTTP would, but without its checks of form.
    pub fn add_user(&self, user: NewUser) -> Result<Uuid, Refusal> {
        self.alter(|world| world.create_user(world.ours(), user))
    }

    /// Adds several at once, or none.
    pub fn add_users(&self, users: impl IntoIterator<Item = NewUser>) -> Result<Vec<Uuid>, Refusal> {
        self.alter(|world| users.into_iter().map(|user| world.create_user(world.ours(), user)).collect())
    }

    /// Adds a user of another customer: out of our sight, but its address is taken.
    pub fn add_foreign_user(&self, email: &str) -> Result<Uuid, Refusal> {
        self.add_stranger(NewUser::new(email, "out of our reach"))
    }

    pub(crate) fn add_stranger(&self, user: NewUser) -> Result<Uuid, Refusal> {
        self.alter(|world| world.create_user(world.theirs(), user))
    }

    /// Adds a role to our customer.
    pub fn add_role(&self, name: &str) -> Result<Uuid, Refusal> {
        self.add_described_role(name.to_owned(), None)
    }

    pub(crate) fn add_described_role(&self, name: String, description: Option<String>) -> Result<Uuid, Refusal> {
        self.alter(|world| world.create_role(world.ours(), name, description))
    }

    /// Puts a user of ours into a role of ours.
    pub fn add_user_to_role(&self, role: Uuid, user: Uuid) -> Result<(), Refusal> {
        self.alter(|world| world.add_user_to_role(world.ours(), role, user))
    }

    /// Deletes a user of ours, as somebody at another console would.
    pub fn delete_user(&self, id: Uuid) -> Result<(), Refusal> {
        self.alter(|world| world.delete_user(world.ours(), id))
    }

    /// Deletes a user of whatever customer.
    pub(crate) fn delete_anybody(&self, id: Uuid) -> Result<(), Refusal> {
        self.alter(|world| world.delete_user(world.customer_of(id)?, id))
    }

    /// Our users in the order they were made.
    pub fn users(&self) -> Vec<User> {
        self.read(|world| world.users(world.ours()).cloned().collect())
    }

    /// Our user with this address.
    pub fn user(&self, email: &str) -> Option<User> {
        let email = email.to_lowercase();
        self.read(|world| world.users(world.ours()).find(|user| user.email.to_lowercase() == email).cloned())
    }

    /// Our roles in the order they were made.
    pub fn roles(&self) -> Vec<Role> {
        self.read(|world| world.roles(world.ours()).cloned().collect())
    }

    /// Whether our user with this address could sign in with this password.
    pub fn password_matches(&self, email: &str, password: &str) -> bool {
        self.read(|world| world.password_matches(world.ours(), email, password))
    }

    /// Makes every token given out so far worthless.
    pub fn expire_tokens(&self) {
        self.change(|inner| inner.world.expire_tokens());
    }
}
