//! What happened.

mod stream;

pub use stream::{HistoryPage, HistoryQuery, ReadStream};
