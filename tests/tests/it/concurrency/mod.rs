//! Many at once, on as many servers as the database allows.

mod checker;
mod clients;
mod counts;
mod endings;
mod explained;
mod grants;
mod history;
mod orders;
mod resets;
mod store;
