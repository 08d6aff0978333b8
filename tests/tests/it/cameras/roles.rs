//! Camera roles: what is here is at 3dEye, and access to cameras goes without the account.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::Api;
use portcullis_tests::database::Kind;
use portcullis_tests::server::World;
use serde_json::{Value, json};
use threedeye_sim::{Operation, SimState, User};
use uuid::Uuid;

crate::on_each_database!(camera_roles_are_at_3deye_what_they_are_here, cameras_are_revoked_and_the_account_stays);

const ADA: &str = "0198a000-0000-7000-8000-00000000ada0";
const EMAIL: &str = "ada@example.com";

/// Ada, the service and what stands behind it.
struct Stage {
    desk: Api,
    staff: Api,
    sim: SimState,
}

impl Stage {
    async fn set(world: &mut World) -> Result<Self> {
        let (desk, staff, sim) = (world.super_api().await?, world.staff_api().await?, world.sim().state());
        let body = json!({"userId": ADA, "email": EMAIL});
        desk.post(&format!("/users/{ADA}/CreateUser"), body).await?.expect(201)?;
        Ok(Self { desk, staff, sim })
    }

    async fn command(&self, role: &str, command: &str, body: Value, status: u16) -> Result<Value> {
        let answer = self.desk.post(&format!("/camera-roles/{role}/{command}"), body).await?;
        answer.expect(status).with_context(|| format!("{command} of {role}"))
    }

    /// Makes a role; answers its id at 3dEye.
    async fn creates(&self, role: &str, name: &str) -> Result<Uuid> {
        let body = json!({"roleId": role, "name": name});
        let made = self.command(role, "CreateCameraRole", body.clone(), 201).await?;
        let told = &made["event"]["data"]["threeDeyeRoleId"];
        let there: Vec<_> = self.sim.roles().into_iter().filter(|role| role.name == name).collect();
        ensure!(there.len() == 1 && *told == there[0].id.to_string(), "{told} is told, and {there:?} is there");
        let again = self.command(role, "CreateCameraRole", body, 200).await?;
        ensure!(again["event"].is_null() && again["version"] == 1, "made twice: {again}");
        Ok(there[0].id)
    }

    async fn assigns(&self, role: &str) -> Result<Value> {
        self.command(role, "AssignUser", json!({"userId": ADA}), 200).await
    }

    async fn removes(&self, role: &str, status: u16) -> Result<Value> {
        self.command(role, "RemoveUser", json!({"userId": ADA}), status).await
    }

    async fn deletes(&self, role: &str, status: u16) -> Result<Value> {
        self.command(role, "DeleteCameraRole", json!({"deletedBy": "the desk"}), status).await
    }

    async fn details(&self, role: &str) -> Result<Value> {
        self.desk.get(&format!("/camera-roles/{role}/details")).await?.expect(200)
    }

    /// Who is in the role, as it is told: Ada, or nobody.
    async fn has_ada(&self, role: &str) -> Result<bool> {
        let details = self.details(role).await?;
        let members = details["members"].as_array().context("members")?;
        ensure!(members.iter().all(|member| member["userId"] == ADA) && members.len() <= 1, "{details}");
        Ok(!members.is_empty())
    }

    fn account(&self) -> Result<User> {
        let accounts = self.sim.users();
        ensure!(accounts.len() == 1, "{} accounts", accounts.len());
        self.sim.user(EMAIL).context("Ada's account")
    }

    /// Ada's account, if it has these roles and no others.
    fn account_with(&self, roles: &[Uuid]) -> Result<User> {
        let account = self.account()?;
        let right: BTreeSet<_> = roles.iter().copied().collect();
        ensure!(account.role_ids == right, "{:?} instead of {right:?}", account.role_ids);
        Ok(account)
    }

    /// The password told, if it opens the account.
    async fn password(&self) -> Result<String> {
        let told = self.desk.get(&format!("/users/{ADA}/3deye-credentials")).await?.expect(200)?;
        let password = told["password"].as_str().context("a password")?.to_owned();
        ensure!(self.sim.password_matches(EMAIL, &password), "the password told opens nothing");
        ensure!(told["threeDeyeUserId"] == self.account()?.id.to_string(), "another account is told: {told}");
        Ok(password)
    }

    /// Ada gets another account.
    async fn resets(&self) -> Result<()> {
        let before = self.account()?.id;
        let body = json!({"clearMapping": true, "deleteRemote": true, "reprovision": true});
        let reset = self.staff.post(&format!("/admin/threedeye/users/{ADA}/reset"), body).await?.expect(200)?;
        let after = self.account()?.id;
        ensure!(before != after, "the account is the same");
        ensure!(reset["remote"]["deletedThreedeyeUserId"] == before.to_string(), "{reset}");
        ensure!(reset["reprovision"]["threedeyeUserId"] == after.to_string(), "{reset}");
        Ok(())
    }

    async fn events(&self, role: &str) -> Result<Vec<Value>> {
        let page = self.staff.get(&format!("/admin/aggregates/camera-role/{role}/events")).await?.expect(200)?;
        Ok(page["events"].as_array().context("events")?.iter().map(|event| event["type"].clone()).collect())
    }
}

async fn camera_roles_are_at_3deye_what_they_are_here(kind: Kind) -> Result<()> {
    let mut world = World::new(kind).await?;
    let server = world.start().await?;
    let stage = Stage::set(&mut world).await?;
    let (guards, garage) = (stage.creates("guards", "Lobby guards").await?, stage.creates("garage", "Garage").await?);
    ensure!(stage.sim.users().is_empty() && !stage.has_ada("guards").await?, "somebody is in a new role");

    // The account is made on the way.
    let assigned = stage.assigns("guards").await?;
    let account = stage.account_with(&[guards])?;
    ensure!(assigned["event"]["data"]["threeDeyeUserId"] == account.id.to_string(), "{assigned}");
    ensure!(stage.has_ada("guards").await? && !stage.has_ada("garage").await?, "in the wrong roles");
    let password = stage.password().await?;
    stage.assigns("garage").await?;
    ensure!(stage.account_with(&[guards, garage])?.id == account.id, "another account was made");
    ensure!(stage.password().await? == password, "another password is told");
    let again = stage.assigns("garage").await?;
    ensure!(again["event"].is_null() && again["version"] == 2, "put in twice: {again}");
    let asked_of = stage.sim.calls(Operation::CreateUser);
    ensure!(asked_of == 1, "{asked_of} accounts were asked for");

    // A role that somebody gave at 3dEye follows like those of camera roles.
    let visitors = stage.sim.add_role("Visitors")?;
    stage.sim.add_user_to_role(visitors, account.id)?;
    stage.resets().await?;
    stage.account_with(&[guards, garage, visitors])?;
    ensure!(stage.password().await? != password, "the password is that of the old account");
    ensure!(stage.has_ada("guards").await? && stage.has_ada("garage").await?, "a reset took camera roles away");

    // What is known outlives the process.
    server.kill().await?;
    let _server = world.start().await?;
    stage.removes("garage", 200).await?;
    stage.account_with(&[guards, visitors])?;
    ensure!(!stage.has_ada("garage").await? && stage.has_ada("guards").await?, "out of the wrong role");
    stage.removes("garage", 400).await?;
    stage.resets().await?;
    stage.account_with(&[guards, visitors])?;

    stage.deletes("guards", 200).await?;
    stage.account_with(&[visitors])?;
    ensure!(stage.sim.roles().iter().all(|role| role.id != guards), "the deleted role is still there");
    ensure!(!stage.has_ada("guards").await? && stage.details("guards").await?["status"] == "Deleted", "not deleted");
    stage.deletes("guards", 404).await?;
    stage.resets().await?;
    stage.account_with(&[visitors])?;
    let body = json!({"roleId": "guards", "name": "Lobby guards"});
    stage.command("guards", "CreateCameraRole", body, 409).await?;

    let events = stage.events("guards").await?;
    ensure!(events == ["CameraRoleCreated", "CameraRoleUserAssigned", "CameraRoleDeleted"], "{events:?}");
    let events = stage.events("garage").await?;
    ensure!(events == ["CameraRoleCreated", "CameraRoleUserAssigned", "CameraRoleUserRemoved"], "{events:?}");
    Ok(())
}

async fn cameras_are_revoked_and_the_account_stays(kind: Kind) -> Result<()> {
    let mut world = World::new(kind).await?;
    let _server = world.start().await?;
    let stage = Stage::set(&mut world).await?;
    let password = stage.password().await?;
    let account = stage.account_with(&[])?;
    let guards = stage.creates("guards", "Lobby guards").await?;
    for _ in 0..2 {
        stage.assigns("guards").await?;
        ensure!(stage.account_with(&[guards])?.id == account.id, "another account was made");
        stage.removes("guards", 200).await?;
        ensure!(stage.account_with(&[])?.id == account.id, "the account is another");
        ensure!(stage.password().await? == password, "the password is another");
    }
    // Also where somebody was faster at 3dEye.
    stage.assigns("guards").await?;
    stage.sim.delete_user(account.id)?;
    stage.removes("guards", 200).await?;
    ensure!(!stage.has_ada("guards").await?, "still in the role");
    ensure!(stage.sim.calls(Operation::DeleteUser) == 0, "an account was deleted");
    Ok(())
}
