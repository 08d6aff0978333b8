//! JSON in which no object has a key twice.
//!
//! RFC 8259 leaves open which of two values counts. Whom a request is about must not depend on who reads it.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Does an object of well-formed JSON have a key twice?
pub(super) fn has_key_twice(json: &[u8]) -> bool {
    serde_json::from_slice::<Unique>(json).is_err()
}

/// Any value; reading it fails at the first key that comes again.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Looking)
    }
}

struct Looking;

macro_rules! takes {
    ($($visit:ident: $of:ty),+) => {
        $(fn $visit<E>(self, _: $of) -> Result<Unique, E> {
            Ok(Unique)
        })+
    };
}

impl<'de> Visitor<'de> for Looking {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    takes!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
        while items.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Unique, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = fields.next_key::<String>()? {
            if !keys.insert(key) {
                return Err(A::Error::custom("a key comes twice"));
            }
            fields.next_value::<Unique>()?;
        }
        Ok(Unique)
    }
}
