//! Forms that let calls go wrong and go well again.

use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::forms::{Done, Filled, answer};
use super::show::View;
use crate::fault::{Fault, Misbehaviour};
use crate::operation::Operation;
use crate::routes::control::Complaint;
use crate::state::SimState;

/// In the place of an operation: all of them.
pub(super) const EVERY: &str = "every";

/// As it was filled in. Empty fields are left out of the fault.
#[derive(Clone, Deserialize)]
#[serde(default)]
pub(super) struct NewFault {
    pub(super) operation: String,
    pub(super) when: String,
    pub(super) what: String,
    pub(super) amount: String,
    pub(super) retry_after: String,
    pub(super) times: String,
    pub(super) skip: String,
    pub(super) about: String,
}

impl Default for NewFault {
    fn default() -> Self {
        Self {
            operation: Operation::CreateUser.name().to_owned(),
            when: "before".to_owned(),
            what: "status".to_owned(),
            amount: "503".to_owned(),
            retry_after: String::new(),
            times: "1".to_owned(),
            skip: String::new(),
            about: String::new(),
        }
    }
}

pub(super) async fn add(
    State(state): State<SimState>,
    headers: HeaderMap,
    Filled(form): Filled<NewFault>,
) -> Result<Response, Complaint> {
    let outcome = form.faults().and_then(|faults| inject(&state, faults));
    Ok(answer(&state, &headers, outcome, || View { fault: form, ..View::default() }))
}

#[derive(Deserialize)]
pub(super) struct Common {
    fault: String,
}

/// The faults people want most often: how they are asked for, what the button says, and what they are.
pub(super) fn common() -> [(&'static str, &'static str, Vec<Fault>); 3] {
    let minute = Misbehaviour::delay(Duration::from_mins(1));
    let everything = Operation::ALL.map(|operation| Fault::before(operation, Misbehaviour::status(503)));
    [
        ("hang-creates", "Hang creations for a minute", vec![Fault::before(Operation::CreateUser, minute)]),
        ("503-everything", "503 everything", everything.to_vec()),
        (
            "lose-answer",
            "Lose the next creation's answer",
            vec![Fault::after(Operation::CreateUser, Misbehaviour::HangUp).once()],
        ),
    ]
}

pub(super) async fn add_common(
    State(state): State<SimState>,
    headers: HeaderMap,
    Filled(form): Filled<Common>,
) -> Result<Response, Complaint> {
    let chosen = common().into_iter().find(|(name, ..)| *name == form.fault);
    let (.., faults) = chosen.ok_or_else(|| Complaint::invalid("There is no such button."))?;
    Ok(answer(&state, &headers, inject(&state, faults), View::default))
}

#[derive(Deserialize)]
pub(super) struct Numbered {
    number: u64,
}

pub(super) async fn remove(
    State(state): State<SimState>,
    headers: HeaderMap,
    Filled(form): Filled<Numbered>,
) -> Response {
    state.remove_fault(form.number);
    answer(&state, &headers, Ok(Done::FaultRemoved), View::default)
}

pub(super) async fn clear(State(state): State<SimState>, headers: HeaderMap) -> Response {
    state.clear_faults();
    answer(&state, &headers, Ok(Done::FaultsCleared), View::default)
}

/// All or none.
fn inject(state: &SimState, faults: Vec<Fault>) -> Result<Done, Complaint> {
    faults.iter().try_for_each(Fault::check).map_err(Complaint::invalid)?;
    faults.into_iter().try_for_each(|fault| state.inject(fault))?;
    Ok(Done::FaultAdded)
}

impl NewFault {
    fn faults(&self) -> Result<Vec<Fault>, Complaint> {
        let what = self.misbehaviour()?;
        let operations: Vec<Operation> = Operation::ALL
            .into_iter()
            .filter(|known| self.operation == EVERY || known.name() == self.operation)
            .collect();
        if operations.is_empty() {
            return Err(Complaint::invalid("There is no such call."));
        }
        let (times, skip) = (number("Times", &self.times)?, number("Let by first", &self.skip)?);
        let about = self.about.trim();
        let fault = |operation| {
            let fault = match self.when.as_str() {
                "before" => Fault::before(operation, what.clone()),
                "after" => Fault::after(operation, what.clone()),
                _ => return Err(Complaint::invalid("It happens before the work or after it.")),
            };
            let fault = fault.times(times.unwrap_or(0)).skip(skip.unwrap_or(0));
            Ok(if about.is_empty() { fault } else { fault.about(about) })
        };
        operations.into_iter().map(fault).collect()
    }

    fn misbehaviour(&self) -> Result<Misbehaviour, Complaint> {
        let amount = || number::<u64>("Amount", &self.amount)?.ok_or_else(|| Complaint::invalid("Amount is missing."));
        Ok(match self.what.as_str() {
            "delay" => Misbehaviour::Delay { millis: amount()? },
            "status" => {
                let code = u16::try_from(amount()?).map_err(|_| Complaint::invalid("A status is 400 to 599."))?;
                Misbehaviour::Status { code, retry_after: number("Retry-After", &self.retry_after)? }
            }
            "hangUp" => Misbehaviour::HangUp,
            "reset" => Misbehaviour::Reset,
            "malformedJson" => Misbehaviour::MalformedJson,
            "wrongTypes" => Misbehaviour::WrongTypes,
            "withoutId" => Misbehaviour::WithoutId,
            "hugeBody" => Misbehaviour::HugeBody { bytes: amount()? },
            "slowDrip" => Misbehaviour::SlowDrip { millis_per_byte: amount()? },
            _ => return Err(Complaint::invalid("There is no such fault.")),
        })
    }
}

/// `None` for an empty field.
fn number<T: std::str::FromStr>(field: &str, text: &str) -> Result<Option<T>, Complaint> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Complaint::invalid(format!("{field} must be a whole number.")))
}
