//! Adapters of Portcullis: what the domain's ports are on a real machine.
//!
//! * [`store`]: all store-side ports on SQLite or Postgres, as one [`SeaStore`](store::SeaStore).
//! * [`seal`]: how secrets lie in the database.
//! * [`hasher`], [`totp`]: passwords, backup codes and one-time codes.
//! * [`threedeye`]: 3dEye over HTTP.
//! * [`mail`][]: notices to people.
//! * [`waking`]: word to the relay that a message was queued.
//! * [`clock`], [`entropy`]: time, waiting and randomness of the machine.
//!
//! # How to add
//!
//! * **a migration**: a file with the next number under `store/migration/` and a line in the list of its `mod.rs`. One
//!   file serves both engines; the words that differ are explained there. What was released is never changed. Copies to
//!   another database take every table and column along by themselves.
//! * **a view**: its table in a migration and in `store/write/tables.rs` (there also in `VIEWS`, so that a rebuild and a
//!   dump take it along), an arm in `store/write/views.rs`. What changes it is said in the domain's projection.
//! * **a private or work row**: its table as above, an arm in `store/write/private.rs` or `work.rs`. A secret gets a
//!   [`Place`](seal::Place) of its own and is sealed there.
//! * **a read**: a constant of SQL and the function that reads its rows in `store/read/`, and a line in the list of
//!   statements in its `mod.rs`: a test has both engines explain every one.

pub mod clock;
pub mod entropy;
pub mod hasher;
pub mod mail;
pub mod seal;
pub mod store;
pub mod threedeye;
pub mod totp;
pub mod waking;
