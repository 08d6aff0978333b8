//! Sealing.

use std::sync::Arc;

use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::seal::{MasterKey, Place, SealError, Sealer};

fn sealer(keys: &[u8]) -> Sealer {
    let masters: Vec<_> = keys.iter().map(|byte| MasterKey::new([*byte; 32])).collect();
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
    assert_eq!(sealer(&[1]).open(HERE, &sealed_after), Err(SealError::UnknownKey));
}

#[test]
fn a_sealer_needs_a_key() {
    assert_eq!(Sealer::new(&[], Arc::new(SystemEntropy)).unwrap_err(), SealError::NoKey);
}

#[test]
fn keyed_hashes_depend_on_key_purpose_and_data_alone() {
    let hash = sealer(&[1]).keyed_hash("scope", b"data");
    assert_eq!(hash, sealer(&[1]).keyed_hash("scope", b"data"));
    assert_ne!(hash, sealer(&[1]).keyed_hash("body", b"data"));
    assert_ne!(hash, sealer(&[1]).keyed_hash("scop", b"edata"), "purpose and data do not run together");
    assert_ne!(hash, sealer(&[2]).keyed_hash("scope", b"data"));
}

#[test]
fn nothing_shows_in_debug() {
    assert_eq!(format!("{:?} {:?}", MasterKey::new([1; 32]), sealer(&[1, 2])), "MasterKey(…) Sealer(2 keys)");
}
