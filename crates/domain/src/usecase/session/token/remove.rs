//! Removing a personal access token.

use super::own::TokenCommand;
use super::{TokenOrderRefusal, TokenPorts, of_rule, proved};
use crate::session::{self, TokenName};
use crate::totp::Proof;
use crate::usecase::totp::SecondFactorGate;
use crate::usecase::{Request, UseCaseError};

/// Ends a token of whoever is signed in, after the second factor: event `PersonalAccessTokenRemoved`.
///
/// Refused: [`TokenOrderRefusal`]. `Denied` when the session the request came with ended meanwhile.
pub struct RemovePersonalAccessToken {
    ports: TokenPorts,
    gate: SecondFactorGate,
}

impl RemovePersonalAccessToken {
    /// Wires the use case.
    pub const fn new(ports: TokenPorts, gate: SecondFactorGate) -> Self {
        Self { ports, gate }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        name: &TokenName,
        proof: &Proof,
    ) -> Result<(), UseCaseError<TokenOrderRefusal>> {
        let operator = proved(&self.gate, request, proof).await?;
        let removing = TokenCommand {
            ports: &self.ports,
            operator,
            decide: |held: &session::HeldTokens, _| session::remove_token(held, name),
        };
        self.ports.commands.run(&removing, request).await.map_err(of_rule)?;
        Ok(())
    }
}
