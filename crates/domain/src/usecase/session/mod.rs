//! Signing in and out, who one is, and tokens that stand for a person.

mod end_others;
mod log_out_user;
mod me;
mod sign_in;
mod sign_out;
mod token;

pub use end_others::EndOtherSessions;
pub use log_out_user::LogOutUser;
pub use me::{Own, ReadOwn};
pub use sign_in::{NewSession, SignIn, SignInOrder};
pub use sign_out::SignOut;
pub use token::{
    CreatePersonalAccessToken, ListPersonalAccessTokens, RegeneratePersonalAccessToken, RemovePersonalAccessToken,
    TokenOrder, TokenOrderRefusal, TokenPorts,
};
