//! A bounded number of things under way at once, within one task.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Futures that are polled together; made for the few a bound lets in.
pub(super) struct Crowd<'a, T> {
    under_way: Vec<Pin<Box<dyn Future<Output = T> + Send + 'a>>>,
}

impl<'a, T> Crowd<'a, T> {
    /// Nobody.
    pub(super) const fn new() -> Self {
        Self { under_way: Vec::new() }
    }

    /// One more begins with the next wait.
    pub(super) fn begin(&mut self, work: impl Future<Output = T> + Send + 'a) {
        self.under_way.push(Box::pin(work));
    }

    /// Waits for the next that is done; none when nothing is under way.
    pub(super) async fn next(&mut self) -> Option<T> {
        if self.under_way.is_empty() {
            return None;
        }
        let (place, done) = poll_fn(|context| {
            let polled =
                self.under_way.iter_mut().enumerate().find_map(|(place, work)| match work.as_mut().poll(context) {
                    Poll::Ready(done) => Some((place, done)),
                    Poll::Pending => None,
                });
            polled.map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        // A future that is done must not be polled again.
        drop(self.under_way.swap_remove(place));
        Some(done)
    }
}
