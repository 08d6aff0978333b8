//! One flow with faults in it: the service over the real client and the stand-in over real HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::event::Event;
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::port::ThreeDEyeAccounts;
use portcullis_domain::secret::Secret;
use portcullis_domain::threedeye::{AccountState, Mapping, MappingState};
use portcullis_domain::user::{Profile, Voucher};
use portcullis_testkit::build::{NOON, a_commit, a_person, a_user_id, email};
use serde_json::{Value, json};
use threedeye_sim::{NewUser, Operation, RunningSim, Sim, SimConfig};
use uuid::Uuid;

use super::fault::{Effect, Kind};
use super::flow::{Ask, Before, Flow};
use super::rules::Answered;
use super::wire::Wire;
use crate::support::{ADMIN_KEY, Answer, TestApp};

pub(super) const EMAIL: &str = "carol@example.com";
const PASSWORD: &str = "Old-password-of-the-account-7";

pub(super) type Holds = Result<(), String>;

macro_rules! hold {
    ($condition:expr, $($told:tt)+) => {
        if !$condition {
            return Err(format!($($told)+));
        }
    };
}

/// A call with a fault.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faulted {
    pub(super) operation: Operation,
    /// Among the calls of the operation.
    pub(super) nth: u32,
    /// Among all calls of the gateway.
    pub(super) call: usize,
    pub(super) kind: Kind,
}

pub(super) struct Case {
    flow: Flow,
    sim: RunningSim,
    test: TestApp,
    wire: Arc<Wire>,
    user: UserId,
    roles: BTreeSet<Uuid>,
    /// The account there was.
    old: Option<Uuid>,
}

impl Case {
    pub(super) async fn new(flow: Flow, loses_roles: bool) -> Self {
        let sim = Sim::start(SimConfig::default()).await.unwrap();
        let wire = Wire::new(&sim, loses_roles);
        let gateway = wire.clone();
        let test = TestApp::on(|ports, _| ports.gateway = gateway);
        let roles = ["lobby", "garage"].map(|name| sim.state().add_role(name).unwrap());
        let user = a_user_id();
        let mut case = Self { flow, sim, test, wire, user, roles: roles.into(), old: None };
        case.begins().await;
        case
    }

    async fn begins(&mut self) {
        let store = self.test.store.clone();
        a_person().id(self.user).named("Carol", "Shaw").email(EMAIL).put(store.as_ref()).await;
        if !self.flow.vouched {
            let user = Profile { email: Some(email(EMAIL)), ..Profile::empty(self.user) };
            let profile = Profile { email_voucher: Voucher::Nobody, ..user };
            a_commit().private(PrivateChange::Profile(profile)).put(store.as_ref()).await;
        }
        let (held, waiting, state) = match self.flow.before {
            Before::Nothing => return,
            Before::Account => (true, false, None),
            Before::Mapped(state) => (true, false, Some(state)),
            Before::RolesWaiting => (false, true, None),
            Before::MappedRolesWaiting => (false, true, Some(MappingState::Live)),
        };
        if held || state.is_some() {
            let role_ids = if held { self.roles.iter().copied().collect() } else { vec![] };
            // As somebody typed it in there.
            let account = NewUser { role_ids, ..NewUser::new("Carol@Example.com", PASSWORD) };
            self.old = Some(self.sim.state().add_user(account).unwrap());
        }
        if let Some(state) = state {
            let known = self.old.filter(|_| state != MappingState::Creating);
            let mapping = Mapping {
                user: self.user,
                threedeye_user: known.map(|id| ThreeDEyeUserId::parse(id.to_string()).unwrap()),
                email: email(EMAIL),
                password: Secret::new(PASSWORD.to_owned()),
                state,
                created_at: NOON,
            };
            a_commit().private(PrivateChange::ThreeDEye(mapping)).put(store.as_ref()).await;
        }
        if waiting {
            let roles = self.roles.iter().map(|id| ThreeDEyeRoleId::parse(id.to_string()).unwrap()).collect();
            a_commit().private(PrivateChange::Recovery { user: self.user, roles }).put(store.as_ref()).await;
        }
    }

    /// The calls the flow made so far, in order.
    pub(super) fn calls(&self) -> Vec<Operation> {
        self.sim.state().log().iter().map(|call| call.operation).collect()
    }

    pub(super) async fn asks(&self) -> Answer {
        match self.flow.ask {
            Ask::Fetch => self.fetches().await,
            Ask::Backfill => self.orders("/admin/backfill-threedeye?limit=1", &json!({})).await,
            Ask::Reset(switches) => {
                let body = json!({"clearMapping": switches.clear_mapping, "deleteRemote": switches.delete_remote,
                    "reprovision": switches.reprovision});
                self.orders(&format!("/admin/threedeye/users/{}/reset", self.user), &body).await
            }
        }
    }

    async fn orders(&self, path: &str, body: &Value) -> Answer {
        let staff = self.test.staff();
        self.test.post(path, &[("x-admin-api-key", ADMIN_KEY), ("authorization", &staff)], body).await
    }

    /// The token's address is another than the person's, so that it stands for nothing.
    pub(super) async fn fetches(&self) -> Answer {
        let token = self.test.bearer(self.user);
        let path = format!("/users/{}/3deye-credentials", self.user);
        self.test.get(&path, &[("authorization", &token)]).await
    }

    /// The flow with a fault in it.
    pub(super) async fn asks_with(&self, fault: Faulted) -> Answer {
        self.wire.rewind();
        match fault.kind.inject(fault.operation, fault.nth) {
            Some(injected) => self.sim.state().inject(injected).unwrap(),
            None => self.wire.is_refused_from(fault.call),
        }
        if fault.kind.is_slow() {
            self.wire.is_quick_at(fault.call);
        }
        self.asks().await
    }

    /// The fault is lifted, what was late has happened, and the lease of whoever died is over.
    pub(super) async fn is_lifted(&self, kind: Kind) {
        self.wire.rewind();
        let state = self.sim.state();
        state.clear_faults();
        if kind == Kind::Refused {
            state.refuse(false).await.unwrap();
        }
        if kind.effect() == Effect::Late {
            state.until(|state| state.log().iter().all(|call| call.ended)).await;
        }
        if kind == Kind::Status429RetryAfter {
            tokio::time::sleep(Duration::from_millis(1100)).await;
        }
        self.test.clock.advance(Duration::from_mins(1));
    }

    async fn rows(&self) -> AccountState {
        ThreeDEyeAccounts::find(self.test.store.as_ref(), self.user).await.unwrap()
    }

    fn events(&self) -> Vec<Event> {
        let own = self.user.to_string();
        let envelopes = self.test.store.envelopes().into_iter();
        envelopes.filter(|envelope| envelope.aggregate_id == own).map(|envelope| envelope.event).collect()
    }

    /// What an answer counts as, if it has the right shape and tells no secret.
    pub(super) fn reads(&self, answer: &Answer) -> Result<Answered, String> {
        let body = &answer.body;
        let status = answer.status.as_u16();
        if status == 200 {
            return match self.flow.ask {
                Ask::Fetch => {
                    has_keys(body, &["email", "password", "threeDeyeUserId", "userId"]).map(|()| Answered::Done)
                }
                Ask::Backfill => {
                    has_keys(body, &["created", "errors", "failed", "success", "total"])?;
                    self.is_clean(&body["errors"].to_string())?;
                    let all_well = body["failed"] == 0 && body["success"] == true;
                    hold!(all_well == body["errors"].as_array().is_some_and(Vec::is_empty), "why? {body}");
                    Ok(if all_well { Answered::Done } else { Answered::DoneWithError })
                }
                Ask::Reset(_) => {
                    let keys = ["clearedMapping", "clearedRecovery", "email", "remote", "reprovision", "userId"];
                    has_keys(body, &keys)?;
                    has_keys(&body["remote"], &["attemptedDelete", "deletedThreedeyeUserId", "notVisible"])?;
                    has_keys(&body["reprovision"], &["attempted", "error", "threedeyeUserId"])?;
                    self.is_clean(&body["reprovision"]["error"].to_string())?;
                    let error = !body["reprovision"]["error"].is_null();
                    Ok(if error { Answered::DoneWithError } else { Answered::Done })
                }
            };
        }
        let admin = self.flow.ask != Ask::Fetch;
        let mut keys = vec!["code", "error", "message", "requestId"];
        keys.extend(admin.then_some("success"));
        has_keys(body, &keys)?;
        self.is_clean(&body.to_string())?;
        match status {
            409 => Ok(Answered::Conflict),
            502 => Ok(Answered::BadGateway),
            503 => Ok(Answered::NotCalled),
            other => Err(format!("status {other}: {body}")),
        }
    }

    /// No secret and no address.
    fn is_clean(&self, text: &str) -> Holds {
        let known = self.sim.credentials();
        let text = text.to_lowercase();
        for secret in [EMAIL, PASSWORD, known.password.as_str(), known.api_key.as_str(), known.username.as_str()] {
            hold!(!text.contains(&secret.to_lowercase()), "told to everybody: {text}");
        }
        Ok(())
    }

    /// What holds whatever was answered.
    pub(super) async fn holds(&self) -> Holds {
        let rows = self.rows().await;
        let accounts: Vec<_> =
            self.sim.state().users().into_iter().filter(|user| user.email.to_lowercase() == EMAIL).collect();
        hold!(accounts.len() <= 1, "{} accounts", accounts.len());
        if let Some(mapping) = rows.mapping.as_ref().filter(|mapping| mapping.state == MappingState::Live) {
            let opens = self.sim.state().password_matches(EMAIL, mapping.password.expose());
            hold!(opens, "a live mapping whose password opens nothing");
            let id = mapping.threedeye_user.as_ref().map(ThreeDEyeUserId::as_str);
            let there = accounts.first().map(|account| account.id.to_string());
            hold!(id.is_none() || id == there.as_deref(), "a live mapping to {id:?}, and {there:?} is there");
        }
        let held = accounts.iter().flat_map(|account| &account.role_ids).map(ToString::to_string);
        let waiting = rows.recovery.iter().flatten().map(ToString::to_string);
        let safe: BTreeSet<_> = held.chain(waiting).collect();
        for role in self.owed() {
            hold!(safe.contains(&role), "role {role} is lost");
        }
        for event in self.events().iter().skip(1) {
            self.is_clean(&serde_json::to_string(event).unwrap())?;
        }
        Ok(())
    }

    /// Roles nobody was told are dropped.
    fn owed(&self) -> BTreeSet<String> {
        let mut owed: BTreeSet<_> = self.roles.iter().map(ToString::to_string).collect();
        if !self.flow.has_roles() {
            owed.clear();
        }
        for event in self.events() {
            if let Event::ThreeDEyeReset(reset) = event {
                owed.retain(|role| !reset.dropped_role_ids.iter().any(|dropped| dropped.as_str() == role));
            }
        }
        owed
    }

    /// What an answer says must be so.
    pub(super) async fn is_true(&self, answer: &Answer, answered: Answered, lied_about_delete: bool) -> Holds {
        let (rows, events) = (self.rows().await, self.events());
        let last = events.last();
        let there = self.sim.state().user(EMAIL);
        match (self.flow.ask, answered) {
            (Ask::Fetch, Answered::Done) => {
                let (told, id) = (answer.body["password"].as_str().unwrap(), &answer.body["threeDeyeUserId"]);
                hold!(self.sim.state().password_matches(EMAIL, told), "the password told opens nothing");
                hold!(id.is_null() || there.is_some_and(|there| *id == there.id.to_string()), "a wrong id is told");
                hold!(matches!(last, Some(Event::ThreeDEyeProvisioned(_))), "no event of the new account: {last:?}");
            }
            (Ask::Reset(switches), Answered::Done | Answered::DoneWithError) => {
                let remote = &answer.body["remote"];
                hold!(remote["attemptedDelete"] == switches.delete_remote, "attemptedDelete is {remote}");
                if let (true, Some(old)) = (switches.delete_remote, self.old) {
                    hold!(remote["deletedThreedeyeUserId"] == old.to_string(), "{remote} instead of {old}");
                    let gone = there.as_ref().is_none_or(|there| there.id != old);
                    hold!(gone || lied_about_delete, "told to be deleted, and still there");
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
            }
            (Ask::Reset(_), _) => {
                let had = matches!(self.flow.before, Before::Mapped(_) | Before::MappedRolesWaiting);
                hold!(!had || rows.mapping.is_some(), "{answered:?}, and the mapping was cleared");
                hold!(matches!(last, Some(Event::ThreeDEyeResetFailed(_))), "no event of the failure: {last:?}");
            }
            (Ask::Backfill, Answered::Done) => {
                hold!(answer.body["created"] == 1, "nothing was made: {}", answer.body);
                hold!(matches!(last, Some(Event::ThreeDEyeProvisioned(_))), "no event of the new account: {last:?}");
            }
            (Ask::Fetch | Ask::Backfill, _) => {}
        }
        Ok(())
    }

    /// After one repeat in quiet: one account, its password told, all roles, nothing waiting.
    pub(super) async fn reaches_goal(&self) -> Holds {
        let repeat = self.asks().await;
        let answered = self.reads(&repeat)?;
        hold!(answered == Answered::Done, "the repeat got {} {}", repeat.status, repeat.body);
        self.holds().await?;
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

    /// The account there was is gone: some event says so, unless nobody here can know.
    pub(super) fn tells_of_deletion(&self) -> Holds {
        let Some(old) = self.old else { return Ok(()) };
        let gone = self.sim.state().users().iter().all(|account| account.id != old);
        let told = self.events().iter().any(|event| match event {
            Event::ThreeDEyeRemoteDeleted(deleted) => deleted.threedeye_user_id.as_str() == old.to_string(),
            _ => false,
        });
        hold!(!gone || told, "an account was deleted, and no event says so");
        Ok(())
    }
}

fn has_keys(body: &Value, keys: &[&str]) -> Holds {
    let Some(object) = body.as_object() else { return Err(format!("no object: {body}")) };
    let mut found: Vec<_> = object.keys().map(String::as_str).collect();
    found.sort_unstable();
    hold!(found == keys, "the keys are {found:?}");
    Ok(())
}
