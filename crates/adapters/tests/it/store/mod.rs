//! What the store does beyond the contract of its ports.

mod batching;
mod connecting;
mod copy;
mod factors;
mod keys;
mod migration;
mod observing;
mod plans;
mod recovery;
mod reseal;
mod secrets;
mod together;
mod upkeep;

/// A test for each case on each database.
macro_rules! on_each_database {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(&crate::harness::Sea::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(&crate::harness::Sea::postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_each_database;
