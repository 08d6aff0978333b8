//! Many at once, on as many servers as the database allows.

mod checker;
