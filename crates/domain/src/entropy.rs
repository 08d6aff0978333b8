//! Where randomness comes from.

/// Source of random bytes, fit for secrets in production and seeded in tests. Sync; never fails: an operating system
/// without randomness is no place to go on.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Draws `length` characters from `alphabet`, each equally likely (rejection sampling, so no modulo bias).
///
/// # Panics
/// If the alphabet is empty or longer than 256 characters: both are mistakes in the program, not in its input.
pub fn random_text(entropy: &dyn Entropy, alphabet: &[u8], length: usize) -> String {
    assert!((1..=256).contains(&alphabet.len()), "an alphabet has 1 to 256 characters");
    let limit = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut buffer = [0_u8; 64];
    while text.len() < length {
        entropy.fill(&mut buffer);
        let usable = buffer.iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < limit);
        text.extend(usable.take(length - text.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    text
}
