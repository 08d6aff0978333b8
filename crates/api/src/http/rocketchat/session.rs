//! Who calls on this wire: the pair `X-User-Id` and `X-Auth-Token`, and nothing else.
//!
//! Tokens, keys and the rules about headers of the other wire style do not apply here, nor do sessions there.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use portcullis_domain::ids::{RequestId, UserId};
use portcullis_domain::policy::{Caller, OperatorCaller};
use portcullis_domain::port::Unavailable;
use portcullis_domain::session::{AuthToken, SignedIn, TokenHash};
use portcullis_domain::usecase::Request;
use portcullis_domain::user::UserStatus;

use super::allowance::Allowance;
use super::failure::Failure;
use crate::app::App;
use crate::http::client::Client;
use crate::http::rate_limit::TooMany;

/// A request of somebody who is signed in, counted by the rate limit.
#[derive(Debug)]
pub(crate) struct Session {
    /// The person.
    pub(crate) user: UserId,
    /// The request, with the session as its one credential.
    pub(crate) request: Request,
    /// The token as it was sent.
    pub(crate) sent: AuthToken,
}

/// The same, not counted yet: for routes that look at the body before.
#[derive(Debug)]
pub(crate) struct Uncounted {
    session: Session,
    allowance: Option<Allowance>,
}

impl Uncounted {
    /// Counts the request.
    pub(crate) fn count(self, app: &App) -> Result<Session, TooMany> {
        let Self { session, allowance } = self;
        allowance.map_or(Ok(()), |allowance| allowance.count(app, &session.request.caller))?;
        Ok(session)
    }
}

impl FromRequestParts<App> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Uncounted::from_request_parts(parts, app).await?.count(app).map_err(Failure::too_many)
    }
}

impl FromRequestParts<App> for Uncounted {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let mut request = plain(parts, app).await;
        let text = |name| one(&parts.headers, name).and_then(|value| value.to_str().ok());
        let (Some(user), Some(token)) = (text("x-user-id"), text("x-auth-token")) else {
            return Err(Failure::unauthenticated());
        };
        let sent = AuthToken::received(token);
        let found = find(app, &sent).await;
        let signed_in = found.map_err(|unavailable| Failure::unavailable(&unavailable))?;
        let may_act = |signed_in: &SignedIn| {
            UserId::parse(user).is_ok_and(|user| user == signed_in.user) && signed_in.status == UserStatus::Active
        };
        let signed_in = signed_in.filter(may_act).ok_or_else(Failure::unauthenticated)?;
        let SignedIn { user, token, roles, permissions, kind, remembered, epoch, .. } = signed_in;
        let bypass_two_factor = kind.personal().is_some_and(|token| token.bypass_two_factor);
        let operator =
            OperatorCaller { id: user, session: token, roles, permissions, bypass_two_factor, remembered, epoch };
        request.caller.operator = Some(operator);
        Ok(Self { session: Session { user, request, sent }, allowance: Allowance::of(parts) })
    }
}

/// A request of somebody who is not, or who does not have to be, counted by the rate limit.
#[derive(Debug)]
pub(crate) struct Anonymous(pub(crate) Request);

impl FromRequestParts<App> for Anonymous {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let request = plain(parts, app).await;
        Allowance::of(parts)
            .map_or(Ok(()), |allowance| allowance.count(app, &request.caller))
            .map_err(Failure::too_many)?;
        Ok(Self(request))
    }
}

/// A request without credentials.
async fn plain(parts: &mut Parts, app: &App) -> Request {
    let Ok(Client(client)) = Client::from_request_parts(parts, app).await;
    let id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| app.request_id("req"));
    Request { client: Some(client), ..Request::plain(Caller::default(), id) }
}

/// The session of a token, whatever the state of its person.
pub(crate) async fn find(app: &App, token: &AuthToken) -> Result<Option<SignedIn>, Unavailable> {
    let hash = TokenHash::new(app.ports.hasher.digest(token.expose().as_bytes()));
    app.ports.sessions.find(&hash).await
}

/// A header sent once. Sent twice it counts as absent: which one is meant must not depend on who reads.
pub(super) fn one<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}
