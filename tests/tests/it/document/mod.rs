//! The OpenAPI document, held against checkers others have published and against a running server.

mod checkers;
mod fuzz;
