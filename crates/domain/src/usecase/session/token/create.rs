//! Making a personal access token.

use super::own::{Drawn, TokenCommand};
use super::{TokenOrderRefusal, TokenPorts, of_rule, proved};
use crate::session::{self, AuthToken, PersonalAccessToken, TokenName};
use crate::totp::Proof;
use crate::usecase::totp::SecondFactorGate;
use crate::usecase::{Request, UseCaseError};

/// What is ordered of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOrder {
    /// What its owner calls it.
    pub name: TokenName,
    /// Shall its bearer pass where a second factor is asked for?
    pub bypass_two_factor: bool,
}

/// Makes a personal access token for whoever is signed in, after the second factor: event `PersonalAccessTokenCreated`.
/// It has no end, and stands for the person until it is removed or something ends every session.
///
/// Refused: [`TokenOrderRefusal`]. `Denied` when the session the request came with ended meanwhile.
pub struct CreatePersonalAccessToken {
    ports: TokenPorts,
    gate: SecondFactorGate,
}

impl CreatePersonalAccessToken {
    /// Wires the use case.
    pub const fn new(ports: TokenPorts, gate: SecondFactorGate) -> Self {
        Self { ports, gate }
    }

    /// Does it; answers the token, shown once.
    pub async fn execute(
        &self,
        request: &Request,
        order: &TokenOrder,
        proof: &Proof,
    ) -> Result<AuthToken, UseCaseError<TokenOrderRefusal>> {
        let operator = proved(&self.gate, request, proof).await?;
        let drawn = Drawn::new(&self.ports);
        let about = PersonalAccessToken {
            name: order.name.clone(),
            last_part: drawn.last_part.clone(),
            bypass_two_factor: order.bypass_two_factor,
        };
        let creating = TokenCommand {
            ports: &self.ports,
            operator,
            decide: |held: &session::HeldTokens, now| session::create_token(held, drawn.hash, about.clone(), now),
        };
        let made = self.ports.commands.run_telling(&creating, request, |_| drawn.shown()).await;
        Ok(made.map_err(of_rule)?.value.into())
    }
}
