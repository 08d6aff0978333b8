//! Randomness of the operating system.

use portcullis_domain::entropy::Entropy;

/// The operating system's source of random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// If the operating system has no randomness to give: without it no key, token or nonce would be safe.
    #[expect(clippy::expect_used, reason = "going on without randomness would hand out guessable secrets")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives random bytes");
    }
}
