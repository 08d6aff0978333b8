//! Bodies that are a trial for whoever reads them. None of them is held in memory.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio_util::sync::CancellationToken;

const HEAD: &[u8] = br#"{"filler":""#;
const TAIL: &[u8] = br#""}"#;
const FILLING: &[u8] = &[b'x'; 16 * 1024];

/// A JSON object of any length: one text that says nothing.
pub(crate) struct Filler {
    head: Bytes,
    filling: u64,
    tail: Bytes,
}

impl Filler {
    /// Bytes of the smallest one.
    pub(crate) const LEAST: u64 = 13;
    /// Bytes of the largest one.
    pub(crate) const MOST: u64 = 1 << 30;

    pub(crate) fn new(bytes: u64) -> Self {
        let filling = bytes.saturating_sub(Self::LEAST);
        Self { head: Bytes::from_static(HEAD), filling, tail: Bytes::from_static(TAIL) }
    }
}

impl HttpBody for Filler {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let head = std::mem::take(&mut self.head);
        if !head.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        let length = usize::try_from(self.filling).map_or(FILLING.len(), |left| left.min(FILLING.len()));
        if length > 0 {
            self.filling -= length as u64;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&FILLING[..length])))));
        }
        let tail = std::mem::take(&mut self.tail);
        Poll::Ready((!tail.is_empty()).then(|| Ok(Frame::data(tail))))
    }
}

/// A body that comes byte by byte, or what is left of it at once when the stand-in shuts down.
pub(crate) struct Drip {
    rest: Bytes,
    pause: Duration,
    closing: CancellationToken,
    waiting: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Drip {
    pub(crate) fn new(body: Bytes, pause: Duration, closing: CancellationToken) -> Self {
        Self { rest: body, pause, closing, waiting: None }
    }
}

impl HttpBody for Drip {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let (pause, closing) = (self.pause, self.closing.clone());
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(rest_or_end(pause, closing)));
        ready!(waiting.as_mut().poll(context));
        self.waiting = None;
        let length = if self.closing.is_cancelled() { self.rest.len() } else { 1 };
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

/// Ends early when the stand-in shuts down.
pub(crate) async fn rest_or_end(pause: Duration, closing: CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = closing.cancelled() => {}
    }
}
