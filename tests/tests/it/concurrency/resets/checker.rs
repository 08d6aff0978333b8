//! The checker itself: what it must find, and what it must let pass.

use portcullis_tests::lifetimes::{Attempt, Basis, Cause, Ending, Record, Span, Token, Use};
use portcullis_tests::linear::Moment;

const fn span(sent: i64, answered: i64) -> Span {
    Span { sent: Moment(sent), answered: Moment(answered) }
}

/// A token on the first password, an ending, and a use of the token.
fn record(issued: Span, ended: (Span, Cause), shown: (Span, bool)) -> Record {
    Record {
        tokens: vec![Token { issued, basis: Basis::Password(0) }],
        endings: vec![Ending { span: ended.0, cause: ended.1 }],
        uses: vec![Use { token: 0, span: shown.0, accepted: shown.1 }],
        attempts: Vec::new(),
    }
}

#[track_caller]
fn explained(record: &Record) {
    let faults: Vec<_> = record.faults().iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

#[track_caller]
fn found(record: &Record, what: &str) {
    let faults: Vec<_> = record.faults().iter().map(ToString::to_string).collect();
    assert!(faults.iter().any(|fault| fault.contains(what)), "{faults:?}");
}

#[test]
fn a_token_from_before_a_reset_is_dead_after_it() {
    let reset = (span(30, 40), Cause::Reset);
    found(&record(span(10, 20), reset, (span(50, 60), true)), "was there before");
    explained(&record(span(10, 20), reset, (span(50, 60), false)));
    // While the reset is under way both are right.
    explained(&record(span(10, 20), reset, (span(35, 60), true)));
    explained(&record(span(10, 20), reset, (span(25, 31), false)));
}

#[test]
fn a_sign_in_that_overlaps_may_come_after_a_reset_but_not_with_an_old_password() {
    let shown = (span(50, 60), true);
    explained(&record(span(10, 35), (span(30, 40), Cause::Reset), shown));
    found(&record(span(10, 45), (span(30, 40), Cause::Password(1)), shown), "overlapped");
    explained(&record(span(10, 45), (span(30, 40), Cause::Password(0)), shown));
}

#[test]
fn what_a_token_was_issued_on_takes_it_along() {
    let mut record = record(span(10, 20), (span(30, 40), Cause::Reset), (span(50, 60), false));
    record.tokens.push(Token { issued: span(25, 45), basis: Basis::Token(0) });
    record.uses.push(Use { token: 1, span: span(50, 60), accepted: true });
    found(&record, "token 1 overlapped");
    record.endings[0].cause = Cause::Enrolment(0);
    record.uses.remove(0);
    explained(&record);
}

#[test]
fn a_token_dies_of_something_and_once() {
    let idle = (span(0, 5), Cause::Reset);
    found(&record(span(10, 20), idle, (span(50, 60), false)), "for nothing");
    found(&record(span(10, 20), (span(30, 40), Cause::Enrolment(0)), (span(50, 60), false)), "for nothing");
    let mut risen = record(span(10, 20), (span(30, 80), Cause::Reset), (span(50, 60), false));
    risen.uses.push(Use { token: 0, span: span(65, 70), accepted: true });
    found(&risen, "was refused");
}

#[test]
fn a_password_counts_until_the_next() {
    let mut record = record(span(10, 20), (span(30, 40), Cause::Password(1)), (span(50, 60), false));
    let mut attempt = |password, span, right| {
        record.attempts = vec![Attempt { password, span, right }];
        record.faults().len()
    };
    assert_eq!(attempt(0, span(50, 60), true), 1, "the old one after the new one was acknowledged");
    assert_eq!(attempt(0, span(35, 60), true), 0);
    assert_eq!(attempt(0, span(10, 20), false), 1, "the only one is refused");
    assert_eq!(attempt(0, span(10, 35), false), 0);
    assert_eq!(attempt(1, span(50, 60), false), 1, "the new one is refused");
    assert_eq!(attempt(1, span(35, 60), false), 0);
}
