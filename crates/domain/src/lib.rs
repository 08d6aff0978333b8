//! The rules of Portcullis: who may take a lock away, reset a camera account or clear a second factor, what that does,
//! and what is written down about it. No I/O and no framework; everything outside is reached through a [`port`].
//!
//! # The way of a command
//!
//! A [`usecase`] authorises the [`Caller`](policy::Caller), loads current state through a port, asks a pure `decide`
//! function of an area for [`Event`](event::Event)s, and hands one [`Commit`](commit::Commit) to the
//! [`EventStore`](port::EventStore). The store makes one transaction of it, deriving view rows with
//! [`project`](projection::project). On a version conflict the use case loads and decides again.
//!
//! # How to add
//!
//! * **an event**: a payload struct in the area's `event.rs`, a variant of [`Event`](event::Event) with its wire name,
//!   an arm in the area's `project.rs` and `apply`; a golden test of its JSON.
//! * **a command**: a `decide` function in its area, one file under `usecase/<area>/`, a `policy::Action` when no
//!   existing one fits.
//! * **a port**: one file under `port/` with the full contract in its doc comment, `#[cfg_attr(feature = "mocks",
//!   mockall::automock)]`, a line in `mocks`, a fake and a contract suite in the testkit.
#![warn(missing_docs)]

pub mod access;
pub mod camera_role;
pub mod clock;
pub mod commit;
pub mod entropy;
pub mod event;
pub mod ids;
pub mod lock;
#[cfg(feature = "mocks")]
pub mod mocks;
pub mod org;
pub mod permission;
pub mod policy;
pub mod port;
pub mod projection;
pub mod secret;
pub mod session;
pub mod text;
pub mod threedeye;
pub mod totp;
pub mod usecase;
pub mod user;
