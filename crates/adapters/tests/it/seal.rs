//! Sealing.

use std::sync::{Arc, Mutex};

use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::seal::{MasterKey, MasterKeySource, Place, SealError, Sealer, sealed_with};

const fn key(byte: u8) -> MasterKey {
    MasterKey::new([byte; 32])
}

fn sealer(keys: &[u8]) -> Sealer {
    let masters: Vec<_> = keys.iter().map(|byte| key(*byte)).collect();
    Sealer::new(&masters, Arc::new(SystemEntropy)).unwrap()
}

const HERE: Place<'static> = Place { table: "private_totp", row: "ada", purpose: "secret" };

#[test]
fn what_is_sealed_opens_again_in_its_place_alone() {
    let seals = sealer(&[1]);
    let sealed = seals.seal(HERE, b"JBSWY3DP").unwrap();
    assert_eq!(seals.open_text(HERE, &sealed).unwrap(), "JBSWY3DP");
    for elsewhere in
        [Place { row: "bob", ..HERE }, Place { purpose: "pending", ..HERE }, Place { table: "other", ..HERE }]
    {
        assert_eq!(seals.open(elsewhere, &sealed), Err(SealError::Forged));
    }
}

#[test]
fn the_same_is_sealed_differently_each_time_and_shows_nothing() {
    let seals = sealer(&[1]);
    let (one, two) = (seals.seal(HERE, b"JBSWY3DP").unwrap(), seals.seal(HERE, b"JBSWY3DP").unwrap());
    assert_ne!(one, two);
    assert!(!one.windows(8).any(|window| window == b"JBSWY3DP"));
    assert_eq!(one.len(), 1 + 4 + 24 + 8 + 16);
}

#[test]
fn a_changed_byte_is_noticed_wherever_it_is() {
    let seals = sealer(&[1]);
    let sealed = seals.seal(HERE, b"JBSWY3DP").unwrap();
    for index in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[index] ^= 1;
        assert!(seals.open(HERE, &changed).is_err(), "byte {index}");
        assert!(seals.open(HERE, &sealed[..index]).is_err(), "cut at {index}");
    }
}

#[test]
fn an_old_key_still_opens_and_the_newest_seals() {
    let sealed_before = sealer(&[1]).seal(HERE, b"old").unwrap();
    let both = sealer(&[2, 1]);
    assert_eq!(both.open_text(HERE, &sealed_before).unwrap(), "old");
    let sealed_after = both.seal(HERE, b"new").unwrap();
    assert_eq!(sealer(&[2]).open_text(HERE, &sealed_after).unwrap(), "new");
    assert_eq!(sealer(&[1]).open(HERE, &sealed_after), Err(SealError::UnknownKey(key(2).id())));
}

#[test]
fn a_sealer_needs_a_key() {
    assert_eq!(Sealer::new(&[], Arc::new(SystemEntropy)).unwrap_err(), SealError::NoKey);
}

/// Keys that change while a process runs.
struct Changing(Mutex<Vec<MasterKey>>);

impl MasterKeySource for Changing {
    fn load(&self) -> Option<Vec<MasterKey>> {
        let keys = self.0.lock().unwrap().clone();
        if keys.is_empty() { None } else { Some(keys) }
    }
}

#[test]
fn keys_are_looked_for_again_when_none_opens() {
    let source = Arc::new(Changing(Mutex::new(vec![key(1)])));
    let running = sealer(&[1]).with_source(source.clone());
    let sealed = sealer(&[2]).seal(HERE, b"new").unwrap();
    assert_eq!(running.open(HERE, &sealed), Err(SealError::UnknownKey(key(2).id())));
    assert!(!running.refresh(), "nothing changed");
    *source.0.lock().unwrap() = vec![key(2), key(1)];
    assert_eq!(running.open(HERE, &sealed).unwrap(), b"new");
    assert_eq!(running.key_ids(), [key(2).id(), key(1).id()]);
    assert_eq!(sealed_with(&running.seal(HERE, b"newer").unwrap()), Ok(key(2).id()), "the newest seals");
    // A file that is being written, or gone, takes no key away.
    source.0.lock().unwrap().clear();
    assert!(!running.refresh());
    assert_eq!(running.key_ids().len(), 2);
}

#[test]
fn a_key_is_called_by_what_says_nothing_of_it() {
    let id = key(1).id().to_string();
    assert!(id.len() == 8 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
    assert_ne!(id, "01010101");
    assert_eq!(sealed_with(b"short"), Err(SealError::Form));
}

#[test]
fn nothing_shows_in_debug() {
    assert_eq!(format!("{:?} {:?}", MasterKey::new([1; 32]), sealer(&[1, 2])), "MasterKey(…) Sealer(2 keys)");
}
