//! Whatever is done to a second factor in whatever order, some things always hold.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::event::Envelope;
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::TotpStore;
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::{Method, Proof, SecondFactor, TotpSecret, TwoFactorPolicy};
use portcullis_domain::usecase::totp::{
    ConfirmTotp, DisableEmailFactor, DisableTotp, EnableEmailFactor, EnableTotp, RegenerateBackupCodes, Remembering,
    ResetTotp, SecondFactorGate,
};
use portcullis_domain::user::{Role, UserState};
use portcullis_testkit::build::user_name;
use portcullis_testkit::fake::FakeTotpCodes;
use proptest::prelude::*;

use super::world::{World, request};

#[derive(Debug, Clone, Copy)]
enum Act {
    Enable,
    Confirm,
    ConfirmWrongly,
    Disable,
    Regenerate,
    Reset,
    ResetByCommandLine,
    EmailOn,
    EmailOff,
    /// Asks for something without a code, which may mail one.
    Ask,
    ProveByApp,
    ProveByPaper(usize),
    ProveByMail,
    /// Sends one of the codes that were ever accepted once more.
    Replay(usize),
    Wait(u64),
    ClockSetBack(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Enable),
        4 => Just(Act::Confirm),
        1 => Just(Act::ConfirmWrongly),
        1 => Just(Act::Disable),
        1 => Just(Act::Regenerate),
        1 => Just(Act::Reset),
        1 => Just(Act::ResetByCommandLine),
        2 => Just(Act::EmailOn),
        1 => Just(Act::EmailOff),
        2 => Just(Act::Ask),
        3 => Just(Act::ProveByApp),
        2 => (0_usize..12).prop_map(Act::ProveByPaper),
        3 => Just(Act::ProveByMail),
        3 => (0_usize..40).prop_map(Act::Replay),
        4 => (1_u64..4000).prop_map(Act::Wait),
        1 => (1_u64..200).prop_map(Act::ClockSetBack),
    ]
}

/// A code as the person has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Used {
    code: String,
    method: &'static str,
    /// A step of this secret; by another secret or at another time the same digits are another code.
    step: Option<(String, u64)>,
}

/// The person, with all she was ever given.
struct Person {
    world: World,
    user: UserId,
    caller: Caller,
    gate: SecondFactorGate,
    begun: Option<TotpSecret>,
    live: Option<TotpSecret>,
    paper: Vec<Secret<String>>,
    used: BTreeSet<Used>,
}

impl Person {
    async fn new() -> Self {
        let world = World::new();
        let (user, caller) = world.account("ada", Role::User).await;
        // Nobody counts here: what is refused is refused for what it is.
        let gate = world.gate_with(TwoFactorPolicy { max_failures: None, ..TwoFactorPolicy::default() });
        Self { world, user, caller, gate, begun: None, live: None, paper: Vec::new(), used: BTreeSet::new() }
    }

    async fn state(&self) -> SecondFactor {
        TotpStore::find(self.world.store.as_ref(), self.user).await.unwrap()
    }

    fn step(&self) -> u64 {
        FakeTotpCodes::step_at(self.world.clock_now())
    }

    fn shown(&self, secret: &TotpSecret) -> Used {
        let (step, secret_text) = (self.step(), secret.expose().to_owned());
        Used { code: FakeTotpCodes::code_for(secret, step), method: "totp", step: Some((secret_text, step)) }
    }

    /// Is it let through with this code?
    async fn proves(&mut self, used: Used) -> bool {
        let forced = if used.method == "email" { Method::Email } else { Method::Totp };
        let proof = Proof { code: Some(Secret::new(used.code.clone())), forced: Some(forced) };
        let ask = request(self.caller.clone());
        let passed = self.gate.pass(&ask, self.user, &proof, Remembering::Forbidden).await.is_ok();
        if passed {
            assert!(self.used.insert(used.clone()), "{used:?} counted twice");
        }
        passed
    }

    /// A backup code not used yet; it is spent by what it is used for.
    fn right_code(&mut self) -> Option<Used> {
        loop {
            let code = self.paper.pop()?;
            let used = Used { code: code.expose().clone(), method: "backup", step: None };
            if !self.used.contains(&used) {
                return Some(used);
            }
        }
    }

    async fn does(&mut self, act: Act) {
        // She signs in again where her session ended.
        let epoch = self.state().await.epoch;
        self.caller.operator.as_mut().unwrap().epoch = epoch;
        let (commands, store, hasher) = (self.world.commands(), self.world.store.clone(), self.world.hasher.clone());
        let (ask, codes) = (request(self.caller.clone()), Arc::new(FakeTotpCodes));
        let secret_of = |used: &Used| Secret::new(used.code.clone());
        match act {
            Act::Enable => {
                let begun = EnableTotp::new(commands, store.clone(), store, codes).execute(&ask).await;
                assert_eq!(begun.is_ok(), self.live.is_none(), "none is begun beside one that is in use");
                self.begun = begun.ok().map(|begun| begun.secret).or(self.begun.take());
            }
            Act::Confirm | Act::ConfirmWrongly => {
                let secret = self.begun.clone().unwrap_or_else(|| TotpSecret::new("NONE"));
                let shown = self.shown(&secret);
                let code = if matches!(act, Act::Confirm) { shown.code.clone() } else { "nonsense".to_owned() };
                let confirm = ConfirmTotp::new(commands, store.clone(), store, hasher, codes);
                let confirmed = confirm.execute(&ask, &Secret::new(code)).await;
                let may = self.begun.is_some() && matches!(act, Act::Confirm);
                assert_eq!(confirmed.is_ok(), may);
                if let Ok(paper) = confirmed {
                    (self.live, self.paper) = (self.begun.take(), paper);
                    self.used.insert(shown);
                }
            }
            Act::Disable | Act::Regenerate => {
                let Some(code) = self.right_code() else { return };
                self.used.insert(code.clone());
                if matches!(act, Act::Disable) {
                    let disable = DisableTotp::new(commands, store.clone(), store, self.gate.clone());
                    disable.execute(&ask, &secret_of(&code)).await.unwrap();
                    (self.live, self.paper) = (None, Vec::new());
                } else {
                    let regenerate =
                        RegenerateBackupCodes::new(commands, store.clone(), store, hasher, self.gate.clone());
                    self.paper = regenerate.execute(&ask, &secret_of(&code)).await.unwrap();
                }
            }
            Act::Reset | Act::ResetByCommandLine => {
                let resetting = ResetTotp::new(commands, store.clone(), store, self.gate.clone());
                if matches!(act, Act::Reset) {
                    let Some(code) = self.right_code() else { return };
                    self.used.insert(code.clone());
                    let proof = Proof { code: Some(secret_of(&code)), forced: None };
                    resetting.execute(&ask, None, &proof).await.unwrap();
                } else {
                    let ask = request(Caller::system("cli"));
                    resetting.by_name(&ask, &user_name("ada"), None).await.unwrap();
                }
                let after = self.state().await;
                assert_eq!(after.totp, None, "nothing of it is left");
                (self.live, self.begun, self.paper) = (None, None, Vec::new());
            }
            Act::EmailOn => {
                EnableEmailFactor::new(commands, store.clone(), store).execute(&ask).await.unwrap();
            }
            Act::EmailOff => {
                // By whatever she has; the code is gone with the act or with the refusal.
                let forced = if self.live.is_some() { Method::Totp } else { Method::Email };
                let code = if self.live.is_some() { self.right_code() } else { self.mailed() };
                let Some(code) = code else { return };
                let fresh = !self.used.contains(&code);
                let disabling = DisableEmailFactor::new(commands, store.clone(), store, self.gate.clone());
                let proof = Proof { code: Some(secret_of(&code)), forced: Some(forced) };
                if disabling.execute(&ask, &proof).await.is_ok() {
                    assert!(fresh, "{code:?} counted twice");
                    self.used.insert(code);
                    assert!(!self.state().await.email.enabled);
                }
            }
            Act::Ask => {
                let asked = self.gate.pass(&ask, self.user, &Proof::default(), Remembering::Forbidden).await;
                assert!(asked.is_err(), "there is always the password");
            }
            Act::ProveByApp => {
                let Some(secret) = self.live.clone() else { return };
                let shown = self.shown(&secret);
                let newest = self.state().await.totp.unwrap().last_step.unwrap();
                let fresh = self.step() > newest;
                assert_eq!(self.proves(shown).await, fresh);
            }
            Act::ProveByPaper(index) => {
                let Some(code) = self.paper.get(index).cloned() else { return };
                let used = Used { code: code.expose().clone(), method: "backup", step: None };
                let fresh = !self.used.contains(&used);
                assert_eq!(self.proves(used).await, fresh);
            }
            Act::ProveByMail => {
                let Some(code) = self.mailed() else { return };
                self.proves(code).await;
            }
            Act::Replay(index) => {
                let Some(used) = self.used.iter().nth(index % self.used.len().max(1)).cloned() else { return };
                // The same digits may be those of another step by chance, which the seeds below do not have.
                assert!(!self.proves_again(&used).await, "{used:?} counted twice");
            }
            Act::Wait(seconds) => self.world.clock.advance(Duration::from_secs(seconds)),
            Act::ClockSetBack(seconds) => self.world.clock.step_back(Duration::from_secs(seconds)),
        }
    }

    fn mailed(&self) -> Option<Used> {
        let code = self.world.mailed_codes(self.user).pop()?;
        Some(Used { code, method: "email", step: None })
    }

    async fn proves_again(&self, used: &Used) -> bool {
        let here = self.step();
        let by_chance = self.live.as_ref().is_some_and(|secret| {
            used.method == "totp"
                && (here - 1..=here + 1).any(|step| {
                    FakeTotpCodes::code_for(secret, step) == used.code
                        && used.step != Some((secret.expose().to_owned(), step))
                })
        });
        if by_chance {
            return false;
        }
        let forced = if used.method == "email" { Method::Email } else { Method::Totp };
        let proof = Proof { code: Some(Secret::new(used.code.clone())), forced: Some(forced) };
        let ask = request(self.caller.clone());
        self.gate.pass(&ask, self.user, &proof, Remembering::Forbidden).await.is_ok()
    }

    async fn holds(&self, before: &SecondFactor) {
        let state = self.state().await;
        assert!(state.epoch >= before.epoch && state.revision >= before.revision, "numbers only rise");
        let (live, pending) = (state.live_secret(), state.totp.as_ref().and_then(|totp| totp.pending.as_ref()));
        assert!(live.is_none() || pending.is_none(), "never two secrets");
        assert_eq!(live.map(TotpSecret::expose), self.live.as_ref().map(TotpSecret::expose));
        assert_eq!(pending.map(TotpSecret::expose), self.begun.as_ref().map(TotpSecret::expose));
        let left = state.totp.as_ref().map_or(0, portcullis_domain::totp::Totp::backup_codes_left);
        assert!(left <= 12 && (live.is_some() || left == 0));
        if let (Some(old), Some(new)) = (&before.totp, &state.totp)
            && old.secret.is_some()
            && old.secret == new.secret
        {
            assert!(new.last_step >= old.last_step, "steps only rise while the secret stays");
        }
        let envelopes = self.world.store.envelopes();
        let own: Vec<&Envelope> = envelopes.iter().filter(|e| e.aggregate_id == self.user.to_string()).collect();
        let told = UserState::fold(own);
        assert_eq!(
            (told.totp_enrolled, told.email_factor),
            (live.is_some(), state.email.enabled),
            "events tell the same"
        );
        let clean = |text: &str| self.live.as_ref().is_none_or(|secret| !text.contains(secret.expose()));
        assert!(envelopes.iter().all(|e| clean(&String::from_utf8(e.to_bytes()).unwrap())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_acts_keeps_the_rules(acts in prop::collection::vec(act(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut ada = Person::new().await;
            for act in acts {
                let before = ada.state().await;
                ada.does(act).await;
                ada.holds(&before).await;
            }
        });
    }
}
