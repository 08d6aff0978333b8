//! The faults in force, and the forms for more.

use maud::{Markup, html};

use super::fault_forms::{EVERY, NewFault, common};
use crate::fault::{Fault, Misbehaviour, When};
use crate::operation::Operation;
use crate::state::SimState;

/// How a form names them, and how people do.
const KINDS: [(&str, &str); 9] = [
    ("status", "answer with a status"),
    ("delay", "take long"),
    ("hangUp", "close the connection"),
    ("reset", "reset the connection"),
    ("malformedJson", "malformed JSON"),
    ("wrongTypes", "wrong types"),
    ("withoutId", "answer without an id"),
    ("hugeBody", "huge body"),
    ("slowDrip", "answer byte by byte"),
];

pub(super) fn section(state: &SimState, filled: &NewFault) -> Markup {
    let faults = state.numbered_faults();
    html! {
        section aria-labelledby="faults" {
            h2 id="faults" { "Faults in force" }
            @if faults.is_empty() { p class="quiet" { "None: every call goes its normal way." } } @else { (table(&faults)) }
            h3 { "Common faults" }
            div class="row" {
                @for (name, text, _) in common() {
                    form method="post" action="/_sim/page/faults/common" {
                        button name="fault" value=(name) { (text) }
                    }
                }
                form method="post" action="/_sim/page/faults/clear" { button class="danger" { "Clear all" } }
            }
            h3 { "Another fault" }
            (form(filled))
        }
    }
}

fn table(faults: &[(u64, Fault)]) -> Markup {
    html! {
        div class="wide" role="region" aria-labelledby="faults" tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { "Call" }
                        th scope="col" { "What happens" }
                        th scope="col" { "How often" }
                        th scope="col" { "Only about" }
                        th scope="col" { "Action" }
                    }
                }
                tbody {
                    @for (number, fault) in faults {
                        tr {
                            td { (fault.operation) }
                            td { (what(fault)) }
                            td {
                                @match fault.times { Some(times) => { (times) " ×" }, None => "until removed" }
                                @if fault.skip > 0 { ", having let by " (fault.skip) }
                            }
                            td { @match &fault.about { Some(about) => code { (about) }, None => "anybody" } }
                            td {
                                form method="post" action="/_sim/page/faults/remove" {
                                    input type="hidden" name="number" value=(number);
                                    button class="small danger" aria-label={ "Remove the fault of " (fault.operation) } {
                                        "Remove"
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn what(fault: &Fault) -> String {
    let what = match &fault.what {
        Misbehaviour::Delay { millis } => format!("{millis} ms more"),
        Misbehaviour::Status { code, retry_after: None } => format!("status {code}"),
        Misbehaviour::Status { code, retry_after: Some(seconds) } => format!("status {code}, Retry-After {seconds} s"),
        Misbehaviour::HangUp => "connection closed".to_owned(),
        Misbehaviour::Reset => "connection reset".to_owned(),
        Misbehaviour::MalformedJson => "malformed JSON".to_owned(),
        Misbehaviour::WrongTypes => "wrong types".to_owned(),
        Misbehaviour::WithoutId => "no id in the answer".to_owned(),
        Misbehaviour::HugeBody { bytes } => format!("body of {bytes} bytes"),
        Misbehaviour::SlowDrip { millis_per_byte } => format!("a byte every {millis_per_byte} ms"),
    };
    match (fault.when, &fault.what) {
        (When::Before, Misbehaviour::Delay { .. }) => format!("{what}, then the work"),
        (When::Before, _) => format!("{what}, and no work is done"),
        (When::After, _) => format!("{what}, after the work"),
    }
}

fn form(filled: &NewFault) -> Markup {
    html! {
        form class="fields" method="post" action="/_sim/page/faults" {
            div {
                label for="operation" { "Call" }
                select id="operation" name="operation" {
                    @for operation in Operation::ALL {
                        option value=(operation.name()) selected[filled.operation == operation.name()] {
                            (operation.name())
                        }
                    }
                    option value=(EVERY) selected[filled.operation == EVERY] { "every call" }
                }
            }
            div {
                label for="when" { "When" }
                select id="when" name="when" {
                    option value="before" selected[filled.when == "before"] { "instead of the work" }
                    option value="after" selected[filled.when == "after"] { "after the work" }
                }
            }
            div {
                label for="what" { "What happens" }
                select id="what" name="what" {
                    @for (name, text) in KINDS { option value=(name) selected[filled.what == name] { (text) } }
                }
            }
            (number("amount", "Amount", &filled.amount, Some("amounts")))
            (number("retry_after", "Retry-After, seconds", &filled.retry_after, None))
            (number("times", "Times", &filled.times, Some("amounts")))
            (number("skip", "Let by first", &filled.skip, None))
            div {
                label for="about" { "Only about" }
                input id="about" name="about" value=(filled.about) placeholder="address, user id, role id"
                    autocomplete="off";
            }
            p id="amounts" class="quiet full" {
                "Amount is the code of a status, the milliseconds of a delay or of each byte, or the bytes of a huge body. "
                "Without times, it goes on until removed."
            }
            div { button class="main" { "Add the fault" } }
        }
    }
}

fn number(name: &str, text: &str, value: &str, explained_by: Option<&str>) -> Markup {
    html! {
        div {
            label for=(name) { (text) }
            input id=(name) name=(name) value=(value) inputmode="numeric" autocomplete="off"
                aria-describedby=[explained_by];
        }
    }
}
