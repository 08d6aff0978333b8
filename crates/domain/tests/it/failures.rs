//! Counting failed sign-ins.

use std::net::IpAddr;
use std::time::Duration;

use portcullis_domain::session::{Blocked, FailedSignIns, FailureCounts, LockoutPolicy, client_network};
use portcullis_testkit::build::NOON;

const WINDOW: Duration = Duration::from_mins(5);

fn failed(count: u32) -> FailedSignIns {
    FailedSignIns { count, since: NOON, until: NOON.plus(WINDOW) }
}

#[test]
fn a_client_counts_as_its_network() {
    let network = |text: &str| client_network(text.parse::<IpAddr>().unwrap()).to_string();
    for (client, counts_as) in [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:db8:1:3::", "2001:db8:1:3::"),
        ("::1", "::"),
    ] {
        assert_eq!(network(client), counts_as, "{client}");
    }
}

#[test]
fn a_window_blocks_until_it_is_over() {
    let policy = LockoutPolicy::default();
    let counts = |account, address| FailureCounts { account: Some(failed(account)), address: Some(failed(address)) };
    let last = NOON.plus(WINDOW).minus(Duration::from_millis(1));
    assert_eq!(policy.blocks(&FailureCounts::default(), NOON), None);
    assert_eq!(policy.blocks(&counts(9, 49), last), None);
    assert_eq!(policy.blocks(&counts(10, 49), last), Some(Blocked::Account));
    assert_eq!(policy.blocks(&counts(9, 50), last), Some(Blocked::Address));
    assert_eq!(policy.blocks(&counts(99, 99), last), Some(Blocked::Address), "which says nothing of the name");
    assert_eq!(policy.blocks(&counts(99, 99), NOON.plus(WINDOW)), None);
    assert_eq!(policy.blocks(&counts(99, 99), NOON.minus(Duration::from_secs(1))), Some(Blocked::Address));
    assert_eq!(policy.blocks(&counts(99, 99), NOON.minus(WINDOW)), None, "a clock set far back keeps nobody out");
}

#[test]
fn a_count_has_an_end() {
    let most = FailedSignIns { count: u32::MAX, ..failed(1) };
    assert_eq!(most.one_more(NOON, NOON.plus(WINDOW)), most);
}
