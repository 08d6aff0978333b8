//! Whoever is signed in must still be when what they asked for is written.

use super::Request;
use crate::commit::{Effects, Guard, GuardKey};
use crate::event::{Actor, ActorKind};
use crate::policy::Denied;
use crate::port::CommitError;

/// The operator behind an act, if it was one who allowed it, by the credential epoch the session was looked up with.
///
/// Whatever ends a session or takes a role away raises that epoch. A commit that compares it was therefore asked for by
/// a session that stood, with the roles it was allowed by, until the commit: however long a slow hash took in between.
pub(super) struct StillSignedIn(Option<Guard>);

impl StillSignedIn {
    /// Of the credential that allowed it; nothing is compared for any other than an operator.
    pub(super) fn of(request: &Request, actor: &Actor) -> Self {
        let operator = request.caller.operator.as_ref().filter(|operator| {
            // Others are told by their subject or key: an equal text is not an equal credential.
            actor.kind == ActorKind::Operator && actor.id == operator.id.to_string()
        });
        Self(operator.map(|operator| Guard::still(GuardKey::CredentialEpoch(operator.id), operator.epoch)))
    }

    /// Makes effects depend on it. Denied when they rely on another epoch, one read after the look-up: it has moved.
    pub(super) fn guard(&self, effects: &mut Effects) -> Result<(), Denied> {
        let Some(still) = self.0 else { return Ok(()) };
        let mut own = effects.guards.iter().filter(|guard| guard.key == still.key).peekable();
        if own.peek().is_none() {
            effects.guards.push(still);
            return Ok(());
        }
        if own.all(|guard| guard.expected == still.expected) { Ok(()) } else { Err(Denied) }
    }

    /// Is this what a commit was lost for? Trying again does not help then.
    pub(super) fn is_lost(&self, error: &CommitError) -> bool {
        matches!((&self.0, error), (Some(still), CommitError::Lost { what }) if still.key == *what)
    }
}
