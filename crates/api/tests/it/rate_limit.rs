//! The limiter by itself.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use portcullis_api::http::rate_limit::{RateLimit, RatePolicy, TooMany};
use portcullis_domain::clock::Clock;
use portcullis_testkit::fake::TestClock;

const WINDOW: Duration = Duration::from_mins(1);

fn limit(calls: u32, most: usize) -> (RateLimit, Arc<TestClock>) {
    let clock = Arc::new(TestClock::default());
    (RateLimit::keeping(RatePolicy { calls, window: WINDOW }, clock.clone(), most), clock)
}

fn client(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_window_has_so_many_calls_and_an_end() {
    let (limit, clock) = limit(3, 100);
    let ada = Some(client("192.0.2.1"));
    let end = clock.now().plus(WINDOW);
    assert_eq!(limit.peek("me", ada).remaining, 3);
    for remaining in [2, 1, 0] {
        let (standing, allowed) = limit.count("me", ada);
        assert_eq!((standing.limit, standing.remaining, standing.reset, allowed), (3, remaining, end, Ok(())));
        assert_eq!(limit.peek("me", ada), standing);
        clock.advance(Duration::from_secs(1));
    }
    let (standing, refused) = limit.count("me", ada);
    assert_eq!((standing.remaining, standing.reset), (0, end), "the window does not begin anew with a call too many");
    let too_many = TooMany { wait: Duration::from_secs(57) };
    assert_eq!((refused, too_many.seconds()), (Err(too_many), 57));
    clock.advance(Duration::from_millis(56_999));
    assert_eq!(limit.count("me", ada).1.unwrap_err().seconds(), 1, "rounded up, so that who waits may call");
    clock.advance(Duration::from_millis(1));
    let (standing, allowed) = limit.count("me", ada);
    assert_eq!((standing.remaining, standing.reset, allowed), (2, end.plus(WINDOW), Ok(())));
}

#[test]
fn routes_and_networks_are_apart() {
    let (limit, _) = limit(1, 100);
    for (route, address) in [("me", "192.0.2.1"), ("me", "192.0.2.2"), ("login", "192.0.2.1"), ("me", "2001:db8::1")] {
        assert!(limit.count(route, Some(client(address))).1.is_ok(), "{route} {address}");
        assert!(limit.count(route, Some(client(address))).1.is_err(), "{route} {address}");
    }
    assert!(limit.count("me", Some(client("2001:db8::2"))).1.is_err(), "the same network");
    assert!(limit.count("me", Some(client("2001:db8:0:1::1"))).1.is_ok(), "another one");
    assert!(limit.count("me", Some(client("::ffff:192.0.2.1"))).1.is_err(), "an IPv4 address in other words");
    assert!(limit.count("me", None).1.is_ok());
    assert!(limit.count("me", None).1.is_err(), "who is not known counts as one");
}

#[test]
fn a_flood_of_addresses_takes_no_more_memory_than_is_set_aside() {
    let (limit, clock) = limit(1, 1000);
    let address = |number: u32| Some(IpAddr::from(number.to_be_bytes()));
    for number in 0..50_000 {
        assert!(limit.count("me", address(number)).1.is_ok());
        assert!(limit.kept() <= 1000);
    }
    assert!(limit.count("me", address(49_999)).1.is_err(), "the newest are known still");
    assert!(limit.count("me", address(49_001)).1.is_err());
    assert!(limit.count("me", address(0)).1.is_ok(), "the oldest are forgotten");
    clock.advance(WINDOW);
    // Each call clears some of what is over.
    for _ in 0..100 {
        let _ = limit.count("me", address(1));
    }
    assert_eq!(limit.kept(), 1);
}

#[test]
fn a_clock_that_steps_back_locks_nobody_out() {
    let (limit, clock) = limit(1, 100);
    let ada = Some(client("192.0.2.1"));
    assert!(limit.count("me", ada).1.is_ok());
    clock.step_back(Duration::from_hours(1));
    let (standing, allowed) = limit.count("me", ada);
    assert_eq!((standing.reset, allowed), (clock.now().plus(WINDOW), Ok(())));
    assert!(limit.count("me", ada).1.is_err());
    clock.advance(WINDOW);
    assert!(limit.count("me", ada).1.is_ok());
}

#[test]
fn callers_at_once_get_no_more_than_the_window_has() {
    let (limit, _) = limit(10, 100);
    let allowed: usize = std::thread::scope(|scope| {
        let call = || (0..100).filter(|_| limit.count("me", Some(client("192.0.2.1"))).1.is_ok()).count();
        let callers: Vec<_> = (0..8).map(|_| scope.spawn(call)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    assert_eq!(allowed, 10);
}
