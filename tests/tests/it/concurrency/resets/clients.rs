//! Who is after the account.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use portcullis_tests::client::{Api, sha256, totp};
use portcullis_tests::dice::Dice;
use portcullis_tests::server::{ADMIN_PASSWORD, World};
use serde_json::json;
use tokio::time::sleep;

use super::ground::{By, Ground, NAME};

/// How long a run may take.
const AT_MOST: Duration = Duration::from_mins(2);
/// How long to wait for others who sign in: while a code is needed, hardly anybody does.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long to wait for an owner, whose enrolment takes a dozen slow hashes.
const LONG_PATIENCE: Duration = Duration::from_secs(15);
/// How often an owner is waited for, in a hundred times: rarely not, so that owners come to an end at times.
const POLITE: usize = 85;

/// Waits until so many more tokens were given out, and mostly until no owner is at work. All this takes its time, on a
/// busy machine more than on others, and endings that came faster would leave nothing to end.
async fn after_more(ground: &Ground, dice: &mut Dice, at_most: usize) {
    let enough = ground.tokens() + 1 + dice.below(at_most);
    wait(PATIENCE, || ground.tokens() >= enough).await;
    wait_for_owners(ground, dice).await;
}

async fn wait_for_owners(ground: &Ground, dice: &mut Dice) {
    if dice.percent(POLITE) {
        wait(LONG_PATIENCE, || ground.notes().owners_at_work == 0).await;
    }
}

async fn wait(at_most: Duration, until: impl Fn() -> bool) {
    let waiting = Instant::now();
    while !until() && waiting.elapsed() < at_most {
        sleep(Duration::from_millis(5)).await;
    }
}

/// Signs in, makes personal access tokens and uses tokens: the own, and any that others were given.
pub(super) struct Visitor {
    ground: Arc<Ground>,
    dice: Dice,
}

impl Visitor {
    pub(super) fn new(ground: &Arc<Ground>, dice: Dice) -> Self {
        Self { ground: Arc::clone(ground), dice }
    }

    /// Until enough happened.
    pub(super) async fn run(mut self) -> Result<()> {
        let began = Instant::now();
        while !self.ground.is_enough() && began.elapsed() < AT_MOST {
            if let Some((token, api)) = self.ground.sign_in(&mut self.dice, None).await? {
                if self.dice.percent(30) {
                    self.ground.make_token(token, &self.ground.anywhere(&api, &mut self.dice)).await?;
                }
                for _ in 0..=self.dice.below(3) {
                    self.ground.show(token, &api, &mut self.dice).await?;
                }
            }
            for _ in 0..self.dice.below(4) {
                let Some((token, api)) = self.ground.any_token(&mut self.dice) else { break };
                self.ground.show(token, &api, &mut self.dice).await?;
            }
        }
        Ok(())
    }
}

/// Whose account it is: enrols, signs in with backup codes, resets.
pub(super) struct Owner {
    ground: Arc<Ground>,
    dice: Dice,
}

impl Owner {
    pub(super) fn new(ground: &Arc<Ground>, dice: Dice) -> Self {
        Self { ground: Arc::clone(ground), dice }
    }

    pub(super) async fn run(mut self, busy: Arc<AtomicBool>) -> Result<()> {
        while busy.load(Ordering::SeqCst) {
            wait_for_owners(&self.ground, &mut self.dice).await;
            self.ground.notes().owners_at_work += 1;
            let done = self.once().await;
            self.ground.notes().owners_at_work -= 1;
            done?;
        }
        Ok(())
    }

    async fn once(&mut self) -> Result<()> {
        let Self { ground, dice } = self;
        let Some((token, api)) = ground.sign_in(dice, None).await? else { return Ok(()) };
        let Some(secret) = ground.enable(token, &ground.anywhere(&api, dice)).await? else { return Ok(()) };
        if dice.percent(50) {
            if dice.percent(70) {
                ground.reset_own(token, &ground.anywhere(&api, dice), &ground.digest()).await?;
                ground.show(token, &api, dice).await?;
            }
            return Ok(());
        }
        let confirmed = ground.confirm(token, &ground.anywhere(&api, dice), totp(&secret, 0)?).await?;
        let Some(codes) = confirmed else { return Ok(()) };
        ground.show(token, &api, dice).await?;
        let second = ground.sign_in(dice, codes.first().map(String::as_str)).await?;
        if dice.percent(70) {
            let (token, api) = second.unwrap_or((token, api));
            if let Some(code) = codes.get(1) {
                ground.reset_own(token, &ground.anywhere(&api, dice), code).await?;
                ground.show(token, &api, dice).await?;
            }
        }
        Ok(())
    }
}

/// Resets the account's second factor, again and again.
pub(super) struct Administrator {
    ground: Arc<Ground>,
    api: Api,
    dice: Dice,
}

impl Administrator {
    pub(super) fn new(ground: &Arc<Ground>, api: &Api, dice: Dice) -> Self {
        Self { ground: Arc::clone(ground), api: api.clone(), dice }
    }

    pub(super) async fn run(mut self, busy: Arc<AtomicBool>) -> Result<()> {
        while busy.load(Ordering::SeqCst) {
            after_more(&self.ground, &mut self.dice, 4).await;
            self.reset().await?;
        }
        Ok(())
    }

    pub(super) async fn reset(&mut self) -> Result<()> {
        let target =
            if self.dice.percent(50) { json!({"userId": self.ground.user}) } else { json!({"username": NAME}) };
        let code = sha256(ADMIN_PASSWORD);
        let api = self.ground.anywhere(&self.api, &mut self.dice);
        let headers = [("x-2fa-method", "password"), ("x-2fa-code", code.as_str())];
        let (span, answer) = self.ground.timed(api.post_with("/api/v1/users.resetTOTP", target, &headers)).await?;
        let mut notes = self.ground.notes();
        match answer.status.as_u16() {
            409 => return Ok(()),
            status => ensure!(matches!(status, 200 | 503), "a reset was answered with {status}: {}", answer.body),
        }
        notes.resets.push((span, By::Administrator(answer.request()?)));
        Ok(())
    }
}

/// Sits at the server: new passwords and resets by the command line, one after the other.
pub(super) struct Staff<'a> {
    world: &'a World,
    ground: Arc<Ground>,
    dice: Dice,
}

impl<'a> Staff<'a> {
    pub(super) fn new(world: &'a World, ground: &Arc<Ground>, dice: Dice) -> Self {
        Self { world, ground: Arc::clone(ground), dice }
    }

    pub(super) async fn run(mut self, busy: &AtomicBool) -> Result<()> {
        while busy.load(Ordering::SeqCst) {
            after_more(&self.ground, &mut self.dice, 6).await;
            if self.dice.percent(60) { self.set_password().await? } else { self.reset().await? }
        }
        Ok(())
    }

    async fn set_password(&self) -> Result<()> {
        let (number, password) = self.ground.next_password();
        std::fs::write(self.world.folder().join("password"), password)?;
        let arguments = ["user", "set-password", NAME, "--password-file", "password"];
        let setting = async { self.world.command(&arguments).await?.ok() };
        let (span, _) = self.ground.during(setting).await?;
        self.ground.password_set(number, span);
        Ok(())
    }

    async fn reset(&self) -> Result<()> {
        let tag = format!("reset-{}", self.ground.notes().resets.len());
        let arguments = ["user", "reset-totp", NAME, "--reason", tag.as_str()];
        let resetting = async { self.world.command(&arguments).await?.ok() };
        let (span, said) = self.ground.during(resetting).await?;
        let mut notes = self.ground.notes();
        notes.commanded += usize::from(said.contains("has no second factor any more"));
        notes.resets.push((span, By::CommandLine(tag)));
        Ok(())
    }
}
