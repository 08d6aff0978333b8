//! The built binary, from outside, on each database.

mod camera_desk;
mod cameras;
mod clients;
mod command_line;
mod concurrency;
mod copy;
mod document;
mod expiry;
mod faults;
mod issuer;
mod kill;
mod mail;
mod metrics;
mod operations;
mod pages;
mod reference;
mod request_ids;
mod samples;
mod sealing;

/// Expands to one test a database.
macro_rules! on_each_database {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> anyhow::Result<()> {
                super::$name(portcullis_tests::database::Kind::Sqlite).await
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> anyhow::Result<()> {
                super::$name(portcullis_tests::database::Kind::Postgres).await
            })+
        }
    };
}
pub(crate) use on_each_database;
