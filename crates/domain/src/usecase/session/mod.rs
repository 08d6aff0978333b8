//! Signing in and out, and who one is.

mod lockout;
mod me;
mod sign_in;
mod sign_out;
mod unlock;

pub use lockout::Lockout;
pub use me::{Own, ReadOwn};
pub use sign_in::{NewSession, SignIn, SignInOrder};
pub use sign_out::SignOut;
pub use unlock::UnlockAccount;
