//! `portcullis threedeye drift`

use anyhow::anyhow;
use clap::Args;
use portcullis_domain::policy::Caller;
use portcullis_domain::threedeye::{DriftFinding, DriftRefusal, RepairRefusal};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{RepairOrder, RepairTarget};
use serde::Serialize;

use super::Interrupted;
use crate::app::App;
use crate::cli::next::after_gateway;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::{Failure, own_request, table, with_app};
use crate::config::Config;
use crate::http::{ToldDrift, ToldRepair};

/// Mappings and accounts compared at a time.
const PAGE: u32 = 200;

#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// Set right what is found.
    #[arg(long)]
    repair: bool,
    /// Only say what a repair would do.
    #[arg(long, requires = "repair")]
    dry_run: bool,
    #[command(flatten)]
    output: Output,
}

/// A finding, and what became of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    finding: ToldDrift,
    #[serde(skip_serializing_if = "Option::is_none")]
    repair: Option<ToldRepair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip)]
    is_right: bool,
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Compared<'a> {
    /// Was everything compared?
    complete: bool,
    findings: &'a [Told],
}

pub(super) async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let (told, ended) = with_app(config, async |app| Ok(compare(app, options).await)).await?;
    // First what was found and done, however it ended.
    let compared = Compared { complete: ended.is_ok(), findings: &told };
    options.output.tell(&compared, || show(&told))?;
    ended?;
    let next = match (options.repair, options.dry_run) {
        (true, false) => "see to what is told of each; docs/OPERATIONS.md tells what each finding means",
        (true, true) => "run it without --dry-run",
        (false, _) => "`portcullis threedeye drift --repair --dry-run` says what a repair would do",
    };
    match told.iter().filter(|told| !told.is_right).count() {
        0 => Ok(()),
        wrong => Err(Failure::unfinished(anyhow!("{wrong} findings are not set right"), next)),
    }
}

/// What was found, and why not everything was compared.
async fn compare(app: &App, options: &Options) -> (Vec<Told>, Result<(), Failure>) {
    let interrupted = Interrupted::listen();
    let progress = Progress::new("comparing with 3dEye");
    let (mut told, mut next) = (Vec::new(), None);
    loop {
        let page = match app.cases.threedeye.compare.execute(&Caller::system("cli"), next, PAGE).await {
            Ok(page) => page,
            Err(UseCaseError::Refused { refusal, .. }) => {
                let DriftRefusal::Gateway(reason) = &refusal;
                let next = after_gateway(reason);
                let error = anyhow::Error::from(refusal).context("ended early");
                return (told, Err(Failure::failed(error, next)));
            }
            Err(error) => return (told, Err(anyhow::Error::from(error).context("ended early").into())),
        };
        for finding in page.findings {
            progress.say(format!("comparing with 3dEye: {} findings seen to", told.len()));
            let repairs = options.repair && !interrupted.is_set();
            told.push(if repairs { see_to(app, options, finding).await } else { Told::only(finding) });
        }
        next = page.next;
        if next.is_none() {
            return (told, Ok(()));
        }
        if interrupted.is_set() {
            return (told, Err(Failure::failed(anyhow!("ended early: it was told to end"), "run it again")));
        }
    }
}

impl Told {
    /// Nothing is done about it.
    fn only(finding: DriftFinding) -> Self {
        Self { finding: finding.into(), repair: None, error: None, is_right: false }
    }
}

async fn see_to(app: &App, options: &Options, finding: DriftFinding) -> Told {
    let target = match (finding.kind.is_of_account(), finding.user, finding.threedeye_user.clone()) {
        (true, _, Some(account)) => Some(RepairTarget::Orphan(account)),
        (false, Some(user), _) => Some(RepairTarget::OfPerson { kind: finding.kind, user }),
        _ => None,
    };
    let mut told = Told::only(finding);
    let Some(target) = target else { return told };
    let order = RepairOrder { target, dry_run: options.dry_run, delete_remote: false };
    match app.cases.threedeye.repair.execute(&own_request(app), order).await {
        Ok(outcome) => {
            // What is right by itself meanwhile has no remedy.
            let done = outcome.value;
            told.is_right = done.remedy.is_none() || (done.changed && done.reason.is_none());
            told.repair = Some(done.into());
        }
        Err(error) => told.error = Some(why(&error)),
    }
    told
}

fn why(error: &UseCaseError<RepairRefusal>) -> String {
    match error {
        UseCaseError::Refused { refusal: RepairRefusal::Gateway(error), .. } => error.to_string(),
        error => error.to_string(),
    }
}

fn show(told: &[Told]) -> anyhow::Result<()> {
    let row = |told: &Told| {
        let finding = &told.finding;
        let outcome = match (&told.error, &told.repair) {
            (Some(error), _) => error.clone(),
            (None, Some(_)) if told.is_right => "done".to_owned(),
            (None, Some(repair)) => repair.reason.clone().unwrap_or_default(),
            (None, None) => String::new(),
        };
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        [
            finding.kind.to_owned(),
            text(&finding.user_id),
            text(&finding.threedeye_user_id),
            text(&finding.email),
            finding.suggestion.to_owned(),
            outcome,
        ]
    };
    let rows: Vec<_> = told.iter().map(row).collect();
    table::print(["FINDING", "USER", "ACCOUNT", "ADDRESS", "REMEDY", "OUTCOME"], &rows)
}
