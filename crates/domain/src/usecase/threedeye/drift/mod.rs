//! Comparing what we know of camera accounts with what is at 3dEye, a page at a time.
//!
//! Our mappings come first: each account is asked for by its id, so what is found is so at that moment, and memory is
//! bounded however many accounts there are on either side. Then 3dEye's list, a page at a time, which shows what no
//! mapping names. Each kind of finding comes from one of the two alone, so nothing is told twice.

mod judge;

use std::num::NonZeroUsize;

pub(super) use judge::{Judge, Owned};

use super::crowd::Crowd;
use super::deadline::Deadline;
use super::diagnose::Probe;
use super::job::CameraPorts;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{GatewayError, Unavailable};
use crate::threedeye::{DriftCursor, DriftFinding, DriftRefusal, RemoteAccount, RemoteCursor};
use crate::usecase::UseCaseError;

/// What a page of a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriftPage {
    /// What is wrong, in the order it was looked at.
    pub findings: Vec<DriftFinding>,
    /// Where to go on; none when everything was compared.
    pub next: Option<DriftCursor>,
    /// Mappings looked at.
    pub mappings: u64,
    /// Accounts of 3dEye's list looked at.
    pub accounts: u64,
}

/// Why a look ends here.
pub(super) enum Stop {
    Gateway(GatewayError),
    Store(Unavailable),
}

impl From<Unavailable> for Stop {
    fn from(unavailable: Unavailable) -> Self {
        Self::Store(unavailable)
    }
}

impl From<GatewayError> for Stop {
    fn from(error: GatewayError) -> Self {
        Self::Gateway(error)
    }
}

/// What looking at one found.
type Judged = Result<Option<DriftFinding>, Stop>;

/// Compares. Reads only. What somebody is at work on at the moment is left out.
pub struct CompareThreeDEye {
    ports: CameraPorts,
    probe: Probe,
    concurrency: NonZeroUsize,
}

impl CompareThreeDEye {
    /// Wires the use case; so many accounts are asked for at once.
    pub const fn new(ports: CameraPorts, probe: Probe, concurrency: NonZeroUsize) -> Self {
        Self { ports, probe, concurrency }
    }

    /// Compares about `limit` mappings or accounts (3dEye's pages are taken whole), from a place on. A page ends early
    /// when 3dEye fails or the time for it is over, and the next goes on there, also within a page of 3dEye's. Refused
    /// only when nothing could be compared.
    pub async fn execute(
        &self,
        caller: &Caller,
        from: Option<DriftCursor>,
        limit: u32,
    ) -> Result<DriftPage, UseCaseError<DriftRefusal>> {
        allows(caller, Action::RepairCameras, Resource::Service)?;
        let mut deadline = Deadline::after(self.ports.timer.as_ref(), self.probe.patience);
        let mut page = DriftPage { next: Some(from.unwrap_or(DriftCursor::Mappings(None))), ..DriftPage::default() };
        while page.mappings + page.accounts < u64::from(limit) {
            let Some(at) = page.next.clone() else { break };
            let room = u64::from(limit) - page.mappings - page.accounts;
            let silent = || Stop::Gateway(GatewayError::Unavailable { retry_after: None });
            let stop = match deadline.within(self.go_on(at, room, &mut page)).await.unwrap_or_else(|| Err(silent())) {
                Ok(()) => continue,
                Err(stop) => stop,
            };
            return match stop {
                Stop::Store(unavailable) => Err(unavailable.into()),
                Stop::Gateway(error) if page.mappings + page.accounts == 0 => {
                    Err(UseCaseError::Refused { refusal: DriftRefusal::Gateway(error), replayed: None })
                }
                Stop::Gateway(_) => Ok(page),
            };
        }
        Ok(page)
    }

    /// One piece. Where it ends early, what was judged before counts.
    async fn go_on(&self, at: DriftCursor, room: u64, page: &mut DriftPage) -> Result<(), Stop> {
        match at {
            DriftCursor::Mappings(after) => {
                let few = u32::try_from(room.min(self.concurrency.get() as u64)).unwrap_or(u32::MAX);
                let known = self.ports.accounts.mappings(after, few).await?;
                let mut crowd = Crowd::new();
                for (place, known) in known.iter().enumerate() {
                    crowd.begin(async move { (place, Judge::new(&self.ports).mapping(known).await) });
                }
                for (known, judged) in known.iter().zip(in_order(crowd).await) {
                    page.findings.extend(judged?);
                    page.mappings += 1;
                    page.next = Some(DriftCursor::Mappings(Some(known.user)));
                }
                if known.len() < few as usize {
                    page.next = Some(DriftCursor::Accounts { from: None, judged: 0 });
                }
                Ok(())
            }
            DriftCursor::Accounts { from, judged } => self.accounts(from, judged, page).await,
        }
    }

    /// A page of the list, but for what was judged of it before.
    async fn accounts(&self, from: Option<RemoteCursor>, before: usize, page: &mut DriftPage) -> Result<(), Stop> {
        let listed = self.ports.gateway.list(from.clone()).await?;
        let rest = listed.accounts.get(before..).unwrap_or_default();
        let owners = self.ports.accounts.owners(rest).await?;
        // Most have one.
        let unowned: Vec<_> =
            rest.iter().zip(owners).enumerate().filter(|(_, (_, owner))| owner.by_id.is_none()).collect();
        let mut done = 0;
        for few in unowned.chunks(self.concurrency.get()) {
            let mut crowd = Crowd::new();
            for (place, (account, _)) in few {
                crowd.begin(async move { (*place, self.unowned(account).await) });
            }
            for ((place, _), judged) in few.iter().zip(in_order(crowd).await) {
                page.findings.extend(judged?);
                page.accounts += (place + 1 - done) as u64;
                done = place + 1;
                page.next = Some(DriftCursor::Accounts { from: from.clone(), judged: before + done });
            }
        }
        page.accounts += (rest.len() - done) as u64;
        page.next = listed.next.map(|next| DriftCursor::Accounts { from: Some(next), judged: 0 });
        Ok(())
    }

    /// The list may be older than what became of the account.
    async fn unowned(&self, account: &RemoteAccount) -> Judged {
        let Some(there) = self.ports.gateway.find(&account.id).await? else { return Ok(None) };
        Ok(match Judge::new(&self.ports).account(&there).await? {
            Owned::ByNobody(finding) => Some(finding),
            Owned::BySomebody => None,
        })
    }
}

/// What became of some that are looked at together, in the order of their places.
async fn in_order(mut crowd: Crowd<'_, (usize, Judged)>) -> Vec<Judged> {
    let mut judged = Vec::new();
    while let Some(one) = crowd.next().await {
        judged.push(one);
    }
    judged.sort_by_key(|(place, _)| *place);
    judged.into_iter().map(|(_, judged)| judged).collect()
}
