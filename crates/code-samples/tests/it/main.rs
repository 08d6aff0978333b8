//! What is made of documents.

mod calls;
mod literals;
mod printed;
mod support;
