//! The operations on roles and who is in them.

use futures_util::{Stream, TryStreamExt};

use crate::client::Client;
use crate::error::Error;
use crate::model::{Deletion, NewRole, Role, RoleId, UserId};
use crate::paging::{self, Deadline};
use crate::wire::{self, RoleAnswer};

impl Client {
    /// All roles of our customer, read like [`users`](Self::users).
    pub fn roles(&self) -> impl Stream<Item = Result<Role, Error>> + Send + Unpin + use<> {
        paging::entries::<RoleAnswer, Role>(self.clone(), Deadline::EachPage, wire::list_roles)
    }

    /// All roles of our customer at once, in the time of one operation, [`Config::timeout`](crate::Config::timeout).
    pub async fn all_roles(&self) -> Result<Vec<Role>, Error> {
        let deadline = Deadline::All(self.deadline());
        paging::entries::<RoleAnswer, Role>(self.clone(), deadline, wire::list_roles).try_collect().await
    }

    /// Makes a role without cameras. Sent once; see [`Error`] for what is known when it fails. The id may be absent in
    /// the answer: then [`roles`](Self::roles) tells it.
    pub async fn create_role(&self, role: &NewRole) -> Result<Option<RoleId>, Error> {
        self.create(&wire::create_role(role)).await
    }

    /// Deletes a role for good; all who were in it lose it.
    pub async fn delete_role(&self, role: &RoleId) -> Result<Deletion, Error> {
        self.delete(&wire::delete_role(role)).await
    }

    /// Puts a user into a role; a user already in it stays in it. [`Error::Rejected`] with status 404 if our customer
    /// has no such role or user.
    pub async fn add_user_to_role(&self, role: &RoleId, user: &UserId) -> Result<(), Error> {
        self.call(self.deadline(), &wire::add_user_to_role(role, user), |_| Ok(())).await
    }

    /// Takes a user out of a role.
    pub async fn remove_user_from_role(&self, role: &RoleId, user: &UserId) -> Result<Deletion, Error> {
        self.delete(&wire::remove_user_from_role(role, user)).await
    }
}
