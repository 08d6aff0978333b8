//! Who is signed in.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, session};

use super::gate;
use crate::app::{Ports, Settings};

/// Who is signed in.
pub struct Sessions {
    pub sign_in: session::SignIn,
    pub sign_out: session::SignOut,
    pub unlock: session::UnlockAccount,
    pub read_own: session::ReadOwn,
    pub end_others: session::EndOtherSessions,
    pub log_out_user: session::LogOutUser,
    pub create_token: session::CreatePersonalAccessToken,
    pub list_tokens: session::ListPersonalAccessTokens,
    pub regenerate_token: session::RegeneratePersonalAccessToken,
    pub remove_token: session::RemovePersonalAccessToken,
}

impl Sessions {
    pub(super) fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let users = || Arc::clone(&ports.users);
        let factors = || Arc::clone(&ports.totp);
        let sessions = || Arc::clone(&ports.sessions);
        let gate = || gate(commands, ports, settings);
        let tokens = || session::TokenPorts {
            commands: commands.clone(),
            users: users(),
            sessions: sessions(),
            hasher: Arc::clone(&ports.hasher),
        };
        let lockout = session::Lockout::new(
            Arc::clone(&ports.sign_in_failures),
            Arc::clone(&ports.hasher),
            settings.lockout,
            settings.lockout_key.clone(),
        );
        Self {
            sign_in: session::SignIn::new(
                commands.clone(),
                users(),
                Arc::clone(&ports.hasher),
                gate(),
                lockout.clone(),
                settings.session_lifetime,
            ),
            sign_out: session::SignOut::new(tokens()),
            read_own: session::ReadOwn::new(users()),
            end_others: session::EndOtherSessions::new(commands.clone(), sessions()),
            log_out_user: session::LogOutUser::new(commands.clone(), users(), factors()),
            create_token: session::CreatePersonalAccessToken::new(tokens(), gate()),
            list_tokens: session::ListPersonalAccessTokens::new(sessions()),
            regenerate_token: session::RegeneratePersonalAccessToken::new(tokens(), gate()),
            remove_token: session::RemovePersonalAccessToken::new(tokens(), gate()),
            unlock: session::UnlockAccount::new(commands.clone(), users(), factors(), lockout),
        }
    }
}
