//! Where one repeat in quiet leads.

use std::collections::BTreeSet;

use portcullis_domain::threedeye::MappingState;

use super::{Case, EMAIL, Holds};
use crate::camera_faults::flow::{Ask, Finding, RoleCommand};
use crate::camera_faults::rules::Answered;

impl Case {
    /// After one repeat: one account, its password told, all roles, nothing waiting; the camera role, and who is in it,
    /// as ordered.
    pub(in crate::camera_faults) async fn reaches_goal(&self, lied: bool) -> Holds {
        let repeat = self.asks().await;
        let answered = self.reads(&repeat)?;
        let right: &[_] = match self.flow.ask {
            // What was done already is told as such.
            Ask::Role(RoleCommand::Remove | RoleCommand::Delete) => &[Answered::Done, Answered::DoneBefore],
            Ask::Repair(_) => &[Answered::Done, Answered::Unchanged],
            _ => &[Answered::Done],
        };
        hold!(right.contains(&answered), "the repeat got {} {}", repeat.status, repeat.body);
        self.holds().await?;
        match self.flow.ask {
            Ask::Repair(Finding::OrphanOfNobody) => {
                let there = self.sim.state().users();
                hold!(there.is_empty(), "the account is still there: {there:?}");
                return Ok(());
            }
            Ask::Role(command) => self.is_as_ordered(command, lied).await?,
            _ => {}
        }
        self.has_a_sound_account().await?;
        if self.guards.is_some() { self.is_there_as_here(lied).await } else { Ok(()) }
    }

    async fn is_as_ordered(&self, command: RoleCommand, lied: bool) -> Holds {
        let situation = self.situation().await;
        let (active, is_member) = (situation.role.is_some_and(|role| role.is_active()), situation.member.is_some());
        match command {
            RoleCommand::Create => hold!(active, "there is no camera role"),
            RoleCommand::Assign => hold!(is_member, "the person is not in the camera role"),
            RoleCommand::Remove => hold!(!is_member, "the person is still in the camera role"),
            RoleCommand::Delete => hold!(!active, "the camera role is still there"),
        }
        self.is_there_as_here(lied).await
    }

    async fn has_a_sound_account(&self) -> Holds {
        let owed = self.owed();
        let told = self.fetches().await;
        hold!(told.status == 200, "after the repeat, a fetch got {} {}", told.status, told.body);
        let password = told.body["password"].as_str().unwrap();
        hold!(self.sim.state().password_matches(EMAIL, password), "the password told opens nothing");
        let rows = self.rows().await;
        hold!(rows.recovery.is_none(), "a recovery row is left");
        let live = rows.mapping.is_some_and(|mapping| mapping.state == MappingState::Live);
        hold!(live, "no live mapping at the end");
        let held = self.sim.state().user(EMAIL).map(|account| account.role_ids).unwrap_or_default();
        let held: BTreeSet<_> = held.iter().map(ToString::to_string).collect();
        hold!(owed.is_subset(&held), "{owed:?} were to be there, and {held:?} are");
        self.holds().await
    }
}
