//! The circuit breaker: it counts failures, and keeps calls back while there is no use in sending them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Circuit, CircuitState};

/// What callers are told to wait for while one call tries out whether 3dEye is back. That takes as long as it takes; soon
/// after it is known.
const WHILE_PROBING: Duration = Duration::from_secs(1);
/// Longer pauses mean "for ever" and would overflow the clock.
const MAX_PAUSE: Duration = Duration::from_hours(24);

/// When the circuit opens, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    /// Failures in a row that open it.
    pub(crate) failures: u32,
    /// The first pause. Each probe that fails doubles it.
    pub(crate) pause: Duration,
    /// No pause is longer, asked for or not.
    pub(crate) longest_pause: Duration,
}

/// What a call showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// 3dEye is at work, whatever it answered.
    Answered,
    /// It is not, and asks to be left alone for so long.
    Failed { retry_after: Option<Duration> },
}

/// Is told of changes.
pub(crate) type Notify = Box<dyn Fn(&Circuit) + Send + Sync>;

pub(crate) struct Breaker {
    policy: Policy,
    notify: Notify,
    state: Mutex<State>,
}

struct State {
    /// In a row.
    failures: u32,
    since: Instant,
    /// `None` while closed.
    open: Option<Open>,
    /// Rises with every opening and closing. Calls sent before tell nothing about the time after.
    era: u64,
}

#[derive(Clone, Copy)]
struct Open {
    until: Instant,
    /// The pause of the breaker's own, without what 3dEye asked for; zero before the first one.
    pause: Duration,
    probing: bool,
}

/// Leave to send one call. What the call showed counts when this is dropped; if it showed nothing, as when its caller went
/// away, somebody else may probe.
pub(crate) struct Permit {
    breaker: Arc<Breaker>,
    era: u64,
    verdict: Option<Verdict>,
}

impl Permit {
    /// Takes back what was shown before: the next exchange decides.
    pub(crate) fn begin(&mut self) {
        self.verdict = None;
    }

    pub(crate) fn showed(&mut self, verdict: Verdict) {
        self.verdict = Some(verdict);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.breaker.settle(self.era, self.verdict);
    }
}

impl Breaker {
    pub(crate) fn new(policy: Policy, notify: Notify) -> Self {
        let longest_pause = policy.longest_pause.min(MAX_PAUSE);
        let policy = Policy { longest_pause, pause: policy.pause.min(longest_pause), ..policy };
        let state = State { failures: 0, since: Instant::now(), open: None, era: 0 };
        Self { policy, notify, state: Mutex::new(state) }
    }

    pub(crate) fn circuit(&self) -> Circuit {
        self.lock().circuit(Instant::now())
    }

    /// How long a call would be refused, without asking for leave.
    pub(crate) fn refuses(&self) -> Option<Duration> {
        self.lock().refuses(Instant::now())
    }

    /// Leave to send a call now, or how long to wait.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Permit, Duration> {
        let mut state = self.lock();
        let now = Instant::now();
        if let Some(wait) = state.refuses(now) {
            return Err(wait);
        }
        let probe = state.open.as_mut().map(|open| open.probing = true);
        let (era, circuit) = (state.era, state.circuit(now));
        drop(state);
        if probe.is_some() {
            (self.notify)(&circuit);
        }
        Ok(Permit { breaker: Arc::clone(self), era, verdict: None })
    }

    fn settle(&self, era: u64, verdict: Option<Verdict>) {
        let mut state = self.lock();
        let now = Instant::now();
        let changed = match verdict {
            Some(Verdict::Failed { retry_after }) if state.era != era => state.asked(now, self.granted(retry_after)),
            _ if state.era != era => false,
            Some(Verdict::Answered) => state.answered(now),
            Some(Verdict::Failed { retry_after }) => state.failed(now, &self.policy, self.granted(retry_after)),
            None => {
                if let Some(open) = &mut state.open {
                    open.probing = false;
                }
                false
            }
        };
        let circuit = state.circuit(now);
        drop(state);
        if changed {
            (self.notify)(&circuit);
        }
    }

    /// The pause 3dEye asks for, as far as it is granted.
    fn granted(&self, retry_after: Option<Duration>) -> Duration {
        retry_after.unwrap_or_default().min(self.policy.longest_pause)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn circuit(&self, now: Instant) -> Circuit {
        let (state, since, retry_after) = match &self.open {
            None => (CircuitState::Closed, self.since, None),
            Some(open) if now < open.until => (CircuitState::Open, self.since, Some(open.until - now)),
            Some(open) => (CircuitState::HalfOpen, open.until, None),
        };
        Circuit { state, since: since.into_std(), failures: self.failures, retry_after }
    }

    fn refuses(&self, now: Instant) -> Option<Duration> {
        let open = self.open.as_ref()?;
        if now < open.until { Some(open.until - now) } else { open.probing.then_some(WHILE_PROBING) }
    }

    /// Whether the circuit changed.
    fn answered(&mut self, now: Instant) -> bool {
        self.failures = 0;
        let closes = self.open.take().is_some();
        if closes {
            self.since = now;
            self.era += 1;
        }
        closes
    }

    /// Whether the circuit changed.
    fn failed(&mut self, now: Instant, policy: &Policy, asked: Duration) -> bool {
        self.failures = self.failures.saturating_add(1);
        let last = self.open.map(|open| open.pause);
        let pause = match last {
            Some(Duration::ZERO) => policy.pause,
            Some(last) => last.saturating_mul(2).min(policy.longest_pause),
            None if self.failures >= policy.failures => policy.pause,
            // One failure is no reason to pause, but 3dEye may ask for it.
            None if !asked.is_zero() => Duration::ZERO,
            None => return false,
        };
        self.open = Some(Open { until: now + pause.max(asked), pause, probing: false });
        self.since = now;
        self.era += 1;
        true
    }

    /// A call of an earlier era tells nothing about this one, but what 3dEye asks for with it holds from now on. Whether
    /// the circuit changed.
    fn asked(&mut self, now: Instant, pause: Duration) -> bool {
        match &mut self.open {
            _ if pause.is_zero() => false,
            // The probe was sent before, and is about to tell.
            Some(open) if open.probing => false,
            Some(open) => {
                open.until = open.until.max(now + pause);
                false
            }
            None => {
                self.open = Some(Open { until: now + pause, pause: Duration::ZERO, probing: false });
                self.since = now;
                self.era += 1;
                true
            }
        }
    }
}
