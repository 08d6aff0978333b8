//! The driving side of Portcullis: configuration, composition root, HTTP and the command line.
//!
//! # How to add
//!
//! * **an operation**: a file under `http/<style>/<resource>/<verb>.rs` with one `handler` (extract, `try_into`, use
//!   case, DTO) and its `#[utoipa::path]`, a line in the `routes` of its folder, then `docs/openapi.json` anew with
//!   `portcullis openapi`.
//! * **a setting**: a field in `config/settings.rs`, its default in `config/defaults.toml`, its rule in
//!   `config/check.rs`.
//! * **a command of the command line**: a file under `cli/` and a variant in `cli/mod.rs`. It says what it does, when to use
//!   it and gives examples, prints JSON with `Output`, and each `Failure` says what to do next; tests hold it to that.

pub mod app;
pub mod cli;
pub mod composition;
pub mod config;
pub mod http;
pub mod metrics;
pub mod use_cases;
