//! Tests of the HTTP service over a store in memory and fakes, and of configuration and command line.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod access;
mod admin;
mod command_line;
mod conditions;
mod config;
mod contact;
mod credentials;
mod failures;
mod jwks_endpoint;
mod jwks_faults;
mod jwks_file;
mod jwks_keys;
mod jwks_tokens;
mod locks;
mod look_up;
mod malformed;
mod matrix;
mod openapi;
mod organisations;
mod people;
mod rocketchat_email_factor;
mod rocketchat_login;
mod rocketchat_malformed;
mod rocketchat_methods;
mod rocketchat_remembered;
mod rocketchat_reset;
mod rocketchat_second_factor;
mod rocketchat_session;
mod rocketchat_update;
mod rocketchat_users;
mod server;
mod support;
mod suspension;
