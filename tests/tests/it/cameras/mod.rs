//! Camera accounts, with the stand-in behind the service.

mod flow;
mod goal;
mod kill;
mod people;
mod races;
mod roles;
