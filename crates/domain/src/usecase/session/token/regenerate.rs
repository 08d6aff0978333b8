//! Replacing a personal access token.

use super::own::{Drawn, TokenCommand};
use super::{TokenOrderRefusal, TokenPorts, of_rule, proved};
use crate::session::{self, AuthToken, TokenName};
use crate::totp::Proof;
use crate::usecase::totp::SecondFactorGate;
use crate::usecase::{Request, UseCaseError};

/// Puts a new token in place of one of whoever is signed in, after the second factor: event
/// `PersonalAccessTokenRegenerated`. The old token is void; what it could, the new one can.
///
/// Refused: [`TokenOrderRefusal`]. `Denied` when the session the request came with ended meanwhile.
pub struct RegeneratePersonalAccessToken {
    ports: TokenPorts,
    gate: SecondFactorGate,
}

impl RegeneratePersonalAccessToken {
    /// Wires the use case.
    pub const fn new(ports: TokenPorts, gate: SecondFactorGate) -> Self {
        Self { ports, gate }
    }

    /// Does it; answers the new token, shown once.
    pub async fn execute(
        &self,
        request: &Request,
        name: &TokenName,
        proof: &Proof,
    ) -> Result<AuthToken, UseCaseError<TokenOrderRefusal>> {
        let operator = proved(&self.gate, request, proof).await?;
        let drawn = Drawn::new(&self.ports);
        let replacing = TokenCommand {
            ports: &self.ports,
            operator,
            decide: |held: &session::HeldTokens, now| {
                session::regenerate_token(held, name, drawn.hash, &drawn.last_part, now)
            },
        };
        let made = self.ports.commands.run_telling(&replacing, request, |_| drawn.shown()).await;
        Ok(made.map_err(of_rule)?.value.into())
    }
}
