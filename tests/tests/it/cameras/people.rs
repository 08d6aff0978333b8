//! People before their flow, and the flow itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use portcullis_tests::client::{Answer, Api};
use serde_json::{Value, json};
use threedeye_sim::{Fault, Misbehaviour, NewUser, Operation, Role, SimState};
use tokio::sync::{Mutex, Semaphore};
use uuid::Uuid;

use super::flow::{Flow, Subject};

/// Whom the tests ask, and what stands behind the service.
#[derive(Clone)]
pub(super) struct Ground {
    /// A super key.
    pub(super) desk: Api,
    pub(super) staff: Api,
    pub(super) sim: SimState,
    pub(super) roles: Arc<BTreeSet<Uuid>>,
    /// Accounts nobody knows of, by the number of whom they are about.
    orphans: Arc<Mutex<BTreeMap<usize, Uuid>>>,
    /// People are seen to a few at a time, so that nobody is kept waiting for as long as a call may take.
    pub(super) slots: Arc<Semaphore>,
}

/// Fewer than the calls the service makes at once.
const AT_ONCE: usize = 6;

impl Ground {
    pub(super) fn new(desk: Api, staff: Api, sim: SimState) -> Result<Self> {
        let roles = ["lobby", "garage"].into_iter().map(|name| sim.add_role(name)).collect::<Result<_, _>>()?;
        let (orphans, slots) = (Arc::default(), Arc::new(Semaphore::new(AT_ONCE)));
        Ok(Self { desk, staff, sim, roles: Arc::new(roles), orphans, slots })
    }

    /// The same, as seen from the server at this address.
    pub(super) fn at(&self, url: &str) -> Self {
        Self { desk: self.desk.at(url), staff: self.staff.at(url), ..self.clone() }
    }

    /// Makes the person and what there is before the flow.
    pub(super) async fn begins(&self, subject: Subject) -> Result<()> {
        let _slot = self.slots.acquire().await?;
        self.is_made(subject).await.with_context(|| format!("before {subject:?}"))
    }

    async fn is_made(&self, subject: Subject) -> Result<()> {
        let (id, email) = (subject.id(), subject.email());
        let body = json!({"userId": id, "email": email});
        self.desk.post(&format!("/users/{id}/CreateUser"), body).await?.expect(201)?;
        match subject.flow {
            Flow::FetchNew | Flow::CreateRole => {}
            Flow::FetchTakeOver | Flow::RepairOrphan | Flow::RepairStranger => self.has_an_orphan(subject).await?,
            Flow::Reset(_) => {
                self.fetch(subject).await?.expect(200)?;
                self.has_other_roles(subject)?;
            }
            Flow::Assign => {
                self.fetch(subject).await?.expect(200)?;
                self.has_other_roles(subject)?;
                self.commands(subject, "CreateCameraRole", None).await?.expect(201)?;
            }
            Flow::AssignNew => drop(self.commands(subject, "CreateCameraRole", None).await?.expect(201)?),
            Flow::Remove | Flow::DeleteRole => {
                self.is_in_the_role(subject).await?;
                self.has_other_roles(subject)?;
            }
            Flow::RepairMissing => {
                self.is_in_the_role(subject).await?;
                self.sim.delete_user(self.sim.user(&email).context("an account")?.id)?;
            }
            Flow::RepairRoleless => {
                // 3dEye says that it gave the role, and did not.
                let lie = Fault::before(Operation::AddUserToRole, Misbehaviour::WithoutId);
                self.sim.inject(lie.about(email).once())?;
                self.is_in_the_role(subject).await?;
                self.has_other_roles(subject)?;
            }
        }
        Ok(())
    }

    async fn has_an_orphan(&self, subject: Subject) -> Result<()> {
        let role_ids = self.roles.iter().copied().collect();
        let account = NewUser { role_ids, ..NewUser::new(subject.address(), "of somebody else") };
        self.orphans.lock().await.insert(subject.n, self.sim.add_user(account)?);
        Ok(())
    }

    pub(super) async fn orphan(&self, subject: Subject) -> Result<Uuid> {
        self.orphans.lock().await.get(&subject.n).copied().context("an orphan")
    }

    fn has_other_roles(&self, subject: Subject) -> Result<()> {
        let account = self.sim.user(&subject.email()).context("an account")?;
        Ok(self.roles.iter().try_for_each(|role| self.sim.add_user_to_role(*role, account.id))?)
    }

    async fn is_in_the_role(&self, subject: Subject) -> Result<()> {
        self.commands(subject, "CreateCameraRole", None).await?.expect(201)?;
        self.commands(subject, "AssignUser", None).await?.expect(200)?;
        Ok(())
    }

    /// The roles of the camera role's name that are there.
    pub(super) fn roles_named(&self, subject: Subject) -> Vec<Role> {
        let name = subject.role_name();
        self.sim.roles().into_iter().filter(|role| role.name == name).collect()
    }

    /// What a fault must be about to befall the call in this flow.
    pub(super) fn about(&self, subject: Subject, operation: Operation) -> Result<String> {
        if operation == Operation::DeleteRole {
            let role = self.roles_named(subject).pop();
            return Ok(role.context("a role at 3dEye")?.id.to_string());
        }
        Ok(subject.address())
    }

    pub(super) async fn fetch(&self, subject: Subject) -> Result<Answer> {
        self.desk.get(&format!("/users/{}/3deye-credentials", subject.id())).await
    }

    /// Goes through the flow.
    pub(super) async fn asks(&self, subject: Subject) -> Result<Answer> {
        self.asks_under(subject, None).await
    }

    /// The same under an `Idempotency-Key`, where the flow knows one.
    pub(super) async fn asks_under(&self, subject: Subject, key: Option<&str>) -> Result<Answer> {
        match subject.flow {
            Flow::FetchNew | Flow::FetchTakeOver => self.fetch(subject).await,
            Flow::Reset([clear, delete, new]) => {
                let body = json!({"clearMapping": clear, "deleteRemote": delete, "reprovision": new});
                let path = format!("/admin/threedeye/users/{}/reset", subject.id());
                post(&self.staff, &path, body, key).await
            }
            Flow::CreateRole => self.commands(subject, "CreateCameraRole", key).await,
            Flow::Assign | Flow::AssignNew => self.commands(subject, "AssignUser", key).await,
            Flow::Remove => self.commands(subject, "RemoveUser", key).await,
            Flow::DeleteRole => self.commands(subject, "DeleteCameraRole", key).await,
            Flow::RepairMissing => self.repairs(json!({"kind": "missing", "userId": subject.id()}), key).await,
            Flow::RepairRoleless => self.repairs(json!({"kind": "roleless", "userId": subject.id()}), key).await,
            Flow::RepairOrphan | Flow::RepairStranger => {
                let account = self.orphan(subject).await?;
                self.repairs(json!({"kind": "orphaned", "threedeyeUserId": account}), key).await
            }
        }
    }

    async fn commands(&self, subject: Subject, command: &str, key: Option<&str>) -> Result<Answer> {
        let body = match command {
            "CreateCameraRole" => json!({"roleId": subject.role(), "name": subject.role_name()}),
            "DeleteCameraRole" => json!({"deletedBy": "the desk"}),
            _ => json!({"userId": subject.id()}),
        };
        post(&self.desk, &format!("/camera-roles/{}/{command}", subject.role()), body, key).await
    }

    async fn repairs(&self, finding: Value, key: Option<&str>) -> Result<Answer> {
        let body = json!({"finding": finding, "dryRun": false, "deleteRemote": true});
        post(&self.staff, "/admin/threedeye/drift/repair", body, key).await
    }
}

async fn post(api: &Api, path: &str, body: Value, key: Option<&str>) -> Result<Answer> {
    let headers: Vec<_> = key.map(|key| ("Idempotency-Key", key)).into_iter().collect();
    api.post_with(path, body, &headers).await
}
