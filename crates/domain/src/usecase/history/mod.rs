//! What happened, and to what.

mod aggregate;
mod registry;
mod stream;

pub use aggregate::{AggregateState, ReadAggregate, WholeAggregate};
pub use registry::{ListAggregates, RegistryPage, RegistryQuery};
pub use stream::{HistoryPage, HistoryQuery, ReadStream};
