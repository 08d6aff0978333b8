//! Walking a list page by page until it provably ends.

use std::marker::PhantomData;
use std::vec;

use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::Error;
use crate::model::{Page, Role, User};
use crate::request::Request;
use crate::wire::ListAnswer;

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

/// Whose time a page is read in.
#[derive(Clone, Copy)]
pub(crate) enum Deadline {
    /// Each page has the time of an operation.
    EachPage,
    /// All pages together end then.
    All(Instant),
}

/// The entries of a list, page after page. A page is asked for when the one before it was handed out to its last entry,
/// so that whoever stops reading causes no further call.
pub(crate) fn entries<W, T>(
    client: Client,
    deadline: Deadline,
    ask: fn(u32, u32) -> Request,
) -> impl Stream<Item = Result<T, Error>> + Send + Unpin + 'static
where
    W: DeserializeOwned + Send + 'static,
    T: Listed + From<W> + Send + 'static,
{
    let walk = Walk::new(client.config().max_pages);
    let reading = Reading { client, deadline, ask, walk, page: Vec::new().into_iter(), wire: PhantomData };
    // On the heap, so that callers need not pin it.
    Box::pin(try_unfold(reading, |mut reading| async move { Ok(reading.entry().await?.map(|entry| (entry, reading))) }))
}

struct Reading<W, T> {
    client: Client,
    deadline: Deadline,
    ask: fn(u32, u32) -> Request,
    walk: Walk,
    page: vec::IntoIter<T>,
    wire: PhantomData<fn() -> W>,
}

impl<W: DeserializeOwned, T: Listed + From<W>> Reading<W, T> {
    async fn entry(&mut self) -> Result<Option<T>, Error> {
        loop {
            if let Some(entry) = self.page.next() {
                return Ok(Some(entry));
            }
            let Some(asked) = self.walk.next() else {
                return Ok(None);
            };
            let deadline = match self.deadline {
                Deadline::EachPage => self.client.deadline(),
                Deadline::All(deadline) => deadline,
            };
            let page = page::<W, T>(&self.client, deadline, &(self.ask)(asked, self.client.config().page_size)).await?;
            self.walk.advance(asked, &page)?;
            self.page = page.items.into_iter();
        }
    }
}

/// One page of a list.
pub(crate) async fn page<W: DeserializeOwned, T: From<W>>(
    client: &Client,
    deadline: Instant,
    request: &Request,
) -> Result<Page<T>, Error> {
    client.fetch::<ListAnswer<W>>(deadline, request).await.map(Page::from)
}
