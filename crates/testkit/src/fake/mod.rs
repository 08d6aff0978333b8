//! Fakes of what is outside: deterministic, in memory, with switches for failures.

mod clock;
mod entropy;
mod gateway;
mod hasher;
mod notifier;
mod silent;
mod totp_codes;

pub use clock::{InstantTimer, TestClock};
pub use entropy::SeededEntropy;
pub use gateway::{FakeAccount, FakeGateway, Fault, Operation};
pub use hasher::FakeHasher;
pub use notifier::RecordingNotifier;
pub use silent::SilentGateway;
pub use totp_codes::FakeTotpCodes;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks on, even after a test panicked with the lock held: what is inside is still whole.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
