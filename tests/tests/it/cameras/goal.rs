//! What must be true in the end.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::Answer;
use serde_json::Value;
use threedeye_sim::User;

use super::flow::{Flow, Stream, Subject};
use super::people::Ground;

impl Ground {
    /// One repeat, and then: one account, whose password is told, with all roles nobody was told are dropped; nothing
    /// waits; the camera role and who is in it are as ordered, here and there.
    pub(super) async fn reaches_goal(&self, subject: Subject) -> Result<()> {
        let _slot = self.slots.acquire().await?;
        let repeat = self.asks(subject).await.with_context(|| format!("{subject:?}: the repeat"))?;
        self.is_at_goal(subject, repeat).await.with_context(|| format!("{subject:?}"))
    }

    /// What was on record when the answer was lost stays so: the same request is told the same and does nothing.
    pub(super) async fn is_remembered(&self, subject: Subject) -> Result<()> {
        let _slot = self.slots.acquire().await?;
        let is_kept = async {
            let before = self.results(subject).await?;
            ensure!(before == 1, "{before} results are on record");
            let repeat = self.asks_under(subject, Some(&subject.key())).await?;
            let is_fetch = matches!(subject.flow, Flow::FetchNew | Flow::FetchTakeOver);
            let replayed = repeat.headers.get("idempotent-replayed").is_some_and(|replayed| replayed == "true");
            ensure!(is_fetch || replayed, "done again: {} {}", repeat.status, repeat.body);
            self.is_at_goal(subject, repeat).await?;
            let after = self.results(subject).await?;
            ensure!(after == 1, "{after} results are on record after the repeat");
            Ok(())
        };
        is_kept.await.with_context(|| format!("{subject:?}, whose answer was lost"))
    }

    async fn is_at_goal(&self, subject: Subject, repeat: Answer) -> Result<()> {
        let right: &[u16] = match subject.flow {
            Flow::CreateRole => &[200, 201],
            // What was done before is told as such.
            Flow::Remove => &[200, 400],
            Flow::DeleteRole => &[200, 404],
            _ => &[200],
        };
        ensure!(right.contains(&repeat.status.as_u16()), "the repeat got {} {}", repeat.status, repeat.body);
        let error = &repeat.body["reprovision"]["error"];
        ensure!(error.is_null(), "the repeat tells {error}");
        if subject.flow == Flow::RepairStranger {
            ensure!(self.sim.user(&subject.address()).is_none(), "the account is still there");
            return Ok(());
        }
        let account = self.has_a_sound_account(subject).await?;
        let owed = self.owed(subject).await?;
        let held: BTreeSet<_> = account.role_ids.iter().map(ToString::to_string).collect();
        ensure!(owed.is_subset(&held), "{owed:?} were to be there, and {held:?} are");
        self.has_the_role_as_ordered(subject, &account).await
    }

    async fn has_a_sound_account(&self, subject: Subject) -> Result<User> {
        let told = self.fetch(subject).await?.expect(200)?;
        let password = told["password"].as_str().context("a password")?;
        ensure!(self.sim.password_matches(&subject.email(), password), "the password told opens nothing");
        let account = self.sim.user(&subject.email()).context("an account")?;
        let id = &told["threeDeyeUserId"];
        ensure!(id.is_null() || *id == account.id.to_string(), "{id} is told of {}", account.id);
        let again = self.fetch(subject).await?.expect(200)?;
        ensure!(again["password"] == told["password"], "another password is told");
        Ok(account)
    }

    async fn has_the_role_as_ordered(&self, subject: Subject, account: &User) -> Result<()> {
        let there = self.roles_named(subject);
        let is_deleted = subject.flow == Flow::DeleteRole;
        let is_one_of_role = is_deleted || subject.flow == Flow::CreateRole || subject.flow == Flow::Remove;
        if !is_one_of_role && !subject.flow.has_role() {
            return Ok(());
        }
        let details = self.desk.get(&format!("/camera-roles/{}/details", subject.role())).await?.expect(200)?;
        let status = if is_deleted { "Deleted" } else { "Active" };
        ensure!(details["status"] == status, "not {status}: {details}");
        ensure!(there.len() == usize::from(!is_deleted), "{there:?} is there of {details}");
        if let Some(role) = there.first() {
            ensure!(details["threeDeyeRoleId"] == role.id.to_string(), "{role:?} is there of {details}");
        }
        let members = details["members"].as_array().context("members")?.len();
        ensure!(members == usize::from(subject.flow.has_role()), "not in the role as ordered: {details}");
        let has_it = there.iter().any(|role| account.role_ids.contains(&role.id));
        ensure!(has_it == subject.flow.has_role(), "the account has the role: {has_it}");
        Ok(())
    }

    /// Roles of the account that no camera role is behind, and that nobody was told are dropped.
    async fn owed(&self, subject: Subject) -> Result<BTreeSet<String>> {
        if !subject.flow.has_other_roles() {
            return Ok(BTreeSet::new());
        }
        let mut owed: BTreeSet<_> = self.roles.iter().map(ToString::to_string).collect();
        for event in self.events("user", &subject.id()).await? {
            let dropped = event["event"]["droppedRoleIds"].as_array();
            dropped.into_iter().flatten().filter_map(Value::as_str).for_each(|role| {
                owed.remove(role);
            });
        }
        Ok(owed)
    }

    /// How often it is on record that the flow came to its end.
    pub(super) async fn results(&self, subject: Subject) -> Result<usize> {
        let (stream, name) = subject.flow.result();
        let events = match stream {
            Stream::Person => self.events("user", &subject.id()).await?,
            Stream::Role => self.events("camera-role", &subject.role()).await?,
            Stream::Organisation => {
                let deleted = self.events("tenant", "default").await?;
                let account = self.orphan(subject).await?.to_string();
                deleted.into_iter().filter(|event| event["event"]["threedeyeUserId"] == account).collect()
            }
        };
        Ok(events.iter().filter(|event| event["type"] == name).count())
    }

    /// None where nothing is on record yet.
    async fn events(&self, kind: &str, id: &str) -> Result<Vec<Value>> {
        let page = self.staff.get(&format!("/admin/aggregates/{kind}/{id}/events?limit=500")).await?;
        if page.status == 404 {
            return Ok(Vec::new());
        }
        Ok(page.expect(200)?["events"].as_array().context("events")?.clone())
    }
}
