//! Those at work: the use cases, each in a process of its own, and what must be true of what they tell.

use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::camera_role::{CameraRoleRefusal, DeleteCameraRole as Delete};
use portcullis_domain::ids::CameraRoleId;
use portcullis_domain::threedeye::{CredentialsRefusal, DriftFinding, DriftKind, DriftRefusal, RepairRefusal};
use portcullis_domain::threedeye::{ResetRefusal, ResetSwitches};
use portcullis_domain::usecase::camera_role::{
    AssignCameraRole, CameraRoleOrder, CreateCameraRole, DeleteCameraRole, UnassignCameraRole,
};
use portcullis_domain::usecase::threedeye::{
    CameraCredentials, CameraPorts, CompareThreeDEye, Probe, ReadCredentials, RepairOrder, RepairReport, RepairTarget,
    RepairThreeDEye, ResetReport, ResetThreeDEye,
};
use portcullis_domain::usecase::{Done, Outcome, UseCaseError};
use portcullis_testkit::build::{email, free, org};

use super::cast::Who;
use super::desk::Desk;
use super::line::{Line, Patience};
use super::machine::{Assigning, Holds, Machine};
use super::process::{Process, Sender};
use crate::usecase::world::{person, request, staff};

type Answer<T, R> = Result<T, UseCaseError<R>>;

/// How it ended.
pub(super) enum Ended {
    Fetched(Answer<CameraCredentials, CredentialsRefusal>),
    Reset(Answer<Outcome<ResetReport>, ResetRefusal>),
    Role(Answer<Outcome<Done>, CameraRoleRefusal>),
    Compared(Answer<Vec<DriftFinding>, DriftRefusal>),
    Repaired(Answer<Outcome<RepairReport>, RepairRefusal>),
}

/// What somebody is at.
#[derive(Debug, Clone)]
pub(super) enum Doing {
    Fetch(Who),
    Reset,
    CreateRole,
    Assign,
    Remove(Who, CameraRoleId),
    DeleteRole(usize, CameraRoleId),
    Compare,
    Repair,
}

/// Somebody at work.
pub(super) struct Task {
    pub(super) since: u64,
    doing: Doing,
    pub(super) work: Pin<Box<dyn Future<Output = Ended>>>,
}

impl Task {
    /// What it is, for people.
    pub(super) const fn name(&self) -> &'static str {
        match self.doing {
            Doing::Fetch(_) => "fetch",
            Doing::Reset => "reset",
            Doing::CreateRole => "create role",
            Doing::Assign => "assign user",
            Doing::Remove(..) => "remove user",
            Doing::DeleteRole(..) => "delete role",
            Doing::Compare => "compare",
            Doing::Repair => "repair",
        }
    }
}

impl Machine {
    fn ports(&self, sender: Sender) -> CameraPorts {
        let process = Process::new(sender);
        let desk = Arc::new(Desk {
            store: self.world.store.clone(),
            there: self.there.clone(),
            fates: self.writes.clone(),
            process: process.clone(),
            people: self.people.clone(),
        });
        let line = Arc::new(Line::new(self.there.clone(), process));
        (self.plant)(CameraPorts { gateway: line, timer: Arc::new(Patience), ..self.world.camera_on(desk) })
    }

    /// Somebody goes to work with ports of their own.
    fn begin<W>(&self, doing: Doing, sender: Sender, work: impl FnOnce(CameraPorts) -> W) -> Task
    where
        W: Future<Output = Ended> + 'static,
    {
        let since = self.there.tick();
        let work = Box::pin(work(self.ports(sender)));
        Task { since, doing, work }
    }

    pub(super) fn fetches(&self, who: Who, token: bool) -> Task {
        let user = self.people[who];
        let address = self.there.ledger(|ledger| ledger.people[who].address.clone());
        let entitled = Some(address).filter(|_| token);
        let mut caller = person(user);
        caller.user.as_mut().unwrap().verified_email = entitled.as_deref().map(email);
        let sender = Sender { entitled, ..Sender::default() };
        self.begin(Doing::Fetch(who), sender, move |ports| async move {
            Ended::Fetched(ReadCredentials::new(ports).execute(&request(caller), user).await)
        })
    }

    pub(super) fn resets(&self, who: Who, switches: ResetSwitches) -> Task {
        let user = self.people[who];
        let sender = Sender { ordered: switches.delete_remote, ..Sender::default() };
        self.begin(Doing::Reset, sender, move |ports| async move {
            Ended::Reset(ResetThreeDEye::new(ports).execute(&request(staff()), user, switches).await)
        })
    }

    pub(super) fn creates_role(&mut self, slot: usize) -> Task {
        self.slots[slot].1 = true;
        let role = self.camera_role(slot);
        let name = free(role.as_str());
        let order = CameraRoleOrder { role, org: None, name, description: None };
        self.begin(Doing::CreateRole, Sender::default(), move |ports| async move {
            Ended::Role(CreateCameraRole::new(ports, org("default")).execute(&request(staff()), order).await)
        })
    }

    pub(super) fn assigns(&mut self, who: Who, slot: usize) -> Task {
        let (user, role) = (self.people[who], self.camera_role(slot));
        if let Some(remote) = self.remote_role(&role) {
            self.there.ledger(|ledger| ledger.people[who].is_in_again(&remote));
        }
        let asked = role.clone();
        let task = self.begin(Doing::Assign, Sender::default(), move |ports| async move {
            Ended::Role(AssignCameraRole::new(ports).execute(&request(staff()), asked, user).await)
        });
        self.assigning.push(Assigning { task: task.since, who, role, until: None });
        task
    }

    pub(super) fn removes(&self, who: Who, slot: usize) -> Task {
        let (user, role) = (self.people[who], self.camera_role(slot));
        self.begin(Doing::Remove(who, role.clone()), Sender::default(), move |ports| async move {
            Ended::Role(UnassignCameraRole::new(ports).execute(&request(staff()), role, user).await)
        })
    }

    pub(super) fn deletes_role(&self, slot: usize) -> Task {
        let role = self.camera_role(slot);
        let command = Delete { role: role.clone(), deleted_by: free("the desk") };
        self.begin(Doing::DeleteRole(slot, role), Sender::default(), move |ports| async move {
            Ended::Role(DeleteCameraRole::new(ports).execute(&request(staff()), command).await)
        })
    }

    pub(super) fn compares(&self) -> Task {
        self.begin(Doing::Compare, Sender::default(), |ports| async move { Ended::Compared(findings(ports).await) })
    }

    /// Repairs one of the findings there are.
    pub(super) fn repairs(&self, nth: usize, delete_remote: bool) -> Task {
        let repairing = self.world.store.clone();
        self.begin(Doing::Repair, Sender::default(), move |ports| async move {
            let found = match findings(ports.clone()).await {
                Ok(found) if !found.is_empty() => found,
                other => return Ended::Compared(other),
            };
            let finding = &found[nth % found.len()];
            let target = match (finding.kind, finding.user, finding.threedeye_user.clone()) {
                (DriftKind::Orphaned, _, Some(id)) => RepairTarget::Orphan(id),
                (kind, Some(user), _) => RepairTarget::OfPerson { kind, user },
                other => panic!("nothing to repair: {other:?}"),
            };
            let order = RepairOrder { target, dry_run: false, delete_remote };
            let repair = RepairThreeDEye::new(ports, repairing, org("default"));
            Ended::Repaired(repair.execute(&request(staff()), order).await)
        })
    }

    /// What somebody is told must be true.
    pub(super) fn told(&mut self, task: &Task, ended: &Ended) -> Holds {
        if let (Doing::Fetch(who), Ended::Fetched(Ok(told))) = (&task.doing, ended) {
            let opened = self.there.ledger(|ledger| ledger.opened(*who, told.password.expose(), task.since));
            if !opened {
                return Err("a fetch tells a password that opens nothing of the person's".to_owned());
            }
        }
        match (&task.doing, ended) {
            (Doing::Remove(who, role), Ended::Role(Ok(_))) => self.is_out(*who, role, task.since),
            (Doing::DeleteRole(slot, role), Ended::Role(Ok(_))) => {
                if self.remote_role(role).is_some_and(|remote| self.there.knows(&remote)) {
                    return Err(format!("{role} is deleted, and still at 3dEye"));
                }
                if self.camera_role(*slot) == *role {
                    self.slots[*slot] = (self.slots[*slot].0 + 1, false);
                }
            }
            _ => {}
        }
        let how = match ended {
            Ended::Fetched(answer) => outcome(answer)?,
            Ended::Reset(Ok(done)) if done.value.reprovision.error.is_some() => {
                "done but for the new account".to_owned()
            }
            Ended::Reset(answer) => outcome(answer)?,
            Ended::Role(answer) => outcome(answer)?,
            Ended::Compared(Ok(found)) if found.is_empty() => "nothing found".to_owned(),
            Ended::Compared(answer) => outcome(answer)?,
            Ended::Repaired(Ok(done)) if !done.value.changed => "nothing to do any more".to_owned(),
            Ended::Repaired(answer) => outcome(answer)?,
        };
        self.count(format!("{}: {how}", task.name()));
        Ok(())
    }

    /// Somebody who began then is told that the person is out of the role. That says nothing where somebody else put
    /// the person into it meanwhile.
    fn is_out(&self, who: Who, role: &CameraRoleId, since: u64) {
        let meanwhile =
            |one: &Assigning| one.who == who && one.role == *role && one.until.is_none_or(|until| until >= since);
        let Some(remote) = self.remote_role(role) else { return };
        if self.assigning.iter().any(meanwhile) {
            return;
        }
        let account = self.there.ledger(|ledger| ledger.account_of(who).map(|life| life.id.clone()));
        let has = account.and_then(|id| self.there.account(&id)).is_some_and(|there| there.roles.contains(&remote));
        self.there.ledger(|ledger| ledger.removed(who, &remote, has, since));
    }
}

/// Everything that is found wrong.
async fn findings(ports: CameraPorts) -> Answer<Vec<DriftFinding>, DriftRefusal> {
    let probe = Probe { customer: None, patience: Duration::from_secs(10) };
    let comparing = CompareThreeDEye::new(ports, probe, NonZeroUsize::new(2).unwrap());
    let (mut found, mut next) = (vec![], None);
    loop {
        let page = comparing.execute(&staff(), next, 100).await?;
        found.extend(page.findings);
        next = page.next;
        if next.is_none() {
            return Ok(found);
        }
    }
}

/// In a word; nobody may be denied, and no condition or key was given.
fn outcome<T, R: std::error::Error>(answer: &Answer<T, R>) -> Result<String, String> {
    Ok(match answer {
        Ok(_) => "done".to_owned(),
        Err(UseCaseError::Refused { refusal, .. }) => {
            let text = format!("{refusal:?}");
            text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
        }
        Err(UseCaseError::Unavailable(_)) => "the database was away".to_owned(),
        Err(UseCaseError::NotFound { .. }) => "not found".to_owned(),
        Err(UseCaseError::Conflict) => "conflict".to_owned(),
        Err(other) => return Err(format!("somebody was told {other}")),
    })
}
