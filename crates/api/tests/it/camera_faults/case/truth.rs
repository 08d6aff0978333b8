//! What is true of accounts, whatever was answered, and of what was said of them.

use std::collections::BTreeSet;

use portcullis_domain::event::Event;
use portcullis_domain::ids::ThreeDEyeUserId;
use portcullis_domain::threedeye::{AccountState, MappingState, ResetSwitches};

use super::{Case, EMAIL, Holds, PASSWORD};
use crate::camera_faults::flow::{Ask, Before};
use crate::camera_faults::rules::Answered;
use crate::support::Answer;

impl Case {
    /// What holds whatever was answered.
    pub(in crate::camera_faults) async fn holds(&self) -> Holds {
        let rows = self.rows().await;
        let accounts = self.accounts();
        hold!(accounts.len() <= 1, "{} accounts", accounts.len());
        self.is_live(&rows)?;
        let held = accounts.iter().flat_map(|account| &account.role_ids).map(ToString::to_string);
        let waiting = rows.recovery.iter().flatten().map(ToString::to_string);
        let safe: BTreeSet<_> = held.chain(waiting).collect();
        for role in self.owed() {
            hold!(safe.contains(&role), "role {role} is lost");
        }
        for envelope in self.envelopes() {
            self.is_clean(&serde_json::to_string(&envelope.event).unwrap())?;
        }
        Ok(())
    }

    /// A live mapping is one to an account that is there and that its password opens, unless nobody looked yet what
    /// became of the account.
    fn is_live(&self, rows: &AccountState) -> Holds {
        let Some(mapping) = rows.mapping.as_ref().filter(|mapping| mapping.state == MappingState::Live) else {
            return Ok(());
        };
        if self.flow.before.is_without_account() && mapping.password.expose() == PASSWORD {
            return Ok(());
        }
        let opens = self.sim.state().password_matches(EMAIL, mapping.password.expose());
        hold!(opens, "a live mapping whose password opens nothing");
        let id = mapping.threedeye_user.as_ref().map(ThreeDEyeUserId::as_str);
        let there = self.accounts().first().map(|account| account.id.to_string());
        hold!(id.is_none() || id == there.as_deref(), "a live mapping to {id:?}, and {there:?} is there");
        Ok(())
    }

    /// Roles nobody was told are dropped.
    pub(super) fn owed(&self) -> BTreeSet<String> {
        let mut owed: BTreeSet<_> = self.roles.iter().map(ToString::to_string).collect();
        if !self.flow.before.has_roles() {
            owed.clear();
        }
        for event in self.events() {
            if let Event::ThreeDEyeReset(reset) = event {
                owed.retain(|role| !reset.dropped_role_ids.iter().any(|dropped| dropped.as_str() == role));
            }
        }
        owed
    }

    /// What an answer says must be so. `lied`: 3dEye said of something that is there that it is not.
    pub(in crate::camera_faults) async fn is_true(&self, answer: &Answer, answered: Answered, lied: bool) -> Holds {
        let (events, there) = (self.events(), self.sim.state().user(EMAIL));
        let last = events.last();
        match (self.flow.ask, answered) {
            (Ask::Fetch, Answered::Done) => {
                let (told, id) = (answer.body["password"].as_str().unwrap(), &answer.body["threeDeyeUserId"]);
                hold!(self.sim.state().password_matches(EMAIL, told), "the password told opens nothing");
                hold!(id.is_null() || there.is_some_and(|there| *id == there.id.to_string()), "a wrong id is told");
                hold!(matches!(last, Some(Event::ThreeDEyeProvisioned(_))), "no event of the new account: {last:?}");
            }
            (Ask::Reset(switches), Answered::Done | Answered::DoneWithError) => {
                self.is_reset(switches, answer, answered, lied).await?;
            }
            (Ask::Reset(_), _) => {
                let had = matches!(self.flow.before, Before::Mapped(_) | Before::MappedRolesWaiting);
                let rows = self.rows().await;
                hold!(!had || rows.mapping.is_some(), "{answered:?}, and the mapping was cleared");
                hold!(matches!(last, Some(Event::ThreeDEyeResetFailed(_))), "no event of the failure: {last:?}");
            }
            (Ask::Backfill, Answered::Done) => {
                hold!(answer.body["created"] == 1, "nothing was made: {}", answer.body);
                hold!(matches!(last, Some(Event::ThreeDEyeProvisioned(_))), "no event of the new account: {last:?}");
            }
            (Ask::Fetch | Ask::Backfill, _) => {}
            (Ask::Role(command), _) => self.is_true_of_role(command, answered, lied).await?,
            (Ask::Repair(finding), _) => self.is_true_of_repair(finding, answer, answered).await?,
        }
        Ok(())
    }

    async fn is_reset(&self, switches: ResetSwitches, answer: &Answer, answered: Answered, lied: bool) -> Holds {
        let (rows, events, there) = (self.rows().await, self.events(), self.sim.state().user(EMAIL));
        let (last, remote) = (events.last(), &answer.body["remote"]);
        hold!(remote["attemptedDelete"] == switches.delete_remote, "attemptedDelete is {remote}");
        if let (true, Some(old)) = (switches.delete_remote, self.old) {
            hold!(remote["deletedThreedeyeUserId"] == old.to_string(), "{remote} instead of {old}");
            let gone = there.as_ref().is_none_or(|there| there.id != old);
            hold!(gone || lied, "told to be deleted, and still there");
        }
        hold!(matches!(last, Some(Event::ThreeDEyeReset(_))), "no event of the reset: {last:?}");
        hold!(answer.body["reprovision"]["attempted"] == switches.reprovision, "attempted: {}", answer.body);
        let live = rows.mapping.as_ref().is_some_and(|mapping| mapping.state == MappingState::Live);
        if switches.reprovision && answered == Answered::Done {
            let id = &answer.body["reprovision"]["threedeyeUserId"];
            hold!(live, "no live mapping after {}", answer.body);
            hold!(id.is_null() || there.is_some_and(|there| *id == there.id.to_string()), "a wrong id is told");
        }
        if !switches.reprovision {
            hold!(!switches.clear_mapping || rows.mapping.is_none(), "the mapping was not cleared");
            hold!(!switches.clear_mapping || rows.recovery.is_none(), "the recovery row was not cleared");
            hold!(!switches.delete_remote || !live, "a live mapping to a deleted account");
        }
        Ok(())
    }

    /// The account there was is gone: some event says so, unless nobody here can know.
    pub(in crate::camera_faults) fn tells_of_deletion(&self) -> Holds {
        let Some(old) = self.old else { return Ok(()) };
        let gone = self.sim.state().users().iter().all(|account| account.id != old);
        let told = self.envelopes().iter().any(|envelope| match &envelope.event {
            Event::ThreeDEyeRemoteDeleted(deleted) => deleted.threedeye_user_id.as_str() == old.to_string(),
            Event::ThreeDEyeOrphanDeleted(deleted) => deleted.threedeye_user_id.as_str() == old.to_string(),
            _ => false,
        });
        hold!(!gone || told, "an account was deleted, and no event says so");
        Ok(())
    }
}
