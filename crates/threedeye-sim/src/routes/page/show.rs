//! The page as a whole, and the last calls.

use maud::{DOCTYPE, Markup, html};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::fault_forms::NewFault;
use super::people_forms::{NewRole, NewUser};
use super::{faults, people};
use crate::calls::Call;
use crate::state::SimState;

/// How many calls are shown.
const CALLS: usize = 25;

/// What is shown besides the state.
#[derive(Default)]
pub(super) struct View {
    pub(super) said: Option<Said>,
    /// Whether the page shows itself anew.
    pub(super) live: bool,
    pub(super) fault: NewFault,
    pub(super) user: NewUser,
    pub(super) role: NewRole,
}

/// What became of a form.
pub(super) enum Said {
    Done(&'static str),
    Refused(String),
}

pub(super) fn page(state: &SimState, host: &str, view: &View) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Stand-in 3dEye" }
                link rel="stylesheet" href="/_sim/page/style.css";
                link rel="icon" href="data:,";
                @if view.live { script src="/_sim/page/refresh.js" defer {} }
            }
            body {
                (header(state, host, view))
                main {
                    @match &view.said {
                        Some(Said::Done(text)) => p class="said" role="status" { (text) },
                        Some(Said::Refused(text)) => p class="said bad" role="alert" { (text) },
                        None => {}
                    }
                    (faults::section(state, &view.fault))
                    (people::users(state, &view.user))
                    (people::roles(state, &view.role))
                    (calls(state))
                }
            }
        }
    }
}

fn header(state: &SimState, host: &str, view: &View) -> Markup {
    let latency = state.config().latency;
    html! {
        header {
            div class="top" {
                h1 { "Stand-in 3dEye" }
                div class="row" {
                    a class="button" href="/" { "Refresh" }
                    @if view.live { a class="button" href="/?still=1" { "Stop refreshing by itself" } }
                }
            }
            dl class="facts" {
                div { dt { "Address" } dd { code { "http://" (host) } } }
                div { dt { "Customer" } dd { code { (state.credentials().customer_id) } } }
                div {
                    dt { "Kept in" }
                    dd { @match state.file() { Some(file) => code { (file.display()) }, None => "memory" } }
                }
                @if !latency.is_zero() { div { dt { "Every call takes" } dd { (latency.as_millis()) " ms" } } }
            }
        }
    }
}

fn calls(state: &SimState) -> Markup {
    let log = state.log();
    html! {
        section aria-labelledby="calls" {
            h2 id="calls" { "Last calls" }
            @if log.is_empty() {
                p class="quiet" { "None so far." }
            } @else {
                div class="wide" role="region" aria-labelledby="calls" tabindex="0" {
                    table {
                        thead {
                            tr {
                                th scope="col" { "No." }
                                th scope="col" { "Time (UTC)" }
                                th scope="col" { "Call" }
                                th scope="col" { "Status" }
                                th scope="col" { "About" }
                            }
                        }
                        tbody { @for call in log.iter().rev().take(CALLS) { (row(call)) } }
                    }
                }
            }
        }
    }
}

fn row(call: &Call) -> Markup {
    let at = OffsetDateTime::from(call.at);
    let clock = format!("{:02}:{:02}:{:02}.{:03}", at.hour(), at.minute(), at.second(), at.millisecond());
    html! {
        tr {
            td class="number" { (call.number) }
            td { time datetime=[at.format(&Rfc3339).ok()] { (clock) } }
            td { (call.operation) }
            @match (call.status, call.ended) {
                (Some(status), _) if status < 400 => td class="good" { (status) },
                (Some(status), _) => td class="bad" { (status) },
                (None, true) => td class="bad" { "no answer" },
                (None, false) => td class="quiet" { "under way" },
            }
            td class="id" { (call.about.join(" ")) }
        }
    }
}
