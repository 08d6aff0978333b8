//! What all clients share: the account, its passwords, the tokens given out, and what they saw.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use portcullis_tests::client::{Answer, Api, Credentials, sha256};
use portcullis_tests::clock::RunClock;
use portcullis_tests::dice::Dice;
use portcullis_tests::lifetimes::{Attempt, Basis, Cause, Ending, Record, Span, Token, Use};
use portcullis_tests::linear::Moment;
use serde_json::{Value, json};

/// The account's name.
pub(super) const NAME: &str = "ada";
/// Its password at first.
pub(super) const FIRST_PASSWORD: &str = "password number 0";

/// When something was acknowledged that never was.
const NEVER: Moment = Moment(i64::MAX);

/// How an event is found that tells whether an ending had anything to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// By the request.
    Administrator(String),
    /// By the request.
    Oneself(String),
    /// By the reason.
    CommandLine(String),
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) record: Record,
    /// Resets that were acknowledged; which had anything to end is on record with the service.
    pub(super) resets: Vec<(Span, By)>,
    pub(super) challenged: usize,
    pub(super) conflicts: usize,
    pub(super) unanswered: usize,
    /// Resets by the command line that said that they had something to end.
    pub(super) commanded: usize,
    /// How many owners are at it just now.
    pub(super) owners_at_work: usize,
    tokens: Vec<Api>,
    /// Number of the newest password that is being set or set, and of the newest that was acknowledged.
    newest: usize,
    acknowledged: usize,
}

pub(super) struct Ground {
    pub(super) user: String,
    servers: Vec<Api>,
    clock: RunClock,
    notes: Mutex<Notes>,
}

impl Ground {
    pub(super) fn new(servers: Vec<Api>, user: String) -> Result<Self> {
        Ok(Self { user, servers, clock: RunClock::start()?, notes: Mutex::default() })
    }

    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Any of the servers, for a client with these credentials.
    pub(super) fn anywhere(&self, api: &Api, dice: &mut Dice) -> Api {
        api.with_base_of(&self.servers[dice.below(self.servers.len())])
    }

    /// Sends a request and notes when. What is unavailable may have happened or not: it never was acknowledged.
    pub(super) async fn timed(&self, call: impl Future<Output = Result<Answer>>) -> Result<(Span, Answer)> {
        let (mut span, answer) = self.during(call).await?;
        match answer.status.as_u16() {
            409 => self.notes().conflicts += 1,
            503 => {
                println!("unavailable: {}", answer.body);
                self.notes().unanswered += 1;
                span.answered = NEVER;
            }
            500.. => bail!("{}: {}", answer.status, answer.body),
            _ => {}
        }
        Ok((span, answer))
    }

    /// Sends a request with a token: that is a use of it.
    pub(super) async fn shown(
        &self,
        token: usize,
        call: impl Future<Output = Result<Answer>>,
    ) -> Result<(Span, Answer)> {
        let (span, answer) = self.timed(call).await?;
        if answer.status.as_u16() != 503 {
            let accepted = answer.status.as_u16() != 401;
            self.notes().record.uses.push(Use { token, span, accepted });
        }
        Ok((span, answer))
    }

    /// Signs in somewhere, with the password that was acknowledged last or the one that is being set.
    pub(super) async fn sign_in(&self, dice: &mut Dice, code: Option<&str>) -> Result<Option<(usize, Api)>> {
        let password = {
            let notes = self.notes();
            if dice.percent(70) { notes.acknowledged } else { notes.newest }
        };
        let api = self.servers[dice.below(self.servers.len())].clone();
        let mut body = json!({"user": NAME, "password": text(password)});
        if let Some(code) = code {
            body["code"] = code.into();
        }
        let (span, answer) = self.timed(api.post("/api/v1/login", body)).await?;
        let mut notes = self.notes();
        match (answer.status.as_u16(), answer.body["error"].as_str()) {
            (200, _) => {
                notes.record.attempts.push(Attempt { password, span, right: true });
                let told = |key: &str| answer.body["data"][key].as_str().map(str::to_owned).context("a session");
                let session = api.with(Credentials::Session { user: told("userId")?, token: told("authToken")? });
                notes.record.tokens.push(Token { issued: span, basis: Basis::Password(password) });
                notes.tokens.push(session.clone());
                Ok(Some((notes.tokens.len() - 1, session)))
            }
            (401, Some("Unauthorized")) => {
                notes.record.attempts.push(Attempt { password, span, right: false });
                Ok(None)
            }
            (401, Some("totp-required" | "totp-invalid")) => {
                notes.record.attempts.push(Attempt { password, span, right: true });
                notes.challenged += 1;
                Ok(None)
            }
            (409 | 503, _) => Ok(None),
            (status, _) => bail!("sign-in was answered with {status}: {}", answer.body),
        }
    }

    /// How many tokens were given out so far.
    pub(super) fn tokens(&self) -> usize {
        self.notes().tokens.len()
    }

    /// Did enough happen to prove something? Whether resets over HTTP had anything to end is not known yet.
    pub(super) fn is_enough(&self) -> bool {
        let notes = self.notes();
        let endings = |of: fn(&Cause) -> bool| notes.record.endings.iter().filter(|ending| of(&ending.cause)).count();
        let resets = |by: fn(&By) -> bool| notes.resets.iter().filter(|(_, who)| by(who)).count();
        notes.tokens.len() >= 60
            && endings(|cause| matches!(cause, Cause::Password(_))) >= 4
            && endings(|cause| matches!(cause, Cause::Enrolment(_))) >= 2
            && resets(|by| matches!(by, By::Oneself(_))) >= 2
            && resets(|by| matches!(by, By::Administrator(_))) >= 6
            && notes.commanded >= 1
    }

    /// A token somebody was given, if there is one.
    pub(super) fn any_token(&self, dice: &mut Dice) -> Option<(usize, Api)> {
        let notes = self.notes();
        let token = dice.below(notes.tokens.len());
        notes.tokens.get(token).map(|api| (token, api.clone()))
    }

    /// Shows a token to any of the servers.
    pub(super) async fn show(&self, token: usize, api: &Api, dice: &mut Dice) -> Result<()> {
        let api = self.anywhere(api, dice);
        self.shown(token, api.get("/api/v1/me")).await.map(drop)
    }

    /// Shows every token to every server.
    pub(super) async fn show_all_everywhere(&self) -> Result<()> {
        let tokens = self.notes().tokens.clone();
        for (token, api) in tokens.iter().enumerate() {
            for server in &self.servers {
                self.shown(token, api.with_base_of(server).get("/api/v1/me")).await?;
            }
        }
        Ok(())
    }

    /// Makes a personal access token with a token got by signing in.
    pub(super) async fn make_token(&self, parent: usize, api: &Api) -> Result<()> {
        let name = json!({"tokenName": format!("at-{}", self.clock.now().0)});
        let code = self.digest();
        let headers = [("x-2fa-code", code.as_str())];
        let call = api.post_with("/api/v1/users.generatePersonalAccessToken", name, &headers);
        let (span, answer) = self.shown(parent, call).await?;
        if let Some(token) = answer.body["token"].as_str() {
            let session = api.with(Credentials::Session { user: self.user.clone(), token: token.to_owned() });
            let mut notes = self.notes();
            notes.record.tokens.push(Token { issued: span, basis: Basis::Token(parent) });
            notes.tokens.push(session);
        }
        Ok(())
    }

    /// Begins an enrolment; answers the secret.
    pub(super) async fn enable(&self, token: usize, api: &Api) -> Result<Option<String>> {
        let (_, answer) = self.shown(token, api.post("/api/v1/users.totp.enable", json!({}))).await?;
        Ok(answer.body["secret"].as_str().map(str::to_owned))
    }

    /// Confirms an enrolment; answers the backup codes.
    pub(super) async fn confirm(&self, token: usize, api: &Api, code: String) -> Result<Option<Vec<String>>> {
        let (span, answer) = self.shown(token, api.post("/api/v1/users.totp.validate", json!({"code": code}))).await?;
        let codes = answer.body["codes"].as_array();
        if codes.is_some() || span.answered == NEVER {
            self.notes().record.endings.push(Ending { span, cause: Cause::Enrolment(token) });
        }
        let Some(codes) = codes else { return Ok(None) };
        Ok(Some(codes.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
    }

    /// Resets one's own second factor.
    pub(super) async fn reset_own(&self, token: usize, api: &Api, code: &str) -> Result<()> {
        let headers = [("x-2fa-code", code)];
        let call = api.post_with("/api/v1/users.resetTOTP", json!({}), &headers);
        let (span, answer) = self.shown(token, call).await?;
        if matches!(answer.status.as_u16(), 200 | 503) {
            let request = answer.request()?;
            self.notes().resets.push((span, By::Oneself(request)));
        }
        Ok(())
    }

    /// The SHA-256 of the password that was acknowledged last: it is the code of whoever has no other.
    pub(super) fn digest(&self) -> String {
        sha256(&text(self.notes().acknowledged))
    }

    /// A new password is about to be set; answers it with its number.
    pub(super) fn next_password(&self) -> (usize, String) {
        let mut notes = self.notes();
        notes.newest += 1;
        (notes.newest, text(notes.newest))
    }

    /// It was set.
    pub(super) fn password_set(&self, number: usize, span: Span) {
        let mut notes = self.notes();
        notes.acknowledged = number;
        notes.record.endings.push(Ending { span, cause: Cause::Password(number) });
    }

    /// From now until `call` has ended.
    pub(super) async fn during<T>(&self, call: impl Future<Output = Result<T>>) -> Result<(Span, T)> {
        let sent = self.clock.now();
        let done = call.await?;
        Ok((Span { sent, answered: self.clock.now() }, done))
    }
}

fn text(number: usize) -> String {
    format!("password number {number}")
}
