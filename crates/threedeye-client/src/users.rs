//! The operations on users.

use tokio::time::Instant;

use crate::client::Client;
use crate::error::Error;
use crate::model::{Deletion, NewUser, Page, User, UserId};
use crate::paging::{UserPages, Walk};
use crate::wire::{self, ListAnswer, UserAnswer};

impl Client {
    /// The user of our customer with this address, compared trimmed and in lower case. `None` does not mean the address
    /// is free: an account of another customer is out of sight and still takes it.
    pub async fn find_user_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        let wanted = normalised(email);
        let deadline = self.deadline();
        let mut walk = Walk::new(self.config().max_pages);
        while let Some(asked) = walk.next() {
            let page = self.users_page(deadline, asked, self.config().page_size).await?;
            walk.advance(asked, &page)?;
            if let Some(user) = page.items.into_iter().find(|user| normalised(&user.email) == wanted) {
                return Ok(Some(user));
            }
        }
        Ok(None)
    }

    /// One page of the users of our customer, `page` counted from 1. 3dEye may give fewer entries than `size`.
    pub async fn list_users_page(&self, page: u32, size: u32) -> Result<Page<User>, Error> {
        self.users_page(self.deadline(), page, size).await
    }

    /// All users of our customer, page by page.
    pub fn users(&self) -> UserPages<'_> {
        UserPages::new(self)
    }

    /// The user with this id; `None` if there is none in our customer.
    pub async fn get_user(&self, id: &UserId) -> Result<Option<User>, Error> {
        match self.fetch::<UserAnswer>(self.deadline(), &wire::get_user(id)).await {
            Ok(user) => Ok(Some(user.into())),
            Err(Error::Rejected { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes an account. Sent once; see [`Error`] for what is known when it fails. The id may be absent in the answer: then
    /// [`find_user_by_email`](Self::find_user_by_email) tells it.
    pub async fn create_user(&self, user: &NewUser) -> Result<Option<UserId>, Error> {
        self.create(&wire::create_user(user)).await.map_err(|error| match error {
            Error::Rejected { status: 409, .. } => Error::EmailTaken,
            other => other,
        })
    }

    /// Deletes an account for good.
    pub async fn delete_user(&self, id: &UserId) -> Result<Deletion, Error> {
        self.delete(&wire::delete_user(id)).await
    }

    async fn users_page(&self, deadline: Instant, page: u32, size: u32) -> Result<Page<User>, Error> {
        let list: ListAnswer<UserAnswer> = self.fetch(deadline, &wire::list_users(page, size)).await?;
        Ok(list.into())
    }
}

fn normalised(email: &str) -> String {
    email.trim().to_lowercase()
}
