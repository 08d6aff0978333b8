//! Camera accounts, with the stand-in behind the service.

mod kill;
mod people;
mod races;
mod roles;
