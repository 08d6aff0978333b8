//! Tests of the HTTP service over a store in memory and fakes, and of configuration and command line.

mod access;
mod support;
