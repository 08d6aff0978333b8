//! What is true of what was said of camera roles and repairs.

use portcullis_domain::camera_role::CameraRole;
use portcullis_domain::event::Event;
use portcullis_domain::threedeye::MappingState;

use super::{Case, EMAIL, Holds};
use crate::camera_faults::flow::{Finding, RoleCommand};
use crate::camera_faults::rules::Answered;
use crate::support::Answer;

impl Case {
    /// Done is done here and there; anything else is written nowhere here.
    pub(super) async fn is_true_of_role(&self, command: RoleCommand, answered: Answered, lied: bool) -> Holds {
        let done = answered == Answered::Done;
        let situation = self.situation().await;
        let is_member = situation.member.is_some();
        let active = situation.role.as_ref().is_some_and(CameraRole::is_active);
        match command {
            RoleCommand::Create => hold!(active == done, "{answered:?}, and the camera role is {:?}", situation.role),
            RoleCommand::Assign => hold!(is_member == done, "{answered:?}, and in the camera role: {is_member}"),
            RoleCommand::Remove => hold!(is_member != done, "{answered:?}, and in the camera role: {is_member}"),
            RoleCommand::Delete => hold!(active != done, "{answered:?}, and the camera role is {:?}", situation.role),
        }
        if done { self.is_there_as_here(lied).await } else { Ok(()) }
    }

    /// The camera role, and who is in it, are there what they are here.
    pub(super) async fn is_there_as_here(&self, lied: bool) -> Holds {
        let situation = self.situation().await;
        let there = self.guards_there();
        let Some(role) = situation.role.filter(CameraRole::is_active) else {
            hold!(lied || there.is_empty(), "the camera role is no more, and {there:?} is there");
            return Ok(());
        };
        let ids: Vec<_> = there.iter().map(ToString::to_string).collect();
        hold!(ids == [role.threedeye_role.to_string()], "{ids:?} there, and {} here", role.threedeye_role);
        let is_member = situation.member.is_some();
        hold!(lied || self.has_guards() == is_member, "in the camera role: {is_member}, and not so there");
        Ok(())
    }

    /// Has the person's account the role?
    fn has_guards(&self) -> bool {
        let there = self.guards_there();
        self.accounts().iter().any(|account| account.role_ids.iter().any(|role| there.contains(role)))
    }

    pub(super) async fn is_true_of_repair(&self, finding: Finding, answer: &Answer, answered: Answered) -> Holds {
        let events: Vec<_> = self.envelopes().into_iter().map(|envelope| envelope.event).collect();
        let last = events.last();
        match (finding, answered) {
            (Finding::OrphanOfNobody, Answered::Done) => {
                let there = self.sim.state().users();
                hold!(there.is_empty(), "told to be deleted, and still there: {there:?}");
                hold!(matches!(last, Some(Event::ThreeDEyeOrphanDeleted(_))), "no event of the deletion: {last:?}");
            }
            (_, Answered::Done) => {
                let well = matches!(last, Some(Event::ThreeDEyeRepaired(repaired)) if repaired.error.is_none());
                hold!(well, "no event of the repair: {last:?}");
                let rows = self.rows().await;
                let live = rows.mapping.is_some_and(|mapping| mapping.state == MappingState::Live);
                hold!(live && rows.recovery.is_none(), "told to be right, and the rows are not");
                let (id, there) = (&answer.body["threedeyeUserId"], self.sim.state().user(EMAIL));
                hold!(id.is_null() || there.is_some_and(|there| *id == there.id.to_string()), "a wrong id is told");
                hold!(self.has_guards() == self.situation().await.member.is_some(), "the role was not given back");
            }
            (Finding::OrphanOfNobody, _) | (_, Answered::Unchanged) => {}
            _ => {
                let begun = events.iter().any(|event| matches!(event, Event::ThreeDEyeRepairStarted(_)));
                let failed = matches!(last, Some(Event::ThreeDEyeRepaired(repaired)) if repaired.error.is_some());
                hold!(!begun || failed, "no event of the failure: {last:?}");
            }
        }
        Ok(())
    }
}
