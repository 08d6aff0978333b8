//! A time several calls have together.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use crate::port::Timer;

/// The end of the time some calls have in all, counted from the first that has to wait.
pub(super) struct Deadline<'a> {
    end: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
    over: bool,
}

impl<'a> Deadline<'a> {
    /// Begins a time of this length.
    pub(super) fn after(timer: &'a dyn Timer, patience: Duration) -> Self {
        Self { end: timer.sleep(patience), over: false }
    }

    /// What a call answers; none when the time is over first, and then the call is given up.
    pub(super) async fn within<T: Send>(&mut self, call: impl Future<Output = T> + Send) -> Option<T> {
        if self.over {
            return None;
        }
        let mut call = pin!(call);
        poll_fn(|context| {
            if let Poll::Ready(answer) = call.as_mut().poll(context) {
                return Poll::Ready(Some(answer));
            }
            self.over = self.end.as_mut().poll(context).is_ready();
            if self.over { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }
}
