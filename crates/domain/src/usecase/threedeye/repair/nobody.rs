//! Deleting an account that belongs to nobody here.

use super::{RepairOrder, RepairReport, RepairThreeDEye, Repaired, Stop, at, refused, remembered};
use crate::commit::{Commit, Effects, StreamWrite};
use crate::event::{Actor, Event, StreamId, Version};
use crate::port::{CommitError, Deleted, Unavailable};
use crate::threedeye::{DriftFinding, RepairRefusal, ThreeDEyeOrphanDeleteStarted, ThreeDEyeOrphanDeleted};
use crate::usecase::remember::replay;
use crate::usecase::{IfMatch, Outcome, Request, UseCaseError};

/// Lost races with other commands on the organisation before a record is given up.
const ROUNDS: u32 = 32;

/// Why a record was not written.
enum NotNoted {
    AlreadyDone(Box<crate::commit::Recalled>),
    Conflict,
    Unavailable(Unavailable),
}

impl RepairThreeDEye {
    /// There is no job to hold, as there is no person: two who delete one account at once do so once.
    pub(super) async fn of_nobody(
        &self,
        request: &Request,
        actor: Actor,
        order: &RepairOrder,
        finding: DriftFinding,
    ) -> Repaired {
        let planned = RepairReport::planned(order, &finding);
        if order.dry_run {
            return self.nothing(request, actor, planned).await;
        }
        let Some(threedeye_user_id) = finding.threedeye_user.filter(|_| order.delete_remote) else {
            return Err(refused(RepairRefusal::DeleteNotAsked));
        };
        if request.if_match != IfMatch::None {
            let version = self.keys.tenant(&self.org).await?.version;
            if !request.if_match.allows(version) {
                return Err(UseCaseError::Stale);
            }
        }
        let role_ids = finding.present;
        let started = ThreeDEyeOrphanDeleteStarted { threedeye_user_id: threedeye_user_id.clone(), role_ids };
        if let Err(failed) = self.note(request, &actor, started.into(), None).await {
            return Self::not_noted(request, failed);
        }
        let deleted = self.ports.gateway.delete(&threedeye_user_id).await.map_err(Stop::from)?;
        let mut report = RepairReport { changed: deleted == Deleted::Gone, ..planned };
        if deleted == Deleted::NotFound {
            report.reason = Some("the account is not in our customer any more".to_owned());
        }
        let event = ThreeDEyeOrphanDeleted { threedeye_user_id };
        match self.note(request, &actor, event.into(), Some(&report)).await {
            Ok(version) => Ok(Outcome { value: at(&report, version), replayed: false }),
            Err(failed) => Self::not_noted(request, failed),
        }
    }

    /// Writes an event on the organisation's stream, and the answer to remember with the last one.
    async fn note(
        &self,
        request: &Request,
        actor: &Actor,
        event: Event,
        last: Option<&RepairReport>,
    ) -> Result<Version, NotNoted> {
        let commands = &self.ports.commands;
        for _ in 0..ROUNDS {
            let expected = self.keys.tenant(&self.org).await.map_err(NotNoted::Unavailable)?.version;
            let (now, version) = (commands.clock.now(), expected.after(1));
            let record = last
                .zip(request.idempotency)
                .map(|(report, key)| remembered(request, at(report, version)).record(key, now));
            let commit = Commit {
                id: commands.commit_id(now),
                stream: Some(StreamWrite { stream: StreamId::from(&self.org), expected, org: self.org.clone() }),
                effects: Effects { events: vec![event.clone()], ..Effects::default() },
                idempotency: record.transpose().map_err(NotNoted::Unavailable)?,
                meta: request.metadata(actor.clone(), None, now),
            };
            match commands.events.commit(commit).await {
                Ok(()) => return Ok(version),
                Err(CommitError::AlreadyDone(recalled)) => return Err(NotNoted::AlreadyDone(recalled)),
                Err(CommitError::Unavailable(unavailable)) => return Err(NotNoted::Unavailable(unavailable)),
                Err(CommitError::Conflict { .. } | CommitError::Lost { .. } | CommitError::Taken { .. }) => {}
            }
        }
        Err(NotNoted::Conflict)
    }

    fn not_noted(request: &Request, failed: NotNoted) -> Repaired {
        match (failed, &request.idempotency) {
            (NotNoted::AlreadyDone(recalled), Some(key)) => replay(key, &recalled),
            (NotNoted::AlreadyDone(_) | NotNoted::Conflict, _) => Err(UseCaseError::Conflict),
            (NotNoted::Unavailable(unavailable), _) => Err(unavailable.into()),
        }
    }
}
