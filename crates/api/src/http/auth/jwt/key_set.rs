//! The keys of an issuer (JSON Web Key Set, RFC 7517, with RFC 7518 and RFC 8037).

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use thiserror::Error;

/// Most keys a set may have. Issuers have a handful.
const MOST_KEYS: usize = 100;
/// Bits of an RSA modulus: shorter ones can be broken (RFC 7518, 3.3), longer ones are not verified by the library.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// What is wrong with a set. No text repeats what is in it.
#[derive(Debug, Error)]
pub enum SetFault {
    /// It is no set at all.
    #[error("is not a JSON Web Key Set (line {line}, column {column})")]
    Malformed {
        /// Where reading ended.
        line: usize,
        /// Where reading ended.
        column: usize,
    },
    /// It has too many keys.
    #[error("has more than {MOST_KEYS} keys")]
    TooMany,
    /// Nothing in it verifies tokens.
    #[error("has no key for verifying tokens: RS256 with 2048 bits or more, ES256, or EdDSA with Ed25519")]
    NoneUsable,
    /// Two keys have one id, so that an id does not tell the key.
    #[error("has two keys with the same kid")]
    SameId,
}

/// A key that verifies tokens, with the one algorithm it does that by.
pub struct VerifyingKey {
    /// What tokens call it.
    pub id: Option<String>,
    /// The only algorithm it is used with.
    pub algorithm: Algorithm,
    /// The key.
    pub key: DecodingKey,
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// The keys of an issuer that verify tokens; none when it withdrew them all.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Arc<VerifyingKey>>,
    left_out: usize,
}

impl KeySet {
    /// Reads a set. Keys that cannot be used are left out; an issuer may have others for other ends.
    pub fn parse(json: &[u8]) -> Result<Self, SetFault> {
        let set: Document = serde_json::from_slice(json)
            .map_err(|error| SetFault::Malformed { line: error.line(), column: error.column() })?;
        if set.keys.len() > MOST_KEYS {
            return Err(SetFault::TooMany);
        }
        let all = set.keys.len();
        let usable = set.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok()?.verifying());
        let keys: Vec<_> = usable.map(Arc::new).collect();
        // Which of two is meant would depend on their order, which says nothing.
        let mut ids = BTreeSet::new();
        if !keys.iter().filter_map(|key| key.id.as_deref()).all(|id| ids.insert(id)) {
            return Err(SetFault::SameId);
        }
        Ok(Self { left_out: all - keys.len(), keys })
    }

    /// The key with this id; without an id the only key of the algorithm, if there is just one.
    pub fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&Arc<VerifyingKey>> {
        if id.is_some() {
            return self.keys.iter().find(|key| key.id.as_deref() == id);
        }
        let mut fitting = self.keys.iter().filter(|key| key.algorithm == algorithm);
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// The ids of the keys, in their order.
    pub(super) fn ids(&self) -> impl Iterator<Item = Option<&str>> {
        self.keys.iter().map(|key| key.id.as_deref())
    }

    /// How many keys verify tokens.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Does nothing in the set verify tokens?
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many keys of the set were left out.
    pub fn left_out(&self) -> usize {
        self.left_out
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// The private part.
    d: Option<IgnoredAny>,
}

impl Jwk {
    /// The key, if it is for verifying tokens by an algorithm we take, and well-formed.
    fn verifying(self) -> Option<VerifyingKey> {
        let for_signatures = self.usage.as_deref().is_none_or(|usage| usage == "sig");
        let may_verify = self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        // A private key somebody published proves nothing any more.
        if !for_signatures || !may_verify || self.d.is_some() {
            return None;
        }
        let (algorithm, name, key) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => (Algorithm::RS256, "RS256", self.rsa()?),
            ("EC", Some("P-256")) => (Algorithm::ES256, "ES256", self.p256()?),
            ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, "EdDSA", self.ed25519()?),
            _ => return None,
        };
        let agrees = self.alg.as_deref().is_none_or(|alg| alg == name);
        agrees.then_some(VerifyingKey { id: self.kid, algorithm, key })
    }

    fn rsa(&self) -> Option<DecodingKey> {
        let (modulus, exponent) = (number(self.n.as_ref()?)?, number(self.e.as_ref()?)?);
        let bits = modulus.len() * 8 - usize::try_from(modulus.first()?.leading_zeros()).ok()?;
        let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        let is_one = exponent == [1];
        let fits = RSA_BITS.contains(&bits) && is_odd(&modulus) && is_odd(&exponent) && !is_one;
        fits.then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
    }

    fn p256(&self) -> Option<DecodingKey> {
        let (x, y) = (bytes(self.x.as_ref()?)?, bytes(self.y.as_ref()?)?);
        let fits = x.len() == 32 && y.len() == 32;
        // An uncompressed point.
        fits.then(|| DecodingKey::from_ec_der(&[[4].as_slice(), &x, &y].concat()))
    }

    fn ed25519(&self) -> Option<DecodingKey> {
        let key = bytes(self.x.as_ref()?)?;
        (key.len() == 32).then(|| DecodingKey::from_ed_der(&key))
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// A number without the zeros some write before it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes.get(first..)?.to_vec())
}
