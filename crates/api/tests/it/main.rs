//! Tests of the HTTP service over a store in memory and fakes, and of configuration and command line.

mod access;
mod admin;
mod conditions;
mod config;
mod credentials;
mod failures;
mod malformed;
mod openapi;
mod people;
mod support;
