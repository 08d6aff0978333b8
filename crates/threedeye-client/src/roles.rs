//! The operations on roles and who is in them.

use crate::client::Client;
use crate::error::Error;
use crate::model::{Deletion, NewRole, Page, Role, RoleId, UserId};
use crate::paging::Walk;
use crate::wire::{self, ListAnswer, RoleAnswer};

impl Client {
    /// All roles of our customer.
    pub async fn list_roles(&self) -> Result<Vec<Role>, Error> {
        let deadline = self.deadline();
        let mut walk = Walk::new(self.config().max_pages);
        let mut roles = Vec::new();
        while let Some(asked) = walk.next() {
            let list: ListAnswer<RoleAnswer> =
                self.fetch(deadline, &wire::list_roles(asked, self.config().page_size)).await?;
            let page: Page<Role> = list.into();
            walk.advance(asked, &page)?;
            roles.extend(page.items);
        }
        Ok(roles)
    }

    /// Makes a role without cameras. Sent once; see [`Error`] for what is known when it fails. The id may be absent in the
    /// answer: then [`list_roles`](Self::list_roles) tells it.
    pub async fn create_role(&self, role: &NewRole) -> Result<Option<RoleId>, Error> {
        self.create(&wire::create_role(role)).await
    }

    /// Deletes a role for good; all who were in it lose it.
    pub async fn delete_role(&self, role: &RoleId) -> Result<Deletion, Error> {
        self.delete(&wire::delete_role(role)).await
    }

    /// Puts a user into a role; a user already in it stays in it. [`Error::Rejected`] with status 404 if our customer has no
    /// such role or user.
    pub async fn add_user_to_role(&self, role: &RoleId, user: &UserId) -> Result<(), Error> {
        self.call(self.deadline(), &wire::add_user_to_role(role, user)).await.map(drop)
    }

    /// Takes a user out of a role.
    pub async fn remove_user_from_role(&self, role: &RoleId, user: &UserId) -> Result<Deletion, Error> {
        self.delete(&wire::remove_user_from_role(role, user)).await
    }
}
