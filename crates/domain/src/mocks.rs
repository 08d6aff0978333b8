//! Mocks of every port, made by mockall: for injecting failures and for programs that embed the domain.

pub use crate::clock::MockClock;
pub use crate::entropy::MockEntropy;
pub use crate::port::mocked::*;
