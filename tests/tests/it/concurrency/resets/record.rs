//! What clients saw, with what the service has on record: which resets had anything to end.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result};
use portcullis_tests::client::Api;
use portcullis_tests::lifetimes::{Basis, Cause, Ending, Record};

use super::ground::{By, Ground};

/// What a run did, for whoever wants to quote it.
#[derive(Debug, Default)]
pub(super) struct Counts {
    tokens: usize,
    personal: usize,
    accepted: usize,
    refused: usize,
    passwords: usize,
    enrolments: usize,
    /// By whom; those that had something to end.
    resets: BTreeMap<&'static str, usize>,
    idle: usize,
    challenged: usize,
    conflicts: usize,
    unanswered: usize,
}

impl Counts {
    /// Did the run have enough of everything to prove something?
    pub(super) fn is_telling(&self) -> bool {
        let answered = self.unanswered * 20 <= self.tokens;
        let by_all = ["administrator", "oneself", "command line"].iter().all(|by| self.resets.contains_key(by));
        answered
            && by_all
            && self.personal >= 3
            && self.passwords >= 2
            && self.enrolments >= 1
            && self.tokens >= 50
            && self.refused >= 50
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tokens,
            personal,
            accepted,
            refused,
            passwords,
            enrolments,
            resets,
            idle,
            challenged,
            conflicts,
            ..
        } = self;
        write!(
            f,
            "tokens {tokens}, {personal} of them personal access tokens, accepted {accepted} and refused {refused} times, new passwords {passwords}, "
        )?;
        write!(f, "enrolments {enrolments}, resets with effect {resets:?} and without {idle}, ")?;
        write!(f, "sign-ins without a right code {challenged}, conflicts {conflicts}, unanswered {}", self.unanswered)
    }
}

/// The account's record and what happened in numbers.
pub(super) async fn of(ground: &Ground, staff: &Api) -> Result<(Record, Counts)> {
    let effective = resets(ground, staff).await?;
    let notes = ground.notes();
    let mut record = notes.record.clone();
    let (challenged, conflicts, unanswered) = (notes.challenged, notes.conflicts, notes.unanswered);
    let mut counts = Counts { challenged, conflicts, unanswered, ..Counts::default() };
    for (span, by) in &notes.resets {
        let (name, key) = match by {
            By::Administrator(request) => ("administrator", request),
            By::Oneself(request) => ("oneself", request),
            By::CommandLine(reason) => ("command line", reason),
        };
        if effective.contains(key) {
            record.endings.push(Ending { span: *span, cause: Cause::Reset });
            *counts.resets.entry(name).or_default() += 1;
        } else {
            counts.idle += 1;
        }
    }
    counts.tokens = record.tokens.len();
    counts.personal = record.tokens.iter().filter(|token| matches!(token.basis, Basis::Token(_))).count();
    counts.accepted = record.uses.iter().filter(|shown| shown.accepted).count();
    counts.refused = record.uses.len() - counts.accepted;
    let of = |is: fn(&Cause) -> bool| record.endings.iter().filter(|ending| is(&ending.cause)).count();
    counts.passwords = of(|cause| matches!(cause, Cause::Password(_)));
    counts.enrolments = of(|cause| matches!(cause, Cause::Enrolment(_)));
    Ok((record, counts))
}

/// Requests and reasons of all resets on record.
async fn resets(ground: &Ground, staff: &Api) -> Result<Vec<String>> {
    let (mut found, mut cursor) = (Vec::new(), 1);
    loop {
        let path = format!("/admin/aggregates/user/{}/events?limit=500&cursor={cursor}", ground.user);
        let page = staff.get(&path).await?.expect(200)?;
        for event in page["events"].as_array().context("events")? {
            if event["type"] == "TotpReset" {
                let texts = ["requestId", "reason"].into_iter().filter_map(|key| event[key].as_str());
                found.extend(texts.map(str::to_owned));
            }
        }
        match page["nextCursor"].as_u64() {
            Some(next) => cursor = next,
            None => return Ok(found),
        }
    }
}
