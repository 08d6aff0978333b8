//! Walking a list page by page until it provably ends.

use crate::client::Client;
use crate::error::Error;
use crate::model::{Page, Role, User};

/// An entry that can be recognised when it comes again.
pub(crate) trait Listed {
    fn id(&self) -> &str;
}

impl Listed for User {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Listed for Role {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// Where a walk stands. A list ends when its total was seen, or at an empty page.
pub(crate) struct Walk {
    next: Option<u32>,
    max_pages: u32,
    seen: u64,
    first_of_last_page: Option<String>,
}

impl Walk {
    pub(crate) fn new(max_pages: u32) -> Self {
        Self { next: Some(1), max_pages, seen: 0, first_of_last_page: None }
    }

    /// The page to ask for, counted from 1; `None` after the last one.
    pub(crate) fn next(&self) -> Option<u32> {
        self.next
    }

    /// Takes note of the page asked for. A page that comes twice means that 3dEye does not page the way we think, and
    /// counting on would call people absent who are merely out of sight.
    pub(crate) fn advance<T: Listed>(&mut self, asked: u32, page: &Page<T>) -> Result<(), Error> {
        self.next = None;
        let Some(first) = page.items.first() else {
            return Ok(());
        };
        if self.first_of_last_page.as_deref() == Some(first.id()) {
            return Err(Error::EndlessList { page: asked });
        }
        self.first_of_last_page = Some(first.id().to_owned());
        self.seen = self.seen.saturating_add(page.items.len() as u64);
        if page.total.is_some_and(|total| self.seen >= total) {
            return Ok(());
        }
        if asked >= self.max_pages {
            return Err(Error::EndlessList { page: asked });
        }
        self.next = Some(asked + 1);
        Ok(())
    }
}

/// All users of our customer, one page at a time; from [`Client::users`].
///
/// 3dEye pages by number, not by a cursor: a user deleted while the walk is under way moves the ones behind it up, and
/// one of them may be missed.
pub struct UserPages<'c> {
    client: &'c Client,
    walk: Walk,
}

impl<'c> UserPages<'c> {
    pub(crate) fn new(client: &'c Client) -> Self {
        Self { client, walk: Walk::new(client.config().max_pages) }
    }

    /// The next page, which is never empty; `None` after the last one. Each page has a deadline of its own. After an
    /// error of the network the same page may be asked for again.
    pub async fn next_page(&mut self) -> Result<Option<Vec<User>>, Error> {
        let Some(asked) = self.walk.next() else {
            return Ok(None);
        };
        let page = self.client.list_users_page(asked, self.client.config().page_size).await?;
        self.walk.advance(asked, &page)?;
        Ok(Some(page.items).filter(|items| !items.is_empty()))
    }

    /// The rest of the list at once.
    pub async fn collect(mut self) -> Result<Vec<User>, Error> {
        let mut users = Vec::new();
        while let Some(page) = self.next_page().await? {
            users.extend(page);
        }
        Ok(users)
    }
}
