//! Signing in and out, and who one is.

mod me;
mod sign_in;
mod sign_out;

pub use me::ReadOwn;
pub use sign_in::{NewSession, SignIn, SignInOrder};
pub use sign_out::SignOut;
