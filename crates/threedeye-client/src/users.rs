//! The operations on users.

use std::future::ready;

use futures_util::{Stream, TryStreamExt};

use crate::answer::Answer;
use crate::client::Client;
use crate::error::Error;
use crate::model::{Deletion, NewUser, Page, User, UserId};
use crate::paging::{self, Deadline};
use crate::wire::{self, UserAnswer};

impl Client {
    /// The user of our customer with this address, compared trimmed and in lower case. `None` does not mean the address
    /// is free: an account of another customer is out of sight and still takes it.
    pub async fn find_user_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        let wanted = normalised(email);
        let users = paging::entries::<UserAnswer, User>(self.clone(), Deadline::All(self.deadline()), wire::list_users);
        users.try_filter(|user| ready(normalised(&user.email) == wanted)).try_next().await
    }

    /// One page of the users of our customer, `page` counted from 1. 3dEye may give fewer entries than `size`. For those
    /// who go on elsewhere or later; [`users`](Self::users) walks the list and knows where it ends.
    pub async fn list_users_page(&self, page: u32, size: u32) -> Result<Page<User>, Error> {
        paging::page::<UserAnswer, User>(self, self.deadline(), &wire::list_users(page, size)).await
    }

    /// All users of our customer, read page by page as the stream is: nothing is asked for ahead of its last entry.
    ///
    /// Each page has the time of an operation of its own, [`Config::timeout`](crate::Config::timeout). The stream ends
    /// after the last user, or after an error; begin anew then. 3dEye pages by number, not by a cursor: a user deleted
    /// while the walk is under way moves the ones behind it up, and one of them may be missed.
    ///
    /// ```
    /// # use threedeye_client::{Client, Error};
    /// use futures_util::TryStreamExt;
    ///
    /// # async fn count(client: &Client) -> Result<usize, Error> {
    /// let mut users = client.users();
    /// let mut with_roles = 0;
    /// while let Some(user) = users.try_next().await? {
    ///     with_roles += usize::from(!user.roles.is_empty());
    /// }
    /// # Ok(with_roles)
    /// # }
    /// ```
    pub fn users(&self) -> impl Stream<Item = Result<User, Error>> + Send + Unpin + use<> {
        paging::entries::<UserAnswer, User>(self.clone(), Deadline::EachPage, wire::list_users)
    }

    /// The user with this id; `None` if there is none in our customer.
    pub async fn get_user(&self, id: &UserId) -> Result<Option<User>, Error> {
        let read = |answer: &Answer| {
            if answer.is_absence() { Ok(None) } else { answer.decode().map(|user: UserAnswer| Some(user.into())) }
        };
        self.call(self.deadline(), &wire::get_user(id), read).await
    }

    /// Makes an account. Sent once; see [`Error`] for what is known when it fails. The id may be absent in the answer: then
    /// [`find_user_by_email`](Self::find_user_by_email) tells it.
    pub async fn create_user(&self, user: &NewUser) -> Result<Option<UserId>, Error> {
        self.create(&wire::create_user(user)).await
    }

    /// Deletes an account for good.
    pub async fn delete_user(&self, id: &UserId) -> Result<Deletion, Error> {
        self.delete(&wire::delete_user(id)).await
    }
}

fn normalised(email: &str) -> String {
    email.trim().to_lowercase()
}
