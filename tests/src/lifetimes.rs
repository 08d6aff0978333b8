//! How long tokens live: whether an order of everything that happened to one account explains which tokens were accepted
//! and which were not.
//!
//! Sign-ins, uses and endings each happen at an instant between request and answer that nobody sees. So a token may live
//! past an ending that its sign-in overlapped: it may have been issued after it. It may not
//!
//! * when it was there before the ending was asked for, or
//! * when it was issued on something the ending took away for good, an older password or another token, however the two
//!   overlapped: then its issue came before.
//!
//! From the answer to the ending on, such a token must be refused by everybody.
//!
//! Pure: what clients saw goes in, [`Fault`]s come out.

use std::fmt;

use crate::linear::Moment;

/// From a request to its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The request is about to be sent.
    pub sent: Moment,
    /// The answer is here.
    pub answered: Moment,
}

impl Span {
    /// Over before the other began?
    pub fn precedes(self, other: Self) -> bool {
        self.answered < other.sent
    }

    /// Neither precedes the other.
    pub fn overlaps(self, other: Self) -> bool {
        !self.precedes(other) && !other.precedes(self)
    }
}

/// What a token was issued on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The password with this number; each new one has the next.
    Password(usize),
    /// Another token.
    Token(usize),
}

/// A token somebody was given. It is called by its index.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// When.
    pub issued: Span,
    /// On what.
    pub basis: Basis,
}

/// What ends tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A reset of the second factor, that had something to reset: all end.
    Reset,
    /// The password with this number was set: all end.
    Password(usize),
    /// An enrolment was confirmed by this token: all others end that came by signing in.
    Enrolment(usize),
}

/// An ending that was acknowledged.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    /// When.
    pub span: Span,
    /// What.
    pub cause: Cause,
}

/// A token was shown.
#[derive(Debug, Clone, Copy)]
pub struct Use {
    /// Which.
    pub token: usize,
    /// When.
    pub span: Span,
    /// Was it accepted?
    pub accepted: bool,
}

/// Somebody tried a password.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Its number.
    pub password: usize,
    /// When.
    pub span: Span,
    /// Was it the right one, whatever else was missing?
    pub right: bool,
}

/// All that happened to an account.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Every token given out.
    pub tokens: Vec<Token>,
    /// Every ending that was acknowledged and had something to end.
    pub endings: Vec<Ending>,
    /// Every use of a token.
    pub uses: Vec<Use>,
    /// Every sign-in.
    pub attempts: Vec<Attempt>,
}

/// What cannot be explained.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// Accepted after an ending was acknowledged.
    Survived(Use, Token, Ending),
    /// Refused, with nothing that could have ended it.
    Died(Use, Token),
    /// Refused once and accepted later.
    Rose(Use, Use),
    /// A password counted after the next one was acknowledged, or did not while it was the one.
    Password(Attempt),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Survived(shown, token, ending) => {
                let relation = if token.issued.precedes(ending.span) { "was there before" } else { "overlapped" };
                write!(
                    f,
                    "token {} {relation} an ending and was accepted after it: issued {:?} on {:?}, ended {:?} by {:?}, \
                     shown {:?}",
                    shown.token, token.issued, token.basis, ending.span, ending.cause, shown.span
                )
            }
            Self::Died(shown, token) => {
                write!(f, "token {} was refused for nothing: issued {:?}, shown {:?}", shown.token, token, shown.span)
            }
            Self::Rose(refused, accepted) => {
                write!(f, "token {} was refused, {:?}, then accepted, {:?}", refused.token, refused.span, accepted.span)
            }
            Self::Password(attempt) => write!(f, "the password was taken wrongly: {attempt:?}"),
        }
    }
}

impl Record {
    /// Is this token among those that end so, if it is there?
    fn concerns(&self, index: usize, ending: &Ending) -> bool {
        match (self.tokens[index].basis, ending.cause) {
            (Basis::Password(_), Cause::Enrolment(by)) => by != index,
            (Basis::Token(_), Cause::Enrolment(_)) => false,
            (_, Cause::Reset | Cause::Password(_)) => true,
        }
    }

    /// Did this token's issue come before this ending for sure, and did that end it?
    fn must_end(&self, index: usize, ending: &Ending) -> bool {
        if !self.concerns(index, ending) {
            return false;
        }
        let token = self.tokens[index];
        let lost_its_basis = match (token.basis, ending.cause) {
            (Basis::Password(old), Cause::Password(new)) => old < new,
            (Basis::Token(parent), _) => self.must_end(parent, ending),
            _ => false,
        };
        lost_its_basis || token.issued.precedes(ending.span)
    }

    /// Everything that cannot be explained.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for shown in &self.uses {
            let token = self.tokens[shown.token];
            if shown.accepted {
                let ended = |ending: &&Ending| ending.span.precedes(shown.span) && self.must_end(shown.token, ending);
                faults.extend(self.endings.iter().find(ended).map(|ending| Fault::Survived(*shown, token, *ending)));
                let earlier =
                    |other: &&Use| !other.accepted && other.token == shown.token && other.span.precedes(shown.span);
                faults.extend(self.uses.iter().find(earlier).map(|refused| Fault::Rose(*refused, *shown)));
            } else {
                let ended = |ending: &Ending| {
                    self.concerns(shown.token, ending)
                        && !ending.span.precedes(token.issued)
                        && !shown.span.precedes(ending.span)
                };
                faults.extend((!self.endings.iter().any(ended)).then_some(Fault::Died(*shown, token)));
            }
        }
        faults.extend(self.attempts.iter().filter(|attempt| self.is_wrong(attempt)).copied().map(Fault::Password));
        faults
    }

    fn is_wrong(&self, attempt: &Attempt) -> bool {
        let set = |later: bool| {
            let numbers =
                move |number: usize| if later { number > attempt.password } else { number == attempt.password };
            let of = move |ending: &&Ending| matches!(ending.cause, Cause::Password(number) if numbers(number));
            self.endings.iter().filter(of)
        };
        if attempt.right {
            return set(true).any(|ending| ending.span.precedes(attempt.span));
        }
        let was_set = attempt.password == 0 || set(false).any(|ending| ending.span.precedes(attempt.span));
        was_set && set(true).all(|ending| attempt.span.precedes(ending.span))
    }

    /// How many tokens were issued while an ending was under way, and how many of them were accepted after it.
    pub fn overlapping(&self) -> (usize, usize) {
        let (mut overlapped, mut lived) = (0, 0);
        for (index, token) in self.tokens.iter().enumerate() {
            let Some(ending) = self.endings.iter().find(|ending| ending.span.overlaps(token.issued)) else { continue };
            overlapped += 1;
            let after = |shown: &Use| shown.token == index && shown.accepted && ending.span.precedes(shown.span);
            lived += usize::from(self.uses.iter().any(after));
        }
        (overlapped, lived)
    }
}
